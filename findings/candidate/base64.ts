/**
 * Finding a word inside base64 text without decoding the text: three bytes become four characters,
 * so a word looks one of three ways, depending on where in its group of three it begins.
 */

/** How a word looks inside base64, for one of the three positions it can begin at. */
export interface Fragment {
  /** The characters that depend on the word alone, not on its neighbours. */
  readonly text: string;
  /** Position of `text`'s first character within its group of four. */
  readonly phase: number;
}

/**
 * The three fragments by which an ASCII word shows itself inside base64.
 *
 * @param word at least 6 characters, or the fragments get too short to be telling.
 */
export function base64Fragments(word: string): Fragment[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(word, "latin1")])
      .toString("base64")
      .replace(/=+$/, "");
    // The first character that holds no bit of the bytes before, and the last that holds six bits of ours.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + word.length) * 8) / 6);
    return { text: encoded.slice(first, end), phase: first % 4 };
  });
}

/** Bytes looked at before a fragment: some of what it stands in, and folded lines' indentation. */
const WINDOW_BEFORE = 512;

/**
 * Decodes the base64 around a fragment. Line folding, indentation and JSON's `\n` between the
 * characters are taken out.
 *
 * @param bytes the whole file.
 * @param position where the fragment's text begins.
 * @param after how many bytes of the file from `position` on are taken in.
 * @returns the decoded bytes read as Latin-1, and where in them the fragment's word begins.
 */
export function decodeAround(
  bytes: Uint8Array,
  position: number,
  phase: number,
  after: number,
): { text: string; wordAt: number } {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ahead = base64Only(
    view.toString("latin1", Math.max(0, position - WINDOW_BEFORE), position),
  );
  const behind = base64Only(view.toString("latin1", position, position + after));
  let first = ahead.length;
  while (first > 0 && /[A-Za-z0-9+/_-]/.test(ahead.charAt(first - 1))) first -= 1;
  // What stands before must end at the same place in its group of four as the fragment begins.
  const spare = (((ahead.length - first - phase) % 4) + 4) % 4;
  const before = ahead.length - first < phase ? "A".repeat(phase) : ahead.slice(first + spare);
  const run = /^[A-Za-z0-9+/_-]*/.exec(behind)?.[0] ?? "";
  return {
    text: Buffer.from(before + run, "base64").toString("latin1"),
    wordAt: Math.floor((before.length * 6) / 8),
  };
}

function base64Only(text: string): string {
  return text.replace(/\\[nr]|\s+/g, "");
}
