import { Lines } from "../../text/lines.ts";
import type { KeyPath } from "../../token.ts";
import type { Collection } from "../collection.ts";
import { attribute } from "../comments/comments.ts";
import { commentLeaves, commentPlace, entryOfComment } from "../comments/leaves.ts";
import { documentEnd } from "../comments/owners.ts";
import type { YamlContent, YamlLeaf } from "../leaf.ts";
import type { SopsPair } from "../metadata-edits.ts";
import { Places } from "../places.ts";
import { canBePlain, type Place } from "../spelling.ts";
import { keyAt, readKey } from "./key.ts";
import { BlockLines } from "./lines.ts";
import { NOT_HERE } from "./not-here.ts";
import { readPlainMapping } from "./plain-data.ts";
import { behindAnchor, scalarAt, type Scalar } from "./scalar.ts";

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

class BlockStyleReader {
  private readonly lines: BlockLines;
  private readonly leaves: YamlLeaf[] = [];
  private readonly entries = new Map<Collection, number[]>();
  private readonly places = new Places("\n");

  constructor(text: string) {
    this.lines = new BlockLines(text);
  }

  read(): YamlContent {
    const { lines } = this;
    const { text } = lines;
    lines.next();
    if (lines.column === 0 && text.slice(lines.start, lines.end) === "---") {
      lines.neighbours.mark(lines.start, lines.end, null, "parts");
      lines.next();
    }
    if (lines.column !== 0) throw NOT_HERE;
    const top: Collection = { path: [], column: 0, list: false, parent: null, entry: 0 };
    let sops: SopsPair | null = null;
    const keys = new Set<string>();
    while (lines.column === 0) {
      const { start } = lines;
      const { key, end } = readKey(lines, start, top, keys);
      lines.inMetadata = key === "sops";
      if (lines.inMetadata) {
        const raw = readPlainMapping(lines, end, top);
        sops = { start, end: lines.valueEnd, previousEnd: null, nextStart: null, raw };
      } else {
        this.enterEntry(top, start);
        this.readValue(end, [key], top, start, null);
      }
    }
    if (lines.column !== -1) throw NOT_HERE;
    return {
      leaves: this.withComments(top, sops),
      empty: [],
      documents: [{ end: text.length, top, flow: null, sops }],
      rawMetadata: sops === null ? null : sops.raw,
      newline: "\n",
      refusals: [],
    };
  }

  private withComments(top: Collection, sops: SopsPair | null): YamlLeaf[] {
    const { text, neighbours } = this.lines;
    if (neighbours.comments.length === 0) return this.leaves;
    const lines = new Lines(text);
    const comments = attribute(
      lines,
      neighbours.comments,
      neighbours.marks,
      top,
      documentEnd(text, lines, text.length, sops),
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

  private enterEntry(collection: Collection, offset: number): void {
    const entries = this.entries.get(collection);
    if (entries === undefined) this.entries.set(collection, [offset]);
    else entries.push(offset);
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
    const { lines } = this;
    const column = holder.column ?? 0;
    const start = lines.skipSpaces(from);
    const enter = (at: number, list: boolean): Collection => {
      return { path, column: at, list, parent: holder, entry };
    };
    if (lines.hasMoreAt(start)) {
      if (itemStart !== null && keyAt(lines.text, start) !== null) {
        this.readMapping(enter(start - lines.start, false), path, start);
      } else this.readScalar(start, path, holder, entry, itemStart);
    } else {
      if (itemStart !== null) throw NOT_HERE;
      lines.endLine(start);
      const list = lines.isListBelow(column);
      const inner = enter(lines.column, list);
      if (list) this.readList(inner, path);
      else this.readMapping(inner, path, lines.content);
    }
    // A value over several lines, or a line that is wrong.
    if (lines.column > column) throw NOT_HERE;
  }

  /** @param first where the first key stands: behind a dash it does not begin its line. */
  private readMapping(own: Collection, path: KeyPath, first: number): void {
    const { lines } = this;
    lines.descend();
    const keys = new Set<string>();
    let start = first;
    do {
      const { key, end } = readKey(lines, start, own, keys);
      this.enterEntry(own, start);
      this.readValue(end, [...path, key], own, start, null);
      start = lines.content;
    } while (lines.column === own.column);
    lines.ascend();
  }

  private readList(own: Collection, path: KeyPath): void {
    const { lines } = this;
    lines.descend();
    const column = own.column ?? 0;
    do {
      const dash = lines.start + column;
      // Behind a list in the column of its key, the mapping goes on.
      if (!lines.dashAt(dash)) break;
      lines.neighbours.mark(dash, dash + 1, own);
      this.enterEntry(own, dash);
      this.readValue(dash + 1, path, own, dash, dash);
    } while (lines.column === column);
    lines.ascend();
  }

  private readScalar(
    from: number,
    path: KeyPath,
    holder: Collection,
    entry: number,
    itemStart: number | null,
  ): void {
    const { lines } = this;
    const start = behindAnchor(lines, from, holder);
    const line = lines.number;
    const column = holder.column ?? 0;
    const scalar = scalarAt(lines, start, column, holder);
    this.leaves.push({
      kind: "value",
      path,
      value: scalar.value,
      line,
      form: formOf(scalar),
      alias: null,
      start,
      end: scalar.end,
      itemStart,
      holder,
      entry,
      place: this.place(scalar, column),
    });
  }

  private place({ style, followed, header, width }: Scalar, column: number): Place {
    const { step } = this.lines;
    const place = { style, flow: false, header, followed };
    return style === "literal"
      ? this.places.of(place, width, Math.max(1, width - column))
      : this.places.of(place, column + step, step);
  }
}

function formOf({ style, value }: Scalar): YamlLeaf["form"] {
  if (style === "plain") return "bare";
  return style === "literal" || !canBePlain(value?.text ?? "", false) ? "forced" : "quoted";
}
