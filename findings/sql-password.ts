import { isLiteralPassword } from "./literal-password.ts";

/** `CREATE ROLE app LOGIN PASSWORD '…'`, or the end of such a statement on a line of its own; `IDENTIFIED BY '…'`. */
const PASSWORD =
  /\b(?:(?:(?:create|alter)\s+(?:user|role)\s[^;\n]{0,300}?|with|encrypted|login)\s+password|identified\s+(?:with\s+\S{1,100}\s+)?by)\s+'([^'\s]+)'/gi;

/** Whether a statement of SQL gives a user a literal password, in one line of a file or in one value. */
export function holdsSqlPassword(text: string): boolean {
  if (!/assword\s+'|dentified\s/i.test(text)) return false;
  for (const [, password = ""] of text.matchAll(PASSWORD)) {
    if (isLiteralPassword(password)) return true;
  }
  return false;
}
