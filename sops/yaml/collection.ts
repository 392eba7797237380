import type { KeyPath } from "../token.ts";

/** A mapping or list of the document, with where it stands. */
export interface Collection {
  readonly path: KeyPath;
  /** Zero-based column of a block collection's entries; null for a flow collection. */
  readonly column: number | null;
  readonly list: boolean;
  readonly parent: Collection | null;
  /** Where the entry of the parent that holds this collection begins. */
  readonly entry: number;
}

/** Where something stands in a mapping or list. */
export interface InCollection {
  readonly holder: Collection | null;
  /** Where its entry there begins; for a comment where it counts: beside a value, before that value. */
  readonly entry: number;
}

/** Whether a collection lies inside of another one, at any depth. */
export function isWithin(inner: Collection, outer: Collection): boolean {
  let open = inner.parent;
  while (open !== null && open !== outer) open = open.parent;
  return open !== null;
}

/** Neither the end of a list nor an empty item takes a comment: the next mapping that ends does. */
export function mappingAround(collection: Collection): Collection {
  let open = collection;
  while (open.list && open.parent !== null) open = open.parent;
  return open;
}

/** The column of the innermost block collection around, or of the collection itself; 0 where there is none. */
export function blockColumn(collection: Collection): number {
  let current: Collection | null = collection;
  while (current !== null && current.column === null) current = current.parent;
  return current?.column ?? 0;
}
