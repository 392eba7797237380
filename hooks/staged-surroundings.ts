import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { readStagedPaths } from "../git/show.ts";
import { isKustomization, KUSTOMIZATION_NAMES, type Kustomization } from "./kustomizations.ts";
import { foldersAbove, RulesInForce } from "./rules-in-force.ts";

/** What says how some files are to be judged. */
export interface Surroundings {
  readonly rules: RulesInForce;
  /** In the folders of the files and those above. */
  readonly kustomizations: readonly Kustomization[];
}

/**
 * What the index holds in the folders of some paths and above: two calls to git for all of it, the
 * same two that the creation rules alone would take.
 *
 * @throws GitError
 */
export async function stagedSurroundings(
  context: GitContext,
  paths: readonly GitPath[],
): Promise<Surroundings> {
  const folders = new Set(paths.flatMap((path) => foldersAbove(pathText(path))));
  const wanted = [...folders].flatMap((folder) =>
    [".sops.yaml", ...KUSTOMIZATION_NAMES].map((name) => pathFromText(`${folder}${name}`)),
  );
  const ruleFiles = new Map<string, Uint8Array>();
  const kustomizations: Kustomization[] = [];
  for (const [path, { oid, bytes }] of await readStagedPaths(context, wanted)) {
    if (isKustomization(path)) kustomizations.push({ path, oid, bytes });
    else ruleFiles.set(pathText(path).slice(0, -".sops.yaml".length), bytes);
  }
  return { rules: new RulesInForce(ruleFiles), kustomizations };
}
