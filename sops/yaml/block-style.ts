import { Lines } from "../lines.ts";
import type { KeyPath } from "../token.ts";
import { resolvePlain, UnrepresentableError, type Value } from "../value.ts";
import type { Collection } from "./collection.ts";
import type { RawComment } from "./comment-texts.ts";
import { attribute } from "./comments.ts";
import { commentLeaves, commentPlace, entryOfComment } from "./comment-leaves.ts";
import { documentEnd } from "./comment-owners.ts";
import type { YamlContent, YamlLeaf } from "./leaf.ts";
import { indentStep } from "./metadata-block.ts";
import type { Mark } from "./marks.ts";
import type { SopsPair } from "./metadata-edits.ts";
import { Places } from "./places.ts";
import { canBePlain, lacksRoom, type Place, type Style } from "./spelling.ts";

/**
 * Reads YAML as nearly all manifests and all files that sops writes are: one document in block style,
 * one line a value, and literal blocks. It takes a tenth of the time of the yaml package, and of a
 * short command more than half is that package's loading (bench/decrypt.ts, bench/large.ts).
 *
 * It never judges: what it does not know for sure (flow collections, escapes, aliases, tags, values
 * over several lines, missing values, tabs, several documents, everything that is wrong) is for the
 * yaml package. What it does read, it reads as that: test/sops/block-style.test.ts compares the two.
 *
 * @returns null for a text that the yaml package has to read.
 */
export function readBlockStyle(text: string): YamlContent | null {
  if (UNUSUAL.test(text)) return null;
  try {
    return new BlockStyleReader(text).read();
  } catch (error) {
    if (error === NOT_HERE) return null;
    throw error;
  }
}

/** What is no printable character, or might be taken for white space or a line break by somebody. */
const UNUSUAL = /[^\n\x20-\x7e\u00a1-\u167f\u1681-\u1fff\u2070-\u2fff\u3001-\ud7ff]/;

/** Thrown where the text is for the yaml package. */
const NOT_HERE = new Error("not in the block style that is read here");

/** Deeper nesting is for the yaml package's reader to refuse. */
const DEEPEST_HERE = 50;

/** YAML bounds the length of a key on one line. */
const LONGEST_KEY = 1000;

const KEY = /[A-Za-z0-9_.][A-Za-z0-9_./-]*|"[^"\\\n]+"|'[^'\n]+'/y;

const ANCHOR = /&[A-Za-z0-9_-]+ +/y;

/** What a plain scalar does not begin with, and `-` and `<`, which mean something else at times. */
const PLAIN_START = /^(?:[^,[\]{}#&*!|>'"%@`?:<-]|-[0-9A-Za-z_.])/;

/** What a mark is beside a word. */
type MarkKind = "opensValue" | "property" | "parts" | null;

class BlockStyleReader {
  private readonly text: string;
  private readonly leaves: YamlLeaf[] = [];
  private readonly comments: RawComment[] = [];
  private readonly marks: Mark[] = [];
  private readonly entries = new Map<Collection, number[]>();
  private readonly step: number;
  private readonly places = new Places("\n");
  /** The line that is being read: one with something on it beside a comment. */
  private lineStart = 0;
  private lineEnd = -1;
  private lineNumber = 0;
  /** The column of the first character of that line; -1 behind the end of the text. */
  private column = -1;
  /** Where the last value ended, the rest of its line with it. */
  private valueEnd = 0;
  private depth = 0;
  /** Whether the `sops` block is being read, or what stands right behind it. */
  private inMetadata = false;
  /** The last mark. Only the neighbours of comments are kept. */
  private markStart = -1;
  private markEnd = -1;
  private markIn: Collection | null = null;
  private markKind: MarkKind = null;
  private isMarkKept = true;
  /** Whether a comment waits for the mark behind it. */
  private wantsMark = false;

  constructor(text: string) {
    this.text = text;
    this.step = Math.max(2, indentStep(text));
  }

  read(): YamlContent {
    this.nextLine();
    if (this.column === 0 && this.lineText() === "---") {
      this.mark(this.lineStart, this.lineEnd, null, "parts");
      this.nextLine();
    }
    if (this.column !== 0) throw NOT_HERE;
    const top: Collection = { path: [], column: 0, list: false, parent: null, entry: 0 };
    let sops: SopsPair | null = null;
    const keys = new Set<string>();
    while (this.column === 0) {
      const start = this.lineStart;
      const { key, end } = this.readKey(start, top, keys);
      this.inMetadata = key === "sops";
      if (this.inMetadata) {
        const raw = this.readPlainMapping(end, top);
        sops = { start, end: this.valueEnd, previousEnd: null, nextStart: null, raw };
      } else {
        this.enterEntry(top, start);
        this.readValue(end, [key], top, start, null);
      }
    }
    if (this.column !== -1) throw NOT_HERE;
    return {
      leaves: this.withComments(top, sops),
      empty: [],
      documents: [{ end: this.text.length, flow: null, sops }],
      rawMetadata: sops === null ? null : sops.raw,
      newline: "\n",
      refusals: [],
    };
  }

  private withComments(top: Collection, sops: SopsPair | null): YamlLeaf[] {
    if (this.comments.length === 0) return this.leaves;
    const lines = new Lines(this.text);
    const comments = attribute(
      lines,
      this.comments,
      this.marks,
      top,
      documentEnd(this.text, lines, this.text.length, sops),
    );
    const own = commentLeaves(
      comments,
      sops,
      lines,
      (comment) => entryOfComment(comment, this.entries.get(comment.owner) ?? []),
      commentPlace("\n"),
    );
    return [...this.leaves, ...own].sort((a, b) => a.start - b.start);
  }

  /** Goes to the next line with something on it beside a comment. */
  private nextLine(): void {
    const { text } = this;
    for (let start = this.lineEnd + 1; start < text.length;) {
      const found = text.indexOf("\n", start);
      const end = found === -1 ? text.length : found;
      this.lineNumber += 1;
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      if (at < end) {
        if (text.charCodeAt(at) !== HASH) {
          this.lineStart = start;
          this.lineEnd = end;
          this.column = at - start;
          return;
        }
        this.comment(at, end);
      }
      start = end + 1;
    }
    this.lineEnd = text.length;
    this.column = -1;
  }

  private lineText(): string {
    return this.text.slice(this.lineStart, this.lineEnd);
  }

  private comment(start: number, end: number): void {
    // Which part of them the yaml package takes for the block's own is not worth knowing.
    if (this.inMetadata) throw NOT_HERE;
    this.keepMark();
    this.wantsMark = true;
    this.comments.push({ start, source: this.text.slice(start, end) });
  }

  private mark(
    start: number,
    end: number,
    collection: Collection | null,
    kind: MarkKind = null,
  ): void {
    this.markStart = start;
    this.markEnd = end;
    this.markIn = collection;
    this.markKind = kind;
    this.isMarkKept = false;
    if (this.wantsMark) this.keepMark();
    this.wantsMark = false;
  }

  private keepMark(): void {
    if (this.isMarkKept) return;
    this.isMarkKept = true;
    this.marks.push({
      start: this.markStart,
      end: this.markEnd,
      collection: this.markIn,
      opensValue: this.markKind === "opensValue",
      property: this.markKind === "property",
      parts: this.markKind === "parts",
    });
  }

  private enterEntry(collection: Collection, offset: number): void {
    const entries = this.entries.get(collection);
    if (entries === undefined) this.entries.set(collection, [offset]);
    else entries.push(offset);
  }

  /** The source of the key at an offset; null where none stands there. */
  private keyAt(start: number): string | null {
    KEY.lastIndex = start;
    const source = KEY.exec(this.text)?.[0];
    if (source === undefined) return null;
    const colon = start + source.length;
    if (this.text.charCodeAt(colon) !== COLON) return null;
    const behind = this.text.charCodeAt(colon + 1);
    if (behind !== SPACE && behind !== LINE_BREAK && colon + 1 !== this.text.length) return null;
    return source;
  }

  /** A key that its mapping does not have yet, and where what is behind its colon begins. */
  private readKey(
    start: number,
    collection: Collection,
    keys: Set<string>,
  ): { key: string; end: number } {
    const source = this.keyAt(start);
    if (source === null || source.length > LONGEST_KEY) throw NOT_HERE;
    const quoted = source.startsWith('"') || source.startsWith("'");
    const key = quoted ? source.slice(1, -1) : source;
    if (!quoted && resolved(source)?.type !== "str") throw NOT_HERE;
    if (keys.has(key)) throw NOT_HERE;
    keys.add(key);
    const colon = start + source.length;
    this.mark(start, colon, collection);
    this.mark(colon, colon + 1, collection, "opensValue");
    return { key, end: colon + 1 };
  }

  /**
   * Reads what stands behind a key's colon or an item's dash, and goes to the line behind it.
   *
   * @param from behind the colon or dash.
   * @param itemStart where the dash of an item stands; null for a mapping's value.
   */
  private readValue(
    from: number,
    path: KeyPath,
    holder: Collection,
    entry: number,
    itemStart: number | null,
  ): void {
    const column = holder.column ?? 0;
    const start = this.skipSpaces(from);
    const first = this.text.charCodeAt(start);
    if (start < this.lineEnd && first !== HASH) {
      if (itemStart !== null && this.keyAt(start) !== null) {
        const inner = this.enter(path, start - this.lineStart, false, holder, entry);
        this.readMapping(inner, path, start);
      } else this.readScalar(start, path, holder, entry, itemStart);
      // A value over several lines, or a line that is wrong.
      if (this.column > column) throw NOT_HERE;
      return;
    }
    if (itemStart !== null) throw NOT_HERE;
    this.endLine(start);
    const list = this.dashAt(this.lineStart + this.column);
    if (this.column < column || (this.column === column && !list)) throw NOT_HERE;
    const inner = this.enter(path, this.column, list, holder, entry);
    if (list) this.readList(inner, path);
    else this.readMapping(inner, path, this.lineStart + this.column);
    if (this.column > column) throw NOT_HERE;
  }

  private enter(
    path: KeyPath,
    column: number,
    list: boolean,
    parent: Collection,
    entry: number,
  ): Collection {
    return { path, column, list, parent, entry };
  }

  /** @param first where the first key stands: behind a dash it does not begin its line. */
  private readMapping(own: Collection, path: KeyPath, first: number): void {
    this.descend();
    const keys = new Set<string>();
    let start = first;
    do {
      const { key, end } = this.readKey(start, own, keys);
      this.enterEntry(own, start);
      this.readValue(end, [...path, key], own, start, null);
      start = this.lineStart + this.column;
    } while (this.column === own.column);
    this.depth -= 1;
  }

  private readList(own: Collection, path: KeyPath): void {
    this.descend();
    const column = own.column ?? 0;
    do {
      const dash = this.lineStart + column;
      // Behind a list in the column of its key, the mapping goes on.
      if (!this.dashAt(dash)) break;
      this.mark(dash, dash + 1, own);
      this.enterEntry(own, dash);
      this.readValue(dash + 1, path, own, dash, dash);
    } while (this.column === column);
    this.depth -= 1;
  }

  private descend(): void {
    this.depth += 1;
    if (this.depth > DEEPEST_HERE) throw NOT_HERE;
  }

  private dashAt(offset: number): boolean {
    return this.text.charCodeAt(offset) === DASH && this.text.charCodeAt(offset + 1) === SPACE;
  }

  private skipSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at += 1;
    return at;
  }

  /** Reads to the end of the line behind a value, where only a comment may stand, and goes on. */
  private endLine(from: number): void {
    const at = this.skipSpaces(from);
    if (at < this.lineEnd) {
      if (this.text.charCodeAt(at) !== HASH || this.text.charCodeAt(at - 1) !== SPACE) {
        throw NOT_HERE;
      }
      this.comment(at, this.lineEnd);
    }
    this.valueEnd = Math.min(this.lineEnd + 1, this.text.length);
    this.nextLine();
  }

  /** Where a value begins that an anchor may stand before: one that no alias names says nothing. */
  private behindAnchor(from: number, holder: Collection): number {
    if (this.text.charCodeAt(from) !== AMPERSAND) return from;
    ANCHOR.lastIndex = from;
    const source = ANCHOR.exec(this.text)?.[0];
    if (source === undefined) throw NOT_HERE;
    this.mark(from, from + source.trimEnd().length, holder, "property");
    return from + source.length;
  }

  private readScalar(
    from: number,
    path: KeyPath,
    holder: Collection,
    entry: number,
    itemStart: number | null,
  ): void {
    const start = this.behindAnchor(from, holder);
    const line = this.lineNumber;
    const column = holder.column ?? 0;
    const { style, value, end, followed, header, width } = this.scalarAt(start, column, holder);
    this.leaves.push({
      kind: "value",
      path,
      value,
      line,
      form:
        style === "plain"
          ? "bare"
          : style === "literal" || !canBePlain(value?.text ?? "", false)
            ? "forced"
            : "quoted",
      alias: null,
      start,
      end,
      itemStart,
      holder,
      entry,
      place: this.place(style, column, followed, header, width),
    });
  }

  /**
   * The scalar at an offset; goes to the line behind it.
   *
   * @param column that of the entries among which it stands.
   */
  private scalarAt(start: number, column: number, holder: Collection): Scalar {
    const { text, lineEnd } = this;
    const first = text.charAt(start);
    if (first === "|") return this.literalAt(start, column, holder);
    let value: Value | null;
    let end: number;
    let style: Style;
    if (first === '"' || first === "'") {
      const close = text.indexOf(first, start + 1);
      if (close === -1 || close >= lineEnd) throw NOT_HERE;
      const inner = text.slice(start + 1, close);
      end = close + 1;
      const doubled = first === "'" && text.charCodeAt(end) === QUOTE;
      if (doubled || (first === '"' && inner.includes("\\"))) throw NOT_HERE;
      value = { type: "str", text: inner };
      style = first === "'" ? "single" : "double";
    } else {
      const source = plainScalar(text.slice(start, lineEnd));
      end = start + source.length;
      value = resolved(source);
      style = "plain";
    }
    this.mark(start, end, holder);
    const followed = end < lineEnd || lacksRoom(text, end, column + this.step);
    this.endLine(end);
    return { style, value, end, followed, header: "", width: 0 };
  }

  /**
   * A literal block, whose first line has something on it, whose empty lines are empty, and which the
   * file does not end in without a line break.
   */
  private literalAt(start: number, column: number, holder: Collection): Scalar {
    const { text } = this;
    const header = text.slice(start, this.lineEnd);
    const body = this.lineEnd + 1;
    const width = this.skipSpaces(body) - body;
    if ((header !== "|" && header !== "|-") || width <= column) throw NOT_HERE;
    const lines: string[] = [];
    /** Of the last line with something on it. */
    let end = -1;
    let count = 0;
    let empty = 0;
    for (let at = body; at < text.length;) {
      const found = text.indexOf("\n", at);
      const lineEnd = found === -1 ? text.length : found;
      const indent = Math.min(this.skipSpaces(at), lineEnd) - at;
      if (at + indent === lineEnd) {
        // A line of spaces may be part of the value or not.
        if (indent > 0) throw NOT_HERE;
        empty += 1;
      } else {
        if (indent < width) break;
        for (; empty > 0; empty -= 1) lines.push("");
        lines.push(text.slice(at + width, lineEnd));
        count = lines.length;
        end = Math.min(lineEnd + 1, text.length);
      }
      at = lineEnd + 1;
    }
    if (end === -1 || text.charCodeAt(end - 1) !== LINE_BREAK) throw NOT_HERE;
    this.mark(start, start + 1, holder);
    this.mark(body, body + text.slice(body, end).trimEnd().length, holder);
    this.valueEnd = end;
    this.lineNumber += count;
    this.lineEnd = end - 1;
    this.nextLine();
    const value: Value = { type: "str", text: lines.join("\n") + (header === "|" ? "\n" : "") };
    return { style: "literal", value, end, followed: false, header, width };
  }

  private place(
    style: Style,
    column: number,
    followed: boolean,
    header: string,
    width: number,
  ): Place {
    const place = { style, flow: false, header, followed };
    return style === "literal"
      ? this.places.of(place, width, Math.max(1, width - column))
      : this.places.of(place, column + this.step, this.step);
  }

  /** The `sops` block as plain data, with the same types as the yaml package's reader gives it. */
  private readPlainMapping(from: number, top: Collection): unknown {
    const start = this.skipSpaces(from);
    if (start < this.lineEnd) throw NOT_HERE;
    this.endLine(start);
    if (this.column <= 0 || this.dashAt(this.lineStart + this.column)) throw NOT_HERE;
    return this.plainMapping(this.column, this.lineStart + this.column, top);
  }

  private plainMapping(column: number, first: number, top: Collection): unknown {
    this.descend();
    const members: [string, unknown][] = [];
    const keys = new Set<string>();
    let start = first;
    do {
      const { key, end } = this.readKey(start, top, keys);
      members.push([key, this.plainValue(end, column, top, false)]);
      start = this.lineStart + this.column;
    } while (this.column === column);
    this.depth -= 1;
    return Object.fromEntries(members);
  }

  private plainList(column: number, top: Collection): unknown[] {
    this.descend();
    const items: unknown[] = [];
    do {
      const dash = this.lineStart + column;
      if (!this.dashAt(dash)) break;
      this.mark(dash, dash + 1, top);
      items.push(this.plainValue(dash + 1, column, top, true));
    } while (this.column === column);
    this.depth -= 1;
    return items;
  }

  private plainValue(from: number, column: number, top: Collection, item: boolean): unknown {
    const start = this.skipSpaces(from);
    let data: unknown;
    if (start < this.lineEnd && this.text.charCodeAt(start) !== HASH) {
      if (item && this.keyAt(start) !== null) {
        data = this.plainMapping(start - this.lineStart, start, top);
      } else {
        const { value } = this.scalarAt(start, column, top);
        data = value?.type === "bool" ? value.text === "True" : (value?.text ?? null);
      }
    } else {
      if (item) throw NOT_HERE;
      this.endLine(start);
      const list = this.dashAt(this.lineStart + this.column);
      if (this.column < column || (this.column === column && !list)) throw NOT_HERE;
      data = list
        ? this.plainList(this.column, top)
        : this.plainMapping(this.column, this.lineStart + this.column, top);
    }
    if (this.column > column) throw NOT_HERE;
    return data;
  }
}

/** A scalar with what its place is made of. */
interface Scalar {
  readonly style: Style;
  readonly value: Value | null;
  readonly end: number;
  readonly followed: boolean;
  /** Of a literal block. */
  readonly header: string;
  readonly width: number;
}

const SPACE = 0x20;
const HASH = 0x23;
const AMPERSAND = 0x26;
const QUOTE = 0x27;
const DASH = 0x2d;
const COLON = 0x3a;
const LINE_BREAK = 0x0a;

/** The plain scalar that a line's rest begins with. */
function plainScalar(rest: string): string {
  if (!PLAIN_START.test(rest)) throw NOT_HERE;
  const comment = rest.indexOf(" #");
  const source = (comment === -1 ? rest : rest.slice(0, comment)).trimEnd();
  if (source.includes(": ") || source.endsWith(":")) throw NOT_HERE;
  return source;
}

function resolved(source: string): Value | null {
  try {
    return resolvePlain(source);
  } catch (error) {
    if (error instanceof UnrepresentableError) throw NOT_HERE;
    throw error;
  }
}
