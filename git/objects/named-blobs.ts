import type { GitPath } from "../path.ts";
import type { GitContext } from "../run.ts";
import { catFileBatch, type BatchObject, type BatchOptions } from "./batch.ts";

/** How git names what a commit has at a path (gitrevisions(7)). */
export function nameAt(commit: string, path: GitPath): string {
  return `${commit}:${path}`;
}

/** What git has under some names, as far as it is a file. */
async function* blobsNamed(
  context: GitContext,
  names: readonly string[],
  options: BatchOptions,
): AsyncGenerator<BatchObject & { readonly name: string }> {
  // `git cat-file --batch` takes a name a line, without the carriage return at its end, and up to a NUL.
  const asked = [...new Set(names)].filter((name) => !/[\n\0]|\r$/.test(name));
  let next = 0;
  for await (const answer of catFileBatch(context, asked, options)) {
    const name = asked[next++] ?? "";
    if (answer.type === "blob") yield { ...answer, name };
  }
}

/** The contents of files, by the names that {@link nameAt} gives; without those that are not there. */
export async function readNamed(
  context: GitContext,
  names: readonly string[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for await (const { name, content } of blobsNamed(context, names, {})) {
    if (content !== null) contents.set(name, content);
  }
  return contents;
}

/** The blobs of files, by the names that {@link nameAt} gives; without those that are not there. */
export async function oidsOf(
  context: GitContext,
  names: readonly string[],
): Promise<Map<string, string>> {
  const oids = new Map<string, string>();
  for await (const { name, oid } of blobsNamed(context, names, { check: true })) {
    if (oid !== null) oids.set(name, oid);
  }
  return oids;
}
