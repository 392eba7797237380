import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import { fluxMap, type FluxMap } from "../../flux/flux-map.ts";
import { mayHoldFluxObject } from "../../flux/flux-objects.ts";
import { isKustomizationFile, type RepositoryFiles } from "../../flux/repository-files.ts";
import type { Severity } from "../finding.ts";
import { mayBeEncrypted } from "./decryption.ts";
import { EncryptedFiles } from "./encrypted-files.ts";
import type { FluxFinding } from "./finding.ts";
import { inConfigMapSource, inSecretSource } from "./generator-sources.ts";
import { missingInBuilds } from "./missing.ts";
import { inMissingNamespaces } from "./namespaces.ts";
import { objectsAsKustomizations } from "./object-as-kustomization.ts";
import { ownedTwice } from "./owners.ts";
import { inResource } from "./resource.ts";
import { runningKustomizations } from "./running.ts";
import { inSettings } from "./settings.ts";
import { inStrategicMerge } from "./strategic-merge.ts";
import { undecrypted } from "./undecrypted.ts";
import { undeployed } from "./undeployed.ts";
import { severityOfComments } from "./version.ts";

/**
 * What is found: encrypted files that Flux would apply as they are, or would refuse. From the files
 * alone, and only where a Flux Kustomization builds them of which it is known that Flux has it.
 *
 * Cheap where nothing is encrypted: then nothing is parsed.
 */
export function fluxCiphertext(files: RepositoryFiles): FluxFinding[] {
  if (!concernsFlux(files)) return [];
  const map = fluxMap(files);
  const running = runningKustomizations(map);
  const builds = new Builds(files, map);
  const documentsIn = (path: string) => builds.encrypted.documents(path);
  return distinct([
    ...running.flatMap((kustomization) => [...builds.lookInto(kustomization)]),
    ...objectsAsKustomizations(map, running),
    ...missingInBuilds(files, running),
    ...undeployed(files, map, running),
    ...inMissingNamespaces(files, map, running, documentsIn),
    ...ownedTwice(running, documentsIn),
  ]);
}

/** Whether there is anything encrypted, or a Flux object where kustomize expects its own. */
function concernsFlux(files: RepositoryFiles): boolean {
  for (const path of files.paths) {
    const bytes = files.read(path);
    if (bytes === null) continue;
    if (mayBeEncrypted(bytes)) return true;
    if (isKustomizationFile(path) && mayHoldFluxObject(Buffer.from(bytes).toString("latin1")))
      return true;
  }
  return false;
}

/** What is found file by file in what a Flux Kustomization builds: each by what it is there. */
class Builds {
  readonly encrypted: EncryptedFiles;
  readonly #files: RepositoryFiles;
  readonly #map: FluxMap;
  /** Undefined until it was asked for. */
  #ofComments: Severity | null | undefined;

  constructor(files: RepositoryFiles, map: FluxMap) {
    this.encrypted = new EncryptedFiles(files);
    this.#files = files;
    this.#map = map;
  }

  *lookInto(kustomization: FluxKustomization): Generator<FluxFinding> {
    const decrypts = kustomization.decryption !== null;
    for (const file of kustomization.files) {
      const { path, as } = file;
      const isEncrypted = () => this.encrypted.file(path) !== null;
      switch (as) {
        case "resource": {
          const documents = this.encrypted.documents(path);
          yield* inResource(file, documents, decrypts, () => this.#severityOfComments());
          break;
        }
        case "secretGenerator":
          if (decrypts && isEncrypted()) {
            yield* inSecretSource(file, this.#files.read(path), kustomization);
          }
          break;
        case "configMapGenerator":
          if (isEncrypted()) yield* inConfigMapSource(file, kustomization);
          break;
        case "strategicMerge": {
          const metadata = this.encrypted.file(path)?.metadata ?? null;
          yield* inStrategicMerge(file, metadata, this.#files, kustomization);
          break;
        }
        case "settings": {
          const own = this.#map.kustomizationFiles.find((one) => one.path === path);
          yield* inSettings(path, own, isEncrypted);
          break;
        }
        case "patch":
          // Decrypted on disk, where Flux decrypts at all.
          break;
      }
    }
    yield* undecrypted(kustomization, this.#map, this.encrypted);
  }

  #severityOfComments(): Severity | null {
    if (this.#ofComments === undefined) this.#ofComments = severityOfComments(this.#files);
    return this.#ofComments;
  }
}

/** Without those that say the same of the same place: two that build a file have it found twice. */
function distinct(findings: readonly FluxFinding[]): FluxFinding[] {
  const found = new Map<string, FluxFinding>();
  for (const finding of findings) {
    const { path, line, message } = finding;
    found.set([path, line, message].join("\0"), finding);
  }
  return [...found.values()];
}
