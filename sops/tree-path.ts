/** What JSON can say. */
export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Keys and list positions from the root: `["stringData"]["password"]`. */
export type TreePath = readonly (string | number)[];

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
