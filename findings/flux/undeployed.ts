import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { FluxMap } from "../../flux/flux-map.ts";
import { folderOf, inFolder, type RepositoryFiles } from "../../flux/repository-files.ts";
import { encryptedDocuments, mayBeEncrypted } from "./decryption.ts";
import { fluxWarning, type FluxFinding } from "./finding.ts";
import { foldersFrom } from "./running.ts";
import { shownFile } from "../wording.ts";

/** Not a Secret that merely holds a SOPS file. */
const ENCRYPTED_ITSELF: ReadonlySet<string> = new Set(["secret", "text"]);

/**
 * Encrypted Secrets that lie where Flux builds, and that it does not deploy, without a word: beside a
 * kustomization that does not list them, or JSON in a folder of which it takes the YAML only. A guess,
 * since somebody may have left one out on purpose; so not where anything in the repository names it.
 */
export function undeployed(
  files: RepositoryFiles,
  map: FluxMap,
  running: readonly FluxKustomization[],
): FluxFinding[] {
  const built = new Set(map.kustomizations.flatMap((one) => one.files.map(({ path }) => path)));
  const settings = new Set(
    running.flatMap((one) => one.files.flatMap(({ as, path }) => (as === "settings" ? path : []))),
  );
  const kustomizations = new Map(
    map.kustomizationFiles.map((file) => [folderOf(file.path), file] as const),
  );
  const named = new Set(map.kustomizationFiles.flatMap(({ names }) => names));
  const found: FluxFinding[] = [];
  for (const path of files.paths) {
    if (
      built.has(path) ||
      map.isLeftOut(path) ||
      named.has(path) ||
      !/\.(?:ya?ml|json)$/.test(path)
    )
      continue;
    const bytes = files.read(path);
    if (bytes === null || !mayBeEncrypted(bytes)) continue;
    const folders = foldersFrom(path);
    const owner = folders.find((folder) => kustomizations.has(folder));
    const [document] = encryptedDocuments(bytes);
    if (document?.kind !== "Secret" || !ENCRYPTED_ITSELF.has(document.what)) continue;
    const say = (message: string, what: string) => {
      found.push(fluxWarning({ path, line: document.line, about: [path] }, message, what));
    };
    if (owner !== undefined) {
      const kustomization = kustomizations.get(owner)?.path ?? "";
      if (owner !== folderOf(path) || !settings.has(kustomization)) continue;
      if (isMentioned(files, path)) continue;
      say(
        `Flux builds ${shownFile(kustomization)}, which does not list it: it is not deployed, without an error`,
        `list it there under resources:, or remove it`,
      );
    } else if (path.endsWith(".json") && takesWhole(running, folders)) {
      say(
        "Flux builds the YAML files of this folder only, as it has no kustomization.yaml: it is not deployed, without an error",
        "write it as YAML",
      );
    }
  }
  return found;
}

function takesWhole(running: readonly FluxKustomization[], folders: readonly string[]): boolean {
  return running.some(
    ({ source }) => source.kind === "this-repository" && folders.includes(source.folder),
  );
}

/** By its whole path anywhere, by its name in its own folder: in a comment, a script, a generator. */
function isMentioned(files: RepositoryFiles, path: string): boolean {
  const folder = folderOf(path);
  const name = path.slice(folder === "" ? 0 : folder.length + 1);
  for (const other of files.paths) {
    if (other === path) continue;
    const bytes = files.read(other);
    if (bytes === null) continue;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const isBeside = other === inFolder(folder, other.slice(other.lastIndexOf("/") + 1));
    if (text.includes(path) || (isBeside && text.includes(name))) return true;
  }
  return false;
}
