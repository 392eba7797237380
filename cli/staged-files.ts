import type { RepositoryFiles } from "../flux/repository-files.ts";
import { readBlobs } from "../git/objects/blobs.ts";
import { indexEntries, isFile } from "../git/index/entries.ts";
import { pathText } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";

/** Flux refuses to decrypt larger files, and has no use for them. */
export const MOST_BYTES = 5 * 1024 * 1024;

/**
 * The files of the index, without those in conflict and very large ones.
 *
 * @throws GitError
 */
export async function stagedFiles(context: GitContext): Promise<RepositoryFiles> {
  const entries = (await indexEntries(context)).filter(
    ({ mode, stage }) => isFile(mode) && stage === 0,
  );
  const blobs = new Map<string, Buffer>();
  const oids = entries.map(({ oid }) => oid);
  for await (const { oid, bytes } of readBlobs(context, oids, { maxBytes: MOST_BYTES })) {
    if (bytes !== null) blobs.set(oid, bytes);
  }
  const files = new Map(entries.map(({ path, oid }) => [pathText(path), blobs.get(oid) ?? null]));
  return { paths: [...files.keys()], read: (path) => files.get(path) ?? null };
}
