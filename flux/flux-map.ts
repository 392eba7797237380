import type { BuiltFile, BuiltObject, FolderBuild, Placement } from "./build.ts";
import { isData, listAt, textAt, valueAt, type Data } from "./data.ts";
import { FolderBuilds } from "./folder-build.ts";
import { pathsNamedBy, type KustomizationFile } from "./kustomization-file.ts";
import { readManifests } from "./manifest.ts";
import { readPatch, type Patch } from "./patch.ts";
import type { Problem } from "./problem.ts";
import {
  FileTree,
  folderOf,
  isKustomizationFile,
  pathFrom,
  sourceFolder,
  type RepositoryFiles,
} from "./repository-files.ts";
import { leftOutOfArtifacts } from "./source-ignore.ts";
import { Sources, type Source } from "./sources.ts";

/** How a Flux Kustomization decrypts. */
export interface Decryption {
  /** `sops` is the only one that there is. */
  readonly provider: string;
  /**
   * The Secret with the keys; null where the controller itself has them (`--sops-age-secret`), which
   * is no error.
   */
  readonly secret: string | null;
  /** The file with the patch that sets it, in a parent; null where the object says so itself. */
  readonly from: string | null;
}

/**
 * What in the repository shows that Flux has a Flux Kustomization:
 *
 * - `synced`: it, or what it is built by in the end, is what `flux bootstrap` made, or lies in the folder
 *   that a FluxInstance or `flux bootstrap` syncs.
 * - `parent`: it or one above it builds others, and nothing in the repository shows who builds that one:
 *   `kubectl apply`, most likely.
 * - `alone`: nothing shows it. It may have been applied by hand, or be a leftover.
 * - `unlisted`: a kustomization lies beside or above it, and none takes it up: it is switched off.
 */
export type Reason = "synced" | "parent" | "alone" | "unlisted";

/** A Flux Kustomization with all that its parents do to it. Two parents make two of it. */
export interface FluxKustomization {
  readonly name: string;
  /** Null where neither it nor a parent says. */
  readonly namespace: string | null;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly source: Source;
  /** Null: encrypted files are built as they are. */
  readonly decryption: Decryption | null;
  readonly isSuspended: boolean;
  /** Why Flux has it; see {@link Reason}. */
  readonly reason: Reason;
  /** The Flux Kustomization that builds this one; null where none in this repository does. */
  readonly parent: FluxKustomization | null;
  /** What it builds of this repository. */
  readonly files: readonly BuiltFile[];
  /** Its resources, with where their objects come to. */
  readonly placements: readonly Placement[];
  /** Whether it applies what it builds to another cluster than the one that it is in. */
  readonly isForOtherCluster: boolean;
  readonly problems: readonly Problem[];
}

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

/** Far more than any repository has; parents that multiply their children would go on for ever. */
const MOST = 5000;

const SOURCE_GROUP =
  /\bapiVersion["']?\s*:\s*["']?(?:source\.(?:toolkit|extensions)\.fluxcd\.io|fluxcd\.controlplane\.io)\//;
const SOURCE_KIND = /\bkind["']?\s*:\s*["']?(?:GitRepository|FluxInstance|ArtifactGenerator)\b/;

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
  const following = new Following(tree, builds, sources, syncedFolders(found, paths));
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

/** The files that a kustomization names as a patch: what looks like an object there is none. */
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

function sourceObjects(files: RepositoryFiles, paths: readonly string[]): Data[] {
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
function syncedFolders(objects: readonly Data[], paths: readonly string[]): string[] {
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

/** Identifies an object by where it stands. */
function placeOf({ file, index }: BuiltObject): string {
  return `${index} ${file}`;
}

class Following {
  readonly problems: Problem[] = [];
  readonly #tree: FileTree;
  readonly #builds: FolderBuilds;
  readonly #sources: Sources;
  readonly #found: FluxKustomization[] = [];
  readonly #seen = new Set<string>();
  readonly #built = new WeakMap<Data, Build>();
  readonly #synced: readonly string[];

  constructor(tree: FileTree, builds: FolderBuilds, sources: Sources, synced: readonly string[]) {
    this.#tree = tree;
    this.#builds = builds;
    this.#sources = sources;
    this.#synced = synced;
  }

  followAll(objects: readonly BuiltObject[]): readonly FluxKustomization[] {
    const children = new Set<string>();
    for (const object of objects) {
      for (const child of this.#build(object).objects) {
        if (placeOf(child) !== placeOf(object)) children.add(placeOf(child));
      }
    }
    const synced = new Map(
      this.#synced.flatMap((folder) =>
        this.#builds.build(folder).objects.map((object) => [placeOf(object), object] as const),
      ),
    );
    for (const object of objects) {
      const place = placeOf(object);
      if (children.has(place)) continue;
      const built = synced.get(place);
      if (built !== undefined) this.#follow(built, "synced");
      else this.#follow(...this.#asListed(object));
    }
    // Those left build each other in a circle.
    for (const object of objects) {
      if (!this.#seen.has(placeOf(object))) this.#follow(object, "alone");
    }
    return this.#found;
  }

  /**
   * One that no other builds, as the topmost kustomization that takes it up leaves it: whoever applies
   * it, applies that.
   */
  #asListed(object: BuiltObject): [BuiltObject, Reason] {
    const place = placeOf(object);
    let listed: BuiltObject | null = null;
    let reason: Reason = "alone";
    for (let folder = folderOf(object.file); ; folder = folderOf(folder)) {
      const [kustomization] = this.#tree.kustomizationsIn(folder);
      if (kustomization !== undefined && kustomization !== object.file) {
        const built = this.#builds.build(folder).objects;
        listed = built.find((one) => placeOf(one) === place) ?? listed;
        reason = listed === null ? "unlisted" : "alone";
      }
      if (folder === "") return [listed ?? object, reason];
    }
  }

  /** One that no other builds, and all that it builds. */
  #follow(root: BuiltObject, known: Reason): void {
    const open: Open[] = [{ object: root, parent: null, above: [] }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { parent, above } = next;
      const place = placeOf(next.object);
      if (this.#found.length >= MOST) {
        const { file, line } = next.object;
        this.problems.push({ kind: "too-many", file, line, about: String(MOST) });
        return;
      }
      // The one that flux bootstrap makes builds itself, and may patch itself.
      const first = this.#build(next.object);
      const itself = first.objects.find((child) => placeOf(child) === place);
      const object = itself ?? next.object;
      const build = itself === undefined ? first : this.#build(itself);
      const others = build.objects.some((child) => placeOf(child) !== place);
      const shown = itself !== undefined ? "synced" : others ? "parent" : known;
      const reason = parent?.reason ?? (known === "synced" ? known : shown);
      const kustomization = described(object, build, parent, reason);
      this.#found.push(kustomization);
      this.#seen.add(place);
      for (const child of build.objects.toReversed()) {
        const at = placeOf(child);
        if (at === place || above.includes(at)) continue;
        open.push({
          object: { ...child, data: substituted(child.data, object.data) },
          parent: kustomization,
          above: [...above, place],
        });
      }
    }
  }

  #build(object: BuiltObject): Build {
    const build = this.#built.get(object.data) ?? this.#newBuild(object);
    this.#built.set(object.data, build);
    return build;
  }

  #newBuild({ data, file, line }: BuiltObject): Build {
    const path = textAt(data, "spec", "path") ?? "";
    const nothing = (source: Source, problems: readonly Problem[] = []): Build => ({
      source,
      files: [],
      placements: [],
      objects: [],
      problems,
    });
    if (path.includes("${")) {
      return nothing({ kind: "unresolved", what: path }, [
        { kind: "unknown-variable", file, line, about: path },
      ]);
    }
    const source = this.#sources.sourceOf(valueAt(data, "spec", "sourceRef"), path);
    if (source.kind !== "this-repository") return nothing(source);
    const { folder } = source;
    if (!this.#tree.isFolder(folder)) {
      return nothing(source, [{ kind: "missing-path", file, line, about: path }]);
    }
    const mayMiss = valueAt(data, "spec", "ignoreMissingComponents") === true;
    const isThere = (component: string) => this.#tree.isFolder(pathFrom(folder, component) ?? "");
    const components = listAt(data, "spec", "components")
      .filter((item) => typeof item === "string")
      .filter((component) => !mayMiss || isThere(component));
    const targetNamespace = textAt(data, "spec", "targetNamespace");
    const renames = ["namePrefix", "nameSuffix"].some(
      (field) => (textAt(data, "spec", field) ?? "") !== "",
    );
    const adds = {
      components,
      patches: patchesOf(data, file),
      namespace: targetNamespace,
      renames,
    };
    return { source, ...this.#builds.buildWith(folder, adds, { file, line }) };
  }
}

interface Build extends FolderBuild {
  readonly source: Source;
}

interface Open {
  readonly object: BuiltObject;
  readonly parent: FluxKustomization | null;
  /** The places of those that build it. */
  readonly above: readonly string[];
}

function described(
  { data, file, line, decryptionFrom }: BuiltObject,
  { source, files, placements, problems }: Build,
  parent: FluxKustomization | null,
  reason: Reason,
): FluxKustomization {
  const provider = textAt(data, "spec", "decryption", "provider");
  const secret = textAt(data, "spec", "decryption", "secretRef", "name");
  return {
    name: textAt(data, "metadata", "name") ?? "",
    namespace: textAt(data, "metadata", "namespace"),
    file,
    line,
    source,
    decryption: provider === null ? null : { provider, secret, from: decryptionFrom },
    isSuspended: valueAt(data, "spec", "suspend") === true,
    reason,
    parent,
    files,
    placements,
    isForOtherCluster: valueAt(data, "spec", "kubeConfig") !== undefined,
    problems,
  };
}

/** The patches of a Flux Kustomization; a target is not needed where the patch names its object. */
function patchesOf(data: Data, file: string): Patch[] {
  return listAt(data, "spec", "patches").flatMap((item) => {
    const text = textAt(item, "patch");
    const target = valueAt(item, "target");
    return text === null ? [] : [readPatch(file, text, isData(target) ? target : null)];
  });
}

/**
 * A child with the variables of its parent's `postBuild.substitute` put in where it matters here. Those
 * of `substituteFrom` are in the cluster only.
 */
function substituted(child: Data, parent: Data): Data {
  const path = textAt(child, "spec", "path");
  const spec = child["spec"];
  if (path === null || !path.includes("${") || !isData(spec)) return child;
  const substitute = valueAt(parent, "spec", "postBuild", "substitute");
  const filled = path.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::[=-]([^}]*))?\}/g,
    (whole, name: string, otherwise?: string) => textAt(substitute, name) ?? otherwise ?? whole,
  );
  return { ...child, spec: { ...spec, path: filled } };
}
