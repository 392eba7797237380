import type { Leaf, PlacedComments } from "../../store.ts";
import { lastAtMost } from "../../text/last-at-most.ts";
import type { Collection, InCollection } from "../collection.ts";
import type { YamlLeaf } from "../leaf.ts";

/**
 * Where comments stand among the data of a document.
 *
 * @param leaves of the document and of those behind it, its comments among them.
 * @param empty the mappings and lists without anything in them.
 * @param top the document's top mapping.
 */
export function placedComments(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
  top: Collection,
  comments: ReadonlySet<Leaf>,
): PlacedComments[] {
  const entries = entriesOf(leaves, empty, comments);
  const positions = new Map<Collection, readonly number[]>([[top, []]]);
  const positionOf = (collection: Collection): readonly number[] | null => {
    const known = positions.get(collection);
    if (known !== undefined || collection.parent === null) return known ?? null;
    const around = positionOf(collection.parent);
    if (around === null) return null;
    const own = [...around, lastAtMost(entries.get(collection.parent) ?? [], collection.entry)];
    positions.set(collection, own);
    return own;
  };
  const placed = new Map<Collection, PlacedComments["comments"][number][]>();
  for (const leaf of leaves) {
    const { holder, entry } = leaf;
    if (!comments.has(leaf) || holder === null) continue;
    const own = entries.get(holder) ?? [];
    const next = lastAtMost(own, entry - 1) + 1;
    const comment = { leaf, above: next < own.length ? next : null };
    const before = placed.get(holder);
    if (before === undefined) placed.set(holder, [comment]);
    else before.push(comment);
  }
  return [...placed].flatMap(([holder, comments]) => {
    const at = positionOf(holder);
    return at === null ? [] : { at, comments };
  });
}

/** Where the entries of each mapping and list begin, in order. */
function entriesOf(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
  comments: ReadonlySet<Leaf>,
): ReadonlyMap<Collection, readonly number[]> {
  const entries = new Map<Collection, Set<number>>();
  const enter = ({ holder, entry }: InCollection) => {
    for (let [at, open] = [entry, holder]; open !== null; [at, open] = [open.entry, open.parent]) {
      const own = entries.get(open);
      if (own?.has(at) === true) break;
      if (own === undefined) entries.set(open, new Set([at]));
      else own.add(at);
    }
  };
  for (const leaf of leaves) {
    if (!comments.has(leaf)) enter(leaf);
    // A list with nothing but comments in it is an entry all the same.
    else if (leaf.holder !== null) enter({ holder: leaf.holder.parent, entry: leaf.holder.entry });
  }
  for (const one of empty) enter(one);
  return new Map([...entries].map(([one, own]) => [one, [...own].sort((a, b) => a - b)]));
}
