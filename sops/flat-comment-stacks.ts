import type { CommentStack, Leaf } from "./store.ts";

/**
 * The comments before each leaf of one mapping that holds no other.
 *
 * @param leaves in sops's order.
 * @param above how many levels are above the mapping.
 * @see walkBranch in sops.go
 */
export function flatCommentStacks(
  leaves: readonly Leaf[],
  above: number,
): ReadonlyMap<Leaf, CommentStack> {
  const stacks = new Map<Leaf, CommentStack>();
  const empty = new Array<readonly string[]>(above).fill([]);
  let comments: readonly string[] = [];
  for (const leaf of leaves) {
    if (leaf.kind === "comment") comments = [...comments, leaf.value?.text ?? ""];
    stacks.set(leaf, [...empty, comments]);
    if (leaf.kind === "value") comments = [];
  }
  return stacks;
}
