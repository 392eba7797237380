import { isCredentialValue, isCredentialVariable } from "./credential.ts";
import { credentialLines } from "./credential-lines.ts";
import { holdsUrlWithPassword } from "./unnamed-credential.ts";
import { holdsExpression } from "./pointer.ts";

const PUBLIC_NAME =
  /(?:^|[._-])(?:user(?:[._-]?name)?|login|e?-?mail|domain|host(?:[._-]?name)?|port|example|placeholder)$/i;

/**
 * Whether a literal value may be readable in a Secret whose secrets come from elsewhere (a template,
 * Flux's substitution): names of users and hosts, samples, switches, keys of hosts, certificates, folders, addresses
 * with variables in them.
 */
export function isPublicValue(key: string, value: string): boolean {
  const text = value.trim();
  if (PUBLIC_NAME.test(key) || /^(?:true|false)$/.test(text)) return true;
  return (
    isPublicLines(text) ||
    isPublicPem(text) ||
    /^file(?:system)?:\/\/\/[\w./-]*$/.test(text) ||
    isAddress(key, text)
  );
}

/** Certificates and public keys, of which none is shorter than 60 letters, and comments; anything else may be a password. */
const PUBLIC_PEM =
  /^(?:-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[A-Za-z0-9+/=\s]{60,}-----END \1-----\s*)+$/;

function isPublicPem(text: string): boolean {
  const lines = text.split("\n");
  return PUBLIC_PEM.test(
    lines
      .filter((line) => !isPublicComment(line))
      .join("\n")
      .trim(),
  );
}

/** A comment may hold a password, too. */
function isPublicComment(line: string): boolean {
  const [, comment = ""] = /^\s*#+\s*(.*)$/.exec(line) ?? [];
  return /^\s*(?:#|$)/.test(line) && credentialLines(comment, isCredentialValue).length === 0;
}

/** `s3:http://minio.kube-system.svc:9000/restic/app`: of plain words, since a number, a capital or a long row in a path may be a token. */
const PLAIN_ADDRESS =
  /^(?:s3:|rest:)?https?:\/\/[a-z\d.-]{1,100}(?::\d{1,5})?(?:\/[a-z]{1,15}(?:-[a-z]{1,15})*){0,8}\/?$/;

/** `s3:https://${HOST}/backups`, `s3:${HOST}/backups`, `postgres://app:${PASSWORD}@db`; `app@${DOMAIN}`, `${REPOSITORY}/app`. */
function isAddress(key: string, text: string): boolean {
  if (PLAIN_ADDRESS.test(text) && !isCredentialVariable(key)) return true;
  if (text.length > LONGEST_ADDRESS || !holdsExpression(text) || holdsUrlWithPassword(text))
    return false;
  if (!/^\S+$/.test(text) || /:-|default/.test(text)) return false;
  return (
    text.includes("://") ||
    (/@|^(?:(?:s3|gs|b2|azure|rest):)?\$\{\w+\}\//.test(text) && !isCredentialVariable(key))
  );
}

const LONGEST_ADDRESS = 2000;

/** OpenSSH's public keys and lists of hosts (a name, a type of key, the key), and age's recipients. */
export function isPublicLines(text: string): boolean {
  return text
    .split(/\r?\n/)
    .every(
      (line) =>
        isPublicComment(line) || /(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA|^age1[a-z0-9]+$/.test(line),
    );
}
