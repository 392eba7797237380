import { indentStep } from "../metadata-block.ts";
import { DASH, HASH, SPACE } from "./characters.ts";
import { Neighbours } from "./neighbours.ts";
import { NOT_HERE } from "./not-here.ts";

/** Deeper nesting is for the yaml package's reader to refuse. */
const DEEPEST_HERE = 50;

/** A text that is read line by line, from its top; of its lines those with something on them beside a comment. */
export class BlockLines {
  readonly text: string;
  /** How many columns deeper a level stands. */
  readonly step: number;
  readonly neighbours = new Neighbours();
  /** The line that is being read. */
  start = 0;
  end = -1;
  number = 0;
  /** The column of the first character of that line; -1 behind the end of the text. */
  column = -1;
  /** Where the last value ended, the rest of its line with it. */
  valueEnd = 0;
  /** Whether the `sops` block is being read, or what stands right behind it. */
  inMetadata = false;
  private depth = 0;

  constructor(text: string) {
    this.text = text;
    this.step = Math.max(2, indentStep(text));
  }

  /** Where the line begins behind its indentation. */
  get content(): number {
    return this.start + this.column;
  }

  /** Goes to the next line. */
  next(): void {
    const { text } = this;
    for (let start = this.end + 1; start < text.length;) {
      const found = text.indexOf("\n", start);
      const end = found === -1 ? text.length : found;
      this.number += 1;
      const at = this.skipSpaces(start);
      if (at < end) {
        if (text.charCodeAt(at) !== HASH) {
          this.start = start;
          this.end = end;
          this.column = at - start;
          return;
        }
        this.comment(at, end);
      }
      start = end + 1;
    }
    this.end = text.length;
    this.column = -1;
  }

  /** Reads to the end of the line behind a value, where only a comment may stand, and goes on. */
  endLine(from: number): void {
    const at = this.skipSpaces(from);
    if (at < this.end) {
      if (this.text.charCodeAt(at) !== HASH || this.text.charCodeAt(at - 1) !== SPACE) {
        throw NOT_HERE;
      }
      this.comment(at, this.end);
    }
    this.valueEnd = Math.min(this.end + 1, this.text.length);
    this.next();
  }

  /**
   * Goes behind a value over several lines.
   *
   * @param end where its last line ends, with its break.
   * @param count how many lines it takes beside the one that is being read.
   */
  nextBehind(end: number, count: number): void {
    this.valueEnd = end;
    this.number += count;
    this.end = end - 1;
    this.next();
  }

  /** Whether something stands at an offset of this line, beside a comment. */
  hasMoreAt(offset: number): boolean {
    return offset < this.end && this.text.charCodeAt(offset) !== HASH;
  }

  /** Whether an item begins at an offset. */
  dashAt(offset: number): boolean {
    return this.text.charCodeAt(offset) === DASH && this.text.charCodeAt(offset + 1) === SPACE;
  }

  /**
   * Whether what this line holds, below a key or dash that nothing stands behind, is a list.
   *
   * @param column that of the entries among which it stands.
   */
  isListBelow(column: number): boolean {
    const list = this.dashAt(this.content);
    if (this.column < column || (this.column === column && !list)) throw NOT_HERE;
    return list;
  }

  skipSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at += 1;
    return at;
  }

  descend(): void {
    this.depth += 1;
    if (this.depth > DEEPEST_HERE) throw NOT_HERE;
  }

  ascend(): void {
    this.depth -= 1;
  }

  private comment(start: number, end: number): void {
    // Which part of them the yaml package takes for the block's own is not worth knowing.
    if (this.inMetadata) throw NOT_HERE;
    this.neighbours.comment(start, this.text.slice(start, end));
  }
}
