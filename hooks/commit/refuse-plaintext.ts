import { changedEntries } from "../../git/index/entries.ts";
import { ongoingOperation, type Operation } from "../../git/repository/operation.ts";
import { gitFolder } from "../../git/repository/git-folder.ts";
import { openHookRepository, openRepository, type Repository } from "../../git/repository/open.ts";
import { withIndexFile } from "../../git/environment.ts";
import type { GitContext } from "../../git/run.ts";
import { sortByRemotes, type Sorted } from "./held-by-remotes.ts";
import { inspectStaged } from "./inspect-staged.ts";
import { indexState, isProven, leaveProof, proofs, withdrawProof } from "./judged-index.ts";
import { readStaged, type Staged } from "./staged.ts";
import { forgetTold, noteTold } from "./told.ts";

/** What a hook that cannot change the commit any more has to say. */
export interface Refusal extends Sorted {
  readonly repository: Repository;
  readonly staged: Staged;
  /**
   * What git is doing; `amend` of a commit that pre-commit did not take for one; `restaged`, where
   * pre-commit passed something else; or `no-verify`.
   */
  readonly during: Operation | { readonly kind: "amend" | "restaged" | "no-verify" };
  /** `git commit` was run: by the user, or by git with an editor. */
  readonly isUsersCommit: boolean;
  /** The commit is to replace HEAD, for certain. */
  readonly replacesHead: boolean;
}

/**
 * `prepare-commit-msg`: the last word before a commit, in every way of making one but `am`. Where
 * pre-commit judged this very index there is nothing to do.
 *
 * @param args as git passes them: the message's file, where it comes from, and a commit
 * @returns null when there is nothing to judge
 * @throws GitError, BrokenRulesError
 */
export async function prepareCommitMsg(
  context: GitContext,
  [, source, object]: readonly string[],
): Promise<Refusal | null> {
  const repository = await openHookRepository(context);
  forgetTold(repository);
  const operation = ongoingOperation(repository, await gitFolderOf(repository));
  // Set by `git commit` alone, not where merge or the sequencer writes the commit itself.
  const isUsersCommit = repository.env["GIT_AUTHOR_DATE"] !== undefined;
  const saysAmend = source === "commit" && object === "HEAD";
  const isRebase = operation?.kind === "rebase";
  // Where git goes on with a rebase by a `git commit`, it says so in the reflog.
  const isOwn = isUsersCommit && repository.env["GIT_REFLOG_ACTION"] === undefined;
  const isFixup = isRebase && operation.isAmend && !isOwn;
  const mayAmend =
    isUsersCommit &&
    (operation === null || operation.kind === "message" || (isRebase && operation.isAmend));
  const staged = await readStaged(repository, saysAmend || isFixup || (mayAmend ? "maybe" : false));
  const { head } = staged;
  const isAmend = saysAmend || isFixup || (isRebase && staged.isAmend);
  if (isProven(repository, head, true)) return null;
  const wasJudged = isProven(repository, head, false);
  if (wasJudged && !isAmend) return null;
  const during: Refusal["during"] = wasJudged
    ? { kind: "amend" }
    : (operation ?? { kind: isUsersCommit ? "no-verify" : "message" });
  const refusal = await judge(repository, staged, { during, isUsersCommit, replacesHead: isAmend });
  if (during.kind !== "no-verify") return refusal;
  if (!(await isRestaged(refusal))) {
    if (staged.isAmend && isFound(refusal)) noteTold(repository);
    return refusal;
  }
  // The proof may be left from a commit that was aborted. Without it, the next --no-verify goes
  // through.
  withdrawProof(repository);
  return { ...refusal, during: { kind: "restaged" } };
}

/**
 * Whether pre-commit has passed something else in the place of what is refused: a hook that runs later
 * may stage what a formatter changed, as lefthook's `stage_fixed` does.
 */
async function isRestaged({ repository, staged, errors, contents }: Refusal): Promise<boolean> {
  const refused = [...errors, ...contents.map(({ entry }) => entry)];
  if (refused.length === 0) return false;
  for (const proof of proofs(repository, staged.head)) {
    const { changed } = await changedEntries(withIndexFile(repository, proof));
    const passed = new Set(changed.map(({ path }) => path));
    if (refused.some(({ path }) => passed.has(path))) return true;
  }
  return false;
}

/** `pre-merge-commit`: a clean merge, before git commits it. */
export async function preMergeCommit(context: GitContext): Promise<Refusal> {
  const repository = await openHookRepository(context);
  const index = indexState(repository);
  const staged = await readStaged(repository, false);
  const refusal = await judge(repository, staged, {
    during: { kind: "merge" },
    isUsersCommit: false,
    replacesHead: false,
  });
  if (!isRefused(refusal)) leaveProof(repository, staged.head, false, index);
  return refusal;
}

/** `pre-applypatch`: `git am` and `rebase --apply`, with the patch in the index. */
export async function preApplypatch(context: GitContext): Promise<Refusal> {
  const repository = await openHookRepository(context);
  const during = ongoingOperation(repository, await gitFolderOf(repository)) ?? { kind: "am" };
  return judge(repository, await readStaged(repository, false), {
    during,
    isUsersCommit: false,
    replacesHead: false,
  });
}

/**
 * `post-rewrite` after `commit --amend`: what HEAD holds now is only told. git tells no hook before
 * of an amended commit that has a new author, a message of its own, and something staged.
 *
 * @returns null where prepare-commit-msg has told of it
 */
export async function postRewrite(context: GitContext): Promise<Refusal | null> {
  const repository = await openHookRepository(context);
  if (forgetTold(repository)) return null;
  const staged = await readStaged(repository, true);
  const ofHead = (contents: Staged["files"]) => contents.filter(({ place }) => place !== "staged");
  return judge(
    repository,
    { ...staged, files: ofHead(staged.files), links: ofHead(staged.links) },
    { during: { kind: "no-verify" }, isUsersCommit: true, replacesHead: true },
  );
}

/** Whether the hook must end with a failure. `--no-verify` is the user's own wish. */
export function isRefused(refusal: Refusal): boolean {
  return refusal.during.kind !== "no-verify" && isFound(refusal);
}

function isFound({ errors, contents }: Refusal): boolean {
  return errors.length + contents.length > 0;
}

async function judge(
  repository: Repository,
  staged: Staged,
  situation: Pick<Refusal, "during" | "isUsersCommit" | "replacesHead">,
): Promise<Refusal> {
  // What came from elsewhere must not be signed as if its author had put it here.
  const inspection = await inspectStaged(repository, staged, {
    mayResign: false,
    surrounding: null,
  });
  const sorted = await sortByRemotes(repository, inspection);
  return { repository, staged, ...situation, ...sorted };
}

async function gitFolderOf(repository: Repository): Promise<string> {
  return gitFolder(repository) ?? (await openRepository(repository)).gitDir;
}
