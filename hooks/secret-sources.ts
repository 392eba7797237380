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
  readonly kustomization: Kustomization;
  /** As the kustomization names it. */
  readonly named: GeneratorSource;
}

/** Such a file as it was found. */
export interface FoundSource extends SecretSource {
  readonly oid: string;
  readonly bytes: Buffer;
}

/** The files that a kustomization's secretGenerators name, as far as they lie in the repository. */
export function secretSources(kustomization: Kustomization): SecretSource[] {
  if (!mayGenerateSecrets(kustomization)) return [];
  const name = pathText(kustomization.path);
  return readKustomizationFile(name, utf8Bytes(kustomization.bytes)).generators.flatMap((named) => {
    // In bytes: the folder's name need not be UTF-8.
    const file = pathFrom(folderOf(kustomization.path), pathFromText(named.value));
    const isSource = named.generator === "secretGenerator" && named.field !== "literals";
    return isSource && named.value !== "" && file !== null
      ? [{ path: file as GitPath, kustomization, named }]
      : [];
  });
}

/**
 * Of the files that secretGenerators name, those that the index holds, and that hide something, be it
 * encrypted or not. Calls git only where one is
 * named.
 *
 * @param concerns whether a path is to be judged: of each pair, the file or the kustomization must be
 * @throws GitError
 */
export async function stagedSources(
  context: GitContext,
  kustomizations: readonly Kustomization[],
  concerns: (path: GitPath) => boolean,
): Promise<FoundSource[]> {
  const sources = kustomizations
    .flatMap(secretSources)
    .filter((source) => concerns(source.path) || concerns(source.kustomization.path));
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
 * @param at whether the finding is to stand in the file itself or in the kustomization
 * @throws BrokenRulesError
 */
export function plaintextSource(
  { path: file, bytes, named, kustomization }: FoundSource,
  rules: RulesInForce,
  at: "file" | "kustomization",
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
  const shown = at === "file" ? null : name;
  return {
    finding: sourceFinding(named, mend, pathText(kustomization.path), shown),
    commitMends: kind === "encrypt",
  };
}
