import type { Finding } from "../../findings/finding.ts";
import { suspectedRules } from "../../findings/prefilter/prefilter.ts";
import { findSetUpCommands } from "../../findings/set-up-commands.ts";
import type { ChangedEntry } from "../../git/index/entries.ts";
import { pathFromText, pathText, type GitPath } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { commandOnFiles } from "../../git/shell-word.ts";
import { withMendsOnDisk } from "../../hooks/fix-of.ts";
import { inBrokenRuleFiles } from "../../hooks/rules/broken-rule-file.ts";
import { isMisnamedRuleFile, MISNAMED, rightName } from "../../hooks/rules/gate-files.ts";
import { inspectLink } from "../../hooks/inspect-link.ts";
import { concernsSops, inspectCommitted } from "../../hooks/inspect-committed.ts";
import { mayGenerateSecrets } from "../../hooks/kustomize/kustomizations.ts";
import { withListings } from "../../hooks/kustomize/listed-in.ts";
import { localIdentities } from "../../hooks/local-identities.ts";
import { readableAgain } from "../../hooks/readable-again.ts";
import type { RulesInForce } from "../../hooks/rules/rules-in-force.ts";
import {
  plaintextSource,
  stagedSources,
  type FoundSource,
} from "../../hooks/kustomize/secret-sources.ts";
import { stagedSurroundings, type Surroundings } from "../../hooks/rules/staged-surroundings.ts";
import { isPlainLink } from "../../hooks/unsuspicious.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import type { Checked, CheckedFinding } from "./check-formats.ts";
import type { FileToCheck } from "./files-to-check.ts";
import { sourcesOnDisk } from "./sources-on-disk.ts";

/**
 * What is wrong with each of some files, judged by the rules of the index.
 *
 * @param changed what differs from the last commit; of files on disk none
 */
export async function inspectFiles(
  repository: OpenedRepository,
  all: readonly FileToCheck[],
  changed: readonly ChangedEntry[],
): Promise<Checked> {
  const files = all.filter(({ isLink }) => !isLink);
  const links = all.filter((one) => one.isLink && !isPlainLink(one));
  const surroundings = await stagedSurroundings(
    repository,
    [...files, ...links].map(({ path }) => path),
  );
  const { rules, inRuleFiles } = usableRules(surroundings.rules, all);
  const inFiles = await inspectContents(repository, files, { ...surroundings, rules });
  const again = await stagedReadable(repository, files, changed, rules);
  const isKnown = ({ path, rule }: CheckedFinding) =>
    inFiles.findings.some((one) => one.path === path && one.rule === rule);
  const findings = [
    ...inRuleFiles,
    ...inFiles.findings,
    ...again.filter((finding) => !isKnown(finding)),
    ...inLinks(links, rules),
  ];
  const mended = withMendsOnDisk(findings, repository);
  return { ...inFiles, findings: withListings(mended, surroundings.kustomizations) };
}

/** What is staged in the place of its encrypted form, and can be read in part or as a whole: see {@link readableAgain}. */
async function stagedReadable(
  repository: OpenedRepository,
  files: readonly FileToCheck[],
  changed: readonly ChangedEntry[],
  rules: RulesInForce,
): Promise<CheckedFinding[]> {
  const heads = new Map(changed.map(({ path, headOid }) => [path, headOid]));
  const replacements = files.flatMap(({ path, bytes, blob }) => {
    const headOid = heads.get(path) ?? null;
    return headOid !== null && concernsSops({ path, rules }, bytes.includes(TOKEN_START))
      ? [{ path, oid: blob, replaced: [headOid] }]
      : [];
  });
  const again = await readableAgain(repository, replacements, () => [rules]);
  return again.map(({ path, oid, finding }) => ({ ...finding, path, where: "index", blob: oid }));
}

function inLinks(links: readonly FileToCheck[], rules: RulesInForce): CheckedFinding[] {
  return links.flatMap(({ path, bytes, where, blob }) =>
    inspectLink(pathText(path), bytes, rules).map((found) => ({ ...found, path, where, blob })),
  );
}

async function inspectContents(
  repository: OpenedRepository,
  files: readonly FileToCheck[],
  surroundings: Surroundings,
): Promise<Checked> {
  const { rules } = surroundings;
  const { pairs } = await localIdentities(repository);
  const { OWN_OBJECTS } = await import("../../hooks/own-objects.ts");
  const findings: CheckedFinding[] = [];
  let unverified = 0;
  for (const { path, bytes, where, blob } of files) {
    if (OWN_OBJECTS.has(blob)) continue;
    const name = pathText(path);
    if (isMisnamedRuleFile(name))
      findings.push({ ...misnamed(name, files, repository.prefix), path, where, blob });
    findings.push(
      ...findSetUpCommands(name, bytes).map((finding) => ({ ...finding, path, where, blob })),
    );
    const hasSops = bytes.includes(TOKEN_START);
    if (!concernsSops({ path, rules }, hasSops) && suspectedRules(name, bytes).size === 0) continue;
    const found = await inspectCommitted({ path: name, rules }, bytes, () =>
      Promise.resolve(pairs),
    );
    findings.push(...found.findings.map(({ finding }) => ({ ...finding, path, where, blob })));
    if (hasSops && found.isUnverified) unverified += 1;
  }
  const sources = await sourcesOf(repository, files, surroundings);
  const where = files[0]?.where ?? "index";
  const all = withSources(findings, sources, rules, where);
  return { findings: all, files: files.length, unverified };
}

/**
 * The rules to judge by: without the broken files in folders, where these are looked at themselves and so told of.
 *
 * @param all links among them: one that is a rule file is broken
 */
function usableRules(
  rules: RulesInForce,
  all: readonly FileToCheck[],
): { readonly rules: RulesInForce; readonly inRuleFiles: readonly CheckedFinding[] } {
  const usable = rules.withoutBroken();
  const inRuleFiles = inBrokenRuleFiles(usable.broken, all).map(({ file, finding }) => {
    const { path, where, blob } = file;
    return { ...finding, path, where, blob };
  });
  if (inRuleFiles.length < usable.broken.length) return { rules, inRuleFiles: [] };
  return { rules: usable.rules, inRuleFiles };
}

/** A rule file under a name that nobody reads. */
function misnamed(name: string, files: readonly FileToCheck[], prefix: GitPath): Finding {
  const right = rightName(name);
  const isTaken = files.some(({ path }) => pathText(path) === right);
  return {
    rule: "sops-rule",
    severity: "warning",
    line: null,
    message: MISNAMED,
    mend: isTaken
      ? { kind: "edit", what: "move what it should say into .sops.yaml, and remove it" }
      : {
          kind: "run",
          commands: [commandOnFiles(["git", "mv", "--"], [name, right].map(pathFromText), prefix)],
        },
  };
}

/** The files that secretGenerators name, where they or what names them is looked at. */
async function sourcesOf(
  repository: OpenedRepository,
  files: readonly FileToCheck[],
  { kustomizations }: Surroundings,
): Promise<readonly FoundSource[]> {
  const paths = new Set(files.map(({ path }) => path));
  if (files[0]?.where === "worktree") return sourcesOnDisk(repository, paths);
  const concerned = kustomizations.filter(mayGenerateSecrets);
  return stagedSources(repository, concerned, (path) => paths.has(path));
}

/** What is found in a file that a secretGenerator names, instead of what else makes it a secret. */
function withSources(
  findings: readonly CheckedFinding[],
  sources: readonly FoundSource[],
  rules: RulesInForce,
  where: FileToCheck["where"],
): CheckedFinding[] {
  const all = [...findings];
  const seen = new Set<GitPath>();
  for (const source of sources) {
    const { path, oid } = source;
    if (seen.has(path)) continue;
    seen.add(path);
    const found = plaintextSource(source, rules, null);
    if (found === null) continue;
    const first = all.findIndex((one) => one.path === path && one.rule === "plaintext-secret");
    const finding = { ...found.finding, path, where, blob: oid };
    all.splice(first === -1 ? all.length : first, first === -1 ? 0 : 1, finding);
  }
  return all;
}
