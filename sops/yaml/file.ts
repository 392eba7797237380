import { SopsError } from "../errors.ts";
import { lastAtMost } from "../text/last-at-most.ts";
import { Lines } from "../text/lines.ts";
import { SpellingRecord } from "../metadata/spelling-record.ts";
import type {
  CommentRun,
  CommentStack,
  Leaf,
  MetadataAfter,
  PlacedComments,
  Replacement,
  StoreFile,
} from "../store.ts";
import { applyEdits, type TextEdit } from "../text/text-edits.ts";
import { isSamePath, isToken, shownPath, type KeyPath } from "../token.ts";
import type { InCollection } from "./collection.ts";
import { placedComments } from "./comments/placed.ts";
import { commentStacks } from "./comments/stacks.ts";
import type { Refusal } from "./go-yaml/go-yaml-word.ts";
import { leafEdits } from "./leaf-edits.ts";
import type { YamlContent, YamlLeaf } from "./leaf.ts";
import { metadataEdits, type YamlDocument } from "./metadata-edits.ts";
import { spellValue } from "./spelling.ts";

/** Said of a text that would take hundreds of megabytes to read. */
export const TOO_LARGE = "is too large: divide it into several files";

type Reread = Pick<YamlContent, "leaves" | "empty">;

/** A YAML file, whichever reader has read it. */
export class YamlFile implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly own: readonly YamlLeaf[];
  private readonly record: SpellingRecord;
  private readonly empty: readonly InCollection[];
  private readonly documents: readonly YamlDocument[];
  private readonly indent: number;
  private readonly newline: string;
  private readonly refusals: readonly Refusal[];
  private readonly reread: (text: string) => Reread;

  /**
   * @param indent the indentation of a block that is appended.
   * @param reread reads what a splice has made; throws SopsError as the reader of the file itself.
   */
  constructor(
    text: string,
    { leaves, empty, documents, rawMetadata, newline, refusals }: YamlContent,
    indent: number,
    reread: (text: string) => Reread,
  ) {
    this.text = text;
    this.own = leaves;
    this.record = recordOf(text, leaves, rawMetadata);
    this.leaves = [...leaves, ...this.record.leaves];
    this.empty = empty;
    this.documents = documents;
    this.rawMetadata = rawMetadata;
    this.indent = indent;
    this.newline = newline;
    this.refusals = refusals;
    this.reread = reread;
  }

  commentStacks(): ReadonlyMap<Leaf, CommentStack> {
    const stacks = commentStacks(this.own, this.empty);
    const atEnd = new Set(this.own.flatMap(({ endOfFile }) => endOfFile?.leaf ?? []));
    if (atEnd.size === 0) return this.record.addStacks(stacks);
    const all = this.own.map((leaf) => leaf.endOfFile?.leaf ?? leaf);
    const moved = [...commentStacks(all, this.empty)].filter(([leaf]) =>
      atEnd.has(leaf as YamlLeaf),
    );
    return this.record.addStacks(new Map([...stacks, ...moved]));
  }

  placedComments(comments: ReadonlySet<Leaf>): readonly PlacedComments[] {
    const tops = this.documents.map(({ top }) => top);
    return placedComments(this.own, this.empty, tops, comments);
  }

  pathsAroundEmpty(): readonly KeyPath[] {
    return this.empty.map(({ holder }) => holder?.path ?? []);
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    const edits = this.edits(replacements, metadata, () => null);
    if (metadata !== null) {
      this.refuseWhatStays(edits);
      const encrypted = applyEdits(this.text, edits);
      const reread = this.readAgain(encrypted);
      this.refuseMoved(reread.leaves, replacements);
      const selection = metadata === "keep" ? null : metadata.selection;
      if (selection?.option.endsWith("comment_regex") === true) this.refuseOtherStacks(reread);
      return encrypted;
    }
    const usual = applyEdits(this.text, edits);
    if (!this.record.isDecrypted(replacements)) return usual;
    const authored = applyEdits(
      this.text,
      this.edits(replacements, metadata, (leaf) => this.record.spellingOf(leaf, replacements)),
    );
    // Moved to another place, a spelling may read as something else.
    return this.readAlike(authored, usual) ? authored : usual;
  }

  /** @param spelling how a value is to be spelled; null for as usual. */
  private edits(
    replacements: ReadonlyMap<Leaf, Replacement>,
    metadata: MetadataAfter,
    spelling: (leaf: YamlLeaf) => string | null,
  ): TextEdit[] {
    const edits = leafEdits(this.own, this.empty, replacements, spelling);
    if (metadata !== "keep") {
      const spellings = this.record.after(replacements);
      for (const [index, document] of this.documents.entries()) {
        const own = index === 0 ? spellings : null;
        edits.push(...metadataEdits(this.text, document, metadata, own, this.indent, this.newline));
      }
    }
    return edits;
  }

  /**
   * Refuses what go-yaml does not read and no ciphertext replaces: nothing could decrypt the file.
   *
   * @throws SopsError `unsupported`
   */
  private refuseWhatStays(edits: readonly TextEdit[]): void {
    if (this.refusals.length === 0) return;
    const inOrder = edits.toSorted((one, other) => one.start - other.start);
    const starts = inOrder.map(({ start }) => start);
    const stays = this.refusals.find(
      ({ offset }) => offset >= (inOrder[lastAtMost(starts, offset)]?.end ?? 0),
    );
    if (stays === undefined) return;
    const place = new Lines(this.text).placeOf(stays.offset);
    throw new SopsError("unsupported", stays.message, place);
  }

  /**
   * Ciphertext is bound to where it stands, and has to be read there again. What is encrypted above a
   * comment may move it: a block of text loses the empty lines at its end.
   *
   * @throws SopsError `unsupported`
   */
  private refuseMoved(reread: readonly Leaf[], replacements: ReadonlyMap<Leaf, Replacement>): void {
    // Both are in the order of the text.
    let next = 0;
    for (const [leaf, replacement] of replacements) {
      if (replacement.kind === "plaintext" || replacement.asItem === true) continue;
      if (leaf.recordsSpelling === true) continue;
      const { token } = replacement;
      while (next < reread.length && reread[next]?.value?.text.trimEnd() !== token) next += 1;
      const path = reread[next]?.path;
      next += 1;
      if (path !== undefined && isSamePath(path, leaf.path)) continue;
      throw new SopsError(
        "unsupported",
        leaf.kind === "comment"
          ? "sops could not decrypt this comment, which it takes to be elsewhere once what is above is encrypted: write it right above what it is about"
          : `the value at ${shownPath(leaf.path)} could not be read again once it is encrypted: write it in quotes`,
        { line: leaf.line },
      );
    }
  }

  /**
   * Where comments select what is encrypted, each value has to be behind the same ones as before.
   *
   * @throws SopsError `unsupported`
   */
  private refuseOtherStacks({ leaves, empty }: Reread): void {
    const after = commentCounts(leaves, empty);
    for (const [index, { leaf, counts }] of commentCounts(this.own, this.empty).entries()) {
      if (after[index]?.counts === counts) continue;
      throw new SopsError(
        "unsupported",
        "a comment above this value would select something else once what is above is encrypted: take the empty lines out between them",
        { line: leaf.line },
      );
    }
  }

  private readAgain(text: string): Reread {
    try {
      return this.reread(text);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      if (error.message === TOO_LARGE) {
        const message = "is too large once it is encrypted: divide it into several files";
        throw new SopsError("unsupported", message);
      }
      const indented = indentedKey([...this.own, ...this.empty]);
      if (indented !== null) {
        throw new SopsError(
          "unsupported",
          "is indented as a whole, and the sops block stands in the first column: take the spaces before its keys out",
          new Lines(this.text).placeOf(indented),
        );
      }
      throw new SopsError(
        "unsupported",
        "could not be read again once it is encrypted: take tabs and spaces out that stand alone on a line",
      );
    }
  }

  /** Whether two texts hold the same values at the same paths. */
  private readAlike(one: string, other: string): boolean {
    const values = (text: string) =>
      JSON.stringify(
        this.reread(text)
          .leaves.filter(({ kind }) => kind === "value")
          .map(({ path, value }) => [path, value]),
      );
    try {
      return values(one) === values(other);
    } catch (error) {
      if (error instanceof SopsError) return false;
      throw error;
    }
  }
}

/** The first key of a document whose top mapping does not stand in the first column; null for none. */
function indentedKey(entries: readonly InCollection[]): number | null {
  for (const { holder, entry } of entries) {
    let [top, key] = [holder, entry];
    for (; top !== null && top.parent !== null; top = top.parent) key = top.entry;
    if ((top?.column ?? 0) > 0) return key;
  }
  return null;
}

/** How many comments each value is behind, in the mapping or list that holds it and in those around. */
function commentCounts(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
): readonly { readonly leaf: Leaf; readonly counts: string }[] {
  const known = new Map<CommentRun, number>();
  const countOf = (run: CommentRun | null): number => {
    let count = 0;
    for (let one = run; one !== null; one = one.earlier) {
      const before = known.get(one);
      count += before ?? 1;
      if (before !== undefined) break;
    }
    if (run !== null) known.set(run, count);
    return count;
  };
  const stacks = commentStacks(leaves, empty);
  return leaves
    .filter(({ kind }) => kind === "value")
    .map((leaf) => ({ leaf, counts: (stacks.get(leaf) ?? []).map(countOf).join() }));
}

/** What is recorded of a file's values, or is to be when they are encrypted. */
function recordOf(text: string, leaves: readonly YamlLeaf[], rawMetadata: unknown): SpellingRecord {
  const unusual = new Map<Leaf, string>();
  const values = leaves.filter(({ kind }) => kind === "value");
  for (const leaf of values) {
    const { value, alias, place, start, end } = leaf;
    if (value === null || value.text === "" || alias?.whole === false || isToken(value.text)) {
      continue;
    }
    const source = text.slice(start, end);
    if (source !== spellValue(value, place)) unusual.set(leaf, source);
  }
  return new SpellingRecord(values, unusual, rawMetadata);
}
