import { changedEntries, isFile, type ChangedEntry } from "../git/index-entries.ts";
import { readBlobMap } from "../git/blobs.ts";
import { pathText, type GitPath } from "../git/path.ts";
import { openHookRepository, type Repository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { suspectedRules } from "../findings/prefilter.ts";
import type { Finding } from "../findings/finding.ts";
import type { Judgement } from "./judge.ts";
import type { NewContent, Stored } from "./replace-staged.ts";
import type { RulesInForce } from "./rules-in-force.ts";
import { stagedRules } from "./rules-in-force.ts";

/** A finding in one file of the index. */
export interface FileFinding extends Finding {
  readonly path: GitPath;
}

/** What the gate did, for the words that tell it. */
export interface PreCommitResult {
  readonly repository: Repository;
  /** Errors refuse the commit; nothing was changed then. */
  readonly findings: readonly FileFinding[];
  readonly stored: readonly Stored[];
}

/** A staged file with its content, and the content of the last commit at its path. */
interface StagedFile {
  readonly entry: ChangedEntry;
  readonly bytes: Buffer;
  readonly before: Buffer | null;
}

/**
 * The gate: reads the index, judges what is staged, encrypts what is to be encrypted, or refuses.
 *
 * @throws GitError, WorktreeError, BrokenRulesError: the environment is broken; nothing was changed.
 */
export async function preCommit(context: GitContext): Promise<PreCommitResult> {
  const repository = await openHookRepository(context);
  const files = await readStaged(repository);
  const rules = await stagedRules(
    repository,
    files.map(({ entry }) => entry.path),
  );
  const findings: FileFinding[] = [];
  const contents: NewContent[] = [];
  const identities = onceOnly(async () => {
    const { localIdentities } = await import("./local-identities.ts");
    return (await localIdentities(repository)).pairs;
  });

  for (const file of files) {
    if (isUnsuspicious(file, rules)) continue;
    const { judge } = await import("./judge.ts");
    const path = pathText(file.entry.path);
    const judgement = judge({ path, bytes: file.bytes, before: file.before }, rules);
    const outcome = await carryOut(file, judgement, identities);
    findings.push(...outcome.findings.map((one) => ({ ...one, path: file.entry.path })));
    if (outcome.content !== null) contents.push(outcome.content);
  }

  if (findings.some(({ severity }) => severity === "error") || contents.length === 0) {
    return { repository, findings, stored: [] };
  }
  const { replaceStaged } = await import("./replace-staged.ts");
  return { repository, findings, stored: await replaceStaged(repository, contents) };
}

/** What differs from the last commit, with contents: never the worktree's. */
async function readStaged(repository: Repository): Promise<StagedFile[]> {
  const { changed } = await changedEntries(repository);
  const entries = changed.filter(({ mode, intentToAdd }) => isFile(mode) && !intentToAdd);
  const oids = entries.flatMap(({ oid, headOid, headMode }) =>
    headOid !== null && headMode !== null && isFile(headMode) ? [oid, headOid] : [oid],
  );
  const blobs = await readBlobMap(repository, oids);
  return entries.flatMap((entry) => {
    const bytes = blobs.get(entry.oid);
    if (bytes === undefined) return [];
    return [{ entry, bytes, before: blobs.get(entry.headOid ?? "") ?? null }];
  });
}

/** Most files end here: no rule takes them, and no word in them is a rule's keyword. */
function isUnsuspicious({ entry, bytes, before }: StagedFile, rules: RulesInForce): boolean {
  const path = pathText(entry.path);
  return (
    rules.for(path).rule === null &&
    !/\.sops\.[^/]+$/.test(path) &&
    !bytes.includes("ENC[AES256_GCM,") &&
    before?.includes("ENC[AES256_GCM,") !== true &&
    suspectedRules(path, bytes).size === 0
  );
}

interface Outcome {
  readonly findings: readonly Finding[];
  readonly content: NewContent | null;
}

/** Encrypts a file where its judgement says so; what is left of it must not leak either. */
async function carryOut(
  { entry, before }: StagedFile,
  { verdict, leaks, inForce }: Judgement,
  identities: () => Promise<readonly { identity: string; recipient: string }[]>,
): Promise<Outcome> {
  const { encryptPlaintext, inspectEncrypted } = await import("./encrypt-entry.ts");
  const { recipientsFinding } = await import("../findings/sops-recipients.ts");
  const { plaintextValue } = await import("../findings/plaintext-value.ts");
  switch (verdict.kind) {
    case "plain":
    case "unverified":
      return { findings: leaks, content: null };
    case "blocked":
      return { findings: [verdict.finding, ...leaks], content: null };
    case "encrypt": {
      const { file, rule } = verdict;
      const result = await encryptPlaintext(file, rule, before, await identities());
      const opensHere = (await identities()).some(({ recipient }) =>
        rule.recipients.includes(recipient),
      );
      return {
        findings: await leaksAfter(entry, result.text),
        content: { entry, text: result.text, result, opensHere, changed: null },
      };
    }
    case "encrypted": {
      const { file, metadata, added } = verdict;
      const drift = recipientsFinding(metadata, inForce.rule);
      if (drift !== null) return { findings: [drift, ...leaks], content: null };
      const inspection = await inspectEncrypted(
        file,
        metadata,
        added.length > 0,
        before,
        await identities(),
      );
      switch (inspection.kind) {
        case "verified":
          return { findings: leaks, content: null };
        case "unverified":
          return { findings: [...added.map(plaintextValue), ...leaks], content: null };
        case "broken":
          return { findings: [brokenFinding(inspection), ...leaks], content: null };
        case "sealed": {
          const { result, changed } = inspection;
          return {
            findings: await leaksAfter(entry, result.text),
            content: { entry, text: result.text, result, opensHere: true, changed },
          };
        }
      }
    }
  }
}

async function leaksAfter(entry: ChangedEntry, text: string): Promise<readonly Finding[]> {
  const { scan } = await import("../findings/scan.ts");
  const { candidateOf } = await import("../findings/candidate.ts");
  return scan(candidateOf(pathText(entry.path), Buffer.from(text)));
}

function brokenFinding({ line, message }: { line: number | null; message: string }): Finding {
  return {
    rule: "sops-broken",
    severity: "error",
    line,
    message,
    mend: {
      kind: "edit",
      what: "restore the encrypted file, or decrypt it, correct it and stage it",
    },
  };
}

function onceOnly<T>(run: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => (running ??= run());
}
