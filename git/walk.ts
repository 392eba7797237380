import { startGit, type GitContext, type RunningGit } from "./run.ts";

/**
 * Starts a git that walks over the history and writes a line a commit or more.
 *
 * @param args arguments after `git`
 */
export function startWalk(context: GitContext, args: readonly string[]): RunningGit {
  // Without this git writes each commit by itself (git(1), GIT_FLUSH): a tenth of all its time.
  const env = { ...context.env, GIT_FLUSH: "0" };
  // Objects that are not asked for again need not be kept: git's own 96 MB take longer to fill than
  // they save.
  return startGit({ ...context, env }, ["-c", "core.deltaBaseCacheLimit=1m", ...args]);
}
