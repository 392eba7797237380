import { isKustomizationFile, KUSTOMIZATION_NAMES } from "../flux/repository-files.ts";
import { isFile, type IndexEntry } from "../git/index-entries.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import { foldersAbove } from "./folders-above.ts";
import { folderOfRules, isRuleEntry, RULE_FILE } from "./gate-files.ts";
import type { Kustomization } from "./kustomizations.ts";

/** The files that say how others are judged, as they are stored. */
export interface SurroundingFiles {
  /** Each `.sops.yaml` by its folder, with a `/` at its end, or empty. */
  readonly ruleFiles: ReadonlyMap<string, Uint8Array>;
  readonly kustomizations: readonly Kustomization[];
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
  const folders = new Set(paths.flatMap((path) => foldersAbove(pathText(path))));
  const wanted = new Set(
    [...folders].flatMap((folder) =>
      [RULE_FILE, ...KUSTOMIZATION_NAMES].map((name) => pathFromText(`${folder}${name}`)),
    ),
  );
  return index.filter(
    (entry) =>
      wanted.has(entry.path) && (isRuleEntry(entry) || (entry.stage === 0 && isFile(entry.mode))),
  );
}

/** @param blobs at least those of the entries, by name */
export function surroundingFiles(
  entries: readonly IndexEntry[],
  blobs: ReadonlyMap<string, Buffer>,
): SurroundingFiles {
  const ruleFiles = new Map<string, Uint8Array>();
  const kustomizations: Kustomization[] = [];
  for (const { path, oid } of entries) {
    const bytes = blobs.get(oid);
    if (bytes === undefined) continue;
    if (isKustomizationFile(path)) kustomizations.push({ path, oid, bytes });
    else ruleFiles.set(folderOfRules(pathText(path)), bytes);
  }
  return { ruleFiles, kustomizations };
}
