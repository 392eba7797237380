import { lstatSync } from "node:fs";
import path from "node:path";
import { GitError } from "../errors.ts";
import { pathFromText, type GitPath } from "../path.ts";
import type { ObjectFormat } from "../objects/object-id.ts";
import { runGit, type GitContext } from "../run.ts";
import { shellCommand } from "../shell-word.ts";

/** A repository with a worktree; git runs in the top folder (`cwd`). */
export interface Repository extends GitContext {
  /** The folder inside the worktree where the user stood: empty, or ending in `/`. */
  readonly prefix: GitPath;
  /** The index git commits from: absolute, honouring GIT_INDEX_FILE. */
  readonly indexFile: string;
  /** This is a partial commit (`git commit -- path`): its index is a temporary one. */
  readonly isPartialCommit: boolean;
  /**
   * In a partial commit, the other file git has prepared, which becomes the real index afterwards.
   * Null in every other case, and when the user named another index with GIT_INDEX_FILE: nothing
   * tells a hook where that is.
   */
  readonly nextIndexFile: string | null;
}

/** What only a call to git can tell about a repository. */
export interface OpenedRepository extends Repository {
  /** Absolute; of this worktree, when it is a linked one. */
  readonly gitDir: string;
  /** Absolute; shared by all worktrees. */
  readonly commonDir: string;
  readonly objectFormat: ObjectFormat;
  /** The commit HEAD names, or null on an unborn branch. */
  readonly head: string | null;
}

/**
 * `git commit -- path` commits from `next-index-PID.lock` and keeps the future index beside it in
 * `index.lock` (prepare_index in git's builtin/commit.c).
 */
function partialCommit(indexFile: string): Pick<Repository, "isPartialCommit" | "nextIndexFile"> {
  if (!/^next-index-\d+\.lock$/.test(path.basename(indexFile))) {
    return { isPartialCommit: false, nextIndexFile: null };
  }
  const lock = path.join(path.dirname(indexFile), "index.lock");
  const isThere = lstatSync(lock, { throwIfNoEntry: false }) !== undefined;
  return { isPartialCommit: true, nextIndexFile: isThere ? lock : null };
}

/**
 * An environment variable that was no UTF-8 reaches us damaged, and git takes an index file that
 * does not exist for an empty index: it would seem that nothing was staged.
 */
function refuseDamagedIndexName(indexFile: string): void {
  if (
    indexFile.includes("\ufffd") &&
    lstatSync(indexFile, { throwIfNoEntry: false }) === undefined
  ) {
    throw new GitError(
      "not-a-repository",
      "the folder of this repository has a name that is no UTF-8: rename the folder",
    );
  }
}

/** What git itself says in lines of their own, where a repository is another user's. */
export function trusting(complaint: string): string {
  const folder = /(?:dubious ownership in repository at|unsafe repository \()\s*'(.+)'/.exec(
    complaint,
  )?.[1];
  return folder === undefined
    ? ""
    : `; if you trust it, ${shellCommand(["git", "config", "--global", "--add", "safe.directory", folder])}`;
}

/**
 * Opens the repository around a folder: one call to git.
 *
 * @throws GitError `not-a-repository` when there is none, it is bare, or git does not trust it;
 *   `git-missing`
 */
export async function openRepository(context: GitContext): Promise<OpenedRepository> {
  // The object format stands between the others: a folder's name may hold a newline.
  const between = "--show-object-format";
  const args = [
    "rev-parse",
    "--path-format=absolute",
    between,
    "--absolute-git-dir",
    between,
    "--git-common-dir",
    between,
    "--git-path",
    "index",
    between,
    "--show-toplevel",
    between,
    "--show-prefix",
    between,
    // Prints nothing on an unborn branch, instead of failing.
    "--revs-only",
    "HEAD",
  ];
  let output: string;
  try {
    output = (await runGit(context, args)).stdout.toString("utf8");
  } catch (error) {
    if (!(error instanceof GitError) || error.complaint === null) throw error;
    const { complaint } = error;
    throw new GitError(
      "not-a-repository",
      `no git repository with a worktree here: ${complaint}${trusting(complaint)}`,
      { complaint, cause: error },
    );
  }
  const objectFormat = output.startsWith("sha256\n") ? "sha256" : "sha1";
  const separator = `\n${objectFormat}\n`;
  const [empty, gitDir, commonDir, indexFile, top, prefix, head, ...more] = `\n${output}`.split(
    separator,
  );
  if (
    empty !== "" ||
    gitDir === undefined ||
    commonDir === undefined ||
    indexFile === undefined ||
    top === undefined ||
    prefix === undefined ||
    head === undefined ||
    more.length > 0
  ) {
    throw new GitError("unexpected-output", "git rev-parse printed something unexpected");
  }
  refuseDamagedIndexName(indexFile);
  // Pinned, as these may be relative to the folder we are about to leave.
  const env: NodeJS.ProcessEnv = { ...context.env, GIT_DIR: gitDir };
  if (env["GIT_INDEX_FILE"] !== undefined) env["GIT_INDEX_FILE"] = indexFile;
  if (env["GIT_WORK_TREE"] !== undefined) env["GIT_WORK_TREE"] = top;
  if (env["GIT_COMMON_DIR"] !== undefined) env["GIT_COMMON_DIR"] = commonDir;
  return {
    cwd: top,
    env,
    prefix: pathFromText(prefix),
    indexFile,
    ...partialCommit(indexFile),
    gitDir,
    commonDir,
    objectFormat,
    head: head.trim() === "" ? null : head.trim(),
  };
}

/**
 * Opens the repository a hook runs for: git starts it at the top, and says where the user stands
 * (githooks(5)).
 *
 * @throws GitError as openRepository
 */
export async function openRepositoryOfHook(context: GitContext): Promise<OpenedRepository> {
  const opened = await openRepository(context);
  return { ...opened, prefix: pathFromText(context.env["GIT_PREFIX"] ?? opened.prefix) };
}

/**
 * Opens the repository a commit hook runs for, without a call to git where possible: git starts
 * hooks at the top of the worktree with GIT_INDEX_FILE and GIT_PREFIX set (githooks(5)). Where these
 * are not set, as by hand, it is openRepositoryOfHook.
 *
 * @throws GitError as openRepository
 */
export async function openHookRepository(context: GitContext): Promise<Repository> {
  const { env, cwd } = context;
  const given = env["GIT_INDEX_FILE"];
  const isTop =
    env["GIT_DIR"] !== undefined ||
    lstatSync(path.join(cwd, ".git"), { throwIfNoEntry: false }) !== undefined;
  if (given === undefined || given === "" || !isTop) return openRepositoryOfHook(context);
  const indexFile = path.resolve(cwd, given);
  refuseDamagedIndexName(indexFile);
  return {
    cwd,
    env,
    prefix: pathFromText(env["GIT_PREFIX"] ?? ""),
    indexFile,
    ...partialCommit(indexFile),
  };
}
