import type { GitPath } from "./path.ts";
import { nulFields, runGit, type GitContext } from "./run.ts";

/**
 * Files of some names that are not on disk as they are staged: those that are tracked, in whatever folder, and
 * those at the top that are not.
 *
 * @param names without a wildcard in them
 * @throws GitError
 */
export async function unstagedFiles(
  context: GitContext,
  names: readonly string[],
): Promise<GitPath[]> {
  const list = async (which: readonly string[], pathspecs: readonly string[]) => {
    const args = ["ls-files", "-z", "--full-name", ...which, "--", ...pathspecs];
    return nulFields((await runGit(context, args, { filters: true })).stdout) as GitPath[];
  };
  const files = await Promise.all([
    list(
      ["--modified"],
      names.map((name) => `:(top,glob)**/${name}`),
    ),
    // Without a wildcard, so that git does not walk through all folders.
    list(
      ["--others", "--exclude-standard"],
      names.map((name) => `:(top,literal)${name}`),
    ),
  ]);
  return [...new Set(files.flat())];
}
