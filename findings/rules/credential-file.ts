import { credentialFileKind } from "../candidate/credential-file-kind.ts";
import { isProseOrCode, isSample } from "../candidate/file-kind.ts";
import { isCredentialVariable, isLiteralCredential } from "../credential/credential.ts";
import { PLACEHOLDER } from "../credential/literal-password.ts";
import { LONGEST_LINE, loginLines } from "../credential/login-file.ts";
import { holdsExpression, isPointer } from "../credential/pointer.ts";
import { holdsUnnamedCredential } from "../credential/unnamed-credential.ts";
import type { Candidate, Hit } from "../finding.ts";
import { JSON_CREDENTIALS } from "../prefilter/keywords.ts";
import { shownName } from "../wording.ts";
import { isToken } from "../../sops/token.ts";
import { findDockerCredentials } from "./docker-config.ts";

/**
 * Files that exist to hold credentials, told by their shape or name: Docker's `config.json` and
 * `.dockercfg`, `.npmrc`, `.netrc`, `.pgpass`, `.pypirc`, `.my.cnf`, `.git-credentials`,
 * `.aws/credentials` (velero's, too), `.vault-token`, `.terraformrc`, `.s3cfg`, `rclone.conf`, Ceph's `.keyring`,
 * `.htpasswd` (hashes can be guessed at), `userlist.txt`, `.msmtprc`, `sasl_passwd`,
 * `chap-secrets`, `ipsec.secrets`, `wpa_supplicant.conf`, a password alone (`.vault_pass`, `restic-password`), a
 * Cloudflare tunnel's and 1Password Connect's JSON, dotenv files (direnv's too), Terraform variables
 * and states. Part of `plaintext-secret`. Dotenv files and those of Terraform hold harmless settings
 * as well, so there the names decide; a sample (`.env.example`) is left alone. Which dotenv file feeds
 * a secretGenerator is another question (`secret-source.ts`).
 */
export function findCredentialFile(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  if (readable === null || isProseOrCode(path)) return [];
  switch (credentialFileKind(path)) {
    case null:
      return [...jsonCredentials(candidate), ...findDockerCredentials(candidate)];
    case "npmrc":
      return npmTokens(readable);
    case "password":
      return isSample(path) ? [] : onlyPassword(readable);
    case "terraform-state":
      return terraformState(readable);
    case "variables":
      return isSample(path) ? [] : variables(readable);
    default:
      return logins(path, readable);
  }
}

function logins(path: string, text: string): Hit[] {
  return loginLines(path, text)
    .slice(0, 1)
    .map(({ line }) => ({
      line: line + 1,
      message: "a file of logins holds a readable password",
      mend: { kind: "leave-out" },
    }));
}

/** `"TunnelSecret":"…"`, and the text that 1Password Connect's own key encrypts, which stands beside it: no short dummy. */
const JSON_CREDENTIAL = new RegExp(
  `"(${JSON_CREDENTIALS.join("|")})"\\s*:\\s*(?:\\{[^}]{0,1000}?"data"\\s*:\\s*)?"([^"]{20,})"`,
);

function jsonCredentials(candidate: Candidate): Hit[] {
  const text = candidate.readable ?? "";
  if (!JSON_CREDENTIALS.some((name) => text.includes(name))) return [];
  const match = JSON_CREDENTIAL.exec(text);
  const [, name = "", value = ""] = match ?? [];
  if (match === null || isToken(value) || holdsExpression(value)) return [];
  return [
    {
      line: candidate.lineAt(match.index),
      message: `a file of credentials holds a readable one: ${name}`,
      mend: { kind: "leave-out" },
    },
  ];
}

function npmTokens(text: string): Hit[] {
  return oneHit(text, (line) => {
    const match = /^\s*(?:\/\/[^\s=]*:)?(_authToken|_auth|_password)\s*=\s*(\S.*)$/.exec(line);
    const value = match?.[2]?.trim() ?? "";
    if (match === null || isToken(value) || holdsExpression(value)) return null;
    return `an .npmrc holds a registry's credentials: ${match[1] ?? ""}`;
  });
}

function variables(text: string): Hit[] {
  return oneHit(text, (line) => {
    const match = /^\s*(?:export\s+)?["']?([A-Za-z_][\w.-]*)["']?\s*[=:]\s*(\S.*)$/.exec(line);
    if (match === null) return null;
    const value = unquoted(match[2] ?? "");
    const name = match[1] ?? "";
    // Of sops' own fields none is named so, but they are long, and may look like anything.
    if (name.startsWith("sops_") && !isCredentialVariable(name)) return null;
    if (!isLiteralCredential(name, value) && !holdsUnnamedCredential(value)) return null;
    return `a file of variables holds a readable credential: ${shownName(name)}`;
  });
}

/** A script, a path, or bytes that are no text, as encryption leaves them. */
const NO_PASSWORD = /^#!|^(?:~|\.\.?)\/|[\u0001-\u0008\u000e-\u001f\u007f-\u009f]/;

/** A file with one line is that password; with more it is something else. */
function onlyPassword(text: string): Hit[] {
  const password = text.trim();
  if (password.length < 4 || /\n/.test(password) || password.length > LONGEST_LINE) return [];
  if (isToken(password) || holdsExpression(password) || isPointer(password)) return [];
  if (PLACEHOLDER.test(password) || NO_PASSWORD.test(password)) return [];
  // The path of another one: what a symbolic link holds.
  if (password.includes("/") && credentialFileKind(password) === "password") return [];
  return [
    {
      line: text.slice(0, text.indexOf(password)).split("\n").length,
      message: "a file of a password holds a readable one",
      mend: { kind: "leave-out" },
    },
  ];
}

/**
 * Outputs that are marked as sensitive, passwords that Terraform has made, and attributes that are named
 * like credentials, as Terraform and OpenTofu lay a state out.
 */
function terraformState(text: string): Hit[] {
  const places = [SENSITIVE_OUTPUT, RANDOM_PASSWORD].flatMap((pattern) => {
    const match = pattern.exec(text);
    const [before = "", value = ""] = match?.slice(1) ?? [];
    return match === null || isToken(value) ? [] : [match.index + before.length];
  });
  if (places.length === 0) return variables(text);
  return [
    {
      line: text.slice(0, Math.min(...places)).split("\n").length,
      message: "a Terraform state holds a readable secret",
      mend: { kind: "leave-out" },
    },
  ];
}

const SENSITIVE_OUTPUT = /()"value": "([^"]+)",\s*"type": "string",\s*"sensitive": true/;
const RANDOM_PASSWORD = /("type": "random_password",[^]{0,2000}?)"result": "([^"]+)"/;

function unquoted(text: string): string {
  const value = text.trim().replace(/,$/, "");
  const quoted = /^(["'])([^"']*)\1\s*(?:#.*)?$/.exec(value);
  return quoted?.[2] ?? value.replace(/\s#.*$/, "").trim();
}

/** One finding a file, at the first line that has something to say. */
function oneHit(text: string, judge: (line: string) => string | null): Hit[] {
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > LONGEST_LINE) continue;
    const message = judge(line.trimEnd());
    if (message !== null) return [{ line: index + 1, message, mend: { kind: "leave-out" } }];
  }
  return [];
}
