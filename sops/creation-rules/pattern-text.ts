/** What the text of a pattern tells without compiling it. */

/** Without escapes and classes, in which a parenthesis or a bar means itself. */
export function bare(pattern: string): string {
  return pattern.replace(/\\./g, "").replace(/\[\^?\]?[^\]]*\]/g, "");
}

/** Whether it has alternatives outside of groups. */
export function hasAlternatives(pattern: string): boolean {
  let depth = 0;
  for (const character of bare(pattern)) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "|" && depth === 0) return true;
  }
  return false;
}

/** Characters that mean themselves, and are there once at least. */
const LITERAL = /^\^?((?:(?:\\[^A-Za-z0-9]|[^\\^$.|?*+()[\]{}])(?![?*{]))*)/u;

/**
 * The folder that a pattern names before anything else: `clusters/home/` of `^clusters/home/.*\.yaml$`.
 *
 * @returns with a `/` at its end, or empty
 */
export function literalFolder(pattern: string): string {
  if (hasAlternatives(pattern)) return "";
  const literal = (LITERAL.exec(pattern)?.[1] ?? "").replace(/\\(.)/gsu, "$1");
  return literal.slice(0, literal.lastIndexOf("/") + 1);
}
