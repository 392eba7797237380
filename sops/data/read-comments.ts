import { dataAt, type Data } from "./data-tree.ts";
import { parseFile, type Format } from "../format.ts";
import type { Decrypted, OpenedLeaf } from "../open.ts";
import type { Leaf, StoreFile } from "../store.ts";
import type { KeyPath } from "../token.ts";

/** A line of a comment, by what it stands above. */
export interface DataComment {
  /** What stands behind its `#` or `;`. */
  readonly text: string;
  /** The key, or the position in a list, that it stands above or beside; null behind the last one. */
  readonly above: string | number | null;
}

/** The comments in plaintext data, by the mapping or list that holds them. */
export type DataComments = ReadonlyMap<Data, readonly DataComment[]>;

export const NO_COMMENTS: DataComments = new Map();

type Documents = readonly ReadonlyMap<string, Data>[];
type Opened = Pick<OpenedLeaf, "leaf" | "value">;

/**
 * The comments of a plaintext.
 *
 * @param documents what the plaintext was read as.
 * @throws SopsError as {@link parseFile}.
 */
export function readComments(documents: Documents, text: string, format: Format): DataComments {
  if (!HAS_COMMENTS.has(format)) return NO_COMMENTS;
  const file = parseFile(text, format, null);
  return commentsIn(
    documents,
    file,
    file.leaves.map((leaf) => ({ leaf, value: leaf.value })),
  );
}

/** The comments of a decrypted file, as {@link readComments} has them. */
export function readDecryptedComments(documents: Documents, { file, leaves }: Decrypted) {
  return commentsIn(documents, file, leaves);
}

const HAS_COMMENTS: ReadonlySet<Format> = new Set(["yaml", "dotenv", "ini"]);

function commentsIn(
  documents: Documents,
  file: StoreFile,
  opened: readonly Opened[],
): DataComments {
  if (file.placedComments === undefined) return commentsOfFlat(documents[0] ?? null, opened);
  const texts = new Map<Leaf, string>();
  for (const { leaf, value } of opened) {
    if (value?.type === "comment" && leaf.recordsSpelling !== true) texts.set(leaf, value.text);
  }
  const entriesOf = entryReader();
  const comments = new Map<Data, DataComment[]>();
  for (const { at, comments: placed } of file.placedComments(new Set(texts.keys()))) {
    const holder = at.reduce<Data>(
      (data, position) => entriesOf(data)[position]?.[1] ?? null,
      documents,
    );
    if (!(holder instanceof Map) && !Array.isArray(holder)) continue;
    const own = placed.flatMap(({ leaf, above }) => {
      const key = entriesOf(holder)[above]?.[0] ?? null;
      return linesOf(texts.get(leaf) ?? "").map((text) => ({ text, above: key }));
    });
    comments.set(holder, own);
  }
  return comments;
}

/** Reads the entries of mappings and lists by position, those of each once. */
function entryReader(): (data: Data) => readonly (readonly [string | number, Data])[] {
  const known = new Map<Data, readonly (readonly [string | number, Data])[]>();
  return (data) => {
    if (!(data instanceof Map) && !Array.isArray(data)) return [];
    const entries = known.get(data) ?? ([...data.entries()] as [string | number, Data][]);
    known.set(data, entries);
    return entries;
  };
}

function commentsOfFlat(root: Data, opened: readonly Opened[]): DataComments {
  const fromEnd = new Map<Data, DataComment[]>();
  /** By mapping, the key that comes next: a comment stands above that, or on its line. */
  const next = new Map<string, string>();
  for (const { leaf, value } of leavesFromEnd(opened)) {
    const { kind, path } = leaf;
    if (kind === "value") {
      for (const [depth, key] of path.entries()) next.set(nameOf(path.slice(0, depth)), key);
      continue;
    }
    const holder = dataAt(root, path);
    if (!(holder instanceof Map)) continue;
    const above = next.get(nameOf(path)) ?? null;
    const comments = fromEnd.get(holder) ?? [];
    for (const text of linesOf(value?.text ?? "").reverse()) comments.push({ text, above });
    fromEnd.set(holder, comments);
  }
  return new Map([...fromEnd].map(([holder, comments]) => [holder, comments.reverse()]));
}

function nameOf(path: KeyPath): string {
  return JSON.stringify(path);
}

/** Behind a value come the comments that stand on its line: sops has those of INI files elsewhere. */
function leavesFromEnd(opened: readonly Opened[]): Opened[] {
  const rank = ({ leaf }: Opened) => (leaf.kind === "value" ? 1 : 0);
  return [...opened].reverse().sort((a, b) => b.leaf.line - a.leaf.line || rank(b) - rank(a));
}

/** The lines of a comment. sops's INI comments may have several, with the marks of all but the first. */
function linesOf(text: string): string[] {
  const [first = "", ...others] = text.split(/\r\n|[\r\n\v\f\x85\u2028\u2029]/);
  if (others.at(-1) === "") others.pop();
  if (others.length === 0) return [first];
  return [first, ...others].map((line) => line.replace(/^[;#]+ ?/, ""));
}
