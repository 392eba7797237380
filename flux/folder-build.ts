import { OpenBuild, type BuiltFile, type BuiltObject, type FolderBuild } from "./build.ts";
import { fluxObjectsIn } from "./flux-objects.ts";
import { objectSources } from "./generator-objects.ts";
import {
  readKustomizationFile,
  type GeneratorSource,
  type KustomizationFile,
} from "./kustomization-file.ts";
import { readPatch, type Patch } from "./patch.ts";
import type { ProblemKind } from "./problem.ts";
import { inFolder, pathFrom, type FileTree, type RepositoryFiles } from "./repository-files.ts";

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
    const known = this.#objects.get(file) ?? fluxObjectsIn(file, this.#files);
    this.#objects.set(file, known);
    return known;
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
