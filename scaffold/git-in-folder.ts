import { GitError } from "../git/errors.ts";
import { requireGit } from "../git/version.ts";
import { withoutRepository } from "../git/environment.ts";
import { type CallOptions, type CallResult, runGit } from "../git/run.ts";

/**
 * The environment for programs that work in a folder of their own: which repository git uses must
 * come from the folder, never from whatever called us (a hook, an alias). And nobody is asked
 * anything on a terminal.
 */
export function environmentInFolder(): NodeJS.ProcessEnv {
  return { ...withoutRepository(process.env), GIT_TERMINAL_PROMPT: "0" };
}

/**
 * Makes sure that git is there and new enough.
 *
 * @throws GitError
 */
export async function requireUsableGit(): Promise<void> {
  await requireGit({ cwd: process.cwd(), env: environmentInFolder() });
}

/**
 * Runs git on the repository of a folder.
 *
 * @throws GitError
 */
export async function gitInFolder(
  directory: string,
  args: readonly string[],
  options: CallOptions = {},
): Promise<CallResult> {
  return runGit({ cwd: directory, env: environmentInFolder() }, args, options);
}

/**
 * What `git grep` prints of a repository's files, whatever the user's color.ui, submodule.recurse and
 * grep.* say.
 *
 * @throws GitError
 */
export async function gitGrep(directory: string, args: readonly string[]): Promise<Buffer> {
  const plain = ["--no-recurse-submodules", "--no-color", "--no-line-number", "--no-column"];
  const { stdout } = await gitInFolder(directory, ["grep", ...plain, ...args], { allowed: [0, 1] });
  return stdout;
}

/** One line that git printed, without its end; empty where git has nothing to say. */
export async function gitLine(directory: string, args: readonly string[]): Promise<string> {
  const { stdout } = await gitInFolder(directory, args, { allowed: [0, 1] });
  return stdout.toString("utf8").replace(/\n$/, "");
}

/** The folder that git runs hooks from, as git names it from the top of a worktree. */
export async function hooksFolder(directory: string): Promise<string> {
  return gitLine(directory, ["rev-parse", "--git-path", "hooks"]);
}

/** git's own words about a failure. */
export function gitComplaint(error: unknown): string {
  if (!(error instanceof GitError)) throw error;
  return error.complaint?.replace(/^(fatal|error): /, "") || error.message;
}

/**
 * The top of the worktree that a folder belongs to.
 *
 * @throws GitError
 */
export async function topOfRepository(folder: string): Promise<string> {
  return gitLine(folder, ["rev-parse", "--show-toplevel"]);
}
