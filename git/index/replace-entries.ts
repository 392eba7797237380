import { GitError } from "../errors.ts";
import {
  indexEntries,
  intentToAddPaths,
  isFile,
  type EntryMode,
  type IndexEntry,
} from "./entries.ts";
import { displayPath, type GitPath } from "../path.ts";
import type { Repository } from "../repository/open.ts";
import { withIndexFile } from "../environment.ts";
import { runGit, type GitContext } from "../run.ts";

/** A new content for one index entry. */
export interface Replacement {
  readonly path: GitPath;
  readonly mode: EntryMode;
  /** The blob the entry holds now. */
  readonly from: string;
  /** The blob it shall hold, already stored. */
  readonly to: string;
}

/**
 * Gives index entries other blobs: all of them or none. Modes and the skip-worktree and
 * assume-unchanged bits stay. In a partial commit the same is done in the index that will be the
 * real one afterwards, where its entry holds the same blob; otherwise `git commit -- path` would
 * leave the plaintext staged there.
 *
 * @throws GitError `entry-changed` before anything was written, when an entry is not as the
 *   replacement says: gone, in conflict, another blob or mode, no file, made by `git add -N`;
 *   `command-failed` after everything was undone; `undo-failed` when even that failed
 */
export async function replaceEntries(
  repository: Repository,
  replacements: readonly Replacement[],
): Promise<void> {
  if (replacements.length === 0) return;
  const paths = replacements.map(({ path }) => path);
  const found = await entriesAt(repository, paths);
  const unfinished = await intentToAddPaths(repository, [...found.values()].flat());
  for (const replacement of replacements) {
    const entries = found.get(replacement.path) ?? [];
    if (!isAsExpected(entries, replacement) || unfinished.has(replacement.path)) {
      throw new GitError(
        "entry-changed",
        `${displayPath(replacement.path)} is no longer staged as it was read: run the command again`,
      );
    }
  }
  const inHookIndex = replacementsOf(replacements, found);
  await replaceIn(repository, inHookIndex);
  if (repository.nextIndexFile === null) return;
  const next = withIndexFile(repository, repository.nextIndexFile);
  await orUndo(repository, inHookIndex, async () => {
    await replaceIn(next, replacementsOf(replacements, await entriesAt(next, paths)));
  });
}

/**
 * Tells git that the worktree files match the index again, so that `git status` and `git commit`
 * need not compare them: once, after the worktree files were rewritten. Files that differ are
 * left as differing. Where another git holds the lock by then nothing is told, and nothing is lost.
 */
export async function refreshIndex(repository: Repository): Promise<void> {
  const indexes: GitContext[] = [repository];
  if (repository.nextIndexFile !== null) {
    indexes.push(withIndexFile(repository, repository.nextIndexFile));
  }
  for (const index of indexes) {
    await runGit(index, ["update-index", "-q", "--ignore-submodules", "--refresh"], {
      filters: true,
      // 1: some file needs an update; 128: no lock (cmd_update_index in git's builtin/update-index.c).
      allowed: [0, 1, 128],
    });
  }
}

/** A replacement with the entry as it was found. */
interface Planned {
  readonly entry: IndexEntry;
  readonly to: string;
}

async function entriesAt(
  context: GitContext,
  paths: readonly GitPath[],
): Promise<Map<GitPath, IndexEntry[]>> {
  const byPath = new Map<GitPath, IndexEntry[]>();
  for (const entry of await indexEntries(context, new Set(paths))) {
    byPath.set(entry.path, [...(byPath.get(entry.path) ?? []), entry]);
  }
  return byPath;
}

function isAsExpected(entries: readonly IndexEntry[], replacement: Replacement): boolean {
  const [entry, ...others] = entries;
  return (
    entry !== undefined &&
    others.length === 0 &&
    entry.stage === 0 &&
    isFile(entry.mode) &&
    entry.mode === replacement.mode &&
    entry.oid === replacement.from
  );
}

/** Those replacements whose entry here still holds the blob to replace. */
function replacementsOf(
  replacements: readonly Replacement[],
  found: ReadonlyMap<GitPath, readonly IndexEntry[]>,
): Planned[] {
  return replacements.flatMap(({ path, from, to }) =>
    (found.get(path) ?? [])
      .filter(({ stage, oid, mode }) => stage === 0 && oid === from && isFile(mode))
      .map((entry) => ({ entry, to })),
  );
}

async function replaceIn(context: GitContext, planned: readonly Planned[]): Promise<void> {
  if (planned.length === 0) return;
  await orUndo(context, planned, async () => {
    await writeEntries(context, planned);
    // An entry git does not like is skipped with exit status 0: only reading back tells.
    if (!(await allHold(context, planned))) {
      throw new GitError("unexpected-output", "git did not take the new index entries");
    }
  });
}

async function allHold(context: GitContext, planned: readonly Planned[]): Promise<boolean> {
  const now = await entriesAt(
    context,
    planned.map(({ entry }) => entry.path),
  );
  return planned.every(({ entry: { path, mode, oid: from }, to }) =>
    isAsExpected(now.get(path) ?? [], { path, mode, from: to, to: from }),
  );
}

/** One `update-index --index-info` writes all entries, or none; it clears two bits of each. */
async function writeEntries(context: GitContext, planned: readonly Planned[]): Promise<void> {
  const records = planned.map(({ entry, to }) => `${entry.mode} ${to}\t${entry.path}\0`).join("");
  // A sparse index must be unfolded first: git would add the entry beside its folded folder.
  await runGit(context, ["-c", "index.sparse=false", "update-index", "-z", "--index-info"], {
    input: [Buffer.from(records, "latin1")],
  });
  const bits: [string, (entry: IndexEntry) => boolean][] = [
    ["--assume-unchanged", (entry) => entry.assumeUnchanged],
    ["--skip-worktree", (entry) => entry.skipWorktree],
  ];
  for (const [option, isSet] of bits) {
    const paths = planned.filter(({ entry }) => isSet(entry)).map(({ entry }) => entry.path);
    if (paths.length === 0) continue;
    await runGit(context, ["update-index", option, "-z", "--stdin"], {
      input: [Buffer.from(paths.map((path) => `${path}\0`).join(""), "latin1")],
    });
  }
}

/** Does something, and puts the entries back as they were when it fails. */
async function orUndo(
  context: GitContext,
  planned: readonly Planned[],
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    try {
      await undo(context, planned);
    } catch (undoError) {
      const paths = planned.map(({ entry }) => displayPath(entry.path)).join(", ");
      throw new GitError(
        "undo-failed",
        `the index could not be restored after a failure; stage these files again: ${paths}`,
        { cause: new AggregateError([error, undoError]) },
      );
    }
    throw error;
  }
}

/** Only entries that hold what we wrote: others were never reached, or someone changed them. */
async function undo(context: GitContext, planned: readonly Planned[]): Promise<void> {
  const paths = new Set(planned.map(({ entry }) => entry.path));
  const now = new Map((await indexEntries(context, paths)).map((entry) => [entry.path, entry.oid]));
  const written = planned.filter(({ entry, to }) => now.get(entry.path) === to);
  if (written.length === 0) return;
  await writeEntries(
    context,
    written.map(({ entry }) => ({ entry, to: entry.oid })),
  );
}
