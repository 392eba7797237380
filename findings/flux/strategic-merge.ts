import { textAt } from "../../flux/data.ts";
import type { BuiltFile } from "../../flux/build.ts";
import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import { readManifests } from "../../flux/manifest.ts";
import type { RepositoryFiles } from "../../flux/repository-files.ts";
import { SopsError } from "../../sops/errors.ts";
import { parseBytes } from "../../sops/format.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import { plaintextLeaves } from "../../sops/sops-file.ts";
import { fluxError, type FluxFinding } from "./finding.ts";
import { shownFile } from "../wording.ts";

/**
 * An encrypted patch under `patchesStrategicMerge`, which Flux does not decrypt, where an object that it is
 * merged into does not decrypt any more.
 *
 * @param metadata what the patch says of itself; null where that cannot be used, or it is not encrypted
 */
export function inStrategicMerge(
  { path, from, line }: BuiltFile,
  metadata: Metadata | null,
  files: RepositoryFiles,
  kustomization: FluxKustomization,
): FluxFinding[] {
  if (from === null || metadata === null) return [];
  const resources = kustomization.files.filter(({ as }) => as === "resource");
  const paths = resources.map((file) => file.path);
  if (!wouldFailToMerge(files, path, metadata, paths)) return [];
  return [
    fluxError(
      { path: from, line, about: [path] },
      `Flux decrypts no file under patchesStrategicMerge: with ${shownFile(path)} merged in, the object does not decrypt any more`,
      `write it under patches: instead, as - path: ${shownFile(path.slice(path.lastIndexOf("/") + 1))}`,
    ),
  ];
}

/**
 * Whether an object does not decrypt any more once an encrypted patch is merged into it: it gets the
 * patch's `sops` block, and has a value of its own that this says is encrypted. An object without such a
 * value decrypts, as Flux never checks the MAC.
 *
 * @param resources the files in which the object may stand
 */
function wouldFailToMerge(
  files: RepositoryFiles,
  patch: string,
  metadata: Metadata,
  resources: readonly string[],
): boolean {
  const bytes = files.read(patch);
  if (bytes === null) return false;
  const targets = new Set(identitiesIn(bytes));
  return resources.some((path) => {
    const content = files.read(path);
    if (content === null || !identitiesIn(content).some((one) => targets.has(one))) return false;
    try {
      return plaintextLeaves(parseBytes(content, "yaml", null), metadata).length > 0;
    } catch (error) {
      if (error instanceof SopsError) return false;
      throw error;
    }
  });
}

function identitiesIn(bytes: Uint8Array): string[] {
  return readManifests(bytes).manifests.map(({ data }) =>
    [textAt(data, "kind"), textAt(data, "metadata", "name")].join("\0"),
  );
}
