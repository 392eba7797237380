import { GitError } from "./errors.ts";
import { runGit, type GitContext } from "./run.ts";

/** The oldest git everything in this room works with. */
const minimumGit = "2.34";

/** Major, minor, patch. */
export type GitVersion = readonly [number, number, number];

/**
 * Reads what `git version` prints: `git version 2.39.5 (Apple Git-154)`, `… 2.45.1.windows.1`,
 * `… 2.40.GIT`. Null when there is no version in it.
 */
export function parseGitVersion(text: string): GitVersion | null {
  const match = /^git version (\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return null;
  return [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Whether one version is another or newer. */
export function isAtLeast(version: GitVersion, minimum: GitVersion): boolean {
  for (let part = 0; part < 3; part++) {
    const difference = (version[part] ?? 0) - (minimum[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * The version of the git on PATH.
 *
 * @throws GitError `git-missing`; `git-too-old` when it is older than minimumGit, or says no
 *   version at all
 */
export async function requireGit(context: GitContext): Promise<GitVersion> {
  const { stdout } = await runGit(context, ["version"]);
  const version = parseGitVersion(stdout.toString("utf8"));
  const minimum = parseGitVersion(`git version ${minimumGit}`);
  if (version === null || minimum === null || !isAtLeast(version, minimum)) {
    const found = version === null ? "an unknown version" : version.join(".");
    throw new GitError(
      "git-too-old",
      `git ${minimumGit} or later is needed, and ${found} is on PATH: install a newer git`,
    );
  }
  return version;
}
