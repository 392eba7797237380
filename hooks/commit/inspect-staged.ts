import type { Finding } from "../../findings/finding.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import type { Encrypted } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { formatOf } from "../../sops/format.ts";
import type { FoundIdentities } from "../../sops/age/identities.ts";
import type { FileFinding } from "./file-finding.ts";
import type { Judgement } from "../judge.ts";
import type { NewContent } from "./replace-staged.ts";
import { mayFeedSecret, mayGenerateSecrets } from "../kustomize/kustomizations.ts";
import type { FoundSource, Naming } from "../kustomize/secret-sources.ts";
import { SETTINGS_FILE } from "../rules/gate-files.ts";
import {
  stagedSurroundings,
  surroundingsOf,
  type Surroundings,
} from "../rules/staged-surroundings.ts";
import { settleAsWarnings, stagedSettings } from "../rules/settings-in-force.ts";
import { changesRules, judgedPathsOf, pathsOf, type Staged, type StagedFile } from "./staged.ts";
import type { SurroundingFiles } from "../rules/surrounding-files.ts";
import { isPlainLink, isUnsuspicious } from "../unsuspicious.ts";

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
  const sources = await secretSourcesOf(repository, staged, surroundings);
  const findings: FileFinding[] = [];
  const contents: NewContent[] = [];
  const identities = onceOnly(async () => {
    const { localIdentities } = await import("../local-identities.ts");
    return localIdentities(repository);
  });
  for (const file of staged.files) {
    const path = pathText(file.entry.path);
    const source = sources.find((one) => one.path === file.entry.path) ?? null;
    if (source === null && isUnsuspicious(file, (path) => rules.for(path).rule !== null)) continue;
    const { judge } = await import("../judge.ts");
    const { bytes, before } = file;
    const feedsSecret = source !== null;
    const judgement = judge({ path, bytes, before, feedsSecret }, rules);
    const outcome = await carryOut(file, judgement, identities, options.mayResign);
    const where = { path: file.entry.path, blob: file.entry.oid, place: file.place };
    const plain =
      source === null || outcome.content !== null ? null : await readable(source, rules);
    const { orUnderARule } = await import("../rules/under-a-rule.ts");
    // What is to be done about such a file is known better than by what is in it.
    const others = orUnderARule(outcome.findings, path, bytes, rules).filter(
      ({ rule }) => plain === null || rule !== "plaintext-secret",
    );
    for (const one of plain === null ? others : [plain, ...others]) {
      findings.push({ ...one, ...where });
    }
    if (outcome.content !== null) contents.push(outcome.content);
    else if (source === null && file.place === "staged" && before === null) {
      const { leftReadable } = await import("../../findings/sops/left-readable.ts");
      const left = leftReadable(path, bytes, (name) => rules.for(name).rule !== null);
      const isPlain = judgement.verdict.kind === "plain" && outcome.findings.length === 0;
      if (left !== null && isPlain) findings.push({ ...left, ...where });
    }
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
  const { mendOnDisk } = await import("../fix-of.ts");
  const mended = settled.map((one) =>
    one.severity === "error" ? { ...one, mend: mendOnDisk(one, repository) } : one,
  );
  const { withListings } = await import("../kustomize/listed-in.ts");
  return { findings: withListings(mended, surroundings.kustomizations), contents };
}

/** The files that secretGenerators name, where they or the kustomization are staged. */
async function secretSourcesOf(
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

async function readable(
  source: FoundSource,
  rules: Surroundings["rules"],
  at: Naming | null = null,
): Promise<Finding | null> {
  const { plaintextSource } = await import("../kustomize/secret-sources.ts");
  return plaintextSource(source, rules, at)?.finding ?? null;
}

/** Staged files that name one in plaintext which is no part of the commit. */
async function inNamings(
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
    const finding = await readable(source, rules, naming);
    if (own === undefined || finding === null) continue;
    findings.push({ ...finding, path: own.entry.path, blob: own.entry.oid, place: own.place });
  }
  return findings;
}

interface Outcome {
  readonly findings: readonly Finding[];
  readonly content: NewContent | null;
}

/** Encrypts a file where its judgement says so; what is left of it must not leak either. */
async function carryOut(
  { entry, bytes, before }: StagedFile,
  { verdict, leaks, inForce }: Judgement,
  identities: () => Promise<FoundIdentities>,
  mayResign: boolean,
): Promise<Outcome> {
  const { encryptPlaintext, inspectEncrypted } = await import("../encrypt-entry.ts");
  const { recipientsFinding } = await import("../../findings/sops/sops-recipients.ts");
  const { plaintextValue } = await import("../../findings/sops/plaintext-value.ts");
  const { mendOfUnverified, RESTORE, sopsBroken } =
    await import("../../findings/sops/sops-broken.ts");
  const version =
    before === null ? null : { bytes: before, format: formatOf(pathText(entry.path)) };
  switch (verdict.kind) {
    case "plain":
    case "unverified":
      return { findings: leaks, content: null };
    case "blocked":
      return { findings: [verdict.finding, ...leaks], content: null };
    case "encrypt": {
      const { file, rule } = verdict;
      let result: Encrypted;
      try {
        result = await encryptPlaintext(file, rule, version, (await identities()).pairs);
      } catch (error) {
        if (!(error instanceof SopsError)) throw error;
        const what = error.code === "tampered" ? RESTORE : "correct it, then stage it again";
        return { findings: [sopsBroken(error, what), ...leaks], content: null };
      }
      const { pairs, problems } = await identities();
      const opensHere = pairs.some(({ recipient }) => rule.recipients.includes(recipient));
      const closedFor = opensHere ? null : problems;
      return {
        findings: await leftAfter({ path: entry.path, bytes }, leaks, result.text),
        content: { entry, text: result.text, result, closedFor, changed: null },
      };
    }
    case "encrypted": {
      const { file, metadata, added } = verdict;
      const drift = recipientsFinding(metadata, inForce.rule);
      const drifted = drift === null ? [] : [drift];
      const known = [...drifted, ...leaks];
      if (drift?.severity === "error") return { findings: known, content: null };
      const inspection = await inspectEncrypted(
        file,
        metadata,
        added.length > 0,
        mayResign ? version : null,
        (await identities()).pairs,
      );
      switch (inspection.kind) {
        case "verified":
          return { findings: known, content: null };
        case "unverified":
          return {
            findings: [...added.map((one) => plaintextValue(one, true)), ...known],
            content: null,
          };
        case "broken": {
          const what = mendOfUnverified(inspection.decrypts, added);
          return { findings: [sopsBroken(inspection, what), ...known], content: null };
        }
        case "sealed": {
          const { result, changed } = inspection;
          return {
            findings: [
              ...drifted,
              ...(await leftAfter({ path: entry.path, bytes }, leaks, result.text)),
            ],
            content: { entry, text: result.text, result, closedFor: null, changed },
          };
        }
      }
    }
  }
}

/** What is left to say once a file is encrypted: what leaks then, and what cannot be valid either way. */
async function leftAfter(
  { path, bytes }: { readonly path: GitPath; readonly bytes: Buffer },
  before: readonly Finding[],
  text: string,
): Promise<readonly Finding[]> {
  const { scan } = await import("../../findings/scan.ts");
  const { candidateOf } = await import("../../findings/candidate/candidate.ts");
  // Before, the values could be read: that says more.
  const notValid = before.filter(({ rule }) => rule === "secret-not-valid");
  const leaks = scan(candidateOf(pathText(path), Buffer.from(text)), new Set(["secret-not-valid"]));
  if (leaks.length === 0) return notValid;
  const { linesAsStaged } = await import("./line-as-staged.ts");
  const lineOf = linesAsStaged(text, bytes.toString("utf8"));
  return [
    ...notValid,
    ...leaks.map((one) => (one.line === null ? one : { ...one, line: lineOf(one.line) })),
  ];
}

function onceOnly<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= run());
}
