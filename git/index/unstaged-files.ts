import type { GitPath } from "../path.ts";
import { nulFields, runGit, type GitContext } from "../run.ts";

/**
 * Files of some names that are not on disk as they are staged: those that are tracked, in whatever folder, and
 * those at the top that are not. Without those in conflict, of which nothing is staged.
 *
 * @param names without a wildcard in them
 * @throws GitError
 */
export async function unstagedFiles(
  context: GitContext,
  names: readonly string[],
): Promise<GitPath[]> {
  const list = async (args: readonly string[], pathspecs: readonly string[]) =>
    nulFields(
      (await runGit(context, [...args, "--", ...pathspecs], { filters: true })).stdout,
    ) as GitPath[];
  const files = await Promise.all([
    // git diff compares contents as git add would store them; ls-files would also name files that differ in
    // line endings only.
    list(
      ["-c", "diff.relative=false", "diff", "-0", "--diff-filter=u", "--name-only", "-z"],
      names.map((name) => `:(top,glob)**/${name}`),
    ),
    // Without a wildcard, so that git does not walk through all folders.
    list(
      ["ls-files", "-z", "--full-name", "--others", "--exclude-standard"],
      names.map((name) => `:(top,literal)${name}`),
    ),
  ]);
  return [...new Set(files.flat())];
}
