/**
 * One well-formed UTF-8 character (Unicode standard, table 3-7) in a string of one char per byte,
 * or else a single byte that belongs to none.
 */
const characterOrByte =
  /[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

/**
 * What must not reach a terminal: control characters, invisible format characters (bidirectional
 * overrides can show a name backwards), line and paragraph separators, and code points nothing is
 * known about.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

/** A character of a byte string, and whether people can see it as it is. */
export interface Piece {
  /** Its bytes, one char each. */
  readonly bytes: string;
  /** Its text, or null when it is invalid UTF-8 or unprintable. */
  readonly text: string | null;
}

/** Splits a string of one char per byte into its characters. */
export function pieces(bytes: string): Piece[] {
  return (bytes.match(characterOrByte) ?? []).map((character) => {
    if (character.length === 1) {
      const isText = character >= " " && character <= "~";
      return { bytes: character, text: isText ? character : null };
    }
    const text = Buffer.from(character, "latin1").toString("utf8");
    return { bytes: character, text: unprintable.test(text) ? null : text };
  });
}

/** `\ooo` for every byte, as C, git and POSIX `printf` read it. */
export function octal(bytes: string): string {
  return Array.from(bytes, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`).join(
    "",
  );
}

const named: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
};

/** The escapes of git's C-style quoting for one unprintable piece. */
export function escapePiece(bytes: string): string {
  return named[bytes] ?? octal(bytes);
}

/** A byte string (one char per byte) as text for people, unprintable parts escaped, no quotes. */
export function escapeForDisplay(bytes: string): string {
  return pieces(bytes)
    .map((piece) => piece.text ?? escapePiece(piece.bytes))
    .join("");
}

/** Text from outside, safe to show on one line of a terminal. */
export function printable(text: string): string {
  return escapeForDisplay(Buffer.from(text, "utf8").toString("latin1"));
}
