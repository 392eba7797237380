import { isData, listAt, textAt, valueAt, type Data } from "./data.ts";
import { readManifests, type Manifest } from "./manifest.ts";
import { groupOf } from "./patch.ts";
import { folderOf, pathFrom } from "./repository-files.ts";

/** An entry of a list in a kustomization. */
export interface Entry {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** A file or a literal that a generator reads. */
export interface GeneratorSource {
  /** A field of the kustomization, or the kind of an object of its own. */
  readonly generator:
    "secretGenerator" | "configMapGenerator" | "SecretGenerator" | "ConfigMapGenerator";
  /** `env` is the old way to write one of `envs`, and all that Flux does not decrypt of the two. */
  readonly field: "files" | "envs" | "env" | "literals";
  /**
   * The key in the generated object: kustomize-controller decrypts `files` in the format that the
   * key's ending implies, not the file's. Null for `envs` and `env`.
   */
  readonly key: string | null;
  /** The path as written, relative to the kustomization's folder; of a literal, its value. */
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

/** A patch as a kustomization names it. */
export interface PatchEntry {
  readonly field: "patches" | "patchesStrategicMerge" | "patchesJson6902";
  readonly path: Entry | null;
  readonly text: string | null;
  readonly target: Data | null;
}

/** kustomize's configuration of a folder. */
export interface KustomizationFile {
  readonly path: string;
  /** Whether it is an encrypted document: nobody decrypts a kustomization. */
  readonly isEncrypted: boolean;
  /** 1-based line of a Flux object in it, which does not belong in such a file; else null. */
  readonly fluxObjectLine: number | null;
  /** Whether something of it could not be read. */
  readonly isPartial: boolean;
  readonly namespace: string | null;
  /** Whether it gives everything that it builds other names. */
  readonly renames: boolean;
  /** Whether it changes the names, labels or annotations of all that it builds. */
  readonly changesAll: boolean;
  /** `resources` and, as kustomize moves them there, `bases`. */
  readonly resources: readonly Entry[];
  readonly components: readonly Entry[];
  readonly generators: readonly GeneratorSource[];
  /** Files, folders and texts of objects that generate others. */
  readonly generatorObjects: readonly Entry[];
  readonly patches: readonly PatchEntry[];
  /** Other files that it reads: `crds`, `configurations`, `transformers`, `replacements`, … */
  readonly others: readonly Entry[];
}

/** The API group of Flux's Kustomization; kustomize's own is kustomize.config.k8s.io. */
export const FLUX_GROUP = "kustomize.toolkit.fluxcd.io";

const OTHER_FILES = [
  "crds",
  "configurations",
  "generators",
  "transformers",
  "validators",
  "replacements",
];

const RENAMING = ["namePrefix", "nameSuffix"];

/** Fields that kustomize writes into every object; `buildMetadata` adds annotations. */
const CHANGING_ALL = [
  ...["namespace", ...RENAMING],
  ...["commonLabels", "labels", "commonAnnotations", "buildMetadata"],
];

/**
 * Reads a file that is named as a kustomization. Never throws, whatever it holds.
 *
 * @param bytes its content; null where it cannot be read
 */
export function readKustomizationFile(path: string, bytes: Uint8Array | null): KustomizationFile {
  const { manifests, damaged, isPartial } =
    bytes === null ? { manifests: [], damaged: [], isPartial: true } : readManifests(bytes);
  const flux = manifests.find(({ data }) => groupOf(data) === FLUX_GROUP);
  const all = manifests.filter(({ data }) => groupOf(data) !== FLUX_GROUP);
  const [own] = all;
  const entries = (field: string): Entry[] => (own === undefined ? [] : entriesOf(own, field));
  return {
    path,
    isEncrypted: textAt(own?.data, "sops", "mac") !== null,
    fluxObjectLine: flux?.lineOf("apiVersion") ?? null,
    isPartial,
    namespace: textAt(own?.data, "namespace"),
    renames: RENAMING.some((field) => isSet(valueAt(own?.data, field))),
    changesAll: CHANGING_ALL.some((field) => isSet(valueAt(own?.data, field))),
    resources: [...entries("resources"), ...entries("bases")],
    components: entries("components"),
    // Of every document, damaged ones too: whatever is called a generator may name a secret.
    generators: [...all, ...damaged].flatMap((manifest) => [...generatorSources(manifest)]),
    generatorObjects: [...all, ...damaged].flatMap((manifest) => entriesOf(manifest, "generators")),
    patches: own === undefined ? [] : [...patchEntries(own)],
    others: OTHER_FILES.flatMap((field) => entries(field)),
  };
}

/** Every path in this repository that a kustomization names. */
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

/** The texts in a list, and the `path` of what is a mapping in it. */
function entriesOf(manifest: Manifest, field: string): Entry[] {
  return listAt(manifest.data, field).flatMap((item, index) => {
    const text = typeof item === "string" ? item : textAt(item, "path");
    return text === null ? [] : [{ text, line: manifest.lineOf(field, index) }];
  });
}

function isSet(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isData(value) ? Object.keys(value).length > 0 : value !== undefined && value !== "";
}

function* generatorSources(manifest: Manifest): Generator<GeneratorSource> {
  for (const generator of ["secretGenerator", "configMapGenerator"] as const) {
    for (const { item, at } of listedAt(manifest.data, generator)) {
      yield* sourcesOf(item, generator, (...path) => manifest.lineOf(generator, ...at, ...path));
    }
  }
}

/** kustomize refuses one thing that was to be a list of one, but what it names is there to be read. */
function listedAt(data: unknown, field: string): { item: unknown; at: readonly number[] }[] {
  const value = valueAt(data, field);
  if (!Array.isArray(value)) return [{ item: value, at: [] }];
  return value.map((item: unknown, index) => ({ item, at: [index] }));
}

/**
 * What one generator reads: an item under a field of a kustomization, or an object of its own.
 *
 * @param lineOf see Manifest; paths begin at the generator
 * @see ParseFileSource in kustomize's api/kv/kv.go
 */
export function* sourcesOf(
  item: unknown,
  generator: GeneratorSource["generator"],
  lineOf: Manifest["lineOf"],
): Generator<GeneratorSource> {
  for (const field of ["files", "envs", "literals", "env"] as const) {
    for (const { item: text, at } of listedAt(item, field)) {
      if (typeof text !== "string") continue;
      yield { generator, field, line: lineOf(field, ...at), ...keyAndValue(text, field) };
    }
  }
}

/** `PATH`, `KEY=PATH` under `files`, `KEY=VALUE` under `literals`. */
function keyAndValue(text: string, field: GeneratorSource["field"]) {
  if (field === "envs" || field === "env") return { key: null, value: text };
  const equals = text.indexOf("=");
  const value = text.slice(equals + 1);
  return {
    key: equals === -1 ? text.slice(text.lastIndexOf("/") + 1) : text.slice(0, equals),
    value,
  };
}

function* patchEntries(manifest: Manifest): Generator<PatchEntry> {
  for (const field of ["patches", "patchesJson6902", "patchesStrategicMerge"] as const) {
    for (const [index, item] of listAt(manifest.data, field).entries()) {
      const line = manifest.lineOf(field, index);
      if (typeof item === "string") {
        const isInline = item.includes("\n");
        const path = isInline ? null : { text: item, line };
        yield { field, path, text: isInline ? item : null, target: null };
        continue;
      }
      const path = textAt(item, "path");
      const target = isData(item) && isData(item["target"]) ? item["target"] : null;
      yield {
        field,
        path: path === null ? null : { text: path, line },
        text: textAt(item, "patch"),
        target,
      };
    }
  }
}
