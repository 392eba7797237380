import type { Pattern } from "./key-selection.ts";

/**
 * A small part of RE2's syntax, the part that creation rules are written in: letters, digits, `_`, `/`
 * and `-` as they are, `\.` and its like, `.`, classes such as `[^/.a-z]`, `*`, `+`, `?`, groups,
 * alternatives, `^` and `$`. Loading RE2 takes longer than all else that a commit without secrets does.
 *
 * It answers as RE2 does (test/sops/selection/plain-pattern.test.ts), and like it in time that grows with the
 * length of the pattern times that of the text, whoever wrote them.
 *
 * @returns null for any other pattern
 */
export function compilePlainPattern(pattern: string): Pattern | null {
  if (pattern.length > LONGEST) return null;
  const reader = new PatternReader(pattern);
  const whole = reader.alternatives();
  if (whole === null || !reader.isAtEnd) return null;
  const start = whole(FOUND);
  return (text) => isFoundIn(start, text);
}

/** Groups in groups are read recursively. */
const LONGEST = 500;

type State =
  | { readonly kind: "character"; readonly takes: (char: string) => boolean; readonly next: State }
  | { readonly kind: "start" | "end"; readonly next: State }
  | { readonly kind: "either"; readonly ways: readonly State[] }
  | { readonly kind: "found" };

const FOUND: State = { kind: "found" };

/** A piece of a pattern: makes its states, given the one that follows it. */
type Piece = (next: State) => State;

const ESCAPED = ".-/+*?()[]{}|^$\\";

class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#pattern.length;
  }

  alternatives(): Piece | null {
    const pieces: Piece[] = [];
    do {
      const piece = this.#sequence();
      if (piece === null) return null;
      pieces.push(piece);
    } while (this.#skip("|"));
    const [only, ...others] = pieces;
    if (only !== undefined && others.length === 0) return only;
    return (next) => ({ kind: "either", ways: pieces.map((piece) => piece(next)) });
  }

  #sequence(): Piece | null {
    const pieces: Piece[] = [];
    while (!this.isAtEnd && !"|)".includes(this.#next())) {
      const piece = this.#repeated();
      if (piece === null) return null;
      pieces.push(piece);
    }
    return (next) => pieces.reduceRight((following, piece) => piece(following), next);
  }

  #repeated(): Piece | null {
    if (this.#skip("^")) return this.#unrepeated((next) => ({ kind: "start", next }));
    if (this.#skip("$")) return this.#unrepeated((next) => ({ kind: "end", next }));
    const piece = this.#one();
    if (piece === null) return null;
    if (this.#skip("?")) {
      return this.#unrepeated((next) => ({ kind: "either", ways: [piece(next), next] }));
    }
    const isStar = this.#skip("*");
    if (!isStar && !this.#skip("+")) return piece;
    return this.#unrepeated((next) => {
      const ways: State[] = [next];
      const loop: State = { kind: "either", ways };
      const first = piece(loop);
      ways.push(first);
      return isStar ? loop : first;
    });
  }

  /** `a**` is an error to RE2, `a+?` another operator. */
  #unrepeated(piece: Piece): Piece | null {
    return !this.isAtEnd && "*+?{".includes(this.#next()) ? null : piece;
  }

  #one(): Piece | null {
    if (this.#skip("(")) {
      const inner = this.alternatives();
      return inner !== null && this.#skip(")") ? inner : null;
    }
    if (this.#skip("[")) return this.#class();
    if (this.#skip(".")) return character((char) => char !== "\n");
    const isEscaped = this.#skip("\\");
    if (this.isAtEnd) return null;
    const literal = this.#take();
    if (!(isEscaped ? ESCAPED.includes(literal) : /[A-Za-z0-9_/-]/.test(literal))) return null;
    return character((char) => char === literal);
  }

  #class(): Piece | null {
    const isNegated = this.#skip("^");
    const ranges: (readonly [from: string, to: string])[] = [];
    while (!this.#skip("]")) {
      if (this.isAtEnd) return null;
      const from = this.#take();
      if (!/[A-Za-z0-9_./]/.test(from)) return null;
      let to = from;
      if (this.#skip("-")) {
        to = this.isAtEnd ? "" : this.#take();
        const isRange = ["az", "AZ", "09"].some(
          ([first = "", last = ""]) => first <= from && from <= to && to <= last,
        );
        if (!isRange) return null;
      }
      ranges.push([from, to]);
    }
    if (ranges.length === 0) return null;
    return character(
      (char) => isNegated !== ranges.some(([from, to]) => from <= char && char <= to),
    );
  }

  #next(): string {
    return this.#pattern.charAt(this.#at);
  }

  #take(): string {
    this.#at += 1;
    return this.#pattern.charAt(this.#at - 1);
  }

  #skip(char: string): boolean {
    if (this.isAtEnd || this.#next() !== char) return false;
    this.#at += 1;
    return true;
  }
}

function character(takes: (char: string) => boolean): Piece {
  return (next) => ({ kind: "character", takes, next });
}

/** All states at once, character by character (Thompson's way), so that nothing is tried twice. */
function isFoundIn(start: State, text: string): boolean {
  const chars = [...text];
  let states = new Set<State>();
  for (let at = 0; at <= chars.length; at += 1) {
    states.add(start);
    // What is added while it is gone through is gone through as well.
    for (const state of states) {
      if (state.kind === "found") return true;
      if (state.kind === "either") for (const way of state.ways) states.add(way);
      if (state.kind === "start" && at === 0) states.add(state.next);
      if (state.kind === "end" && at === chars.length) states.add(state.next);
    }
    const char = chars[at];
    const following = new Set<State>();
    for (const state of states) {
      if (state.kind === "character" && char !== undefined && state.takes(char)) {
        following.add(state.next);
      }
    }
    states = following;
  }
  return false;
}
