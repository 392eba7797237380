import { SopsError } from "../../errors.ts";
import { lineStart, newlineOf, nextLine } from "../../text/lines.ts";
import { itemAt, nameOf, type TreePath } from "../../data/tree-path.ts";
import { outline, type OutlinedCollection, type OutlinedEntry } from "./outline.ts";

/** Where a path leads: the collection that holds its last part, and the entry, if there is one. */
export interface Target {
  readonly parent: OutlinedCollection;
  readonly index: number;
  /** The parts from the parent on: the entry's own, and further ones that are not there yet. */
  readonly rest: TreePath;
  /** The entry that the collection is the value of; null at the top. */
  readonly holder: { readonly parent: OutlinedCollection; readonly index: number } | null;
}

/** A YAML file, with the places of the entries of its first document. */
export class OutlinedText {
  readonly text: string;
  readonly root: OutlinedCollection;
  readonly newline: string;

  /** @throws SopsError `syntax`, `unsupported` */
  constructor(text: string) {
    this.text = text;
    this.newline = newlineOf(text);
    this.root = outline(text);
  }

  slice(start: number, end?: number): string {
    return this.text.slice(start, end);
  }

  /** @throws SopsError `unsupported` for an empty path */
  find(path: TreePath): Target {
    let parent = this.root;
    let holder: Target["holder"] = null;
    for (const [depth, part] of path.entries()) {
      const index = this.indexOf(parent, part);
      const value = parent.entries[index]?.value ?? null;
      const isLast = depth === path.length - 1;
      if (isLast || value === null || value.kind === "value") {
        return { parent, index, rest: path.slice(depth), holder };
      }
      holder = { parent, index };
      parent = value;
    }
    throw new SopsError("unsupported", "the path is empty");
  }

  /** Where a part of a path is among the entries; -1 where it is not. */
  indexOf({ kind, entries }: OutlinedCollection, part: string | number): number {
    if (kind === "list") return itemAt(entries, part, isCommentItem);
    const name = nameOf(part);
    return entries.findIndex((entry) => entry.name === name);
  }

  entryAt({ entries }: OutlinedCollection, index: number): OutlinedEntry {
    const entry = entries[index];
    if (entry === undefined) throw new RangeError("there is no such entry");
    return entry;
  }

  /** Where the text of its last entry ends, or its bracket. */
  contentEnd({ flow, entries }: OutlinedCollection): number {
    const last = entries.at(-1);
    return flow === null && last !== undefined ? this.contentEndOfEntry(last) : (flow?.end ?? 0);
  }

  contentEndOfEntry({ slot, value }: OutlinedEntry): number {
    if (value === null) return slot;
    return value.kind === "value" ? value.end : this.contentEnd(value);
  }

  /** Where the next line begins; an offset that one begins at is that. */
  nextLine(offset: number): number {
    return nextLine(this.text, offset);
  }

  columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }

  /** Where the line that holds an offset begins, behind a byte order mark. */
  lineStart(offset: number): number {
    const start = lineStart(this.text, offset);
    return this.text.startsWith("\ufeff", start) ? start + 1 : start;
  }
}

function isCommentItem({ value }: OutlinedEntry): boolean {
  return value?.kind === "value" && value.isComment;
}
