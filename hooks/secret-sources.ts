import type { Finding } from "../findings/finding.ts";
import {
  encryptedSourceName,
  holdsSecret,
  sourceFinding,
  type SourceMend,
} from "../findings/secret-source.ts";
import { utf8Bytes } from "../findings/text.ts";
import { readKustomizationFile, type GeneratorSource } from "../flux/kustomization-file.ts";
import { folderOf, pathFrom } from "../flux/repository-files.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { GitContext } from "../git/run.ts";
import { readStagedPaths } from "../git/show.ts";
import { judge } from "./judge.ts";
import { mayGenerateSecrets, type Kustomization } from "./kustomizations.ts";
import type { RulesInForce } from "./rules-in-force.ts";

/** A file of which a kustomization's secretGenerator makes a Secret. */
export interface SecretSource {
  readonly path: GitPath;
  /** As it is named there. */
  readonly named: GeneratorSource;
  /** Where it is named. */
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

/** The files that a kustomization's secretGenerators name, as far as they lie in the repository. */
export function secretSources(kustomization: Kustomization): SecretSource[] {
  if (!mayGenerateSecrets(kustomization)) return [];
  const { path, bytes } = kustomization;
  return readKustomizationFile(pathText(path), utf8Bytes(bytes)).generators.flatMap((named) => {
    // In bytes: the folder's name need not be UTF-8.
    const file = pathFrom(folderOf(path), pathFromText(named.value));
    const isSource = named.generator === "secretGenerator" && named.field !== "literals";
    if (!isSource || named.value === "" || file === null) return [];
    return [{ path: file as GitPath, named, namedAt: [{ path, line: named.line }] }];
  });
}

/** Of what makes a Secret, the first place that is to be judged: what names the file, not the file itself. */
export function firstNaming(
  { namedAt }: SecretSource,
  concerns: (path: GitPath) => boolean,
): Naming | null {
  return namedAt.find(({ path }) => concerns(path)) ?? null;
}

/**
 * Of the files that secretGenerators name, those that the index holds, and that hide something, be it
 * encrypted or not. Calls git only where one is named.
 *
 * @param concerns whether a path is to be judged: the file must be, or what names it
 * @throws GitError
 */
export async function stagedSources(
  context: GitContext,
  kustomizations: readonly Kustomization[],
  concerns: (path: GitPath) => boolean,
): Promise<FoundSource[]> {
  const sources = kustomizations
    .flatMap(secretSources)
    .filter((source) => concerns(source.path) || firstNaming(source, concerns) !== null);
  const staged = await readStagedPaths(
    context,
    sources.map((source) => source.path),
  );
  return sources.flatMap((source) => {
    const file = staged.get(source.path);
    if (file === undefined || !holdsSecret(file.bytes, source.named)) return [];
    return [{ ...source, oid: file.oid, bytes: file.bytes }];
  });
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
  const [first = { path: file }] = namedAt;
  const there = at === null ? null : { file: name, line: at.line };
  return {
    finding: sourceFinding(named, mend, pathText(first.path), there),
    commitMends: kind === "encrypt",
  };
}
