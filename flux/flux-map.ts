import type { FluxKustomization } from "./flux-kustomization.ts";
import { FolderBuilds } from "./folder-build.ts";
import { Following } from "./following.ts";
import { pathsNamedBy, type KustomizationFile } from "./kustomization-file.ts";
import { ObjectBuilds } from "./object-build.ts";
import type { Problem } from "./problem.ts";
import {
  FileTree,
  folderOf,
  isKustomizationFile,
  pathFrom,
  type RepositoryFiles,
} from "./repository-files.ts";
import { leftOutOfArtifacts } from "./source-ignore.ts";
import { sourceObjects, syncedFolders } from "./source-objects.ts";
import { Sources } from "./sources.ts";

/** Which Flux Kustomization builds which file. */
export interface FluxMap {
  readonly kustomizations: readonly FluxKustomization[];
  /** Every file named as a kustomization, built or not, with the paths that it names. */
  readonly kustomizationFiles: readonly (KustomizationFile & {
    readonly names: readonly string[];
  })[];
  /** Files that never reach Flux, whatever names them. */
  isLeftOut(path: string): boolean;
  /** What concerns no Flux Kustomization that could be read. */
  readonly problems: readonly Problem[];
}

/**
 * Follows every Flux Kustomization in a repository's files, from its path through `resources`,
 * `components`, generators, patches and nested kustomizations, with what parents patch into children.
 * Never throws for what the files hold: what cannot be followed is a problem.
 */
export function fluxMap(files: RepositoryFiles): FluxMap {
  const paths = [...files.paths];
  const isLeftOut = leftOutOfArtifacts(files);
  const tree = new FileTree(paths.filter((path) => !isLeftOut(path)));
  const builds = new FolderBuilds(files, tree);
  const patches = patchFiles(builds, paths);
  const objects = paths.flatMap((path) => (patches.has(path) ? [] : builds.objectsIn(path)));
  const found = sourceObjects(files, paths);
  const sources = new Sources(found, (path) => tree.isFolder(path));
  const objectBuilds = new ObjectBuilds(tree, builds, sources);
  const following = new Following(tree, builds, objectBuilds, syncedFolders(found, paths));
  return {
    kustomizations: following.followAll(objects),
    kustomizationFiles: paths.filter(isKustomizationFile).map((path) => {
      const file = builds.kustomization(path);
      return { ...file, names: pathsNamedBy(file) };
    }),
    isLeftOut,
    problems: following.problems,
  };
}

/** The files that a kustomization names as a patch: what looks like an object in them is none. */
function patchFiles(builds: FolderBuilds, paths: readonly string[]): ReadonlySet<string> {
  return new Set(
    paths.filter(isKustomizationFile).flatMap((path) =>
      builds.kustomization(path).patches.flatMap(({ path: patch }) => {
        const named = patch === null ? null : pathFrom(folderOf(path), patch.text);
        return named ?? [];
      }),
    ),
  );
}
