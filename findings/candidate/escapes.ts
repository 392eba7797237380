/**
 * A keyword spelled with escapes (`"Secr\u0065t"`, `"string\x44ata"`) is the same word to whoever reads
 * the file as YAML or JSON. So keywords are looked for in text without them.
 */

/** A slash as PHP escapes it in JSON, and an ASCII character's number in JSON or YAML, also escaped twice. */
const ESCAPE = /(?<!\\)\\+(?:\/|(?:x|u00|U000000)([0-7][0-9A-Fa-f]))/g;

/** A word in double quotes that goes on in the next lines … */
const BROKEN_WORD = /(?<![A-Za-z])[A-Za-z]{1,16}(?:\\\r?\n[ \t]*[A-Za-z]{1,16}){1,9}"?/g;

/**
 * … if it makes a Secret of an object. No other is put together: what looks alike is a text that has been folded,
 * with a line of its own behind each `\n\`.
 */
const OF_A_SECRET = /^(?:kind|Secret|SecretList|data|stringData)"?$/;

/**
 * Text with the escapes of ASCII characters undone. Lines stay where they are: an escaped line break
 * becomes a blank, and a word of a Secret that is broken over lines is whole in the first of them.
 */
export function withoutEscapes(text: string): string {
  // A backslash is rare in most files: this one look is all that they cost.
  if (!text.includes("\\") || !STARTS.some((start) => text.includes(start))) return text;
  const plain = text.replace(ESCAPE, (_, digits: string | undefined) => {
    const code = digits === undefined ? SLASH : Number.parseInt(digits, 16);
    return code < BLANK ? " " : String.fromCharCode(code);
  });
  return plain.replace(BROKEN_WORD, (broken) => {
    const word = broken.replace(/[^A-Za-z"]/g, "");
    return OF_A_SECRET.test(word) ? word + broken.replace(/[^\n]/g, "") : broken;
  });
}

const SLASH = 0x2f;
const BLANK = 0x20;

/** Cheap: whether bytes hold such an escape. */
export function holdsEscape(bytes: Buffer): boolean {
  if (!bytes.includes(BACKSLASH)) return false;
  return STARTS.some((start) => bytes.includes(start));
}

const BACKSLASH = 0x5c;

const STARTS = ["\\u00", "\\x", "\\/", "\\U000000", "\\\n", "\\\r\n"] as const;
