import { catFileBatch, type BatchOptions } from "./batch.ts";
import { GitError, unreadBlob } from "../errors.ts";
import { blobOid, formatOf } from "./object-id.ts";
import { runGit, type GitContext } from "../run.ts";

/** A blob, as far as it could be read. */
export interface Blob {
  readonly oid: string;
  /** Null when no such blob is here. */
  readonly size: number | null;
  /** Null when no such blob is here, it is larger than asked for, or no contents were. */
  readonly bytes: Buffer | null;
}

/**
 * Reads blobs, or their sizes alone, each once, in the order of their first mention: one call to git for all.
 *
 * @param oids full object names
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function* readBlobs(
  context: GitContext,
  oids: Iterable<string>,
  options: BatchOptions = {},
): AsyncGenerator<Blob, void, undefined> {
  const unique = [...new Set(oids)];
  for (const oid of unique) formatOf(oid);
  let next = 0;
  for await (const object of catFileBatch(context, unique, options)) {
    const oid = unique[next++] ?? "";
    yield object.type === "blob"
      ? { oid, size: object.size, bytes: object.content }
      : { oid, size: null, bytes: null };
  }
}

/**
 * The sizes of blobs, without reading them: one call to git for all. Missing ones are left out.
 *
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function blobSizes(
  context: GitContext,
  oids: Iterable<string>,
): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { oid, size } of readBlobs(context, oids, { check: true })) {
    if (size !== null) sizes.set(oid, size);
  }
  return sizes;
}

/**
 * Those of some blobs that are here, into memory at once.
 *
 * @param options.maxBytes larger ones are left out
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function blobsHere(
  context: GitContext,
  oids: Iterable<string>,
  options: { maxBytes?: number } = {},
): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for await (const { oid, bytes } of readBlobs(context, oids, options)) {
    if (bytes !== null) blobs.set(oid, bytes);
  }
  return blobs;
}

/**
 * Reads blobs that must all be there, into memory at once.
 *
 * @throws GitError `missing-object`, `too-large`, `command-failed`, `unexpected-output`
 */
export async function readBlobMap(
  context: GitContext,
  oids: Iterable<string>,
): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>();
  for await (const { oid, size, bytes } of readBlobs(context, oids)) {
    if (bytes === null) throw unreadBlob(oid, size);
    blobs.set(oid, bytes);
  }
  return blobs;
}

/**
 * Stores blobs and returns their names, in order. Nothing but these bytes is written: one goes
 * through `hash-object`, more through one `fast-import`, which costs a tenth of a call for each.
 * Each name is checked against our own hash.
 *
 * @param contents the bytes as they shall be stored; no filter is applied
 * @throws GitError `command-failed`; `unexpected-output` when git stored something else
 */
export async function writeBlobs(
  context: GitContext,
  contents: readonly Uint8Array[],
): Promise<string[]> {
  if (contents.length === 0) return [];
  const only = contents.length === 1 ? contents[0] : undefined;
  const args =
    only === undefined
      ? ["fast-import", "--quiet", "--cat-blob-fd=1"]
      : ["hash-object", "-w", "-t", "blob", "--no-filters", "--stdin"];
  const input = only === undefined ? fastImportStream(contents) : [only];
  const { stdout } = await runGit(context, args, { input });
  const oids = stdout.toString("latin1").trimEnd().split("\n");
  const areRight =
    oids.length === contents.length &&
    oids.every((oid, i) => {
      const content = contents[i];
      return content !== undefined && blobOid(formatOf(oid), content) === oid;
    });
  if (!areRight) {
    throw new GitError("unexpected-output", "git stored something other than it was given");
  }
  return oids;
}

/** `blob`, `mark`, `data` and `get-mark` commands (git-fast-import(1)); it ends with `done`. */
function fastImportStream(contents: readonly Uint8Array[]): Uint8Array[] {
  const stream: Uint8Array[] = [Buffer.from("feature done\n")];
  contents.forEach((content, i) => {
    const mark = `:${String(i + 1)}`;
    stream.push(
      Buffer.from(`blob\nmark ${mark}\ndata ${String(content.byteLength)}\n`),
      content,
      Buffer.from(`\nget-mark ${mark}\n`),
    );
  });
  stream.push(Buffer.from("done\n"));
  return stream;
}
