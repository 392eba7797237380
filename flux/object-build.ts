import type { BuiltObject, FolderBuild } from "./build.ts";
import { isData, listAt, textAt, valueAt, type Data } from "./data.ts";
import type { FolderBuilds } from "./folder-build.ts";
import { readPatch, type Patch } from "./patch.ts";
import type { Problem } from "./problem.ts";
import { pathFrom, type FileTree } from "./repository-files.ts";
import type { Source, Sources } from "./sources.ts";

/** What a Flux Kustomization builds, and of which source. */
export interface ObjectBuild extends FolderBuild {
  readonly source: Source;
}

/** What Flux Kustomizations build, as the spec of each says. */
export class ObjectBuilds {
  readonly #tree: FileTree;
  readonly #builds: FolderBuilds;
  readonly #sources: Sources;
  readonly #built = new WeakMap<Data, ObjectBuild>();

  constructor(tree: FileTree, builds: FolderBuilds, sources: Sources) {
    this.#tree = tree;
    this.#builds = builds;
    this.#sources = sources;
  }

  /** @param object as its parent leaves it */
  build(object: BuiltObject): ObjectBuild {
    const build = this.#built.get(object.data) ?? this.#newBuild(object);
    this.#built.set(object.data, build);
    return build;
  }

  #newBuild({ data, file, line }: BuiltObject): ObjectBuild {
    const path = textAt(data, "spec", "path") ?? "";
    const nothing = (source: Source, problems: readonly Problem[] = []): ObjectBuild => ({
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

/** The patches of a Flux Kustomization; a target is not needed where the patch names its object. */
function patchesOf(data: Data, file: string): Patch[] {
  return listAt(data, "spec", "patches").flatMap((item) => {
    const text = textAt(item, "patch");
    const target = valueAt(item, "target");
    return text === null ? [] : [readPatch(file, text, isData(target) ? target : null)];
  });
}
