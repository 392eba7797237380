import { isAtLeast, requireGit } from "../../git/version.ts";
import { runGit, type GitContext } from "../../git/run.ts";

/**
 * The folders of all worktrees of a repository that are on disk, the main one first; a bare main one is
 * left out.
 *
 * @throws GitError
 */
export async function worktreeFolders(context: GitContext): Promise<string[]> {
  // git 2.36 can end the lines with NUL; before, a folder with a newline in its name is not found.
  const canNul = isAtLeast(await requireGit(context), [2, 36, 0]);
  const args = ["worktree", "list", "--porcelain", ...(canNul ? ["-z"] : [])];
  const { stdout } = await runGit(context, args);
  const end = canNul ? "\0" : "\n";
  return stdout
    .toString("utf8")
    .split(end + end)
    .map((block) => block.split(end))
    .filter((lines) => !lines.some((line) => line === "bare" || line.startsWith("prunable")))
    .flatMap((lines) => lines.filter((line) => line.startsWith("worktree ")).slice(0, 1))
    .map((line) => line.slice("worktree ".length));
}
