import { EMPTY_TREES, type ObjectFormat } from "../objects/object-id.ts";
import { runGit, type GitContext } from "../run.ts";

/** The full name of the branch that HEAD names, unborn or not; null where it names a commit: one call to git. */
export async function checkedOutBranch(context: GitContext): Promise<string | null> {
  const { status, stdout } = await runGit(context, ["symbolic-ref", "--quiet", "HEAD"], {
    allowed: [0, 1],
  });
  return status === 0 ? stdout.toString("utf8").trimEnd() : null;
}

/** The name of the tree without entries, in this repository's object format. */
export async function emptyTree(context: GitContext): Promise<string> {
  const { stdout } = await runGit(context, ["rev-parse", "--show-object-format"]);
  return emptyTreeIn(stdout);
}

function emptyTreeIn(format: Buffer): string {
  return EMPTY_TREES[format.toString("latin1").trim() as ObjectFormat];
}

/** The empty tree where the branch is unborn, and null where it is not: one call to git. */
export async function treeOfUnborn(context: GitContext): Promise<string | null> {
  const { status, stdout } = await runGit(
    context,
    ["rev-parse", "--show-object-format", "--verify", "--quiet", "HEAD"],
    { allowed: [0, 1] },
  );
  return status === 0 ? null : emptyTreeIn(stdout);
}
