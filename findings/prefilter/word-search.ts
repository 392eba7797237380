/** A word to be looked for, and what finding it means. */
export interface SoughtWord<T> {
  /** One char per byte, at least 4. */
  readonly word: string;
  readonly means: T;
}

/** Words shorter than this would make the search step through every byte. */
export const SHORTEST_WORD = 4;

/**
 * Looks for many words at once in one pass over bytes that skips most of them (the algorithm of Wu and
 * Manber, with blocks of two bytes): a search for each word would read a long history seventy times.
 */
export class WordSearch<T> {
  /** By block: how far on the next block lies with which a word's first four bytes may end. */
  readonly #steps = new Uint8Array(0x1_0000).fill(SHORTEST_WORD - 1);
  /** By block: which of the lists below has the words whose third and fourth byte it is. */
  readonly #lists = new Uint16Array(0x1_0000);
  readonly #words: { readonly bytes: Buffer; readonly means: T }[][] = [[]];

  constructor(words: Iterable<SoughtWord<T>>) {
    for (const { word, means } of words) {
      const bytes = Buffer.from(word, "latin1");
      for (let at = 1; at < SHORTEST_WORD; at += 1) {
        const block = blockAt(bytes, at);
        this.#steps[block] = Math.min(this.#steps[block] ?? 0, SHORTEST_WORD - 1 - at);
      }
      const block = blockAt(bytes, SHORTEST_WORD - 1);
      if (this.#lists[block] === 0) this.#lists[block] = this.#words.push([]) - 1;
      this.#words[this.#lists[block] ?? 0]?.push({ bytes, means });
    }
  }

  /** The first places of words, in the order of the bytes. */
  places(bytes: Uint8Array, most: number): { readonly at: number; readonly means: T }[] {
    const places: { at: number; means: T }[] = [];
    this.search(bytes, (means, end, length) => {
      if (places.length < most) places.push({ at: end - length, means });
    });
    return places;
  }

  /**
   * Calls back for every place of every word.
   *
   * @param found the word's meaning, where it ends (the offset after its last byte), and its length
   */
  search(bytes: Uint8Array, found: (means: T, end: number, length: number) => void): void {
    const steps = this.#steps;
    const { length } = bytes;
    let at = SHORTEST_WORD - 1;
    while (at < length) {
      const block = ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0);
      const step = steps[block] ?? 0;
      if (step !== 0) {
        at += step;
        continue;
      }
      const start = at - (SHORTEST_WORD - 1);
      const first = bytes[start];
      for (const { bytes: word, means } of this.#words[this.#lists[block] ?? 0] ?? []) {
        // Asked before the call: most blocks are those of other words.
        if (word[0] === first && startsWith(bytes, start, word)) {
          found(means, start + word.length, word.length);
        }
      }
      at += 1;
    }
  }
}

function blockAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0);
}

function startsWith(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at += 1) {
    if (bytes[start + at] !== word[at]) return false;
  }
  return true;
}
