import { SopsError } from "../errors.ts";

/** Keys and list positions from the root: `["stringData"]["password"]`. */
export type TreePath = readonly (string | number)[];

/** Where a new entry goes among comments behind the last one of what holds it, where that matters. */
export type AmongComments = "above" | "below" | null;

/**
 * Reads a path as sops's `set`, `unset` and `--extract` take it.
 *
 * @returns null where it is malformed.
 * @see parseTreePath in sops's cmd/sops/main.go
 */
export function parseTreePath(text: string): TreePath | null {
  const path: (string | number)[] = [];
  for (let rest = text.trim(); rest !== "";) {
    const match = /^\[(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([0-9]+))\]/.exec(rest);
    if (match === null) return null;
    const [whole, double, single, position] = match;
    path.push(position === undefined ? (double ?? single ?? "") : Number(position));
    rest = rest.slice(whole.length);
  }
  return path.length === 0 ? null : path;
}

/**
 * The part of a path that has to be a mapping's key.
 *
 * @throws SopsError `not-there`; sops takes a position there, and does nothing.
 */
export function nameOf(part: string | number): string {
  if (typeof part === "string") return part;
  throw new SopsError("not-there", "the path has a list position where the file has a mapping");
}

/**
 * The place of an item of a list; -1 behind its end. What is a comment to people does not count,
 * also where sops has made an item of it.
 *
 * @throws SopsError `not-there`; sops crashes on a key.
 */
export function itemAt<Item>(
  items: readonly Item[],
  part: string | number,
  isComment: (item: Item) => boolean,
): number {
  if (typeof part === "string") {
    throw new SopsError("not-there", "the path has a key where the file has a list");
  }
  let position = -1;
  return items.findIndex((item) => {
    if (!isComment(item)) position += 1;
    return position === part && !isComment(item);
  });
}
