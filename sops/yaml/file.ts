import { SopsError } from "../errors.ts";
import { lastAtMost } from "../last-at-most.ts";
import { Lines } from "../lines.ts";
import { SpellingRecord } from "../spelling-record.ts";
import type { CommentStack, Leaf, Replacement, StoreFile } from "../store.ts";
import { applyEdits, type TextEdit } from "../text-edits.ts";
import { isSamePath, isToken, shownPath } from "../token.ts";
import type { Collection } from "./collection.ts";
import type { DocumentEnd } from "./comment-owners.ts";
import { commentStacks, type Held } from "./comment-stacks.ts";
import type { Comment } from "./comments.ts";
import type { Refusal } from "./go-yaml-scan.ts";
import { metadataEdits, type SopsPair, type YamlDocument } from "./metadata-edits.ts";
import { spellToken, spellValue, type Place } from "./spelling.ts";

/** Said of a text that would take hundreds of megabytes to read. */
export const TOO_LARGE = "is too large: divide it into several files";

/** Where a leaf stands, beside what it is. */
export interface YamlLeaf extends Leaf {
  readonly start: number;
  readonly end: number;
  /** For an item of a block list: the offset of its `-`. */
  readonly itemStart: number | null;
  /** The collection that holds it, and where its entry there begins. */
  readonly holder: Collection | null;
  readonly entry: number;
  readonly place: Place;
  readonly endOfFile?: { readonly leaf: YamlLeaf; readonly asItem: boolean };
  /** Set for a block that the file ends in without a line break. */
  readonly cutOff?: true;
}

/** What a reader finds in a file. */
export interface YamlContent {
  /** In the order of the text. */
  readonly leaves: readonly YamlLeaf[];
  /** Mappings and lists without anything in them. */
  readonly empty: readonly Held[];
  readonly documents: readonly YamlDocument[];
  /** The `sops` block of the first document as plain data, or null. */
  readonly rawMetadata: unknown;
  readonly newline: string;
  /** What go-yaml refuses. */
  readonly refusals: readonly Refusal[];
}

/** A YAML file, whichever reader has read it. */
export class YamlFile implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly own: readonly YamlLeaf[];
  private readonly record: SpellingRecord;
  private readonly empty: readonly Held[];
  private readonly documents: readonly YamlDocument[];
  private readonly indent: number;
  private readonly newline: string;
  private readonly refusals: readonly Refusal[];
  private readonly reread: (text: string) => readonly YamlLeaf[];

  /**
   * @param indent the indentation of a block that is appended.
   * @param reread reads what a splice has made; throws SopsError as the reader of the file itself.
   */
  constructor(
    text: string,
    { leaves, empty, documents, rawMetadata, newline, refusals }: YamlContent,
    indent: number,
    reread: (text: string) => readonly YamlLeaf[],
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

  splice(
    replacements: ReadonlyMap<Leaf, Replacement>,
    metadata: Parameters<StoreFile["splice"]>[1],
  ): string {
    const edits = this.edits(replacements, metadata, () => null);
    if (metadata !== null) {
      this.refuseWhatStays(edits);
      const encrypted = applyEdits(this.text, edits);
      this.refuseMoved(encrypted, replacements);
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
    metadata: Parameters<StoreFile["splice"]>[1],
    spelling: (leaf: YamlLeaf) => string | null,
  ): TextEdit[] {
    const edits: TextEdit[] = [];
    const emptied = lastOfEmptied(this.own, this.empty, replacements);
    for (const leaf of this.own) {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) continue;
      const edit = editOf(leaf, replacement);
      const usual = emptied.has(leaf) ? edit.text + emptyList(leaf) : edit.text;
      addAroundComment(edits, leaf, { ...edit, text: spelling(leaf) ?? usual });
    }
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
   * What go-yaml refuses and no ciphertext takes the place of: nothing could decrypt the file.
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
    const lines = new Lines(this.text);
    throw new SopsError("unsupported", stays.message, {
      line: lines.lineOf(stays.offset) + 1,
      column: lines.columnOf(stays.offset) + 1,
    });
  }

  /**
   * Ciphertext is bound to where it stands, and has to be read there again. What is encrypted above a
   * comment may move it: a block of text loses the empty lines at its end.
   *
   * @throws SopsError `unsupported`
   */
  private refuseMoved(text: string, replacements: ReadonlyMap<Leaf, Replacement>): void {
    // Both are in the order of the text.
    const reread = this.rereadLeaves(text);
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

  private rereadLeaves(text: string): readonly Leaf[] {
    try {
      return this.reread(text);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      if (error.message === TOO_LARGE) {
        const message = "is too large once it is encrypted: divide it into several files";
        throw new SopsError("unsupported", message);
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
          .filter(({ kind }) => kind === "value")
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

/**
 * Items of lists in which nothing is left but the comments that sops had made items of: the last one
 * of each. Such a list would be null.
 */
function lastOfEmptied(
  leaves: readonly YamlLeaf[],
  empty: readonly Held[],
  replacements: ReadonlyMap<Leaf, Replacement>,
): ReadonlySet<YamlLeaf> {
  const isComment = (leaf: YamlLeaf) => {
    const replacement = replacements.get(leaf);
    return (
      leaf.itemStart !== null &&
      replacement?.kind === "plaintext" &&
      replacement.value.type === "comment"
    );
  };
  const last = new Map<Held["holder"], YamlLeaf>();
  for (const leaf of leaves) if (isComment(leaf)) last.set(leaf.holder, leaf);
  if (last.size === 0) return new Set();
  const filled = new Set<Held["holder"]>();
  const fill = (from: Held["holder"]) => {
    for (let one = from; one !== null && !filled.has(one); one = one.parent) filled.add(one);
  };
  for (const leaf of leaves) if (leaf.kind === "value" && !isComment(leaf)) fill(leaf.holder);
  for (const { holder } of empty) fill(holder);
  // A list in a list is an item of that one, whatever is in it.
  for (const list of last.keys()) fill(list?.parent ?? null);
  return new Set([...last].filter(([list]) => !filled.has(list)).map(([, leaf]) => leaf));
}

/** Below the comments, inside of what the list is the value of. */
function emptyList({ holder, place }: YamlLeaf): string {
  return `${place.newline}${" ".repeat((holder?.parent?.column ?? 0) + 2)}[]`;
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

/**
 * The comments of a document as leaves: all but those inside its `sops` block.
 *
 * @param entryOf where a comment counts among the entries of its collection.
 * @param place what comments are written back by.
 */
export function commentLeaves(
  comments: readonly Comment[],
  sops: SopsPair | null,
  lines: Lines,
  entryOf: (comment: Comment) => number,
  place: Place,
): YamlLeaf[] {
  return comments
    .filter(({ start }) => sops === null || start < sops.start || start >= sops.end)
    .map((comment): YamlLeaf => {
      const { owner, start, endOwner } = comment;
      const isCut = comment.text.endsWith("\r");
      const text = isCut ? comment.text.slice(0, -1) : comment.text;
      const bare: YamlLeaf = {
        kind: "comment",
        path: owner.path,
        value: { type: "comment", text },
        line: lines.lineOf(start) + 1,
        form: "bare",
        alias: null,
        itemStart: null,
        holder: owner,
        entry: entryOf(comment),
        start: start + 1,
        end: comment.end - (isCut ? 1 : 0),
        place,
      };
      const marks = unusualIn(comment, text);
      const leaf = marks === null ? bare : { ...bare, ...marks };
      if (endOwner === null) return leaf;
      const asItem = endOwner.list && endOwner.column === lines.columnOf(comment.start);
      const moved = { ...leaf, path: endOwner.path, holder: endOwner };
      return { ...leaf, endOfFile: { leaf: moved, asItem } };
    });
}

/** What has to be known of a comment beside where it is; null for most. */
function unusualIn(
  { owner, astray, onNothing, indentedIn, takenInto }: Comment,
  text: string,
): Partial<YamlLeaf> | null {
  const becomesItem = owner.list && text === "";
  if (!becomesItem && !astray && !onNothing && indentedIn === null && takenInto === null)
    return null;
  return {
    ...(becomesItem && { becomesItem }),
    ...(astray && { astray }),
    ...(onNothing && { onNothing }),
    ...(indentedIn !== null && { indentedIn: indentedIn.path }),
    ...(takenInto !== null && { takenInto: takenInto.path }),
  };
}

/** Where a document ends whose text ends at an offset. */
export function documentEnd(
  text: string,
  lines: Lines,
  end: number,
  sops: SopsPair | null,
): DocumentEnd {
  const isBroken = end === 0 || text[end - 1] === "\n";
  const blockLine = lines.lineOf(end) + (isBroken ? 0 : 1);
  if (sops !== null || end < text.length) return { at: "elsewhere", blockLine };
  return { at: isBroken ? "file" : "unfinished file", blockLine };
}

/**
 * Where a comment counts: beside an entry before it, behind a bracket before all entries.
 *
 * @param entries where the entries of its collection begin, in order.
 */
export function entryOfComment({ beside, start }: Comment, entries: readonly number[]): number {
  if (beside === "bracket") return (entries[0] ?? start) - 1;
  if (beside === "entry") return entries[lastAtMost(entries, start)] ?? start;
  return start;
}

/** The author's indentation: that of the first indented line. */
export function indentStep(text: string): number {
  const first = /\n( +)[^\s#-]/.exec(text)?.[1];
  return first === undefined ? 2 : Math.min(first.length, 8);
}

/** What comments are written back by. */
export function commentPlace(newline: string): Place {
  return {
    style: "plain",
    flow: false,
    header: "",
    indent: "",
    indentIndicator: "",
    newline,
    followed: false,
  };
}

/** A comment beside the header of a block is a leaf of its own: what is around it is edited apart. */
function addAroundComment(
  edits: TextEdit[],
  { place: { header } }: YamlLeaf,
  edit: TextEdit,
): void {
  const comment = header === "" ? -1 : header.search(/\s+#/);
  if (comment === -1) {
    edits.push(edit);
    return;
  }
  const { start, end, text } = edit;
  const [first = ""] = text.split(/\r?\n/, 1);
  edits.push(
    {
      start,
      end: start + comment,
      text: /^[|>]/.test(first) ? first.replace(/\s+#.*$/, "") : first,
    },
    { start: start + header.length, end, text: text.slice(first.length) },
  );
}

function editOf(leaf: YamlLeaf, replacement: Replacement): TextEdit {
  const { start, end } = leaf;
  if (replacement.kind === "ciphertext") {
    const { token, bare } = replacement;
    if (replacement.asItem === true) return { start: start - 1, end, text: `- ${token}` };
    if (leaf.kind === "comment") return { start, end, text: token };
    if (!bare || leaf.place.flow) {
      const text = spellToken(token, leaf.place);
      // The block that is appended to an unfinished file brings the line break.
      return { start, end, text: leaf.cutOff === true ? text.trimEnd() : text };
    }
    const isBlock = leaf.place.style === "literal" || leaf.place.style === "folded";
    return { start, end, text: token + (isBlock ? leaf.place.newline : "") };
  }
  const { value } = replacement;
  if (leaf.kind === "comment") return { start, end, text: value.text };
  if (value.type === "comment" && leaf.itemStart !== null) {
    return { start: leaf.itemStart, end, text: `#${value.text}` };
  }
  return { start, end, text: spellValue(value, leaf.place) };
}
