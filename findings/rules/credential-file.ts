import { isScalar } from "yaml";
import { isLiteralCredential } from "../credential/credential.ts";
import { isToken } from "../../sops/token.ts";
import { isPasswordFile, isProseOrCode, isSample } from "../candidate/file-kind.ts";
import type { Candidate, Hit } from "../finding.ts";
import { decodedParts } from "../candidate/decoded-parts.ts";
import { DOCKER_BASE64, JSON_CREDENTIALS } from "../prefilter/keywords.ts";
import { Mappings, scalarText } from "../candidate/nodes.ts";
import { PLACEHOLDER } from "../credential/literal-password.ts";
import { holdsExpression, isPointer } from "../credential/pointer.ts";
import { eachDocument } from "../candidate/documents.ts";
import { holdsUnnamedCredential } from "../credential/unnamed-credential.ts";
import { WordSearch } from "../prefilter/word-search.ts";
import { shownName } from "../wording.ts";

/**
 * Files that exist to hold credentials, told by their shape or name: Docker's `config.json` and
 * `.dockercfg`, `.npmrc`, `.netrc`, `.pgpass`, `.pypirc`, `.my.cnf`, `.git-credentials`,
 * `.aws/credentials` (velero's, too), `.vault-token`, `.terraformrc`, `.s3cfg`, `rclone.conf`,
 * `.htpasswd` (hashes can be guessed at), a password alone (`.vault_pass`, `restic-password`), a
 * Cloudflare tunnel's and 1Password Connect's JSON, dotenv files (direnv's too), Terraform variables
 * and states. Part of `plaintext-secret`. Dotenv files and those of Terraform hold harmless settings
 * as well, so there the names decide; a sample (`.env.example`) is left alone. Which dotenv file feeds
 * a secretGenerator is another question (`secret-source.ts`).
 */
export function findCredentialFile(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  if (readable === null || isProseOrCode(path)) return [];
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name.endsWith("npmrc")) return npmTokens(readable);
  if (LOGIN_FILES.has(fileKind(path))) {
    return loginLines(path, readable)
      .slice(0, 1)
      .map(({ line }) => ({
        line: line + 1,
        message: "a file of logins holds a readable password",
        mend: { kind: "leave-out" },
      }));
  }
  if (isPasswordFile(path)) return isSample(path) ? [] : onlyPassword(readable);
  if (/\.tfstate(?:\.|$)/.test(name)) return terraformState(readable);
  if (
    /(?:^|\.)(?:flask)?env(?:rc)?(?:\.|~|$)|[_-]env(?:\.(?:txt|bak|old|local))?~?$|^\.dev\.vars|\.tfvars/.test(
      name,
    )
  )
    return isSample(path) ? [] : variables(readable);
  return [...jsonCredentials(candidate), ...dockerCredentials(candidate)];
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

const AUTHS = { test: (text: string) => text.includes("auths") };

const IN_BASE64 = new WordSearch(DOCKER_BASE64.map((word) => ({ word, means: "docker" })));

/** `"auths": {"registry": {"auth": …}}`, in a file of its own or as a value in one, as base64 too. */
function dockerCredentials(candidate: Candidate): Hit[] {
  const inBase64 = decodedParts(candidate.searchable, IN_BASE64).flatMap(({ line, part }) =>
    readableAuths(part).map((hit) => ({ ...hit, line })),
  );
  return [...readableAuths(candidate), ...inBase64];
}

function readableAuths(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const { section, document } of eachDocument(candidate, AUTHS)) {
    const mappings = new Mappings(document);
    for (const registry of mappings.entries(mappings.at(document.contents, "auths"))) {
      const secret = mappings.entries(registry.value).find(({ key, value }) => {
        if (!/^(?:auth|password|identitytoken|registrytoken)$/.test(key)) return false;
        const text = isScalar(value) ? scalarText(value) : "";
        return text.trim() !== "" && !isToken(text) && !holdsExpression(text) && !isStandIn(text);
      });
      if (secret === undefined) continue;
      hits.push({
        line: section.lineAt(secret.offset),
        message: `a Docker configuration holds a registry's credentials: ${secret.key}`,
        mend: { kind: "leave-out" },
      });
      break;
    }
  }
  return hits;
}

/** `<PASSWORD>`, as a sample of what has `auths` of its own: snmp_exporter. Words may be a password. */
function isStandIn(text: string): boolean {
  return /^<.*>$/.test(text);
}

/** Files of logins, each with what a line or entry with a password looks like; the password is captured. */
const LOGIN_FILES: ReadonlyMap<string, RegExp> = new Map([
  [".netrc", /^(?:.*\s)?password\s+(\S+)/],
  [".pgpass", /^[^#](?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(.+)$/],
  [".pypirc", /^\s*password\s*[=:]\s*(\S.*)$/],
  [".my.cnf", /^\s*password\s*=\s*(\S.*)$/],
  [".aws/credentials", /^\s*aws_(?:secret_access_key|session_token)\s*=\s*(\S.*)$/i],
  [".dockercfg", /^.*"(?:auth|password|identitytoken)"\s*:\s*"([^"]+)"/],
  [".htpasswd", /^[^\s:#]+:(\$\w+\$\S{8,}|\{SHA\}\S+|[./A-Za-z0-9]{13})$/],
  [".vault-token", /^(\S{8,})$/],
  [".terraformrc", /^\s*token\s*=\s*"([^"]+)"/],
  ["credentials.tfrc.json", /"token"\s*:\s*"([^"]+)"/],
  [".s3cfg", /^\s*secret_key\s*=\s*(\S+)/],
  [
    "rclone.conf",
    /^\s*(?:pass|password2?|key|token|client_secret|secret_access_key)\s*=\s*(\S.*)$/,
  ],
  [".git-credentials", /^\s*[a-z]+:\/\/[^\s:@/]*:([^\s@/]+)@/],
]);

const AWS_CREDENTIALS = /^(?:credentials-[\w-]+|aws[._-]?credentials|cloud)$/;

/**
 * As the names above: `_netrc` is Windows's `.netrc`, whatever ends in `htpasswd` is one, and
 * `credentials-velero`, `aws-credentials` and velero's `cloud` are in the format of `.aws/credentials`.
 */
function fileKind(path: string): string {
  const [, folder = "", name = ""] = /(?:^|([^/]*)\/)([^/]*)$/.exec(path.toLowerCase()) ?? [];
  if (name.endsWith("htpasswd")) return ".htpasswd";
  if (AWS_CREDENTIALS.test(name)) return ".aws/credentials";
  return LOGIN_FILES.has(`${folder}/${name}`) ? `${folder}/${name}` : name.replace("_", ".");
}

/**
 * The lines of a file of logins that hold a password, 0-based; none where the name is not that of such a file.
 *
 * @param path of the file, or its name where it stands as a value in another
 */
export function loginLines(path: string, text: string): { line: number; name: string }[] {
  const pattern = LOGIN_FILES.get(fileKind(path));
  if (pattern === undefined) return [];
  return text.split("\n").flatMap((line, index) => {
    const password = line.length > LONGEST_LINE ? "" : (pattern.exec(line.trimEnd())?.[1] ?? "");
    const isLiteral = password !== "" && !isToken(password) && !holdsExpression(password);
    return isLiteral ? [{ line: index, name: "password" }] : [];
  });
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
    if (name.startsWith("sops_")) return null;
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
  if (password.includes("/") && isPasswordFile(password)) return [];
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

const LONGEST_LINE = 20_000;

/** One finding a file, at the first line that has something to say. */
function oneHit(text: string, judge: (line: string) => string | null): Hit[] {
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > LONGEST_LINE) continue;
    const message = judge(line.trimEnd());
    if (message !== null) return [{ line: index + 1, message, mend: { kind: "leave-out" } }];
  }
  return [];
}
