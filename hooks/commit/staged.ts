import {
  areHere,
  readHeadAndBlobs,
  type Commit,
  type IndexedBlob,
} from "../../git/objects/commit.ts";
import { emptyTree } from "../../git/repository/head.ts";
import {
  changedEntries,
  isFile,
  type ChangedEntry,
  type IndexChanges,
} from "../../git/index/entries.ts";
import type { GitPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { isRuleFile } from "../rules/gate-files.ts";

/** A file of the index with its content, and the content of the commit it is compared with. */
export interface StagedFile {
  readonly entry: ChangedEntry;
  readonly bytes: Buffer;
  readonly before: Buffer | null;
  readonly place: Place;
}

/**
 * Where a file that a commit would bring stands: it is staged; or HEAD has the very same, and the
 * commit that replaces HEAD would bring it again (`amended-root`: HEAD has no parent).
 */
export type Place = "staged" | "amended" | "amended-root";

/** What a commit made now would bring. */
export interface Staged {
  readonly files: readonly StagedFile[];
  /** Symbolic links; their bytes are the paths that they lead to. */
  readonly links: readonly StagedFile[];
  /** All in which the index differs from HEAD, files or not. */
  readonly changed: readonly ChangedEntry[];
  /** What HEAD has and the index has no more. */
  readonly deleted: readonly GitPath[];
  readonly head: Commit | null;
  /** HEAD's own changes are among the files: it is being amended, or may be. */
  readonly isAmend: boolean;
  /** The index has entries made by `git add -N`. */
  readonly hasIntentToAdd: boolean;
  /** What the index has at the paths that were asked for beside the files. */
  readonly indexed: readonly IndexedBlob[];
}

/**
 * What the index would bring into a commit, with contents: never the worktree's. The tool's own files
 * are left out.
 *
 * @param isAmend whether the commit replaces HEAD. `maybe` looks whether it could be: git tells no
 *   hook of `--amend`, but hands on the author of the commit that is amended, and an ordinary commit
 *   has something staged.
 * @param known what changedEntries says, where it was asked already, and paths of the index to be read
 *   along
 * @throws GitError
 */
export async function readStaged(
  repository: Repository,
  isAmend: boolean | "maybe",
  known: { readonly changes: IndexChanges; readonly alsoRead: readonly GitPath[] } | null = null,
): Promise<Staged> {
  const { changed, deleted, unmerged } = known?.changes ?? (await changedEntries(repository));
  const entries = await withoutOwn(changed.filter(isContent));
  const hasIntentToAdd = changed.some(({ intentToAdd }) => intentToAdd);
  const { head, blobs, indexed } = await readHeadAndBlobs(
    repository,
    oidsOf(entries),
    known?.alsoRead,
  );
  const contents = byKind(withContents(entries, blobs, "staged"));
  const nothingStaged = changed.length + deleted.length + unmerged.length === 0;
  const amends =
    head !== null &&
    (isAmend === "maybe"
      ? // Not set: run by hand, and no commit is being made.
        repository.env["GIT_AUTHOR_DATE"] !== undefined &&
        (nothingStaged || hasAuthorOf(head, repository.env))
      : isAmend);
  const all = { ...contents, changed, deleted, head, isAmend: amends, hasIntentToAdd, indexed };
  if (!amends) return all;

  const inHead = await ownChanges(repository, head);
  const staged = new Set(changed.map(({ path }) => path));
  const others = await withoutOwn(
    inHead.filter((entry) => isContent(entry) && !staged.has(entry.path)),
  );
  if (others.length === 0) return all;
  const { blobs: more } = await readHeadAndBlobs(repository, oidsOf(others));
  const place = head.parents.length === 0 ? "amended-root" : "amended";
  const amended = byKind(withContents(others, more, place));
  return {
    ...all,
    files: [...all.files, ...amended.files],
    links: [...all.links, ...amended.links],
  };
}

/**
 * In what the index differs from every parent of a commit: of a merge, what is its own. Of a commit at
 * the edge of a shallow clone nothing: all of it came from the remote.
 */
async function ownChanges(repository: Repository, { parents }: Commit): Promise<ChangedEntry[]> {
  if (!(await areHere(repository, parents))) return [];
  const [first, ...others] = parents;
  const { changed } = await changedEntries(repository, first ?? (await emptyTree(repository)));
  let own = changed;
  for (const parent of others) {
    const also = new Set(
      (await changedEntries(repository, parent)).changed.map(({ path }) => path),
    );
    own = own.filter(({ path }) => also.has(path));
  }
  return [...own];
}

async function withoutOwn(entries: readonly ChangedEntry[]): Promise<readonly ChangedEntry[]> {
  // Most commits have no script in them, and need not load the list.
  if (!entries.some(({ path }) => /\.[cm]js$/.test(path))) return entries;
  const { OWN_OBJECTS } = await import("../own-objects.ts");
  return entries.filter(({ oid }) => !OWN_OBJECTS.has(oid));
}

/** All but submodules, whose commit is no object here. */
function isContent({ mode, intentToAdd }: ChangedEntry): boolean {
  return mode !== "160000" && !intentToAdd;
}

function byKind(contents: readonly StagedFile[]): Pick<Staged, "files" | "links"> {
  return {
    files: contents.filter(({ entry }) => isFile(entry.mode)),
    links: contents.filter(({ entry }) => !isFile(entry.mode)),
  };
}

function oidsOf(entries: readonly ChangedEntry[]): string[] {
  return entries.flatMap(({ oid, headOid, headMode }) =>
    headOid !== null && headMode !== null && isFile(headMode) ? [oid, headOid] : [oid],
  );
}

function withContents(
  entries: readonly ChangedEntry[],
  blobs: ReadonlyMap<string, Buffer>,
  place: Place,
): StagedFile[] {
  return entries.flatMap((entry) => {
    const bytes = blobs.get(entry.oid);
    if (bytes === undefined) return [];
    return [{ entry, bytes, before: blobs.get(entry.headOid ?? "") ?? null, place }];
  });
}

/** `git commit` exports the author it is about to write (determine_author_info in git's builtin/commit.c). */
function hasAuthorOf({ author }: Commit, env: Readonly<NodeJS.ProcessEnv>): boolean {
  return (
    env["GIT_AUTHOR_DATE"] === author.date &&
    env["GIT_AUTHOR_NAME"] === author.name &&
    env["GIT_AUTHOR_EMAIL"] === author.email
  );
}

/** Whether a commit made now would change creation rules, or take them away. */
export function changesRules({ files, deleted }: Staged): boolean {
  const staged = files.filter(({ place }) => place === "staged").map(({ entry }) => entry.path);
  return [...staged, ...deleted].some(isRuleFile);
}

/** Paths of what a commit made now would bring. */
export function pathsOf({ files }: Staged): GitPath[] {
  return files.map(({ entry }) => entry.path);
}

/** The same with symbolic links: all paths for which creation rules count. */
export function judgedPathsOf({ files, links }: Staged): GitPath[] {
  return [...files, ...links].map(({ entry }) => entry.path);
}
