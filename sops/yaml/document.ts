import { Composer, Parser, type CST, type Document } from "yaml";
import { SopsError } from "../errors.ts";
import { Lines } from "../lines.ts";
import { SpellingRecord } from "../spelling-record.ts";
import type { CommentStack, Leaf, Replacement, StoreFile } from "../store.ts";
import { applyEdits, type TextEdit } from "../text-edits.ts";
import { isToken } from "../token.ts";
import { commentStacks, type Held } from "./comment-stacks.ts";
import { documentComments } from "./comments.ts";
import { metadataEdits, type SopsPair } from "./metadata-edits.ts";
import { isTooDeep } from "./nesting.ts";
import { DocumentReader, type Failure, type YamlLeaf } from "./reader.ts";
import { spellToken, spellValue } from "./spelling.ts";

/** What go-yaml refuses in a file; the rest of the control characters, and half a surrogate pair. */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** One document of a file: where its top mapping ends and where its `sops` block stands. */
export interface YamlDocument {
  /** The end of the text of the document, before a `...` or the next `---`. */
  readonly end: number;
  /**
   * Null where the top mapping is in block style. In flow style (`{…}`): where a further pair can
   * be put, and whether it would be the first.
   */
  readonly flow: { readonly insert: number; readonly empty: boolean } | null;
  readonly sops: SopsPair | null;
}

/**
 * Parses a YAML file, all its documents.
 *
 * @param indent the indentation of a block that is appended.
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseYaml(text: string, indent: number): StoreFile {
  const lines = new Lines(text);
  const failure: Failure = (code, offset, message) =>
    new SopsError(code, message, {
      line: lines.lineOf(offset) + 1,
      column: lines.columnOf(offset) + 1,
    });
  const forbidden = text.search(FORBIDDEN);
  if (forbidden !== -1) throw failure("syntax", forbidden, "has a control character");
  const tokens = [...new Parser().parse(text)];
  if (isTooDeep(tokens)) throw failure("unsupported", 0, "is nested too deeply");

  const composed: Document.Parsed[] = [];
  const composer = new Composer({
    keepSourceTokens: true,
    schema: "failsafe",
    version: "1.2",
    merge: false,
    // Checked by the reader: the composer compares every key with every other.
    uniqueKeys: false,
    logLevel: "silent",
  });
  for (const document of composer.compose(tokens, false, text.length)) {
    composed.push(document as Document.Parsed);
  }
  for (const document of composed) {
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw failure("syntax", problem.pos[0], problem.message.split("\n")[0] ?? problem.message);
    }
  }

  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const leaves: YamlLeaf[] = [];
  const empty: Held[] = [];
  const documents: YamlDocument[] = [];
  let rawMetadata: unknown = null;
  const documentTokens = splitDocuments(tokens, text.length);
  for (const [index, document] of composed.entries()) {
    const part = documentTokens[index];
    if (part === undefined) continue;
    const reader = new DocumentReader(text, lines, newline, document, failure);
    const read = reader.read();
    const comments =
      part.token === null
        ? []
        : documentComments(
            lines,
            part.token,
            reader.collections,
            part.leading,
            read.sops !== null || part.end !== text.length
              ? "elsewhere"
              : text.endsWith("\n")
                ? "file"
                : "unfinished file",
          );
    const own = comments
      .filter(
        ({ start }) => read.sops === null || start < read.sops.start || start >= read.sops.end,
      )
      .map((comment): YamlLeaf => ({
        kind: "comment",
        path: comment.owner.path,
        value: { type: "comment", text: comment.text.replace(/\r$/, "") },
        line: lines.lineOf(comment.start) + 1,
        form: "bare",
        alias: null,
        itemStart: null,
        holder: comment.owner,
        entry: reader.entryOfComment(comment),
        start: comment.start + 1,
        end: comment.end - (comment.text.endsWith("\r") ? 1 : 0),
        place: reader.commentPlace,
        ...(comment.astray && { astray: true as const }),
        ...(comment.endOwner !== null && {
          endOfFile: {
            path: comment.endOwner.path,
            asItem:
              comment.endOwner.list && comment.endOwner.column === lines.columnOf(comment.start),
          },
        }),
      }));
    leaves.push(...[...read.leaves, ...own].sort((a, b) => a.start - b.start));
    empty.push(...reader.empty);
    documents.push({ end: part.end, flow: read.flow, sops: read.sops });
    if (read.sops !== null) {
      if (index === 0) rawMetadata = read.sops.raw;
    }
  }
  return new YamlFile(text, leaves, empty, documents, rawMetadata, indent, newline);
}

class YamlFile implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly own: readonly YamlLeaf[];
  private readonly record: SpellingRecord;
  private readonly empty: readonly Held[];
  private readonly documents: readonly YamlDocument[];
  private readonly indent: number;
  private readonly newline: string;

  constructor(
    text: string,
    leaves: readonly YamlLeaf[],
    empty: readonly Held[],
    documents: readonly YamlDocument[],
    rawMetadata: unknown,
    indent: number,
    newline: string,
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
  }

  commentStacks(): ReadonlyMap<Leaf, CommentStack> {
    return this.record.addStacks(commentStacks(this.own, this.empty));
  }

  splice(
    replacements: ReadonlyMap<Leaf, Replacement>,
    metadata: Parameters<StoreFile["splice"]>[1],
  ): string {
    const recorded = new Map<Leaf, string>();
    const edits: TextEdit[] = [];
    const emptied = lastOfEmptied(this.own, this.empty, replacements);
    for (const leaf of this.own) {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) continue;
      const edit = editOf(leaf, replacement);
      edits.push(emptied.has(leaf) ? { ...edit, text: edit.text + emptyList(leaf) } : edit);
      const spelling = this.record.spellingOf(leaf, replacements);
      if (spelling !== null) recorded.set(leaf, spelling);
    }
    if (metadata !== "keep") {
      const spellings = this.record.after(replacements);
      for (const [index, document] of this.documents.entries()) {
        const own = index === 0 ? spellings : null;
        edits.push(...metadataEdits(this.text, document, metadata, own, this.indent, this.newline));
      }
    }
    const usual = applyEdits(this.text, edits);
    if (recorded.size === 0) return usual;
    const spelled = new Map([...recorded].map(([leaf, text]) => [(leaf as YamlLeaf).start, text]));
    const authored = applyEdits(
      this.text,
      edits.map((edit) => ({ ...edit, text: spelled.get(edit.start) ?? edit.text })),
    );
    // Moved to another place, a spelling may read as something else.
    return readsAlike(authored, usual, this.indent) ? authored : usual;
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

/** Whether two texts hold the same values at the same paths. */
function readsAlike(one: string, other: string, indent: number): boolean {
  const values = (text: string) =>
    JSON.stringify(
      parseYaml(text, indent)
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

/** Each document's token, the comments that stand before it, and where its text ends. */
function splitDocuments(
  tokens: readonly CST.Token[],
  length: number,
): { token: CST.Document | null; leading: { start: number; source: string }[]; end: number }[] {
  const parts: {
    token: CST.Document | null;
    leading: { start: number; source: string }[];
    end: number;
  }[] = [];
  let leading: { start: number; source: string }[] = [];
  for (const token of tokens) {
    const last = parts[parts.length - 1];
    if (token.type === "comment") leading.push({ start: token.offset, source: token.source });
    else if (token.type === "document") {
      if (last !== undefined && last.end === length) last.end = token.offset;
      parts.push({ token, leading, end: length });
      leading = [];
    } else if (token.type === "doc-end") {
      if (last !== undefined && last.end === length) last.end = token.offset;
    }
  }
  if (parts.length === 0) parts.push({ token: null, leading, end: length });
  return parts;
}
