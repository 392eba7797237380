import { textAt, type Data } from "./data.ts";
import type { GeneratorSource } from "./kustomization-file.ts";
import { patched, type Patch } from "./patch.ts";
import type { Problem, ProblemKind } from "./problem.ts";

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

/** A build in the making. A file or object that comes twice is kept once: kustomize refuses it. */
export class OpenBuild {
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
