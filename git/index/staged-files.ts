import { readBlobMap } from "../objects/blobs.ts";
import type { GitPath } from "../path.ts";
import type { GitContext } from "../run.ts";
import { indexEntries, isFile } from "./entries.ts";

/** A file as the index has it. */
export interface StoredFile {
  readonly oid: string;
  readonly bytes: Buffer;
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
  const entries = (await indexEntries(context, wanted)).filter(
    ({ stage, mode }) => stage === 0 && isFile(mode),
  );
  const blobs = await readBlobMap(
    context,
    entries.map(({ oid }) => oid),
  );
  return new Map(
    entries.flatMap(({ path, oid }) => {
      const bytes = blobs.get(oid);
      return bytes === undefined ? [] : [[path, { oid, bytes }]];
    }),
  );
}
