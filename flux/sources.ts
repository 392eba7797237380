import { listAt, textAt, valueAt, type Data } from "./data.ts";
import { sourceFolder } from "./repository-files.ts";

/** Whether what a Flux Kustomization builds lies in this repository. */
export type Source =
  | { readonly kind: "this-repository"; readonly folder: string }
  /** `what`: kind and name of the source, as in its `sourceRef`. */
  | { readonly kind: "elsewhere"; readonly what: string }
  /** `what`: a path with a variable whose value is not in the files. */
  | { readonly kind: "unresolved"; readonly what: string };

/** The name of the source that `flux bootstrap` and the Flux operator make of the repository itself. */
const BOOTSTRAPPED = "flux-system";

/** Resolves `sourceRef` from the sources that the repository itself declares. */
export class Sources {
  readonly #urls = new Map<string, string>();
  /** Names of those that have folders of other repositories in them, too. */
  readonly #including = new Set<string>();
  /** Several clusters may have one of the same name. */
  readonly #artifacts = new Map<string, Data[]>();
  readonly #isFolder: (path: string) => boolean;

  /**
   * @param objects the repository's objects of Flux's source API
   * @param isFolder whether a folder is in this repository
   */
  constructor(objects: readonly Data[], isFolder: (path: string) => boolean) {
    this.#isFolder = isFolder;
    for (const object of objects) {
      const name = textAt(object, "metadata", "name") ?? "";
      const kind = textAt(object, "kind");
      const url = textAt(object, "spec", "url");
      if (kind === "GitRepository" && url !== null) this.#urls.set(name, url);
      if (kind === "GitRepository" && listAt(object, "spec", "include").length > 0) {
        this.#including.add(name);
      }
      const synced = textAt(object, "spec", "sync", "url");
      if (kind === "FluxInstance" && synced !== null) this.#urls.set(BOOTSTRAPPED, synced);
      if (kind !== "ArtifactGenerator") continue;
      for (const artifact of listAt(object, "spec", "artifacts")) {
        const artifactName = textAt(artifact, "name");
        if (artifactName === null) continue;
        const sources = listAt(object, "spec", "sources");
        const own = sources.filter((source) => textAt(source, "name") === BOOTSTRAPPED);
        const known = this.#artifacts.get(artifactName) ?? [];
        const aliases = own.map((source) => textAt(source, "alias"));
        this.#artifacts.set(artifactName, [...known, { aliases, copy: valueAt(artifact, "copy") }]);
      }
    }
  }

  /** Where a Flux Kustomization's `path` lies, for the `sourceRef` that it has. */
  sourceOf(sourceRef: unknown, path: string): Source {
    const kind = textAt(sourceRef, "kind") ?? "";
    const name = textAt(sourceRef, "name") ?? "";
    const folder = sourceFolder(path);
    const elsewhere: Source = { kind: "elsewhere", what: `${kind} ${name}` };
    const mayHoldMore = kind === "OCIRepository" || kind === "Bucket" || this.#including.has(name);
    const isHere = folder === "" || !mayHoldMore || this.#isFolder(folder);
    const here: Source = isHere ? { kind: "this-repository", folder } : elsewhere;
    if (kind === "ExternalArtifact") {
      for (const artifact of this.#artifacts.get(name) ?? []) {
        const copied = this.#copied(artifact, folder);
        if (copied !== null) return { kind: "this-repository", folder: copied };
      }
      return elsewhere;
    }
    if (name === BOOTSTRAPPED) return here;
    if (kind !== "GitRepository") return elsewhere;
    const url = this.#urls.get(name);
    const own = this.#urls.get(BOOTSTRAPPED);
    if (url !== undefined && own !== undefined) return sameUrl(url, own) ? here : elsewhere;
    // Of another name, and nothing tells whose: this repository's, if it has such a folder.
    return folder !== "" && this.#isFolder(folder) ? here : elsewhere;
  }

  /** The folder here that an artifact's folder is a copy of. */
  #copied(artifact: Data, folder: string): string | null {
    for (const entry of listAt(artifact, "copy")) {
      const [, alias = "", from = ""] = /^@([^/]+)\/(.*)$/.exec(textAt(entry, "from") ?? "") ?? [];
      const [, to = null] = /^@artifact(?:\/(.*))?$/.exec(textAt(entry, "to") ?? "") ?? [];
      if (to === null || !listAt(artifact, "aliases").includes(alias)) continue;
      if (!/^[^*?[]*\/?(?:\*\*)?$/.test(from)) continue;
      const origin = sourceFolder(from.replace(/\*\*$/, ""));
      const target = sourceFolder(to);
      const rest = target === "" ? folder : folder.slice(target.length + 1);
      const isBelow = target === "" || folder === target || folder.startsWith(`${target}/`);
      const copied = sourceFolder(`${origin}/${rest}`);
      if (isBelow && this.#isFolder(copied)) return copied;
    }
    return null;
  }
}

/** `ssh://git@host/o/r.git`, `https://host/o/r` and `git@host:o/r` are one repository. */
function sameUrl(a: string, b: string): boolean {
  return plainUrl(a) === plainUrl(b);
}

function plainUrl(url: string): string {
  return url
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/^[^@/]*@/, "")
    .replace(":", "/")
    .replace(/(?:\.git)?\/?$/, "")
    .toLowerCase();
}
