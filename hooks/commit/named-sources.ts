import type { Finding } from "../../findings/finding.ts";
import type { Repository } from "../../git/repository/open.ts";
import { mayFeedSecret, mayGenerateSecrets } from "../kustomize/kustomizations.ts";
import type { FoundSource, Naming } from "../kustomize/secret-sources.ts";
import { stagedSurroundings, type Surroundings } from "../rules/staged-surroundings.ts";
import type { FileFinding } from "./file-finding.ts";
import { pathsOf, type Staged } from "./staged.ts";

/** The files that secretGenerators name, where they or the kustomization are staged. */
export async function namedSources(
  repository: Repository,
  staged: Staged,
  { kustomizations }: Surroundings,
): Promise<readonly FoundSource[]> {
  const paths = new Set(pathsOf(staged));
  const concerned = kustomizations.filter(
    (one) =>
      mayGenerateSecrets(one) &&
      (paths.has(one.path) || [...paths].some((path) => mayFeedSecret(path, [one]))),
  );
  if (concerned.length === 0) return [];
  const { stagedSources } = await import("../kustomize/secret-sources.ts");
  return stagedSources(repository, concerned, (path) => paths.has(path));
}

/** What is wrong with a file that makes a Secret, where it is in plaintext. */
export async function readableSource(
  source: FoundSource,
  rules: Surroundings["rules"],
  at: Naming | null = null,
): Promise<Finding | null> {
  const { plaintextSource } = await import("../kustomize/secret-sources.ts");
  return plaintextSource(source, rules, at)?.finding ?? null;
}

/** Staged files that name a file in plaintext which is not part of the commit. */
export async function inNamings(
  repository: Repository,
  { files }: Staged,
  sources: readonly FoundSource[],
): Promise<FileFinding[]> {
  const others = sources.filter((one) => !files.some(({ entry }) => entry.path === one.path));
  if (others.length === 0) return [];
  const { rules } = await stagedSurroundings(
    repository,
    others.map(({ path }) => path),
  );
  const { firstNaming } = await import("../kustomize/secret-sources.ts");
  const findings: FileFinding[] = [];
  for (const source of others) {
    const naming = firstNaming(source, (path) => files.some(({ entry }) => entry.path === path));
    const own = files.find(({ entry }) => entry.path === naming?.path);
    const finding = await readableSource(source, rules, naming);
    if (own === undefined || finding === null) continue;
    findings.push({ ...finding, path: own.entry.path, blob: own.entry.oid, place: own.place });
  }
  return findings;
}
