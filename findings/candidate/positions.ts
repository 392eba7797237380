/** A file that holds a word more often than this was made to waste time. */
const MOST = 20_000;

/**
 * Where a word stands in bytes.
 *
 * @param word characters up to U+00FF, each one byte.
 */
export function* positionsOf(bytes: Uint8Array, word: string): Generator<number> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const needle = Buffer.from(word, "latin1");
  let count = 0;
  for (let at = view.indexOf(needle); at !== -1; at = view.indexOf(needle, at + 1)) {
    if ((count += 1) > MOST) return;
    yield at;
  }
}

/**
 * 1-based lines of bytes, each line once.
 *
 * @param positions in any order.
 */
export function linesOf(bytes: Uint8Array, positions: Iterable<number>): number[] {
  const lines = new Set<number>();
  let line = 1;
  let next = bytes.indexOf(10);
  for (const position of [...positions].sort((a, b) => a - b)) {
    while (next !== -1 && next < position) {
      line += 1;
      next = bytes.indexOf(10, next + 1);
    }
    lines.add(line);
  }
  return [...lines];
}
