/**
 * What Go's `unicode.IsSpace` takes for white space, for use in a character class. JavaScript's `\s`
 * differs: it has U+FEFF and lacks U+0085.
 */
const SPACE =
  "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

const LEADING = new RegExp(`^[${SPACE}]+`);
const NOT_SPACE = new RegExp(`[^${SPACE}]`);

/** How much of a text's start is white space. */
export function leadingSpace(text: string): number {
  return LEADING.exec(text)?.[0].length ?? 0;
}

/** A text without the white space at its end. Never slow, however much there is. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && !NOT_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** A text without the white space at its ends. */
export function trim(text: string): string {
  return trimEnd(text.slice(leadingSpace(text)));
}
