/**
 * Refuses what go-yaml reads otherwise in a flow collection: there, a `?` always begins a key and a plain
 * scalar goes on behind a `:` that no space follows, also where one stands before it.
 */
export class FlowReading {
  private readonly text: string;
  private readonly failure: (code: "unsupported", offset: number, message: string) => Error;
  private depth = 0;
  private isBehindPlain = false;

  constructor(text: string, failure: FlowReading["failure"]) {
    this.text = text;
    this.failure = failure;
  }

  /** @param isPlain whether it is a scalar without quotes. */
  next(lexeme: string, offset: number, isPlain: boolean): void {
    if (!isPlain && (lexeme === "{" || lexeme === "[")) this.depth += 1;
    if (!isPlain && (lexeme === "}" || lexeme === "]")) this.depth -= 1;
    if (this.depth > 0 && this.isBroken(lexeme, offset, isPlain)) {
      const what = `has a "${isPlain && lexeme.includes("?") ? "?" : ":"}" where sops reads something else`;
      throw this.failure("unsupported", offset, `${what}: quote the text around it`);
    }
    this.isBehindPlain = isPlain || (this.isBehindPlain && /^[ \t]+$/.test(lexeme));
  }

  /**
   * Whether the outermost collection ends at an offset. To go-yaml it may in any column, and sops writes the
   * end of an empty mapping with a comment in it into the first one.
   */
  endsAt(offset: number): boolean {
    return this.depth === 1 && /[\]}]/.test(this.text.charAt(offset));
  }

  private isBroken(lexeme: string, offset: number, isPlain: boolean): boolean {
    if (isPlain) return /^:|\?/.test(lexeme);
    return this.isBehindPlain && lexeme === ":" && /\S/.test(this.text.charAt(offset + 1));
  }
}
