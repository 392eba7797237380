import { textAt } from "./data.ts";
import {
  readKustomizationFile,
  sourcesOf,
  type GeneratorSource,
  type KustomizationFile,
} from "./kustomization-file.ts";
import { readManifests } from "./manifest.ts";
import { folderOf, inFolder, KUSTOMIZATION_NAMES, pathFrom } from "./repository-files.ts";

/** What a generator object reads: a file, or a literal. */
export interface ObjectSource {
  /** Its path is relative to the folder of the kustomization whose `generators` lead to the object. */
  readonly source: GeneratorSource;
  /** Where it is named, and then what leads there, up to that kustomization. */
  readonly namedAt: readonly Place[];
}

interface Place {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

const KINDS = ["SecretGenerator", "ConfigMapGenerator"] as const;

/** Folders in folders, far more than anyone has. */
const DEEPEST = 50;

/** What a path holds: one content where it is a file, none where it is not, several where it is asked over time. */
export type ReadContents = (path: string) => readonly Uint8Array[];

/**
 * What the generator objects of a kustomization read: those of kustomize's own two kinds. They stand in
 * files under `generators`, in what a folder there builds, or there as text. Never throws.
 *
 * @see configureExternalGenerators in kustomize's api/internal/target/kusttarget.go
 */
export function* objectSources(
  file: KustomizationFile,
  read: ReadContents,
): Generator<ObjectSource> {
  const seen = new Set<string>();
  for (const { text, line } of file.generatorObjects) {
    const namedAt = [{ path: file.path, line }];
    const inline = [...inText(Buffer.from(text))];
    for (const source of inline) yield { source: { ...source, line }, namedAt };
    if (inline.length === 0) yield* inPath(folderOf(file.path), text, namedAt, read, seen);
  }
}

/** In a file, or in the resources and components of a folder. */
function* inPath(
  folder: string,
  written: string,
  from: readonly Place[],
  read: ReadContents,
  seen: Set<string>,
): Generator<ObjectSource> {
  const path = pathFrom(folder, written);
  if (path === null || seen.has(path) || from.length > DEEPEST) return;
  seen.add(path);
  const contents = read(path);
  for (const source of contents.flatMap((bytes) => [...inText(bytes)])) {
    yield { source, namedAt: [{ path, line: source.line }, ...from] };
  }
  if (contents.length > 0) return;
  for (const name of KUSTOMIZATION_NAMES) {
    const nested = inFolder(path, name);
    for (const bytes of read(nested)) {
      const { resources, components } = readKustomizationFile(nested, bytes);
      for (const { text, line } of [...resources, ...components]) {
        yield* inPath(path, text, [{ path: nested, line }, ...from], read, seen);
      }
    }
  }
}

function* inText(bytes: Uint8Array): Generator<GeneratorSource> {
  const mayBeOne = (text: string) => KINDS.some((kind) => text.includes(kind));
  const { manifests, damaged } = readManifests(bytes, mayBeOne);
  for (const { data, lineOf } of [...manifests, ...damaged]) {
    const kind = KINDS.find((one) => one === textAt(data, "kind"));
    // A group makes it a plugin's. Without one only `builtin` is right, but a slip there hides nothing.
    if (kind === undefined || textAt(data, "apiVersion")?.includes("/") === true) continue;
    yield* sourcesOf(data, kind, lineOf);
  }
}
