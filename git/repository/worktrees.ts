import { existsSync } from "node:fs";
import { isAtLeast, requireGit } from "../version.ts";
import { runGit, type GitContext } from "../run.ts";

/** A worktree of a repository. */
export interface Worktree {
  /** Absolute. */
  readonly folder: string;
  /** The full name of the branch that it has checked out; null where HEAD names a commit. */
  readonly branch: string | null;
  /** False where its folder was removed, and git still knows it. */
  readonly isThere: boolean;
}

/**
 * All worktrees of a repository, the main one first; a bare main one is left out.
 *
 * @throws GitError
 */
export async function worktreesOf(context: GitContext): Promise<Worktree[]> {
  // git 2.36 can end the lines with NUL; before, a folder with a newline in its name is not found.
  const canNul = isAtLeast(await requireGit(context), [2, 36, 0]);
  const args = ["worktree", "list", "--porcelain", ...(canNul ? ["-z"] : [])];
  const { stdout } = await runGit(context, args);
  const end = canNul ? "\0" : "\n";
  return stdout
    .toString("utf8")
    .split(end + end)
    .map((block) => block.split(end))
    .filter((lines) => !lines.includes("bare"))
    .flatMap((lines) => {
      const valueOf = (name: string): string | null =>
        lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? null;
      const folder = valueOf("worktree");
      if (folder === null) return [];
      const isGone = lines.some((line) => line.startsWith("prunable")) || !existsSync(folder);
      return [{ folder, branch: valueOf("branch"), isThere: !isGone }];
    });
}
