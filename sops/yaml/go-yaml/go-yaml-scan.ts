import { refusalsOfWord, type Refusal } from "./go-yaml-word.ts";

/** Where a key may begin that is known as one by the `:` behind it. */
interface SimpleKey {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** Whether nothing but a key may stand there. */
  readonly required: boolean;
}

const TAB = "has a tab where sops and Flux take spaces alone: write spaces there";
const MARK = "has a byte order mark inside of the file: take it out";
const BEHIND_MARK = "has a space right behind its byte order mark: take one of them out";
const DIRECTIVE = "has a directive at its end, behind which no document begins: take it out";
const COLON =
  "has a `:` that is not on the line where its key begins, which sops and Flux cannot read: write them on one line";
const PLACE =
  "has a key, value or item where sops and Flux cannot read one: give it a line of its own";
const LONG = "has a key of more than 1024 characters, which sops and Flux cannot read";

const LONGEST_KEY = 1024;

/** A comment beside one of these is not about it. */
const ALONE = new Set(["-", "---", "..."]);

/**
 * Follows the lexemes of a text as go-yaml's scanner does, and collects what it refuses.
 *
 * @see scannerc.go of go.yaml.in/yaml/v3
 */
export class GoYamlScan {
  readonly refusals: Refusal[] = [];
  private line = 0;
  private lineStart: number;
  /** The columns of the block collections that are open. */
  private indents: number[] = [];
  /** Where the next key may begin: outside of brackets, and in each flow collection that is open. */
  private keys: (SimpleKey | null)[] = [null];
  /** For each open flow collection: whether a `?` has begun a key in it. */
  private isExplicit: boolean[] = [];
  private isKeyAllowed = true;
  /** The column from which tabs may stand on the lines behind a scalar without quotes; null elsewhere. */
  private behindPlain: number | null = null;
  /** Set behind a comment that has lines of its own: tabs may stand before the next one. */
  private isBehindComments = false;
  /** A tab that may stand there if a comment follows. */
  private tab: number | null = null;
  /** The last mark or word on this line. */
  private lastOnLine: string | null = null;
  /** The header of the block of text that follows. */
  private header: string | null = null;
  /** Where a directive stands that no document has followed yet. */
  private directive: number | null = null;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.lineStart = text.startsWith("\ufeff") ? 1 : 0;
    if (/^\ufeff[ \t]/.test(text)) this.refuse(0, BEHIND_MARK);
  }

  /** @param isScalar whether it is a scalar without quotes or the text of a block. */
  next(lexeme: string, offset: number, isScalar: boolean): void {
    if (isScalar) {
      if (this.header === null) this.plain(lexeme, offset);
      else this.block(lexeme, offset, this.header);
      return;
    }
    const [first] = lexeme;
    // What the lexer adds stands for no text.
    if (first === undefined || first === "\x02" || first === "\x18" || first === "\x1f") return;
    if (first === "\ufeff") {
      if (offset > 0) this.refuse(offset, MARK);
    } else if (first === "\n" || first === "\r") {
      if (!this.isBehindComments) this.dropTab();
      this.newLine(offset + lexeme.length);
      if (this.keys.length === 1) this.isKeyAllowed = true;
    } else if (first === " " || first === "\t") {
      this.space(lexeme, offset);
    } else if (first === "#") {
      if (lexeme.includes("\ufeff")) this.refuse(offset, MARK);
      this.tab = null;
      this.isBehindComments = this.lastOnLine === null || ALONE.has(this.lastOnLine);
      this.behindPlain = null;
    } else {
      this.mark(lexeme, first, offset);
    }
  }

  /** @returns what was found, at the end of the text. */
  end(): readonly Refusal[] {
    this.dropTab();
    for (const key of this.keys) if (key?.required === true) this.refuse(key.offset, PLACE);
    if (this.directive !== null) this.refuse(this.directive, DIRECTIVE);
    return this.refusals;
  }

  private refuse(offset: number, message: string): void {
    this.refusals.push({ offset, message });
  }

  private newLine(start: number): void {
    this.line += 1;
    this.lineStart = start;
    this.lastOnLine = null;
  }

  private space(lexeme: string, offset: number): void {
    const tab = lexeme.indexOf("\t");
    if (tab === -1 || this.header !== null) return;
    if (this.behindPlain !== null) {
      if (this.lastOnLine === null && offset + tab - this.lineStart < this.behindPlain) {
        this.refuse(offset + tab, TAB);
      }
    } else if (this.keys.length === 1 && this.isKeyAllowed) {
      if (this.isBehindComments || /^[?:]$/.test(this.lastOnLine ?? "")) this.tab ??= offset + tab;
      else this.refuse(offset + tab, TAB);
    }
  }

  private dropTab(): void {
    if (this.tab !== null) this.refuse(this.tab, TAB);
    this.tab = null;
  }

  /** Before anything but space and comments. */
  private begin(offset: number): number {
    this.dropTab();
    this.isBehindComments = false;
    this.behindPlain = null;
    const column = offset - this.lineStart;
    if (this.keys.length === 1) {
      while ((this.indents.at(-1) ?? -1) > column) this.indents.pop();
    }
    return column;
  }

  private get indent(): number {
    return this.indents.at(-1) ?? -1;
  }

  private roll(column: number): void {
    if (this.keys.length === 1 && this.indent < column) this.indents.push(column);
  }

  private saveKey(offset: number, column: number): void {
    if (!this.isKeyAllowed) return;
    this.forgetKey();
    const required = this.keys.length === 1 && this.indent === column;
    this.keys[this.keys.length - 1] = { offset, line: this.line, column, required };
  }

  private forgetKey(): void {
    const key = this.keys.at(-1) ?? null;
    if (key?.required === true) this.refuse(key.offset, PLACE);
    this.keys[this.keys.length - 1] = null;
  }

  private mark(lexeme: string, first: string, offset: number): void {
    const column = this.begin(offset);
    this.lastOnLine = lexeme;
    const isInFlow = this.keys.length > 1;
    switch (lexeme) {
      case "---":
      case "...":
        if (lexeme === "---") this.directive = null;
        this.indents = [];
        this.forgetKey();
        this.isKeyAllowed = false;
        return;
      case "{":
      case "[":
        this.saveKey(offset, column);
        this.keys.push(null);
        this.isExplicit.push(false);
        this.isKeyAllowed = true;
        return;
      case "}":
      case "]":
        if (isInFlow) {
          this.keys.pop();
          this.isExplicit.pop();
        }
        this.isKeyAllowed = false;
        return;
      case ",":
        this.keys[this.keys.length - 1] = null;
        if (isInFlow) this.isExplicit[this.isExplicit.length - 1] = false;
        this.isKeyAllowed = true;
        return;
      case "-":
      case "?":
        if (!isInFlow && !this.isKeyAllowed) this.refuse(offset, PLACE);
        this.roll(column);
        this.forgetKey();
        if (isInFlow) this.isExplicit[this.isExplicit.length - 1] = lexeme === "?";
        this.isKeyAllowed = !isInFlow;
        return;
      case ":":
        this.colon(offset, column);
        return;
    }
    if (first === "%") {
      this.directive ??= offset;
      this.isKeyAllowed = false;
    } else if (first === "|" || first === ">") {
      this.forgetKey();
      this.isKeyAllowed = true;
      this.header = lexeme;
    } else {
      this.saveKey(offset, column);
      this.isKeyAllowed = false;
      this.refusals.push(...refusalsOfWord(this.text, lexeme, offset));
      this.countLines(lexeme, offset);
    }
  }

  private colon(offset: number, column: number): void {
    const isInFlow = this.keys.length > 1;
    const key = this.keys.at(-1) ?? null;
    if (key !== null && key.line === this.line) {
      if (offset - key.offset > LONGEST_KEY) this.refuse(key.offset, LONG);
      this.roll(key.column);
      this.isKeyAllowed = false;
      this.keys[this.keys.length - 1] = null;
      return;
    }
    this.forgetKey();
    const isExpected = isInFlow
      ? this.isExplicit.at(-1) === true
      : this.isKeyAllowed && this.indent === column;
    if (!isExpected) this.refuse(offset, COLON);
    this.roll(column);
    this.isKeyAllowed = !isInFlow;
  }

  private plain(lexeme: string, offset: number): void {
    const column = this.begin(offset);
    if (column === 0 && offset > 0 && lexeme.startsWith("\ufeff")) this.refuse(offset, MARK);
    this.saveKey(offset, column);
    this.isKeyAllowed = false;
    this.lastOnLine = lexeme;
    this.countLines(lexeme, offset);
    this.behindPlain = this.indent + 1;
  }

  /** The text of a block, or nothing. */
  private block(lexeme: string, offset: number, header: string): void {
    this.header = null;
    const indicator = /[1-9]/.exec(header)?.[0];
    let indent = indicator === undefined ? 0 : Math.max(0, this.indent) + Number(indicator);
    let widest = 0;
    for (const { index, 0: line } of lexeme.matchAll(/[^\n]+|(?<=\n|^)(?=\n)/g)) {
      const spaces = /^ */.exec(line)?.[0].length ?? 0;
      const column = indent === 0 ? spaces : Math.min(spaces, indent);
      widest = Math.max(widest, column);
      if (line[column] === "\t" && (indent === 0 || column < indent)) {
        this.refuse(offset + index + column, TAB);
      }
      if (indent === 0 && !/^ *\r?$/.test(line)) indent = Math.max(widest, this.indent + 1, 1);
    }
    this.countLines(lexeme, offset);
    this.lastOnLine = null;
    this.isKeyAllowed = true;
  }

  private countLines(lexeme: string, offset: number): void {
    const last = lexeme.lastIndexOf("\n");
    if (last === -1) return;
    this.line += lexeme.split("\n").length - 1;
    this.lineStart = offset + last + 1;
  }
}
