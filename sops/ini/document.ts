import { SopsError } from "../errors.ts";
import type { Leaf, StoreFile } from "../store.ts";
import { lineEnd, Lines } from "../text/lines.ts";
import { shownPath } from "../token.ts";
import { commentLine, commentsOf, type CommentLine, type IniComment } from "./comments.ts";
import { IniFile, type IniValueLeaf } from "./file.ts";
import { readKeyName } from "./key.ts";
import type { SopsSection } from "./metadata-section.ts";
import { leadingSpace, trim } from "./space.ts";
import { readIniValue, type IniStyle } from "./value.ts";

/** What keys before the first section belong to. */
export const DEFAULT_SECTION = "DEFAULT";

const FORMS: Readonly<Record<IniStyle, Leaf["form"]>> = {
  bare: "bare",
  continued: "forced",
  '"': "quoted",
  "'": "quoted",
  "`": "forced",
  '"""': "forced",
};

/**
 * Parses an INI file as sops's INI library does, with sops's order: a comment comes behind its key.
 *
 * Stricter where that library would lose something: a key that stands twice in a section, and text
 * behind a section's name or a value's closing quotes, are refused.
 *
 * @throws SopsError `syntax`, `unsupported`
 * @see parse in gopkg.in/ini.v1's parser.go
 */
export function parseIni(text: string): StoreFile {
  return new IniReader(text).read();
}

class IniReader {
  private readonly text: string;
  private readonly lines: Lines;
  private readonly sections: Leaf[][] = [[]];
  private readonly unseen: IniComment[] = [];
  private readonly values: IniValueLeaf[] = [];
  private readonly comments: IniComment[] = [];
  private readonly metadata: [string, string][] = [];
  private sops: SopsSection | null = null;
  private inSops = false;
  /** The section that values and comments belong to; never the `sops` one. */
  private section = DEFAULT_SECTION;
  private readonly sectionNames = new Set<string>();
  private keys = new Set<string>();
  private unnamed = 0;
  private pending: CommentLine[] = [];

  constructor(text: string) {
    this.text = text;
    this.lines = new Lines(text);
  }

  read(): StoreFile {
    const { text } = this;
    let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (at < text.length) {
      const end = lineEnd(text, at);
      const start = at + leadingSpace(text.slice(at, end));
      const first = start < end ? text.charAt(start) : "";
      if (first === "#" || first === ";") {
        this.pending.push(commentLine(text, "own", at, start));
      } else if (first === "[") this.readSection(at, start, end);
      else if (first !== "") {
        at = this.readKey(at, start, end);
        continue;
      }
      at = end;
    }
    // sops drops comments behind the last key; they are encrypted with the section they stand in.
    this.flush("unseen");
    const { sections, unseen, values, comments, metadata, sops } = this;
    const names = [...this.sectionNames];
    return new IniFile(text, { names, sections, unseen, values, comments, metadata, sops });
  }

  private readSection(lineStart: number, start: number, end: number): void {
    const line = this.text.slice(start, end);
    const close = line.lastIndexOf("]");
    if (close === -1) throw this.failure("syntax", start, "has a section name without its ]");
    const name = line.slice(1, close);
    if (name === "") throw this.failure("syntax", start, "has a section without a name");
    const rest = line.slice(close + 1);
    const mark = rest.search(/[#;]/);
    if (trim(mark === -1 ? rest : rest.slice(0, mark)) !== "") {
      throw this.failure(
        "unsupported",
        start,
        "has text behind a section's name, which sops drops",
      );
    }
    this.keys = new Set();
    this.unnamed = 0;
    this.inSops = name === "sops";
    if (this.inSops) {
      if (this.sops !== null) throw this.failure("unsupported", start, "has two sops sections");
      this.flush("unseen");
      this.sops = { start: lineStart, end, newline: line.endsWith("\r\n") ? "\r\n" : "\n" };
      return;
    }
    this.section = name;
    this.sectionNames.add(name);
    this.sections.push([]);
    if (mark !== -1) {
      const at = start + close + 1 + mark;
      this.pending.push(commentLine(this.text, "header", lineStart, at));
    }
    this.flush();
  }

  /** @returns where the line behind the value begins. */
  private readKey(lineStart: number, start: number, end: number): number {
    const { text } = this;
    const key = readKeyName(text.slice(start, end));
    if (typeof key === "string") throw this.failure("syntax", start, key);
    if (key.name === "-") this.unnamed += 1;
    const name = key.name === "-" ? `#${this.unnamed}` : key.name;
    const line = this.lines.lineOf(start) + 1;
    if (this.keys.has(name)) {
      throw this.failure(
        "unsupported",
        start,
        `has the key ${shownPath([name])} twice in one section, of which sops keeps only one`,
      );
    }
    this.keys.add(name);
    const source = readIniValue(text, start + key.behind);
    if (source === "unclosed") {
      throw this.failure("syntax", start, "has a value without its closing quotes");
    }
    if (source === "text behind quotes") {
      throw this.failure(
        "unsupported",
        start,
        "has text behind a value's quotes, which sops drops",
      );
    }
    if (this.inSops && this.sops !== null) {
      this.metadata.push([name, source.text.replaceAll("\\n", "\n")]);
      this.sops = { ...this.sops, end: source.next };
      this.pending = [];
      return source.next;
    }
    const leaf: IniValueLeaf = {
      kind: "value",
      path: [this.section, name],
      value: { type: "str", text: source.text },
      line,
      form: FORMS[source.style],
      alias: null,
      source,
    };
    this.values.push(leaf);
    this.sectionNames.add(this.section);
    this.sections.at(-1)?.push(leaf);
    if (source.comment !== null) {
      if (source.overlooked) this.flush();
      const ownLine = text.lastIndexOf("\n", source.comment) + 1;
      this.pending.push(commentLine(text, "inline", Math.max(lineStart, ownLine), source.comment));
    }
    this.flush(source.overlooked ? "unseen" : "in section");
    return source.next;
  }

  private flush(where: "in section" | "unseen" = "in section"): void {
    const lineOf = (offset: number) => this.lines.lineOf(offset) + 1;
    const comments = commentsOf(this.text, this.pending, [this.section], lineOf);
    const place = where === "in section" ? this.sections.at(-1) : this.unseen;
    for (const comment of comments) {
      this.comments.push(comment);
      place?.push(comment);
    }
    this.pending = [];
  }

  private failure(code: "syntax" | "unsupported", offset: number, message: string): SopsError {
    return new SopsError(code, message, this.lines.placeOf(offset));
  }
}
