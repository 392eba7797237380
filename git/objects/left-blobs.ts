import { existsSync } from "node:fs";
import path from "node:path";
import type { GitPath } from "../path.ts";
import type { OpenedRepository } from "../repository/open.ts";
import { runGit, type GitContext } from "../run.ts";

/** A blob of this clone that no branch, tag or index has. */
export interface LeftBlob {
  readonly oid: string;
  /** What keeps git from pruning it; `nothing`: it goes by itself, two weeks after it was made. */
  readonly heldBy: "stash" | "reflog" | "nothing";
  /** Where it once was; null where no tree tells. Cut at a newline. */
  readonly path: GitPath | null;
}

/**
 * The blobs that are in this clone's objects and in no ref but the stash, nor in an index: what
 * `git add` left behind, what was amended away, what a stash keeps.
 *
 * @returns null where the objects are shared with another repository, which may need them
 * @throws GitError `command-failed`
 */
export async function leftBlobs(repository: OpenedRepository): Promise<LeftBlob[] | null> {
  if (existsSync(path.join(repository.commonDir, "objects/info/alternates"))) return null;
  const [all, reachable] = await Promise.all([
    linesOf(repository, [
      "cat-file",
      "--batch-all-objects",
      "--batch-check=%(objecttype) %(objectname)",
      "--unordered",
      "--buffer",
    ]),
    // All worktrees with their HEAD and index are in these (git-rev-list(1), `--single-worktree`).
    linesOf(repository, [
      ...["rev-list", "--objects", "--no-object-names", "--ignore-missing", "--missing=allow-any"],
      ...["--exclude=refs/stash", "--all", "--indexed-objects"],
    ]),
  ]);
  const held = new Set(reachable);
  const left = all
    .filter((line) => line.startsWith("blob "))
    .map((line) => line.slice("blob ".length))
    .filter((oid) => !held.has(oid));
  if (left.length === 0) return [];
  const stashed = await pathsBelow(repository, await stashes(repository));
  const logged = await pathsBelow(repository, null);
  return left.map((oid) => {
    const stashPath = stashed.get(oid);
    if (stashPath !== undefined) return { oid, heldBy: "stash", path: stashPath };
    const logPath = logged.get(oid);
    if (logPath !== undefined) return { oid, heldBy: "reflog", path: logPath };
    return { oid, heldBy: "nothing", path: null };
  });
}

/** The commits of all stashes: the first is a ref, the others are in its reflog. */
async function stashes(context: GitContext): Promise<string[]> {
  const { status, stdout } = await runGit(
    context,
    ["rev-list", "--walk-reflogs", "refs/stash", "--"],
    // There is no stash.
    { allowed: [0, 128] },
  );
  return status === 0 ? stdout.toString("latin1").split("\n").filter(Boolean) : [];
}

/**
 * The objects that commits reach, each with the path that it is first seen under.
 *
 * @param commits full names; null for all that any reflog knows.
 */
async function pathsBelow(
  context: GitContext,
  commits: readonly string[] | null,
): Promise<Map<string, GitPath>> {
  if (commits?.length === 0) return new Map();
  const lines = await linesOf(
    context,
    [
      ...["rev-list", "--objects", "--ignore-missing", "--missing=allow-any"],
      ...(commits === null ? ["--reflog"] : ["--stdin"]),
    ],
    commits?.map((commit) => `${commit}\n`).join("") ?? "",
  );
  return new Map(
    lines
      .map((line) => /^([0-9a-f]+) (.+)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, oid = "", name = ""]) => [oid, name as GitPath]),
  );
}

async function linesOf(
  context: GitContext,
  args: readonly string[],
  input = "",
): Promise<string[]> {
  const { stdout } = await runGit(context, args, { input: [Buffer.from(input)] });
  return stdout.toString("latin1").split("\n").filter(Boolean);
}
