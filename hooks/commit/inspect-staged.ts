import { pathText } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import type { FoundIdentities } from "../../sops/age/identities.ts";
import type { FoundSource } from "../kustomize/secret-sources.ts";
import { SETTINGS_FILE } from "../rules/gate-files.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";
import { settleAsWarnings, stagedSettings } from "../rules/settings-in-force.ts";
import { stagedSurroundings, surroundingsOf } from "../rules/staged-surroundings.ts";
import type { SurroundingFiles } from "../rules/surrounding-files.ts";
import { isPlainLink, isUnsuspicious } from "../unsuspicious.ts";
import { carryOut, type Outcome } from "./carry-out.ts";
import type { FileFinding } from "./file-finding.ts";
import { inNamings, namedSources, readableSource } from "./named-sources.ts";
import type { NewContent } from "./replace-staged.ts";
import { changesRules, judgedPathsOf, pathsOf, type Staged, type StagedFile } from "./staged.ts";

/** What is wrong with staged files, and what they are to hold instead. */
export interface Inspection {
  readonly findings: readonly FileFinding[];
  readonly contents: readonly NewContent[];
}

/**
 * Judges staged files by the rules as staged, and encrypts in memory what is to be encrypted.
 * Nothing is written.
 *
 * @param options.mayResign whether a readable part that was edited may be signed anew: not what came
 *   from elsewhere, as in a merge.
 * @param options.surrounding what says how the files are judged, where it was read already
 * @throws GitError, BrokenRulesError, SettingsError
 */
export async function inspectStaged(
  repository: Repository,
  staged: Staged,
  options: { readonly mayResign: boolean; readonly surrounding: SurroundingFiles | null },
): Promise<Inspection> {
  const surroundings =
    options.surrounding === null
      ? await stagedSurroundings(repository, judgedPathsOf(staged))
      : surroundingsOf(options.surrounding);
  const { rules } = surroundings;
  const sources = await namedSources(repository, staged, surroundings);
  const findings: FileFinding[] = [];
  const contents: NewContent[] = [];
  const identities = onceOnly(async () => {
    const { localIdentities } = await import("../local-identities.ts");
    return localIdentities(repository);
  });
  for (const file of staged.files) {
    const source = sources.find((one) => one.path === file.entry.path) ?? null;
    if (source === null && isUnsuspicious(file, (path) => rules.for(path).rule !== null)) continue;
    const outcome = await inspectFile(file, source, rules, identities, options.mayResign);
    const where = { path: file.entry.path, blob: file.entry.oid, place: file.place };
    for (const one of outcome.findings) findings.push({ ...one, ...where });
    if (outcome.content !== null) contents.push(outcome.content);
  }
  for (const { entry, bytes, place } of staged.links.filter((link) => !isPlainLink(link))) {
    const { inspectLink } = await import("../inspect-link.ts");
    for (const finding of inspectLink(pathText(entry.path), bytes, rules)) {
      findings.push({ ...finding, path: entry.path, blob: entry.oid, place });
    }
  }
  findings.push(...(await inNamings(repository, staged, sources)));
  if (changesRules(staged)) {
    const { recipientsByNewRules } = await import("./recipients-by-new-rules.ts");
    findings.push(...(await recipientsByNewRules(repository, new Set(pathsOf(staged)))));
  }
  const needsSettings =
    findings.length > 0 || staged.files.some(({ entry }) => entry.path === SETTINGS_FILE);
  if (!needsSettings) return { findings, contents };
  const settled = await settleAsWarnings(await stagedSettings(repository), findings);
  const { withMendsOnDisk } = await import("../fix-of.ts");
  const mended = withMendsOnDisk(settled, repository);
  const { withListings } = await import("../kustomize/listed-in.ts");
  return { findings: withListings(mended, surroundings.kustomizations), contents };
}

/** @param source what a secretGenerator makes of the file; null where none does. */
async function inspectFile(
  file: StagedFile,
  source: FoundSource | null,
  rules: RulesInForce,
  identities: () => Promise<FoundIdentities>,
  mayResign: boolean,
): Promise<Outcome> {
  const path = pathText(file.entry.path);
  const { bytes, before } = file;
  const { judge } = await import("../judge.ts");
  const judgement = judge({ path, bytes, before, feedsSecret: source !== null }, rules);
  const { findings, content } = await carryOut(file, judgement, identities, mayResign);
  const { orUnderARule } = await import("../rules/under-a-rule.ts");
  const found = orUnderARule(findings, path, bytes, rules);
  if (content !== null) return { findings: found, content };
  const plain = source === null ? null : await readableSource(source, rules);
  if (plain !== null) {
    // For a file that feeds a Secret, that finding has the better mend.
    const others = found.filter(({ rule }) => rule !== "plaintext-secret");
    return { findings: [plain, ...others], content };
  }
  const isNew = source === null && file.place === "staged" && before === null;
  if (isNew && judgement.verdict.kind === "plain" && findings.length === 0) {
    const { leftReadable } = await import("../../findings/sops/left-readable.ts");
    const left = leftReadable(path, bytes, (name) => rules.for(name).rule !== null);
    if (left !== null) return { findings: [...found, left], content };
  }
  return { findings: found, content };
}

function onceOnly<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= run());
}
