import { isCredentialVariable } from "./credential.ts";
import { holdsUrlWithPassword } from "./unnamed-credential.ts";
import { holdsExpression } from "./pointer.ts";
import { isPublicLines } from "./secret-source.ts";

const PUBLIC_NAME =
  /(?:^|[._-])(?:user(?:[._-]?name)?|login|e?-?mail|domain|host(?:[._-]?name)?|port|example|placeholder)$/i;

/**
 * Whether a literal value is none to hide in a Secret whose secrets come from elsewhere, as in a template, or
 * where Flux substitutes them: names of users and hosts, samples, keys of hosts, addresses with variables in them.
 */
export function isPublicValue(key: string, value: string): boolean {
  const text = value.trim();
  return PUBLIC_NAME.test(key) || isPublicLines(text) || isAddress(key, text);
}

/** `s3:https://${HOST}/backups`, `postgres://app:${PASSWORD}@db`; `app@${DOMAIN}`, `${REPOSITORY}/app`. */
function isAddress(key: string, text: string): boolean {
  if (text.length > LONGEST_ADDRESS || !holdsExpression(text) || holdsUrlWithPassword(text))
    return false;
  if (!/^\S+$/.test(text) || /:-|default/.test(text)) return false;
  return text.includes("://") || (/@|^\$\{\w+\}\//.test(text) && !isCredentialVariable(key));
}

const LONGEST_ADDRESS = 2000;
