import { isCredentialName, isStrongValue, isVagueCredential } from "../../credential/credential.ts";
import type { CredentialLine } from "../../credential/credential-lines.ts";

/** `variable "db_password" {`, as Terraform, OpenTofu and Packer have it. */
const VARIABLE = /^[ \t]*variable[ \t]+"([\w-]{1,100})"[ \t]*\{/gm;

const DEFAULT = /\bdefault[ \t]*=[ \t]*"((?:[^"\\\n]|\\.)*)"/;

/** A declaration is never so long. */
const LONGEST = 2000;

/** Where a declaration ends: at its own brace, on a line of its own or on the first. */
function endOf(ahead: string): number {
  const match = /\n[ \t]*\}|^[^\n]*\}/.exec(ahead);
  return match === null ? ahead.length : match.index + match[0].length;
}

/** The variables of a Terraform or Packer file that are named like credentials, and have one for a default. */
export function terraformDefaults(text: string): CredentialLine[] {
  const found: CredentialLine[] = [];
  let line = 0;
  let counted = 0;
  for (const { 0: head, 1: name = "", index } of text.matchAll(VARIABLE)) {
    const from = index + head.length;
    const ahead = text.slice(from, from + LONGEST);
    const match = DEFAULT.exec(ahead.slice(0, endOf(ahead)));
    const value = match?.[1] ?? "";
    const isNamed = isCredentialName(name) && isStrongValue(value);
    if (match === null || !(isNamed || isVagueCredential(name, value))) continue;
    const at = from + match.index;
    line += text.slice(counted, at).split("\n").length - 1;
    counted = at;
    found.push({ line, name });
  }
  return found;
}
