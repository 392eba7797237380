/**
 * Most commits of a GitOps repository are a bot's, and change a version number. To the rules, one
 * digest is like another, and so is one version number, unless it is too short for a password. What was
 * harmless before is harmless after.
 */
const VERSION = /\d+\.\d+(?:\.\d+)+|sha256:[0-9a-f]{64}/g;

/** A version and nothing else, which need not be searched for. */
const ONE_VERSION = /^\d+\.\d+(?:\.\d+)+$/;

/** Beyond this it is no change of a version. */
const LONGEST_CHANGE = 4096;

/** A content, one char per byte, with its versions of one sort made all the same. */
export function withoutVersions(text: string): string {
  if (ONE_VERSION.test(text)) return noVersion(text);
  return text.replace(VERSION, (version) =>
    version.startsWith("sha256:") ? NO_DIGEST : noVersion(version),
  );
}

/** A version of the same length, up to what is long enough for a password. */
function noVersion(version: string): string {
  return "0.0.".padEnd(Math.min(version.length, LONG_ENOUGH), "0");
}

/** No rule asks for a longer value that could be a version (`isCredentialValue`, `isStrongValue`). */
const LONG_ENOUGH = 8;

/** Each is a version of its own sort, so that none is taken for one of another. */
const NO_DIGEST = `sha256:${"0".repeat(64)}`;

/** A content that others are compared with, most of them versions of the same file. */
export class KnownContent {
  readonly #bytes: Buffer;
  /** How much the last one had in common with it: most often it is the same place that changes. */
  #start = 0;
  #end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Whether another content has the same `withoutVersions`. Only the bytes between the first and the
   * last difference are looked at, the fastest way for versions of one file. If these are many, the
   * answer is no without a look.
   */
  isLike(other: Buffer): boolean {
    const bytes = this.#bytes;
    const shorter = Math.min(bytes.length, other.length);
    let start = (this.#start = commonStart(bytes, other, shorter, this.#start));
    const behind = (this.#end = commonEnd(bytes, other, shorter - start, this.#end));
    let end = bytes.length - behind;
    let endOfOther = other.length - behind;
    // No version reaches beyond the run of letters, digits, dots and colons that it stands in.
    while (start > 0 && isOfVersion(bytes[start - 1] ?? 0)) start -= 1;
    while (end < bytes.length && isOfVersion(bytes[end] ?? 0)) {
      end += 1;
      endOfOther += 1;
    }
    if (Math.max(end, endOfOther) - start > LONGEST_CHANGE) return false;
    const one = bytes.toString("latin1", start, end);
    const another = other.toString("latin1", start, endOfOther);
    return one === another || withoutVersions(one) === withoutVersions(another);
  }
}

/** How many bytes two contents have in common from where they begin: see {@link longestSame}. */
function commonStart(a: Buffer, b: Buffer, most: number, guess: number): number {
  return longestSame(most, guess, {
    range: (from, to) => a.compare(b, from, to, from, to) === 0,
    byte: (at) => a[at] === b[at],
  });
}

/** How many bytes they have in common up to where they end, counted from there. */
function commonEnd(a: Buffer, b: Buffer, most: number, guess: number): number {
  const end = a.length;
  const endOfB = b.length;
  return longestSame(most, guess, {
    range: (from, to) => a.compare(b, endOfB - to, endOfB - from, end - to, end - from) === 0,
    byte: (at) => a[end - 1 - at] === b[endOfB - 1 - at],
  });
}

/**
 * Up to where all is the same, at most so far.
 *
 * @param guess how far it may be
 */
function longestSame(
  most: number,
  guess: number,
  isSame: {
    readonly range: (from: number, to: number) => boolean;
    readonly byte: (at: number) => boolean;
  },
): number {
  let same = guess <= most && isSame.range(0, guess) ? guess : 0;
  const near = Math.min(most, same + FEW);
  while (same < near && isSame.byte(same)) same += 1;
  if (same < near) return same;
  let rest = most;
  while (rest - same > FEW) {
    const middle = (same + rest) >> 1;
    if (isSame.range(same, middle)) same = middle;
    else rest = middle;
  }
  while (same < rest && isSame.byte(same)) same += 1;
  return same;
}

/** How many bytes can be compared one by one in the time of a call that compares many. */
const FEW = 32;

/** Whether a byte may be part of a version, generously: `0-9`, `.`, `:`, `A-Z`, `a-z`. */
function isOfVersion(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x3a) ||
    byte === 0x2e ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a)
  );
}
