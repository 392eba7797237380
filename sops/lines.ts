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
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Zero-based; a byte order mark takes no column. */
  columnOf(offset: number): number {
    const line = this.lineOf(offset);
    const column = offset - (this.starts[line] ?? 0);
    return line === 0 && this.startsWithMark ? column - 1 : column;
  }
}
