import { dataAt, type Data } from "./data-tree.ts";
import { parseFile, type Format } from "../format.ts";
import type { Decrypted } from "../open.ts";
import type { Leaf } from "../store.ts";
import type { KeyPath } from "../token.ts";

/** A line of a comment, by what it stands above. */
export interface DataComment {
  /** What stands behind its `#` or `;`. */
  readonly text: string;
  /** The key that it stands above or beside; null behind the last one. */
  readonly above: string | null;
}

/** The comments in plaintext data, by the mapping that holds them. */
export type DataComments = ReadonlyMap<Data, readonly DataComment[]>;

export const NO_COMMENTS: DataComments = new Map();

type Documents = readonly ReadonlyMap<string, Data>[];

/**
 * The comments of a plaintext, as far as they are in mappings that no list holds: formats other than
 * YAML have no others. Of several documents, which no other format holds, none.
 *
 * @param documents what the plaintext was read as.
 * @throws SopsError as {@link parseFile}.
 */
export function readComments(documents: Documents, text: string, format: Format): DataComments {
  const [root, ...others] = documents;
  if (root === undefined || others.length > 0 || !HAS_COMMENTS.has(format)) return NO_COMMENTS;
  return commentsIn(root, parseFile(text, format, null).leaves);
}

/** The comments of a decrypted file, as {@link readComments} has them. */
export function readDecryptedComments(documents: Documents, { leaves }: Decrypted): DataComments {
  const [root, ...others] = documents;
  if (root === undefined || others.length > 0) return NO_COMMENTS;
  return commentsIn(
    root,
    leaves.map(({ leaf, value }) => ({ ...leaf, value })),
  );
}

const HAS_COMMENTS: ReadonlySet<Format> = new Set(["yaml", "dotenv", "ini"]);

function commentsIn(root: Data, leaves: readonly Leaf[]): DataComments {
  const fromEnd = new Map<Data, DataComment[]>();
  /** By mapping, the key that comes next: a comment stands above that, or on its line. */
  const next = new Map<string, string>();
  for (const { kind, path, value, recordsSpelling } of leavesFromEnd(leaves)) {
    if (kind === "value") {
      for (const [depth, key] of path.entries()) next.set(nameOf(path.slice(0, depth)), key);
      continue;
    }
    const holder = dataAt(root, path);
    if (recordsSpelling === true || !(holder instanceof Map)) continue;
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
function leavesFromEnd(leaves: readonly Leaf[]): Leaf[] {
  const rank = ({ kind }: Leaf) => (kind === "value" ? 1 : 0);
  return [...leaves].reverse().sort((a, b) => b.line - a.line || rank(b) - rank(a));
}

/** The lines of a comment. sops's INI comments may have several, with the marks of all but the first. */
function linesOf(text: string): string[] {
  const [first = "", ...others] = text.split(/\r\n|[\r\n\v\f\x85\u2028\u2029]/);
  if (others.at(-1) === "") others.pop();
  if (others.length === 0) return [first];
  return [first, ...others].map((line) => line.replace(/^[;#]+ ?/, ""));
}
