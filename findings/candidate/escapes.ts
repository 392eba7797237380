/**
 * A keyword spelled with escapes (`"Secr\u0065t"`, `"string\x44ata"`) is the same word to whoever reads
 * the file as YAML or JSON. So keywords are looked for in text without them.
 */

/** A slash as PHP escapes it in JSON, and an ASCII character's number in JSON or YAML, also escaped twice. */
const ESCAPE = /(?<!\\)\\+(?:\/|(?:x|u00|U000000)([0-7][0-9A-Fa-f]))/g;

/** Where a word in double quotes goes on in the next line; what goes on otherwise (base64, commands) is none. */
const BROKEN_WORD = /(?<=[A-Za-z])(?:\\\r?\n[ \t]*[A-Za-z]{1,16}"?(?![\w+/=]))+/g;

/**
 * Text with the escapes of ASCII characters undone. Lines stay where they are: an escaped line break
 * becomes a blank, and a word that is broken over lines is whole in the first of them.
 */
export function withoutEscapes(text: string): string {
  // A backslash is rare in most files: this one look is all that they cost.
  if (!text.includes("\\") || !STARTS.some((start) => text.includes(start))) return text;
  const whole = text.replace(BROKEN_WORD, (rest) => {
    const breaks = rest.match(/\n/g)?.join("") ?? "";
    return rest.replace(/[^A-Za-z"]/g, "") + breaks;
  });
  return whole.replace(ESCAPE, (_, digits: string | undefined) => {
    const code = digits === undefined ? SLASH : Number.parseInt(digits, 16);
    return code < BLANK ? " " : String.fromCharCode(code);
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
