import { commitsIn } from "../../git/history/commits.ts";
import { peel } from "../../git/objects/tags.ts";
import { checkedOutBranch } from "../../git/repository/head.ts";
import { ongoingOperation } from "../../git/repository/operation.ts";
import { worktreesOf } from "../../git/repository/worktrees.ts";
import { fixOf, mendOnDisk } from "../fix-of.ts";
import type { RangeFinding } from "../range/findings.ts";
import { branchMend } from "./branch-mend.ts";
import { branchName, placeElsewhere, placeHere, type BranchPlace } from "./branch-place.ts";
import { gateMend } from "./gate-mend.ts";
import { NewCommits } from "./new-commits.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";
import { laterMend, noBranchMend, tagMend, type RefMend } from "./ref-mend.ts";

/** Refs beyond this number get their mends once the first ones are mended. */
const MENDED_AT_ONCE = 5;

/**
 * How to mend what a push was refused for: the commits from the first bad one on are made anew as
 * one, by a `git commit` that encrypts. That takes the plaintext out of however many commits it
 * stands in, and cannot end in a conflict, as a rebase would where a later commit encrypted the file.
 *
 * @throws GitError
 */
export async function pushMends({
  repository,
  refs,
  range,
  findings,
}: PushResult): Promise<RefMend[]> {
  const errors = findings.filter(({ severity }) => severity === "error");
  const newCommits = new NewCommits(await commitsIn(repository, range), errors);
  const peeled = await peel(repository, range.include);
  const mends: RefMend[] = [];
  const checkedOut = await checkedOutBranch(repository);
  const isHere = (ref: PushedRef) =>
    ref.localOid === repository.head && (branchName(ref) === null || ref.localRef === checkedOut);
  const worktrees = await worktreesOf(repository);
  // What is checked out goes first: the commands for others check them out.
  for (const ref of [...refs.filter(isHere), ...refs.filter((one) => !isHere(one))]) {
    if (mends.length === MENDED_AT_ONCE) break;
    const target = peeled.get(ref.localOid) ?? ref.localOid;
    const isBad =
      newCommits.isTainted(target) ||
      errors.some(({ tip, blob }) => tip?.localOid === ref.localOid || blob === target);
    if (!isBad) continue;
    const tag = /^refs\/tags\/(.+)$/s.exec(ref.localRef)?.[1];
    if (tag !== undefined) mends.push(tagMend(ref, tag));
    // It may also be no commit at all, but a file that is pushed by its name.
    else if (isOfNoBranch(ref) || !newCommits.has(target)) mends.push(noBranchMend(ref));
    else if (newCommits.isTainted(target)) {
      // Pushed by the name of HEAD beside that of its branch, or to two branches there.
      if (isHere(ref) && mends.some(({ commitsIn }) => commitsIn !== null)) continue;
      const place = isHere(ref)
        ? placeHere(repository)
        : await placeElsewhere(repository, ref, worktrees);
      const isUnderWay = whatIsUnderWay(place.repository);
      if (isUnderWay !== null) {
        mends.push(laterMend(ref, isUnderWay));
        continue;
      }
      const gate = await gateMend(repository, place, ref, checkedOut);
      if (gate !== null) {
        mends.push(gate);
        continue;
      }
      mends.push(
        await branchMend(place, ref, newCommits, {
          edits: byHand(place, ref, errors),
          keepsMessages: !errors.some(({ blob, commits }) => blob === null && commits.length > 0),
        }),
      );
    }
  }
  return mends;
}

/** Notes, a stash, replacements: nothing that anybody works on, or could make anew with git commit. */
function isOfNoBranch({ localRef }: PushedRef): boolean {
  return /^(?:refs\/(?!heads\/|remotes\/)|stash@\{)/.test(localRef);
}

/**
 * The git command that is under way in a worktree, as one types it. Until it has ended, git does not
 * switch to another branch or go back to a commit, or it takes what is committed for a part of it.
 */
function whatIsUnderWay(place: PushResult["repository"]): string | null {
  const kind = ongoingOperation(place, place.gitDir)?.kind ?? "message";
  if (kind === "message") return null;
  return kind === "rebase-apply" ? "rebase" : kind;
}

/** Commands for what git commit does not mend by itself, and still stands at the tip. */
function byHand(
  { repository, isCheckedOut }: BranchPlace,
  ref: PushedRef,
  errors: readonly RangeFinding[],
): string[] {
  const commands = errors
    .filter(({ tip, commitMends }) => !commitMends && tip?.localOid === ref.localOid)
    .flatMap((finding) => {
      // What is on disk by then is known where it is checked out.
      const mend = isCheckedOut ? mendOnDisk(finding, repository) : finding.mend;
      return fixOf({ path: finding.path, mend }, "index", repository);
    });
  return [...new Set(commands)];
}
