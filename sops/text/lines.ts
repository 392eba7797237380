import { lastAtMost } from "./last-at-most.ts";

/** How the lines of a text end: as Windows has it where one does. */
export function newlineOf(text: string): "\r\n" | "\n" {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Where the line that holds an offset begins. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the comments begin that stand right above a line, of which the start is given: there, if there are none. */
export function startWithComments(text: string, line: number): number {
  let start = line;
  while (start > 0) {
    const before = lineStart(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(before, start))) break;
    start = before;
  }
  return start;
}

/** Where the line that holds an offset ends, its line break included. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at === -1 ? text.length : at + 1;
}

/** Where the next line begins; an offset that one begins at is that. */
export function nextLine(text: string, offset: number): number {
  return offset > 0 && text[offset - 1] === "\n" ? offset : lineEnd(text, offset);
}

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

  /** Line and column as an error names them, both 1-based. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    return { line: this.lineOf(offset) + 1, column: this.columnOf(offset) + 1 };
  }
}
