import type { Leaf, PlacedComments } from "../../store.ts";
import { lastAtMost } from "../../text/last-at-most.ts";
import type { Collection, InCollection } from "../collection.ts";
import type { YamlLeaf } from "../leaf.ts";

/**
 * Where comments stand among the data of a file.
 *
 * @param leaves of all documents, the comments among them.
 * @param empty the mappings and lists without anything in them.
 * @param tops the top mapping of each document.
 */
export function placedComments(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
  tops: readonly Collection[],
  comments: ReadonlySet<Leaf>,
): PlacedComments[] {
  const entries = entriesOf(leaves, empty, comments);
  const positionOf = ({ parent, entry }: Collection): readonly number[] =>
    parent === null ? [] : [...positionOf(parent), lastAtMost(entries.get(parent) ?? [], entry)];
  const placed = new Map<Collection, PlacedComments["comments"][number][]>();
  for (const leaf of leaves) {
    const { holder, entry } = leaf;
    if (!comments.has(leaf) || holder === null) continue;
    const comment = { leaf, above: lastAtMost(entries.get(holder) ?? [], entry - 1) + 1 };
    const before = placed.get(holder);
    if (before === undefined) placed.set(holder, [comment]);
    else before.push(comment);
  }
  const documents = new Map(tops.map((top, index) => [top, index]));
  return [...placed].flatMap(([holder, comments]) => {
    const document = documents.get(topOf(holder));
    return document === undefined ? [] : { at: [document, ...positionOf(holder)], comments };
  });
}

function topOf(collection: Collection): Collection {
  let top = collection;
  while (top.parent !== null) top = top.parent;
  return top;
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
