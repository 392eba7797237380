import { MOST_ENCRYPTED, type RepositoryFiles } from "../flux/repository-files.ts";
import { blobsHere } from "../git/objects/blobs.ts";
import { indexEntries, isFile } from "../git/index/entries.ts";
import { type GitPath, pathText } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { pathsInConflict } from "./in-conflict.ts";

/** The files of the index. */
interface StagedFiles extends RepositoryFiles {
  /** Those in conflict, which are not among the others. */
  readonly conflicts: readonly GitPath[];
}

/**
 * The files of the index, without those in conflict and very large ones.
 *
 * @throws GitError
 */
export async function stagedFiles(context: GitContext): Promise<StagedFiles> {
  const found = await indexEntries(context);
  const entries = found.filter(({ mode, stage }) => isFile(mode) && stage === 0);
  const blobs = await blobsHere(
    context,
    entries.map(({ oid }) => oid),
    { maxBytes: MOST_ENCRYPTED },
  );
  const files = new Map(entries.map(({ path, oid }) => [pathText(path), blobs.get(oid) ?? null]));
  return {
    paths: [...files.keys()],
    read: (path) => files.get(path) ?? null,
    conflicts: pathsInConflict(found),
  };
}
