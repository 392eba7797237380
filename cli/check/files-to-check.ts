import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { readBlobMap } from "../../git/objects/blobs.ts";
import { isFile, type IndexEntry } from "../../git/index/entries.ts";
import { blobOid } from "../../git/objects/object-id.ts";
import { pathFromText, type GitPath } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { everyFileIn, isFolder } from "../file/in-folder.ts";

/** A file that is looked at, wherever its content came from. */
export interface FileToCheck {
  readonly path: GitPath;
  readonly bytes: Buffer;
  readonly where: "index" | "worktree";
  readonly blob: string;
  /** A symbolic link of the index: its bytes are the path that it leads to. */
  readonly isLink: boolean;
}

function filesAt(path: string): string[] {
  return isFolder(path) ? everyFileIn(path) : [path];
}

/** As git names it, which knows no links to its top or among its folders. A link to a file is a name of its own. */
function realPlace(path: string): string {
  return isFolder(path) ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path));
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    // Of one that is too large, node says everything but its name.
    throw Object.assign(error as Error, { path: file });
  }
}

/**
 * @param paths files, and folders for all that is in them
 * @throws what reading a file throws, with its path
 */
export function filesOnDisk(repository: OpenedRepository, paths: readonly string[]): FileToCheck[] {
  return paths.flatMap((path) => {
    const files = filesAt(path).map((file) => ({ file, bytes: contentOf(file) }));
    const place = relative(repository.cwd, realPlace(path));
    return files.map(({ file, bytes }) => ({
      path: pathFromText(join(place, relative(path, file)).split(sep).join("/")),
      bytes,
      where: "worktree" as const,
      blob: blobOid(repository.objectFormat, bytes),
      isLink: false,
    }));
  });
}

/** Entries of the index with their contents, without submodules. */
export async function stagedFiles(
  repository: OpenedRepository,
  entries: readonly Pick<IndexEntry, "path" | "oid" | "mode">[],
): Promise<FileToCheck[]> {
  const found = entries.filter(({ mode }) => mode !== "160000");
  const blobs = await readBlobMap(
    repository,
    found.map(({ oid }) => oid),
  );
  return found.flatMap(({ path, oid, mode }) => {
    const bytes = blobs.get(oid);
    if (bytes === undefined) return [];
    return [{ path, bytes, where: "index" as const, blob: oid, isLink: !isFile(mode) }];
  });
}
