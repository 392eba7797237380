import type { BuiltObject } from "./build.ts";
import { textAt } from "./data.ts";
import { FLUX_GROUP } from "./kustomization-file.ts";
import { readManifests } from "./manifest.ts";
import { groupOf } from "./patch.ts";
import type { RepositoryFiles } from "./repository-files.ts";

const FLUX_OBJECT = /\bapiVersion["']?\s*:\s*["']?kustomize\.toolkit\.fluxcd\.io\//;

/**
 * Whether a Flux Kustomization may stand in a text. Its group alone does not tell: annotations name it
 * too, and so does the schema that Flux installs.
 */
export function mayHoldFluxObject(text: string): boolean {
  return FLUX_OBJECT.test(text);
}

/** The Flux Kustomizations in a file, as they stand there. Never throws, whatever it holds. */
export function fluxObjectsIn(file: string, files: RepositoryFiles): BuiltObject[] {
  const bytes = /\.(?:ya?ml|json)$/.test(file) ? files.read(file) : null;
  if (bytes === null || !mentions(bytes, FLUX_GROUP)) return [];
  const found: BuiltObject[] = [];
  for (const [index, { data, lineOf }] of readManifests(
    bytes,
    mayHoldFluxObject,
  ).manifests.entries()) {
    if (groupOf(data) !== FLUX_GROUP || textAt(data, "kind") !== "Kustomization") continue;
    found.push({ file, index, line: lineOf("apiVersion"), data, decryptionFrom: null });
  }
  return found;
}

function mentions(bytes: Uint8Array, word: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(word);
}
