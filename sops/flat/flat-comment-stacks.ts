import type { CommentRun, CommentStack, Leaf } from "../store.ts";

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
  const empty = new Array<null>(above).fill(null);
  let comments: CommentRun | null = null;
  for (const leaf of leaves) {
    if (leaf.kind === "comment") comments = { text: leaf.value?.text ?? "", earlier: comments };
    stacks.set(leaf, [...empty, comments]);
    if (leaf.kind === "value") comments = null;
  }
  return stacks;
}
