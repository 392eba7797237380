import { lstatSync, readFileSync } from "node:fs";
import { isKustomizationFile } from "../../flux/repository-files.ts";
import { blobOid } from "../../git/objects/object-id.ts";
import type { GitPath } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { worktreeLocation } from "../../git/worktree/file.ts";
import { foundSources, type FoundSource } from "../../hooks/kustomize/secret-sources.ts";
import { surroundingPaths } from "../../hooks/rules/surrounding-files.ts";

/**
 * The files that secretGenerators name, all as they are on disk. As for a commit, kustomizations in the folders of
 * the paths and above are asked.
 *
 * @param paths the files that are looked at: they are to be named, or to name others
 */
export async function sourcesOnDisk(
  { cwd, objectFormat }: OpenedRepository,
  paths: ReadonlySet<GitPath>,
): Promise<readonly FoundSource[]> {
  const read = (path: GitPath) => {
    const bytes = readRegular(worktreeLocation({ cwd }, path));
    return bytes === null ? [] : [{ path, oid: blobOid(objectFormat, bytes), bytes }];
  };
  const kustomizations = surroundingPaths([...paths])
    .filter(isKustomizationFile)
    .flatMap(read);
  const readAll = (names: readonly GitPath[]) =>
    Promise.resolve(new Map(names.flatMap(read).map((file) => [file.path, file])));
  return foundSources(kustomizations, readAll, (path) => paths.has(path));
}

/** Null for what is not there, and for what is no file, such as a link: git knows that as another thing. */
function readRegular(path: Buffer): Buffer | null {
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : null;
  } catch {
    return null;
  }
}
