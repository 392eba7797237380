import { textAt, type Data } from "./data.ts";
import { objectSources } from "./generator-objects.ts";
import {
  FLUX_GROUP,
  readKustomizationFile,
  type GeneratorSource,
  type KustomizationFile,
} from "./kustomization-file.ts";
import { readManifests } from "./manifest.ts";
import { groupOf, patched, readPatch, type Patch } from "./patch.ts";
import type { Problem, ProblemKind } from "./problem.ts";
import {
  folderOf,
  inFolder,
  pathFrom,
  type FileTree,
  type RepositoryFiles,
} from "./repository-files.ts";

/** A file that takes part in a build. */
export interface BuiltFile {
  readonly path: string;
  /**
   * What it is in the build; `settings` are kustomizations and what they are configured by,
   * `strategicMerge` is a patch under `patchesStrategicMerge`, which Flux does not decrypt.
   */
  readonly as:
    "resource" | "secretGenerator" | "configMapGenerator" | "patch" | "strategicMerge" | "settings";
  /** As what a generator reads it; else null. */
  readonly source: GeneratorSource | null;
  /** The kustomization that names it; null where its folder has none and every file is taken. */
  readonly from: string | null;
  /** 1-based, in `from`. */
  readonly line: number | null;
  /** Whether a transformer writes into all that is built of it: a namespace, a prefix, labels. */
  readonly isChanged: boolean;
}

/** A Flux Kustomization among the objects of a build, as the patches of that build leave it. */
export interface BuiltObject {
  /** The file that it stands in, and its place there. */
  readonly file: string;
  readonly index: number;
  readonly line: number;
  readonly data: Data;
  /** The file with the patch that gave it `decryption`; null where none did. */
  readonly decryptionFrom: string | null;
}

/** A file of objects, and what the build writes into them. */
export interface Placement {
  readonly path: string;
  /** Null where each keeps the one it names. */
  readonly namespace: string | null;
  /** Whether their names get a prefix or a suffix. */
  readonly isRenamed: boolean;
}

/** What a folder is built of. */
export interface FolderBuild {
  readonly files: readonly BuiltFile[];
  /** Its resources once more: the same file may come twice, in a namespace each. */
  readonly placements: readonly Placement[];
  readonly objects: readonly BuiltObject[];
  readonly problems: readonly Problem[];
}

/** Kustomizations inside kustomizations, far more than anyone has. */
const DEEPEST = 50;

/** Components of one build, far more than anyone has: where each lists the next one twice, they multiply. */
const MOST_COMPONENTS = 1000;

/** @see extractHost in kustomize's api/internal/git/repospec.go */
const REMOTE =
  /^[a-z][a-z0-9+.-]*:\/\/|^git@|^[a-z][a-z0-9-]*@[^/:]+:|^git::|^github\.com[/:]|[?&]ref=/i;

const AS_PATCH = {
  patches: "patch",
  patchesStrategicMerge: "strategicMerge",
  // A list of operations: SOPS cannot encrypt it.
  patchesJson6902: "settings",
} as const;

const FLUX_OBJECT = /\bapiVersion["']?\s*:\s*["']?kustomize\.toolkit\.fluxcd\.io\//;

/**
 * Whether a Flux Kustomization may stand in a text. Annotations name its group as well, and so does the
 * schema that Flux installs.
 */
export function mayHoldFluxObject(text: string): boolean {
  return FLUX_OBJECT.test(text);
}

/** How folders are built, as kustomize does inside Flux. Each folder is looked at once. */
export class FolderBuilds {
  readonly #files: RepositoryFiles;
  readonly #tree: FileTree;
  readonly #builds = new Map<string, FolderBuild>();
  readonly #kustomizations = new Map<string, KustomizationFile>();
  readonly #objects = new Map<string, readonly BuiltObject[]>();
  readonly #open: string[] = [];

  constructor(files: RepositoryFiles, tree: FileTree) {
    this.#files = files;
    this.#tree = tree;
  }

  /** A kustomization of this repository. */
  kustomization(path: string): KustomizationFile {
    const known =
      this.#kustomizations.get(path) ?? readKustomizationFile(path, this.#files.read(path));
    this.#kustomizations.set(path, known);
    return known;
  }

  /** The Flux Kustomizations in a file, before any patch. */
  objectsIn(file: string): readonly BuiltObject[] {
    const known = this.#objects.get(file);
    if (known !== undefined) return known;
    const found: BuiltObject[] = [];
    const bytes = /\.(?:ya?ml|json)$/.test(file) ? this.#files.read(file) : null;
    if (bytes !== null && mentions(bytes, FLUX_GROUP)) {
      for (const [index, { data, lineOf }] of readManifests(bytes, (text) =>
        FLUX_OBJECT.test(text),
      ).manifests.entries()) {
        if (groupOf(data) !== FLUX_GROUP || textAt(data, "kind") !== "Kustomization") continue;
        found.push({ file, index, line: lineOf("apiVersion"), data, decryptionFrom: null });
      }
    }
    this.#objects.set(file, found);
    return found;
  }

  /**
   * What Flux builds of a folder. Without a kustomization it makes one: every `.yaml` and `.yml` below,
   * and every folder with a kustomization of its own, which is then not searched.
   *
   * @see scanManifests in fluxcd/pkg's kustomize/kustomize_generator.go
   */
  build(folder: string): FolderBuild {
    const known = this.#builds.get(folder);
    if (known !== undefined) return known;
    const build = new OpenBuild();
    if (this.#tree.kustomizationsIn(folder).length > 0) {
      this.#addKustomization(build, folder);
    } else {
      this.#addFolder(build, folder);
    }
    const closed = build.close();
    this.#builds.set(folder, closed);
    return closed;
  }

  /** What is built of a folder with what its Flux Kustomization adds: components and patches. */
  buildWith(
    folder: string,
    adds: {
      readonly components: readonly string[];
      readonly patches: readonly Patch[];
      readonly namespace: string | null;
      /** Whether it also changes the names of all objects. */
      readonly renames: boolean;
    },
    from: { readonly file: string; readonly line: number },
  ): FolderBuild {
    const build = new OpenBuild();
    build.take(this.build(folder));
    for (const text of adds.components) {
      this.#addComponent(build, folder, { text, line: from.line }, from.file);
    }
    for (const patch of adds.patches) build.apply(patch);
    if (adds.namespace !== null) build.setNamespace(adds.namespace);
    if (adds.renames) build.placeAll({ isRenamed: true });
    if (adds.namespace !== null || adds.renames) build.changeAll();
    return build.close();
  }

  #addFolder(build: OpenBuild, top: string): void {
    const open = [top];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      for (const name of this.#tree.namesIn(folder)) {
        const path = inFolder(folder, name);
        if (this.#tree.isFile(path)) {
          if (/\.ya?ml$/.test(name)) this.#addResource(build, path, null, null);
        } else if (this.#tree.kustomizationsIn(path).length > 0) {
          build.take(this.#nested(build, path, path, null));
        } else {
          open.push(path);
        }
      }
    }
  }

  #addResource(build: OpenBuild, path: string, from: string | null, line: number | null): void {
    build.add({ path, as: "resource", from, line });
    build.place({ path, namespace: null, isRenamed: false });
    for (const object of this.objectsIn(path)) build.addObject(object);
  }

  /** The build of a folder that another one lists. */
  #nested(build: OpenBuild, folder: string, from: string, line: number | null): FolderBuild | null {
    if (this.#open.includes(folder)) return build.fail("cycle", from, line, folder);
    if (this.#open.length >= DEEPEST) return build.fail("too-deep", from, line, folder);
    return this.build(folder);
  }

  #addKustomization(build: OpenBuild, folder: string): void {
    const [path = "", ...more] = this.#tree.kustomizationsIn(folder);
    build.add({ path, as: "settings", from: null, line: null });
    if (more.length > 0) build.fail("several-kustomizations", path, null, folder);
    const file = this.kustomization(path);
    if (file.isPartial) build.fail("unreadable", path, null, path);
    if (file.fluxObjectLine !== null) {
      build.fail("flux-object-as-kustomization", path, file.fluxObjectLine, path);
    }
    this.#open.push(folder);
    this.#addResources(build, folder, file);
    for (const component of file.components) this.#addComponent(build, folder, component, path);
    for (const patch of this.#patchesOf(build, folder, file)) build.apply(patch);
    if (file.namespace !== null) build.setNamespace(file.namespace);
    if (file.renames) build.placeAll({ isRenamed: true });
    if (file.changesAll) build.changeAll();
    this.#open.pop();
  }

  #addResources(build: OpenBuild, folder: string, file: KustomizationFile): void {
    for (const { text, line } of file.resources) {
      const path = pathFrom(folder, text);
      if (path !== null && this.#tree.isFile(path)) {
        this.#addResource(build, path, file.path, line);
      } else if (path !== null && this.#tree.kustomizationsIn(path).length > 0) {
        build.take(this.#nested(build, path, file.path, line));
      } else {
        build.fail(missing(text), file.path, line, text);
      }
    }
    for (const source of file.generators) this.#addSource(build, folder, file.path, source);
    const contents = (path: string) => {
      const bytes = this.#files.read(path);
      return bytes === null ? [] : [bytes];
    };
    for (const { source, namedAt } of objectSources(file, contents)) {
      // Of an object kustomize reads no such field.
      if (source.field === "env") continue;
      for (const { path } of namedAt)
        build.add({ path, as: "settings", from: file.path, line: null });
      this.#addSource(build, folder, namedAt[0]?.path ?? file.path, source);
    }
    for (const entry of file.others) {
      // An inline transformer or replacement is no path.
      if (!entry.text.includes("\n")) this.#addNamed(build, folder, file.path, entry, "settings");
    }
  }

  #addSource(build: OpenBuild, folder: string, from: string, source: GeneratorSource): void {
    if (source.field === "literals") return;
    const makes = source.generator.toLowerCase() === "secretgenerator";
    const as = makes ? "secretGenerator" : "configMapGenerator";
    this.#addNamed(build, folder, from, { text: source.value, line: source.line }, as, source);
  }

  #addNamed(
    build: OpenBuild,
    folder: string,
    from: string,
    { text, line }: { readonly text: string; readonly line: number },
    as: BuiltFile["as"],
    source: GeneratorSource | null = null,
  ): void {
    const path = pathFrom(folder, text);
    if (path !== null && this.#tree.isFile(path)) {
      build.add({ path, as, from, line, source });
    } else if (as !== "settings") build.fail(missing(text), from, line, text);
  }

  /** A component works on what was built so far: its patches reach beyond its own objects. */
  #addComponent(
    build: OpenBuild,
    folder: string,
    { text, line }: { readonly text: string; readonly line: number },
    from: string,
  ): void {
    const path = pathFrom(folder, text);
    const [component] = path === null ? [] : this.#tree.kustomizationsIn(path);
    if (path === null || component === undefined) {
      build.fail(missing(text), from, line, text);
    } else if (this.#open.includes(path)) {
      build.fail("cycle", from, line, path);
    } else if (this.#open.length >= DEEPEST || build.components >= MOST_COMPONENTS) {
      build.fail("too-deep", from, line, path);
    } else {
      build.components += 1;
      this.#addKustomization(build, path);
    }
  }

  *#patchesOf(build: OpenBuild, folder: string, file: KustomizationFile): Generator<Patch> {
    for (const { path: entry, text, target, field } of file.patches) {
      if (entry === null) {
        if (text !== null) yield readPatch(file.path, text, target);
        continue;
      }
      const path = pathFrom(folder, entry.text);
      if (path === null || !this.#tree.isFile(path)) {
        build.fail(missing(entry.text), file.path, entry.line, entry.text);
        continue;
      }
      const as = AS_PATCH[field];
      build.add({ path, as, from: file.path, line: entry.line });
      const bytes = this.#files.read(path);
      if (bytes !== null) yield readPatch(path, Buffer.from(bytes).toString("utf8"), target);
    }
  }
}

function missing(text: string): ProblemKind {
  return REMOTE.test(text) ? "remote-resource" : "missing-resource";
}

function mentions(bytes: Uint8Array, word: string): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(word);
}

/** A build in the making. A file or object that comes twice is kept once: kustomize refuses it. */
class OpenBuild {
  readonly #files = new Map<string, BuiltFile>();
  readonly #objects = new Map<string, BuiltObject>();
  readonly #problems = new Map<string, Problem>();
  readonly #placements = new Map<string, Placement>();
  /** How many were followed. */
  components = 0;

  add(file: Omit<BuiltFile, "source" | "isChanged"> & Partial<BuiltFile>): void {
    const { source = null, isChanged = false } = file;
    const named = source === null ? "" : `${source.field} ${source.key}`;
    const key = `${file.as} ${named} ${file.path}`;
    if (!this.#files.has(key)) this.#files.set(key, { ...file, source, isChanged });
  }

  place(placement: Placement): void {
    const { path, namespace, isRenamed } = placement;
    this.#placements.set(`${namespace ?? ""} ${String(isRenamed)} ${path}`, placement);
  }

  /** Changes where everything that was built so far comes to. */
  placeAll(change: Partial<Placement>): void {
    const placed = [...this.#placements.values()];
    this.#placements.clear();
    for (const placement of placed) this.place({ ...placement, ...change });
  }

  changeAll(): void {
    for (const [key, file] of this.#files) this.#files.set(key, { ...file, isChanged: true });
  }

  addObject(object: BuiltObject): void {
    const key = `${object.index} ${object.file}`;
    if (!this.#objects.has(key)) this.#objects.set(key, object);
  }

  take(build: FolderBuild | null): void {
    for (const file of build?.files ?? []) this.add(file);
    for (const placement of build?.placements ?? []) this.place(placement);
    for (const object of build?.objects ?? []) this.addObject(object);
    for (const problem of build?.problems ?? []) this.#addProblem(problem);
  }

  fail(kind: ProblemKind, file: string, line: number | null, about: string): null {
    this.#addProblem({ kind, file, line, about });
    return null;
  }

  apply(patch: Patch): void {
    for (const [key, object] of this.#objects) {
      const data = patched(object.data, patch);
      if (data === null) this.#objects.delete(key);
      else if (data !== object.data) {
        const gives =
          textAt(object.data, "spec", "decryption", "provider") === null &&
          textAt(data, "spec", "decryption", "provider") !== null;
        const decryptionFrom = gives ? patch.file : object.decryptionFrom;
        this.#objects.set(key, { ...object, data, decryptionFrom });
      }
    }
  }

  setNamespace(namespace: string): void {
    this.placeAll({ namespace });
    for (const [key, object] of this.#objects) {
      const { metadata } = object.data;
      const named = { ...(typeof metadata === "object" ? metadata : {}), namespace };
      this.#objects.set(key, { ...object, data: { ...object.data, metadata: named } });
    }
  }

  close(): FolderBuild {
    return {
      files: [...this.#files.values()],
      placements: [...this.#placements.values()],
      objects: [...this.#objects.values()],
      problems: [...this.#problems.values()],
    };
  }

  #addProblem(problem: Problem): void {
    this.#problems.set(`${problem.kind} ${problem.file} ${problem.line} ${problem.about}`, problem);
  }
}

/** Where a file named as a kustomization lists another: every path that it names, in this repository. */
export function pathsNamedBy(file: KustomizationFile): string[] {
  const folder = folderOf(file.path);
  const named = [
    ...file.resources,
    ...file.components,
    ...file.others,
    ...file.patches.flatMap(({ path }) => (path === null ? [] : [path])),
    ...file.generators
      .filter(({ field }) => field !== "literals")
      .map(({ value, line }) => ({ text: value, line })),
  ];
  return named.flatMap(({ text }) => pathFrom(folder, text) ?? []);
}
