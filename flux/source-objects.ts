import { textAt, type Data } from "./data.ts";
import { readManifests } from "./manifest.ts";
import { sourceFolder, type RepositoryFiles } from "./repository-files.ts";

const SOURCE_GROUP =
  /\bapiVersion["']?\s*:\s*["']?(?:source\.(?:toolkit|extensions)\.fluxcd\.io|fluxcd\.controlplane\.io)\//;
const SOURCE_KIND = /\bkind["']?\s*:\s*["']?(?:GitRepository|FluxInstance|ArtifactGenerator)\b/;

/** The objects that say where Flux takes its files from: of its source API, and of the Flux operator. */
export function sourceObjects(files: RepositoryFiles, paths: readonly string[]): Data[] {
  const isWanted = (text: string) => SOURCE_GROUP.test(text) && SOURCE_KIND.test(text);
  return paths.flatMap((path) => {
    const bytes = /\.ya?ml$/.test(path) ? files.read(path) : null;
    if (bytes === null) return [];
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A schema tells of all of them, at great length, and is none.
    if (!buffer.includes("fluxcd.") || !SOURCE_GROUP.test(buffer.toString("latin1"))) return [];
    return readManifests(bytes, isWanted).manifests.map(({ data }) => data);
  });
}

/** The folders of which Flux makes a Flux Kustomization itself, with or without its file. */
export function syncedFolders(objects: readonly Data[], paths: readonly string[]): string[] {
  const instances = objects.flatMap((object) => {
    const isInstance = textAt(object, "kind") === "FluxInstance";
    if (!isInstance || textAt(object, "spec", "sync", "kind") !== "GitRepository") return [];
    const path = textAt(object, "spec", "sync", "path");
    return path === null ? [] : [sourceFolder(path)];
  });
  const bootstrapped = paths.flatMap((path) => {
    const [, folder] = /^((?:.*\/)?)flux-system\/gotk-(?:sync|components)\.yaml$/.exec(path) ?? [];
    return folder === undefined ? [] : [sourceFolder(folder)];
  });
  return [...new Set([...instances, ...bootstrapped])];
}
