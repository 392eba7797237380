import { GitError } from "../errors.ts";
import type { GitPath } from "../path.ts";
import { rangeArguments, rangeInput, trackingBranches, type Range, type Remote } from "./range.ts";
import type { GitContext } from "../run.ts";
import { walkOutput } from "./walk.ts";

/**
 * Every blob in a range, each once, with the path it was first seen under (cut at a newline; empty
 * for a blob that was named itself): one call to git.
 *
 * @throws GitError `command-failed`
 */
export async function blobsIn(context: GitContext, range: Range): Promise<Map<string, GitPath>> {
  const blobs = new Map<string, GitPath>();
  const args = [
    "rev-list",
    "--objects",
    "--filter=object:type=blob",
    "--filter-provided-objects",
    ...rangeArguments(range),
  ];
  for await (const lines of walkOutput(context, args, rangeInput(range))) {
    for (const line of lines) {
      const space = line.indexOf(" ");
      const oid = space === -1 ? line : line.slice(0, space);
      blobs.set(oid, (space === -1 ? "" : line.slice(space + 1)) as GitPath);
    }
  }
  return blobs;
}

/**
 * Which of some blobs a remote has, anywhere in the history of what tracks it or of other commits: one
 * walk over all of it, so only for what is suspicious already. If a part of it is missing, as in a
 * damaged repository, nothing behind that counts as held; git before 2.43 then names none at all.
 *
 * @param remote as in Range
 * @param commits full names of those that it has, too; they need not be here
 * @throws GitError `git-missing`, `not-a-repository`
 */
export async function heldByRemotes(
  context: GitContext,
  oids: Iterable<string>,
  remote: Remote | null = null,
  commits: readonly string[] = [],
): Promise<Set<string>> {
  const wanted = new Set(oids);
  const held = new Set<string>();
  if (wanted.size === 0) return held;
  const args = [
    "rev-list",
    "--objects",
    "--no-object-names",
    "--filter=object:type=blob",
    "--filter-provided-objects",
    // In a partial clone git would fetch each old blob by itself; none of those is asked about.
    "--missing=allow-promisor",
    "--ignore-missing",
    "--stdin",
    ...trackingBranches(remote),
  ];
  const input = rangeInput({ include: commits, exclude: [] });
  try {
    for await (const some of walkOutput(context, args, input)) {
      for (const oid of some) if (wanted.has(oid)) held.add(oid);
      if (held.size === wanted.size) break;
    }
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== "command-failed") throw error;
  }
  return held;
}
