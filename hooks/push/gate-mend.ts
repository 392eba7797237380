import { existsSync } from "node:fs";
import { join } from "node:path";
import { mergeBase } from "../../git/history/commits.ts";
import { nameAt, oidsOf } from "../../git/objects/named-blobs.ts";
import { pathFromText } from "../../git/path.ts";
import { shellText } from "../../git/shell-word.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { branchName, type BranchPlace } from "./branch-place.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";
import type { RefMend } from "./ref-mend.ts";

/**
 * What gives the gate to a branch from before it. Without it no hook would look at the commit that mends
 * the branch, nor at the next push, which is made where the branch is checked out.
 *
 * @param checkedOut see checkedOutBranch.
 * @returns null where the gate is there
 * @throws GitError
 */
export async function gateMend(
  repository: PushResult["repository"],
  place: BranchPlace,
  ref: PushedRef,
  checkedOut: string | null,
): Promise<RefMend | null> {
  const { enter, leave } = place;
  const { head } = repository;
  if (enter === null || head === null) return null;
  const [hasHead, hasTip] = await haveTool(repository, [head, ref.localOid]);
  // What git does not track stays where a branch is switched to.
  const isThere = place.isCheckedOut
    ? existsSync(join(place.repository.cwd, TOOL_PATH))
    : hasTip || !hasHead;
  if (isThere) return null;
  const base = hasHead ? await mergeBase(repository, head, ref.localOid) : null;
  // A branch that took the gate away does not get it back by a merge.
  const canMerge = base !== null && !(await haveTool(repository, [base]))[0];
  const from = checkedOut?.replace(/^refs\/heads\//, "") ?? head.slice(0, 12);
  return {
    ref,
    commitsIn: null,
    ...(canMerge && branchName(ref) !== null
      ? {
          what: "which has no gate, bring it there and push again: then what mends it is printed",
          commands: [`${enter} &&`, `git merge --no-edit ${shellText(from)}${leave}`],
        }
      : {
          what: "which has no gate, leave it out of what you push, or take the secret out of it",
          commands: [],
        }),
  };
}

/** Whether each of some commits holds the tool. */
async function haveTool(
  repository: PushResult["repository"],
  commits: readonly string[],
): Promise<boolean[]> {
  const names = commits.map((commit) => nameAt(commit, pathFromText(TOOL_PATH)));
  const found = await oidsOf(repository, names);
  return names.map((name) => found.has(name));
}
