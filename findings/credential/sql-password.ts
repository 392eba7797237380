import { isLiteralPassword } from "./literal-password.ts";

/** `CREATE ROLE app LOGIN PASSWORD '…'`, or the end of such a statement on a line of its own. */
const PASSWORD =
  /\b(?:(?:create|alter)\s+(?:user|role)\s[^;\n]{0,300}?|with|encrypted|login)\s+password\s+'([^'\s]+)'/gi;

/** `identified by '…'`, where the rest of the line is SQL: prose has it too. */
const IDENTIFIED_BY =
  /\b(?:(?:create|alter)\s+user|grant)\s[^;\n]{0,300}?\sidentified\s+(?:with\s+\S{1,100}\s+)?by\s+'([^'\s]+)'|\bidentified\s+(?:with\s+\S{1,100}\s+)?by\s+'([^'\s]+)'\s*;/gi;

/** In capitals prose has it not; MySQL takes a text in double quotes, too. */
const IN_CAPITALS =
  /\bIDENTIFIED\s+(?:WITH\s+\S{1,100}\s+)?BY\s+(?:'([^'\s]+)'|\\?"([^"\s\\]+)\\?")/g;

/** Whether a statement of SQL gives a user a literal password, in one line of a file or in one value. */
export function holdsSqlPassword(text: string): boolean {
  if (!/assword\s+'|dentified\s/i.test(text)) return false;
  return [PASSWORD, IDENTIFIED_BY, IN_CAPITALS].some((pattern) =>
    [...text.matchAll(pattern)].some(([, one, other]) => isLiteralPassword(one ?? other ?? "")),
  );
}
