import { GitError } from "../errors.ts";
import { emptyTree, treeOfUnborn } from "../repository/head.ts";
import { isEmptyBlob } from "../objects/object-id.ts";
import type { GitPath } from "../path.ts";
import { nulFields, runGit, type GitContext } from "../run.ts";

/** What an index entry can be (gitformat-index(5)): two kinds of file, a symlink, a submodule. */
export type EntryMode = "100644" | "100755" | "120000" | "160000";

/** An entry of the index that differs from a tree. */
export interface ChangedEntry {
  readonly path: GitPath;
  readonly mode: EntryMode;
  /** The blob as staged; of a submodule its commit, which is no object here. */
  readonly oid: string;
  /** Null when the tree has no such path. */
  readonly headMode: EntryMode | null;
  readonly headOid: string | null;
  /** Made by `git add -N`: it has no content yet, and a commit leaves it out. */
  readonly intentToAdd: boolean;
}

/** How the index differs from a tree. */
export interface IndexChanges {
  /** Added, modified, or turned into another kind of entry. */
  readonly changed: readonly ChangedEntry[];
  /** Paths of the tree that are no longer in the index. */
  readonly deleted: readonly GitPath[];
  /** In conflict: nothing here may touch them. */
  readonly unmerged: readonly GitPath[];
}

/** Any entry of the index. */
export interface IndexEntry {
  readonly path: GitPath;
  readonly mode: EntryMode;
  readonly oid: string;
  /** 0, or 1 to 3 for the sides of a conflict. */
  readonly stage: number;
  readonly skipWorktree: boolean;
  readonly assumeUnchanged: boolean;
}

/** Whether an entry is a file with content: no symlink, no submodule. */
export function isFile(mode: EntryMode): boolean {
  return mode === "100644" || mode === "100755";
}

function entryMode(text: string | undefined): EntryMode {
  if (text === "100644" || text === "100755" || text === "120000" || text === "160000") return text;
  throw new GitError("unexpected-output", "git printed an index entry of an unknown mode");
}

interface RawChange {
  readonly headMode: string;
  readonly mode: string;
  readonly headOid: string;
  readonly oid: string;
  readonly status: string;
  readonly path: GitPath;
}

/** `:100644 100755 OID OID M NUL path NUL` (git-diff-index(1), "Raw output format"). */
const rawLine = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])$/;

async function rawChanges(
  context: GitContext,
  treeish: string,
  options: readonly string[] = [],
): Promise<RawChange[]> {
  const { stdout } = await runGit(context, [
    "diff-index",
    "--cached",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--ignore-submodules=none",
    ...options,
    "--end-of-options",
    treeish,
    "--",
  ]);
  return parseChanges(nulFields(stdout));
}

function parseChanges(fields: readonly string[]): RawChange[] {
  const changes: RawChange[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const match = rawLine.exec(fields[i] ?? "");
    const path = fields[i + 1];
    if (match === null || path === undefined) {
      throw new GitError("unexpected-output", "git diff-index printed something unexpected");
    }
    const [, headMode = "", mode = "", headOid = "", oid = "", status = ""] = match;
    changes.push({ headMode, mode, headOid, oid, status, path: path as GitPath });
  }
  return changes;
}

/**
 * The intent-to-add entries among some entries. In the index they are empty blobs with a flag that
 * no plumbing prints; but diff-index can be told to leave them out.
 */
async function intentToAdd(
  context: GitContext,
  treeish: string,
  candidates: readonly GitPath[],
): Promise<ReadonlySet<GitPath>> {
  const visible = await rawChanges(context, treeish, ["--ita-invisible-in-index"]);
  const real = new Set(visible.filter(({ status }) => status !== "D").map(({ path }) => path));
  return new Set(candidates.filter((path) => !real.has(path)));
}

/**
 * How the index differs from a tree: one call to git, two more when something empty was staged or
 * the branch is unborn. Renames show as what they are in the index, a deletion and an addition.
 *
 * @param treeish the tree to compare with; HEAD stands for the empty tree on an unborn branch
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function changedEntries(context: GitContext, treeish = "HEAD"): Promise<IndexChanges> {
  try {
    return await changesIn(context, treeish);
  } catch (error) {
    // Asking first would cost a process at every commit; so the failure asks.
    if (!(error instanceof GitError) || treeish !== "HEAD") throw error;
    const tree = await treeOfUnborn(context);
    if (tree === null) throw error;
    return changesIn(context, tree);
  }
}

async function changesIn(context: GitContext, tree: string): Promise<IndexChanges> {
  return changesOf(context, tree, await rawChanges(context, tree));
}

/**
 * The same, where somebody has asked git already: no call, or one when something empty was staged.
 *
 * @param fields what {@link rawChanges}'s call has printed about HEAD, at its NULs
 * @throws GitError as changedEntries
 */
export async function changedEntriesIn(
  context: GitContext,
  fields: readonly string[],
): Promise<IndexChanges> {
  return changesOf(context, "HEAD", parseChanges(fields));
}

async function changesOf(
  context: GitContext,
  tree: string,
  changes: readonly RawChange[],
): Promise<IndexChanges> {
  const unmerged = new Set(changes.filter(({ status }) => status === "U").map(({ path }) => path));
  const merged = changes.filter(({ path }) => !unmerged.has(path));
  const empty = merged.filter(({ status, oid }) => status !== "D" && isEmptyBlob(oid));
  const paths = empty.map(({ path }) => path);
  const unfinished =
    paths.length === 0 ? new Set<GitPath>() : await intentToAdd(context, tree, paths);
  const changed: ChangedEntry[] = [];
  const deleted: GitPath[] = [];
  for (const { path, status, mode, oid, headMode, headOid } of merged) {
    if (status === "D") deleted.push(path);
    else if (status === "A" || status === "M" || status === "T") {
      const isNew = status === "A";
      changed.push({
        path,
        mode: entryMode(mode),
        oid,
        headMode: isNew ? null : entryMode(headMode),
        headOid: isNew ? null : headOid,
        intentToAdd: unfinished.has(path),
      });
    } else {
      throw new GitError("unexpected-output", `git diff-index printed a status ${status}`);
    }
  }
  return { changed, deleted, unmerged: [...unmerged] };
}

/** `H 100644 OID 0 TAB path NUL` (git-ls-files(1), `-v` and `-s`). */
const stagedLine = /^([A-Za-z?]) (\d{6}) ([0-9a-f]+) ([0-3])\t(.+)$/s;

/**
 * All entries of the index, or those at some paths, in the index's order.
 *
 * @param paths exact paths; default: all
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function indexEntries(
  context: GitContext,
  paths?: ReadonlySet<GitPath>,
): Promise<IndexEntry[]> {
  const { stdout } = await runGit(context, ["ls-files", "--stage", "-v", "-z"]);
  const entries: IndexEntry[] = [];
  for (const field of nulFields(stdout)) {
    const match = stagedLine.exec(field);
    if (match === null) {
      throw new GitError("unexpected-output", "git ls-files printed something unexpected");
    }
    const [, tag = "", mode, oid = "", stage, path] = match;
    if (paths !== undefined && !paths.has(path as GitPath)) continue;
    entries.push({
      path: path as GitPath,
      mode: entryMode(mode),
      oid,
      stage: Number(stage),
      skipWorktree: tag === "S" || tag === "s",
      // Lower case, whatever the letter.
      assumeUnchanged: tag >= "a",
    });
  }
  return entries;
}

/** Which of these entries were made by `git add -N`: no call to git unless one is empty. */
export async function intentToAddPaths(
  context: GitContext,
  entries: readonly IndexEntry[],
): Promise<ReadonlySet<GitPath>> {
  const candidates = entries
    .filter(({ stage, oid }) => stage === 0 && isEmptyBlob(oid))
    .map(({ path }) => path);
  if (candidates.length === 0) return new Set();
  return intentToAdd(context, await emptyTree(context), candidates);
}
