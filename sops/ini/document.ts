import { SopsError } from "../errors.ts";
import { flatCommentStacks } from "../flat/flat-comment-stacks.ts";
import { unflatten } from "../flat/flat-metadata.ts";
import { flatText } from "../flat/flat-value.ts";
import { lineEnd, Lines, newlineOf } from "../text/lines.ts";
import { plainMetadata } from "../metadata/metadata.ts";
import { SpellingRecord, withRecord } from "../metadata/spelling-record.ts";
import type { CommentStack, Leaf, MetadataAfter, Replacement, StoreFile } from "../store.ts";
import { applyEdits, type TextEdit } from "../text/text-edits.ts";
import { shownPath } from "../token.ts";
import {
  commentEdits,
  commentLine,
  commentsOf,
  type CommentLine,
  type IniComment,
} from "./comments.ts";
import { readKeyName } from "./key.ts";
import { leadingSpace, trim } from "./space.ts";
import { formatSection, sectionEdits, type SopsSection } from "./metadata-section.ts";
import { readIniValue, readsAs, spellIniValue, type IniStyle, type IniValue } from "./value.ts";

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

interface IniValueLeaf extends Leaf {
  readonly source: IniValue;
}

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
  /** By section, in sops's order. */
  private readonly sections: Leaf[][] = [[]];
  /** Comments that sops drops. */
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
    return new IniFile(
      text,
      [...this.sectionNames],
      this.sections,
      this.unseen,
      this.values,
      this.comments,
      this.metadata,
      this.sops,
    );
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

class IniFile implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly sections: readonly string[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly leavesBySection: readonly (readonly Leaf[])[];
  private readonly values: readonly IniValueLeaf[];
  private readonly comments: readonly IniComment[];
  private readonly sops: SopsSection | null;
  private readonly record: SpellingRecord;

  constructor(
    text: string,
    sections: readonly string[],
    leavesBySection: readonly (readonly Leaf[])[],
    unseen: readonly IniComment[],
    values: readonly IniValueLeaf[],
    comments: readonly IniComment[],
    metadata: readonly [string, string][],
    sops: SopsSection | null,
  ) {
    this.text = text;
    this.sections = sections;
    this.values = values;
    this.comments = comments;
    this.sops = sops;
    this.rawMetadata = sops === null ? null : unflatten(metadata);
    const unusual = new Map<Leaf, string>();
    for (const leaf of values) {
      const { style, start, end } = leaf.source;
      if (style === "continued") unusual.set(leaf, text.slice(start, end));
    }
    this.record = new SpellingRecord(values, unusual, this.rawMetadata);
    this.leaves = [...leavesBySection.flat(), ...unseen, ...this.record.leaves];
    this.leavesBySection = [...leavesBySection, ...unseen.map((comment) => [comment])];
  }

  commentStacks(): ReadonlyMap<Leaf, CommentStack> {
    return this.record.addStacks(
      new Map(this.leavesBySection.flatMap((leaves) => [...flatCommentStacks(leaves, 1)])),
    );
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    const newline = newlineOf(this.text);
    const edits: TextEdit[] = [];
    for (const leaf of this.values) {
      const replacement = replacements.get(leaf);
      if (replacement !== undefined) edits.push(this.valueEdit(leaf, replacement, replacements));
    }
    for (const leaf of this.comments) {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) continue;
      edits.push(...commentEdits(this.text, leaf, replacement, newline));
    }
    if (metadata !== "keep") {
      const section =
        metadata === null
          ? null
          : formatSection(
              withRecord(plainMetadata(metadata), this.record.after(replacements)),
              this.sops?.newline ?? newline,
            );
      edits.push(...sectionEdits(this.text, this.sops, section, newline));
    }
    return applyEdits(this.text, edits);
  }

  private valueEdit(
    leaf: IniValueLeaf,
    replacement: Replacement,
    replacements: ReadonlyMap<Leaf, Replacement>,
  ): TextEdit {
    const { start, end, style, comment, overlooked, next } = leaf.source;
    const quote = style === "bare" || style === "continued" ? "" : style;
    const outer = { start: start - quote.length, end: end + quote.length };
    if (replacement.kind === "ciphertext") {
      const { token, bare } = replacement;
      if (bare) return { ...outer, text: token };
      // sops finds a comment behind such quotes only where they close on another line.
      const seen = (style === "`" || style === '"""') && comment !== null && !overlooked;
      return { start, end, text: seen ? `${token}\n` : token };
    }
    const text = flatText(replacement.value);
    const recorded = this.record.spellingOf(leaf, replacements);
    if (recorded !== null && readsAs(recorded, text)) return { start, end, text: recorded };
    // A comment beside it may be all that lets a `\` at its end stand bare, and may hold quotes.
    const behind = this.text.slice(outer.end, next);
    if (readsAs(quote + text + quote, text, behind)) return { start, end, text };
    const spelling = spellIniValue(text, behind);
    if (spelling === null) {
      throw new SopsError(
        "unsupported",
        `the value at ${shownPath(leaf.path)} has no spelling in an INI file`,
        { line: leaf.line },
      );
    }
    return { ...outer, text: spelling };
  }
}
