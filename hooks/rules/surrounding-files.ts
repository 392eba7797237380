import { isKustomizationFile, KUSTOMIZATION_NAMES } from "../../flux/repository-files.ts";
import type { IndexedBlob } from "../../git/objects/commit.ts";
import { isFile, type IndexEntry } from "../../git/index/entries.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import { foldersAbove } from "./folders-above.ts";
import { folderOfRules, isRuleEntry, RULE_FILE } from "./gate-files.ts";
import type { Kustomization } from "../kustomize/kustomizations.ts";

/** The files that say how others are judged, as they are stored. */
export interface SurroundingFiles {
  /** Each `.sops.yaml` by its folder, with a `/` at its end, or empty. */
  readonly ruleFiles: ReadonlyMap<string, Uint8Array>;
  readonly kustomizations: readonly Kustomization[];
}

/** Where rule files and kustomizations may stand: in the folders of some paths and above. */
export function surroundingPaths(paths: readonly GitPath[]): GitPath[] {
  const own = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1)));
  const folders = new Set([...own].flatMap(foldersAbove));
  return [...folders].flatMap((folder) =>
    [RULE_FILE, ...KUSTOMIZATION_NAMES].map((name) => `${folder}${name}` as GitPath),
  );
}

/**
 * The rule files and kustomizations in the folders of some paths and above. What is in conflict or a
 * submodule is none, nor is a symlink a kustomization.
 *
 * @param index all of its entries
 */
export function surroundingEntries(
  index: readonly IndexEntry[],
  paths: readonly GitPath[],
): readonly IndexEntry[] {
  const wanted = new Set(surroundingPaths(paths));
  return index.filter(
    (entry) =>
      wanted.has(entry.path) && (isRuleEntry(entry) || (entry.stage === 0 && isFile(entry.mode))),
  );
}

/** Tells the two kinds of surrounding files apart. */
export function surroundingFiles(found: Iterable<IndexedBlob>): SurroundingFiles {
  const ruleFiles = new Map<string, Uint8Array>();
  const kustomizations: Kustomization[] = [];
  for (const one of found) {
    if (isKustomizationFile(one.path)) kustomizations.push(one);
    else ruleFiles.set(folderOfRules(pathText(one.path)), one.bytes);
  }
  return { ruleFiles, kustomizations };
}
