import { SopsError } from "../errors.ts";
import { Lines } from "../text/lines.ts";
import { formatFloat, type Value } from "../value.ts";
import { DEEPEST } from "../yaml/any-style/tokens.ts";

/** A value of a JSON text and where it stands. */
export type JsonNode =
  | {
      readonly kind: "object";
      readonly start: number;
      readonly end: number;
      readonly members: readonly JsonMember[];
    }
  | {
      readonly kind: "list";
      readonly start: number;
      readonly end: number;
      readonly items: readonly JsonNode[];
    }
  | {
      readonly kind: "scalar";
      readonly start: number;
      readonly end: number;
      readonly value: Value | null;
    };

export interface JsonMember {
  readonly key: string;
  readonly keyStart: number;
  readonly value: JsonNode;
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Parses a JSON text, values as sops reads them.
 *
 * Stricter than sops, which stops reading behind the top object and at the end of a text that is
 * cut short: what follows would stay readable, or be lost.
 *
 * @throws SopsError `syntax` with line and column, `unsupported` for a text nested too deeply.
 */
export function parseJson(text: string): JsonNode {
  return new JsonParser(text).parse();
}

/**
 * The text of a string literal, quotes included, as Go reads it: a lone surrogate is U+FFFD.
 */
export function readString(literal: string): string {
  return literal.includes("\\")
    ? Buffer.from(JSON.parse(literal) as string, "utf8").toString("utf8")
    : literal.slice(1, -1);
}

/**
 * A number as sops reads it: an integer of 64 bits, else a float.
 *
 * @returns null for one that no float holds: sops refuses it.
 * @see normalizeJSONNumber in sops's stores/json/store.go
 */
export function readNumber(literal: string): Value | null {
  if (/^-?[0-9]+$/.test(literal) && literal.length <= 20) {
    const integer = BigInt(literal);
    if (integer >= MIN_INT64 && integer <= MAX_INT64) {
      return { type: "int", text: integer.toString() };
    }
  }
  const number = Number(literal);
  return Number.isFinite(number) ? { type: "float", text: formatFloat(number) } : null;
}

class JsonParser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  parse(): JsonNode {
    if (this.text.charCodeAt(0) === 0xfeff) {
      throw this.failure(
        "begins with a byte order mark, which sops does not read in JSON: remove it",
      );
    }
    const node = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) throw this.failure("has text behind the end of the JSON value");
    return node;
  }

  private value(depth: number): JsonNode {
    this.skipSpace();
    const start = this.at;
    switch (this.text[start]) {
      case "{":
        return this.object(start, depth + 1);
      case "[":
        return this.list(start, depth + 1);
      case '"': {
        const text = readString(this.string());
        return { kind: "scalar", start, end: this.at, value: { type: "str", text } };
      }
      default:
        return this.literal(start);
    }
  }

  private object(start: number, depth: number): JsonNode {
    this.enter(depth);
    const members: JsonMember[] = [];
    if (!this.take("}")) {
      do {
        this.skipSpace();
        const keyStart = this.at;
        if (this.text[keyStart] !== '"') throw this.failure("a key in quotes is expected here");
        const key = readString(this.string());
        if (!this.take(":")) throw this.failure("a colon is expected here");
        members.push({ key, keyStart, value: this.value(depth) });
      } while (this.take(","));
      if (!this.take("}")) throw this.failure("a comma or } is expected here");
    }
    return { kind: "object", start, end: this.at, members };
  }

  private list(start: number, depth: number): JsonNode {
    this.enter(depth);
    const items: JsonNode[] = [];
    if (!this.take("]")) {
      do items.push(this.value(depth));
      while (this.take(","));
      if (!this.take("]")) throw this.failure("a comma or ] is expected here");
    }
    return { kind: "list", start, end: this.at, items };
  }

  private enter(depth: number): void {
    if (depth > DEEPEST) throw this.failure("is nested too deeply", "unsupported");
    this.at += 1;
  }

  /** The source of the string that begins here, quotes included. */
  private string(): string {
    // Piece by piece: a single pattern for the whole string would try its pieces again and again.
    const plain = /[^"\\\u0000-\u001f]*/y;
    const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    const start = this.at;
    for (let at = start + 1; ; at = escape.lastIndex) {
      plain.lastIndex = at;
      plain.exec(this.text);
      if (this.text[plain.lastIndex] === '"') {
        this.at = plain.lastIndex + 1;
        return this.text.slice(start, this.at);
      }
      escape.lastIndex = plain.lastIndex;
      if (escape.exec(this.text) === null) break;
    }
    throw this.failure(
      "a string that begins here has no end, a wrong escape or a control character",
    );
  }

  private literal(start: number): JsonNode {
    const pattern = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
    pattern.lastIndex = start;
    const source = pattern.exec(this.text)?.[0];
    if (source === undefined) throw this.failure("a JSON value is expected here");
    const value = this.literalValue(source);
    this.at += source.length;
    return { kind: "scalar", start, end: this.at, value };
  }

  private literalValue(source: string): Value | null {
    if (source === "null") return null;
    if (source === "true") return { type: "bool", text: "True" };
    if (source === "false") return { type: "bool", text: "False" };
    const value = readNumber(source);
    if (value === null) throw this.failure("has a number that is too large for sops");
    return value;
  }

  private skipSpace(): void {
    const pattern = /[ \t\r\n]*/y;
    pattern.lastIndex = this.at;
    pattern.exec(this.text);
    this.at = pattern.lastIndex;
  }

  private take(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private failure(message: string, code: "syntax" | "unsupported" = "syntax"): SopsError {
    return new SopsError(code, message, new Lines(this.text).placeOf(this.at));
  }
}
