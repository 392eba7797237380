import { isScalar } from "yaml";
import { isCredentialValue, isCredentialVariable, isUrlWithPassword } from "./credential.ts";
import { isToken } from "../sops/token.ts";
import { isProseOrCode, isSample } from "./file-kind.ts";
import type { Candidate, Hit } from "./finding.ts";
import { Mappings, scalarText } from "./nodes.ts";
import { holdsExpression } from "./pointer.ts";
import { eachDocument } from "./documents.ts";
import { shownName } from "./wording.ts";

/**
 * Files that exist to hold credentials, told by their shape or name: Docker's `config.json`, `.npmrc`,
 * `.netrc`, `.pgpass`, `.pypirc`, `.my.cnf`, `.git-credentials`, dotenv files (direnv's too) and Terraform
 * variables. Part of `plaintext-secret`. Dotenv files and Terraform variables hold harmless settings as
 * well, so there the names decide; a sample (`.env.example`) is left alone. Which dotenv file feeds a secretGenerator is another question (`secret-source.ts`).
 */
export function findCredentialFile(candidate: Candidate): Hit[] {
  const { path, readable } = candidate;
  if (readable === null || isProseOrCode(path)) return [];
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name.endsWith("npmrc")) return npmTokens(readable);
  const login = LOGIN_FILES.get(name.replace("_", "."));
  if (login !== undefined) return logins(readable, login);
  if (/(?:^|\.)env(?:rc)?(?:\.|$)|\.tfvars/.test(name))
    return isSample(path) ? [] : variables(readable);
  return dockerCredentials(candidate);
}

/** `"auths": {"registry": {"auth": …}}`, in a file of its own or as a value in one. */
function dockerCredentials(candidate: Candidate): Hit[] {
  const hits: Hit[] = [];
  for (const { section, document } of eachDocument(candidate, /\bauths\b/)) {
    const mappings = new Mappings(document);
    for (const registry of mappings.entries(mappings.at(document.contents, "auths"))) {
      const secret = mappings.entries(registry.value).find(({ key, value }) => {
        if (!/^(?:auth|password|identitytoken|registrytoken)$/.test(key)) return false;
        const text = isScalar(value) ? scalarText(value) : "";
        return text.trim() !== "" && !isToken(text) && !holdsExpression(text);
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

/** Files of logins, each with what a line or entry with a password looks like; the password is captured. */
const LOGIN_FILES: ReadonlyMap<string, RegExp> = new Map([
  [".netrc", /^(?:.*\s)?password\s+(\S+)/],
  [".pgpass", /^[^#](?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(?:[^:\\]|\\.)*:(.+)$/],
  [".pypirc", /^\s*password\s*[=:]\s*(\S.*)$/],
  [".my.cnf", /^\s*password\s*=\s*(\S.*)$/],
  [".git-credentials", /^\s*[a-z]+:\/\/[^\s:@/]*:([^\s@/]+)@/],
]);

function logins(text: string, pattern: RegExp): Hit[] {
  return oneHit(text, (line) => {
    const password = pattern.exec(line)?.[1] ?? "";
    if (password === "" || isToken(password) || holdsExpression(password)) return null;
    return "a file of logins holds a readable password";
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
    const isCredential = isCredentialVariable(name) && isCredentialValue(value);
    if (!isCredential && !isUrlWithPassword(value)) return null;
    return `a file of variables holds a readable credential: ${shownName(name)}`;
  });
}

function unquoted(text: string): string {
  const value = text.trim().replace(/,$/, "");
  const quoted = /^(["'])([^"']*)\1\s*(?:#.*)?$/.exec(value);
  return quoted?.[2] ?? value.replace(/\s#.*$/, "").trim();
}

/** One finding a file, at the first line that has something to say. */
function oneHit(text: string, judge: (line: string) => string | null): Hit[] {
  for (const [index, line] of text.split("\n").entries()) {
    if (line.length > 20_000) continue;
    const message = judge(line.trimEnd());
    if (message !== null) return [{ line: index + 1, message, mend: { kind: "leave-out" } }];
  }
  return [];
}
