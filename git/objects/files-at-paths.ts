import { readBlobMap } from "./blobs.ts";
import { GitError } from "../errors.ts";
import { againstTree } from "../repository/head.ts";
import { indexEntries, isFile, type EntryMode } from "../index/entries.ts";
import { isTextPath, pathText, type GitPath } from "../path.ts";
import { nulFields, runGit, type GitContext } from "../run.ts";

/** A file as a commit, a tree or the index has it. */
export interface StoredFile {
  readonly mode: EntryMode;
  readonly oid: string;
  readonly bytes: Buffer;
}

/** More names than this are found by listing the whole tree: an argument list has an end. */
const namedPaths = 64;

/**
 * The files at some paths of a tree: two calls to git for all. Paths that are not there, or are
 * folders, symlinks or submodules, are left out.
 *
 * @param treeish a commit, a tree or a ref; HEAD stands for the empty tree on an unborn branch
 * @throws GitError `command-failed` (no such tree-ish), `missing-object`, `unexpected-output`
 */
export async function readPathsAt(
  context: GitContext,
  treeish: string,
  paths: Iterable<GitPath>,
): Promise<Map<GitPath, StoredFile>> {
  const wanted = new Set(paths);
  if (wanted.size === 0) return new Map();
  return withBytes(
    context,
    await againstTree(context, treeish, (tree) => treeEntries(context, tree, wanted)),
  );
}

/** The file at one path of a tree, or null: see readPathsAt. */
export async function readPathAt(
  context: GitContext,
  treeish: string,
  path: GitPath,
): Promise<StoredFile | null> {
  return (await readPathsAt(context, treeish, [path])).get(path) ?? null;
}

/**
 * The files at some paths of the index, as staged: two calls to git for all. Paths that are not
 * there, in conflict, symlinks or submodules are left out.
 *
 * @throws GitError `command-failed`, `missing-object`, `unexpected-output`
 */
export async function readStagedPaths(
  context: GitContext,
  paths: Iterable<GitPath>,
): Promise<Map<GitPath, StoredFile>> {
  const wanted = new Set(paths);
  if (wanted.size === 0) return new Map();
  const entries = await indexEntries(context, wanted);
  return withBytes(
    context,
    entries.filter(({ stage, mode }) => stage === 0 && isFile(mode)),
  );
}

interface TreeEntry {
  readonly path: GitPath;
  readonly mode: EntryMode;
  readonly oid: string;
}

/** `100644 SP blob SP OID TAB path NUL` (git-ls-tree(1), "Output format"). */
const treeLine = /^(\d{6}) [a-z]+ ([0-9a-f]+)\t(.+)$/s;

async function treeEntries(
  context: GitContext,
  tree: string,
  wanted: ReadonlySet<GitPath>,
): Promise<TreeEntry[]> {
  const canName = wanted.size <= namedPaths && [...wanted].every(isTextPath);
  const args = ["ls-tree", "-z", "--full-tree", "--end-of-options", tree];
  const { stdout } = await runGit(
    literalPathspecs(context),
    canName
      ? [...args, "--", ...[...wanted].map(pathText)]
      : [...args.slice(0, 1), "-r", ...args.slice(1)],
  );
  const entries: TreeEntry[] = [];
  for (const field of nulFields(stdout)) {
    const [, mode = "", oid = "", path = ""] = treeLine.exec(field) ?? [];
    if (path === "") {
      throw new GitError("unexpected-output", "git ls-tree printed something unexpected");
    }
    // Old trees also have 100664, which the index knows no more.
    const isRegular = mode.startsWith("100");
    if (!isRegular || !wanted.has(path as GitPath)) continue;
    entries.push({
      path: path as GitPath,
      mode: mode === "100755" ? "100755" : "100644",
      oid,
    });
  }
  return entries;
}

/** Path arguments are names here, never globs or magic (git(1), GIT_LITERAL_PATHSPECS). */
function literalPathspecs(context: GitContext): GitContext {
  const env: NodeJS.ProcessEnv = { ...context.env, GIT_LITERAL_PATHSPECS: "1" };
  // git refuses these beside it.
  delete env["GIT_GLOB_PATHSPECS"];
  delete env["GIT_NOGLOB_PATHSPECS"];
  delete env["GIT_ICASE_PATHSPECS"];
  return { ...context, env };
}

async function withBytes(
  context: GitContext,
  entries: readonly TreeEntry[],
): Promise<Map<GitPath, StoredFile>> {
  const blobs = await readBlobMap(
    context,
    entries.map(({ oid }) => oid),
  );
  const files = new Map<GitPath, StoredFile>();
  for (const { path, mode, oid } of entries) {
    const bytes = blobs.get(oid);
    if (bytes !== undefined) files.set(path, { mode, oid, bytes });
  }
  return files;
}
