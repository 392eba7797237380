import { SopsError } from "../errors.ts";
import { flatCommentStacks } from "../flat/flat-comment-stacks.ts";
import { unflatten } from "../flat/flat-metadata.ts";
import { flatText } from "../flat/flat-value.ts";
import { plainMetadata } from "../metadata/metadata.ts";
import { SpellingRecord, withRecord } from "../metadata/spelling-record.ts";
import type { CommentStack, Leaf, MetadataAfter, Replacement, StoreFile } from "../store.ts";
import { newlineOf } from "../text/lines.ts";
import { applyEdits, type TextEdit } from "../text/text-edits.ts";
import { shownPath } from "../token.ts";
import { commentEdits, type IniComment } from "./comments.ts";
import { formatSection, sectionEdits, type SopsSection } from "./metadata-section.ts";
import { readsAs, spellIniValue, type IniValue } from "./value.ts";

/** A value, and how it is written. */
export interface IniValueLeaf extends Leaf {
  readonly source: IniValue;
}

/** What is read in a file. */
export interface IniContent {
  /** The names of its sections, each once. */
  readonly names: readonly string[];
  /** The leaves of each section, in sops's order. */
  readonly sections: readonly (readonly Leaf[])[];
  /** Comments that sops drops. */
  readonly unseen: readonly IniComment[];
  readonly values: readonly IniValueLeaf[];
  readonly comments: readonly IniComment[];
  readonly metadata: readonly [string, string][];
  readonly sops: SopsSection | null;
}

/** An INI file that has been read. */
export class IniFile implements StoreFile {
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
    { names, sections, unseen, values, comments, metadata, sops }: IniContent,
  ) {
    this.text = text;
    this.sections = names;
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
    this.leaves = [...sections.flat(), ...unseen, ...this.record.leaves];
    this.leavesBySection = [...sections, ...unseen.map((comment) => [comment])];
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
