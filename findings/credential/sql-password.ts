import { isLiteralPassword } from "./literal-password.ts";

/** `CREATE ROLE app LOGIN PASSWORD '…'`, or the end of such a statement on a line of its own; `IDENTIFIED BY '…'`. */
const PASSWORD =
  /\b(?:(?:(?:create|alter)\s+(?:user|role)\s[^;\n]{0,300}?|with|encrypted|login)\s+password|identified\s+(?:with\s+\S{1,100}\s+)?by)\s+'([^'\s]+)'/gi;

/** In double quotes, as MySQL takes a text too: in capitals only, since prose has `identified by "…"`. */
const IN_DOUBLE_QUOTES = /\bIDENTIFIED\s+(?:WITH\s+\S{1,100}\s+)?BY\s+\\?"([^"\s\\]+)\\?"/g;

/** Whether a statement of SQL gives a user a literal password, in one line of a file or in one value. */
export function holdsSqlPassword(text: string): boolean {
  if (!/assword\s+'|dentified\s/i.test(text)) return false;
  return [PASSWORD, IN_DOUBLE_QUOTES].some((pattern) =>
    [...text.matchAll(pattern)].some(([, password = ""]) => isLiteralPassword(password)),
  );
}
