import { lastAtMost } from "./last-at-most.ts";

/** Where the lines of a text begin: line and column of any offset, by binary search. */
export class Lines {
  private readonly starts: number[] = [0];
  private readonly startsWithMark: boolean;

  constructor(text: string) {
    this.startsWithMark = text.charCodeAt(0) === 0xfeff;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
      this.starts.push(at + 1);
    }
  }

  /** Zero-based. */
  lineOf(offset: number): number {
    return Math.max(0, lastAtMost(this.starts, offset));
  }

  /** Zero-based; a byte order mark takes no column. */
  columnOf(offset: number): number {
    const line = this.lineOf(offset);
    const column = offset - (this.starts[line] ?? 0);
    return line === 0 && this.startsWithMark ? column - 1 : column;
  }
}
