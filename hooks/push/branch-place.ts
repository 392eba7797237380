import { realpathSync } from "node:fs";
import { withoutRepository } from "../../git/environment.ts";
import { GitError } from "../../git/errors.ts";
import { openRepository } from "../../git/repository/open.ts";
import type { Worktree } from "../../git/repository/worktrees.ts";
import { shellText } from "../../git/shell-word.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";

/** Where a branch is made anew. */
export interface BranchPlace {
  readonly repository: PushResult["repository"];
  /** What leads there from where the user stands; null for what is at hand. */
  readonly enter: string | null;
  /** It is checked out there before that: what is on disk is known. */
  readonly isCheckedOut: boolean;
  /** What stands behind the last command. */
  readonly leave: string;
}

/** Where the user stands, on the branch itself. */
export function placeHere(repository: PushResult["repository"]): BranchPlace {
  return { repository, enter: null, isCheckedOut: true, leave: "" };
}

/** The worktree that has a branch, as git switches to none that another one has; or else here, by checking it out. */
export async function placeElsewhere(
  repository: PushResult["repository"],
  ref: PushedRef,
  worktrees: readonly Worktree[],
): Promise<BranchPlace> {
  const name = branchName(ref);
  const here = { repository, isCheckedOut: false, leave: "" };
  // Not quietly: git tells of commits that no branch has, and that are left behind.
  if (name === null) return { ...here, enter: `git switch --detach ${ref.localOid.slice(0, 12)}` };
  const worktree = worktrees.find(({ branch }) => branch === ref.localRef);
  const other = worktree === undefined ? null : await opened(worktree, repository);
  if (other !== null && other.cwd !== repository.cwd) {
    // In a shell of its own: afterwards the user stands where he stood.
    const enter = `(cd ${shellText(other.cwd)}`;
    return { repository: other, enter, isCheckedOut: true, leave: ")" };
  }
  const flags = worktree !== undefined && other === null ? "--ignore-other-worktrees " : "";
  return { ...here, enter: `git switch ${flags}${shellText(name)}` };
}

/** A worktree, where it can be used: its folder may be gone, be damaged, or hold another repository by now. */
async function opened(
  { folder, isThere }: Worktree,
  { env, commonDir }: PushResult["repository"],
): Promise<PushResult["repository"] | null> {
  if (!isThere) return null;
  try {
    const other = await openRepository({ cwd: folder, env: withoutRepository(env) });
    return realpathSync(other.commonDir) === realpathSync(commonDir) ? other : null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** `refs/heads/NAME`; null for what is pushed by the name of a commit. */
export function branchName({ localRef }: PushedRef): string | null {
  return /^refs\/heads\/(.+)$/.exec(localRef)?.[1] ?? null;
}
