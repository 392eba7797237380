import type { Finding } from "../../findings/finding.ts";
import {
  encryptedSourceName,
  holdsSecret,
  sourceFinding,
  type SourceMend,
} from "../../findings/secret-source.ts";
import { utf8Bytes } from "../../findings/candidate/text.ts";
import { readKustomizationFile, type GeneratorSource } from "../../flux/kustomization-file.ts";
import { objectSources } from "../../flux/generator-objects.ts";
import { folderOf, pathFrom } from "../../flux/repository-files.ts";
import { pathFromText, pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { readStagedPaths } from "../../git/index/staged-files.ts";
import { judge } from "../judge.ts";
import { mayGenerateSecrets, type Kustomization } from "./kustomizations.ts";
import { readAsAsked } from "./read-as-asked.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";

/** A file of which kustomize makes a Secret: a secretGenerator names it. */
export interface SecretSource {
  readonly path: GitPath;
  /** As it is named there. */
  readonly named: GeneratorSource;
  /** Where it is named, and then what leads there, up to the kustomization. */
  readonly namedAt: readonly Naming[];
}

/** A place that names a file. */
export interface Naming {
  readonly path: GitPath;
  /** 1-based. */
  readonly line: number;
}

/** Such a file as it was found. */
export interface FoundSource extends SecretSource {
  readonly oid: string;
  readonly bytes: Buffer;
}

/**
 * The files that a kustomization's secretGenerators name, and SecretGenerator objects under its `generators`,
 * as far as they lie in the repository.
 *
 * @param read what is where the kustomization stands: objects under `generators` may be in other files
 */
export function secretSources(
  kustomization: Pick<Kustomization, "path" | "bytes">,
  read: (path: GitPath) => readonly Uint8Array[],
): SecretSource[] {
  if (!mayGenerateSecrets(kustomization)) return [];
  const { path: own, bytes } = kustomization;
  const file = readKustomizationFile(pathText(own), utf8Bytes(bytes));
  const textsAt = (path: string) => read(pathFromText(path)).map(utf8Bytes);
  const inObjects = [...objectSources(file, textsAt)].map(({ source, namedAt }) => ({
    source,
    namedAt: namedAt.map((place) => ({ ...place, path: pathFromText(place.path) })),
  }));
  return [
    ...file.generators.map((source) => ({ source, namedAt: [{ path: own, line: source.line }] })),
    ...inObjects,
  ].flatMap(({ source: named, namedAt }) => {
    // In bytes: the folder's name need not be UTF-8.
    const path = pathFrom(folderOf(own), pathFromText(named.value));
    const isSource = MAKE_SECRETS.includes(named.generator) && named.field !== "literals";
    return isSource && named.value !== "" && path !== null
      ? [{ path: path as GitPath, named, namedAt }]
      : [];
  });
}

const MAKE_SECRETS: readonly GeneratorSource["generator"][] = [
  "secretGenerator",
  "SecretGenerator",
];

/** The first place to be judged among those that name the file; not the file itself. */
export function firstNaming(
  { namedAt }: SecretSource,
  concerns: (path: GitPath) => boolean,
): Naming | null {
  return namedAt.find(({ path }) => concerns(path)) ?? null;
}

/** What a place holds at some paths, as far as there is a file. */
export type ReadFiles = (
  paths: readonly GitPath[],
) => Promise<ReadonlyMap<GitPath, Pick<FoundSource, "oid" | "bytes">>>;

/**
 * The files named by secretGenerators that are there and have something to hide, encrypted or not.
 * Reads only where one is named.
 *
 * @param readFiles where the kustomizations stand
 * @param concerns whether a path is judged: either that of the file must be, or that of what names it
 */
export async function foundSources(
  kustomizations: readonly Kustomization[],
  readFiles: ReadFiles,
  concerns: (path: GitPath) => boolean,
): Promise<FoundSource[]> {
  const all = await readAsAsked(
    (read: (path: GitPath) => readonly Buffer[]) =>
      kustomizations.flatMap((one) => secretSources(one, read)),
    async (paths) => {
      const found = await readFiles(paths);
      return new Map([...found].map(([path, { bytes }]) => [path, bytes]));
    },
  );
  const sources = all.filter(
    (source) => concerns(source.path) || firstNaming(source, concerns) !== null,
  );
  if (sources.length === 0) return [];
  const files = await readFiles(sources.map(({ path }) => path));
  return sources.flatMap((source) => {
    const file = files.get(source.path);
    if (file === undefined || !holdsSecret(file.bytes, source.named)) return [];
    return [{ ...source, oid: file.oid, bytes: file.bytes }];
  });
}

/**
 * The same, of what the index holds.
 *
 * @throws GitError
 */
export function stagedSources(
  context: GitContext,
  kustomizations: readonly Kustomization[],
  concerns: (path: GitPath) => boolean,
): Promise<FoundSource[]> {
  return foundSources(kustomizations, (paths) => readStagedPaths(context, paths), concerns);
}

/**
 * What is wrong with a file that a secretGenerator names, as it stands; null where it is encrypted or
 * holds nothing to hide.
 *
 * @param at where the finding is to stand; null for the file itself
 * @throws BrokenRulesError
 */
export function plaintextSource(
  { path: file, bytes, named, namedAt }: FoundSource,
  rules: RulesInForce,
  at: Naming | null,
): { readonly finding: Finding; readonly commitMends: boolean } | null {
  if (!holdsSecret(bytes, named)) return null;
  const name = pathText(file);
  const verdict = (as: string) =>
    judge({ path: as, bytes, before: bytes, feedsSecret: true }, rules).verdict.kind;
  const kind = verdict(name);
  if (kind === "encrypted" || kind === "unverified") return null;
  const to = encryptedSourceName(name, named);
  const mend: SourceMend =
    kind === "encrypt"
      ? { kind: "commit" }
      : { kind: "rename", to, hasRule: verdict(to) === "encrypt" };
  const namedIn = namedAt.map(({ path }) => pathText(path));
  const there = at === null ? null : { file: name, line: at.line };
  return {
    finding: sourceFinding(named, mend, namedIn, there),
    commitMends: kind === "encrypt",
  };
}
