import type { CommentRun, CommentStack, Leaf } from "../../store.ts";
import type { Collection, InCollection } from "../collection.ts";

/** How far a collection has been read. */
interface Level {
  comments: CommentRun | null;
  /** The entry that is being read; null before the first and behind the last. */
  entry: number | null;
}

/**
 * The comments before each leaf of a file.
 *
 * @param leaves in any order.
 * @param empty the empty mappings and lists: no leaves, but they end the comments before them.
 * @see walkBranch and walkSlice in sops.go
 */
export function commentStacks(
  leaves: readonly (Leaf & InCollection)[],
  empty: readonly InCollection[],
): ReadonlyMap<Leaf, CommentStack> {
  const stacks = new Map<Leaf, CommentStack>();
  const levels = new Map<Collection, Level>();
  const levelOf = (collection: Collection): Level => {
    const known = levels.get(collection);
    if (known !== undefined) return known;
    const fresh: Level = { comments: null, entry: null };
    levels.set(collection, fresh);
    return fresh;
  };
  const all: { readonly at: InCollection; readonly leaf: Leaf | null }[] = [
    ...leaves.map((leaf) => ({ at: leaf, leaf })),
    ...empty.map((at) => ({ at, leaf: null })),
  ];
  const isComment = (leaf: Leaf | null) => leaf?.kind === "comment";
  all.sort(
    (a, b) => a.at.entry - b.at.entry || Number(isComment(b.leaf)) - Number(isComment(a.leaf)),
  );
  for (const { at, leaf } of all) {
    const chain: Collection[] = [];
    for (let holder = at.holder; holder !== null; holder = holder.parent) chain.unshift(holder);
    for (const [depth, collection] of chain.entries()) {
      const level = levelOf(collection);
      const isOwn = depth === chain.length - 1;
      if (isOwn && leaf?.kind === "comment") {
        // A comment of the collection itself: whatever entry was read has ended.
        if (level.entry !== null) level.comments = null;
        level.entry = null;
        level.comments = { text: leaf.value?.text ?? "", earlier: level.comments };
        continue;
      }
      const entry = isOwn ? at.entry : (chain[depth + 1]?.entry ?? 0);
      if (level.entry !== null && level.entry !== entry) level.comments = null;
      level.entry = entry;
    }
    if (leaf !== null) {
      stacks.set(
        leaf,
        chain.map((collection) => levelOf(collection).comments),
      );
    }
  }
  return stacks;
}
