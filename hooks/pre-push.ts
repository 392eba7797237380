import { suspectedRules } from "../findings/prefilter.ts";
import type { Finding } from "../findings/finding.ts";
import { plaintextValue } from "../findings/plaintext-value.ts";
import { isNamedSops } from "../findings/sops-verdict.ts";
import { readBlobs } from "../git/blobs.ts";
import {
  blobsIn,
  commitsBringing,
  heldByRemotes,
  type BringingCommit,
  type Range,
} from "../git/history.ts";
import { pathText, type GitPath } from "../git/path.ts";
import { openRepository, type OpenedRepository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { concernsSops, inspectCommitted, type CommittedFinding } from "./inspect-tip.ts";
import { localIdentities } from "./local-identities.ts";
import { parsePushLines, type PushedRef } from "./push-lines.ts";
import { newFilesAtTips, type TipFile } from "./pushed-tips.ts";
import { RulesInForce } from "./rules-in-force.ts";

/** A finding in what would leave the machine. */
export interface PushFinding extends Finding {
  /** Empty for a tagged blob. */
  readonly path: GitPath;
  readonly blob: string;
  readonly commitMends: boolean;
  /** A pushed ref that has it at its tip; null when it only stands in the history. */
  readonly tip: PushedRef | null;
  /** The commits that bring it, oldest first; none for a tagged blob. */
  readonly commits: readonly BringingCommit[];
}

/** What is wrong with a push. */
export interface PushResult {
  readonly repository: OpenedRepository;
  readonly refs: readonly PushedRef[];
  readonly range: Range;
  readonly findings: readonly PushFinding[];
}

/** So many contents are traced to their commits; git is given their names as arguments. */
const TRACED = 200;

/**
 * `pre-push`: the last gate, for commits that no other hook saw. Leaks are looked for in every
 * content that the remote does not have yet, however deep in the history; what else is wrong, in the
 * new files at the pushed tips, by the creation rules that stand there.
 *
 * @param args the remote's name and its URL; both the URL where it was pushed to by URL
 * @param lines see parsePushLines
 * @returns null when nothing leaves the machine
 * @throws GitError, BrokenRulesError, PushLineError
 */
export async function prePush(
  context: GitContext,
  [remote = "", url = ""]: readonly string[],
  lines: string,
): Promise<PushResult | null> {
  const refs = parsePushLines(lines);
  if (refs.length === 0) return null;
  const repository = await openRepository(context);
  const range: Range = {
    include: [...new Set(refs.map(({ localOid }) => localOid))],
    exclude: [...new Set(refs.flatMap(({ remoteOid }) => remoteOid ?? []))],
    // Pushed to by URL there are no branches that track it: what any remote has is known.
    remote: remote === "" || remote === url ? null : remote,
  };
  const blobs = await blobsIn(repository, range);
  if (blobs.size === 0) return null;
  const files = await newFilesAtTips(repository, refs, (oid) => blobs.has(oid));
  const found = new Findings();
  const withSops = await lookIntoAll(repository, blobs, files[0]?.rules ?? null, found);
  await lookIntoTips(repository, files, withSops, found);
  const findings = await withCommits(repository, found.all, range);
  return { repository, refs, range, findings };
}

type Found = Omit<PushFinding, "commits">;

/** Findings, each once: those at a tip go before the same ones of the history. */
class Findings {
  readonly #byPlace = new Map<string, Found>();

  add(found: Found): void {
    const { rule, line, path, blob, tip } = found;
    const key = [rule, line, path, blob].join("\0");
    if (tip !== null || !this.#byPlace.has(key)) this.#byPlace.set(key, found);
  }

  get all(): Found[] {
    return [...this.#byPlace.values()];
  }
}

/**
 * Every new content, read once: leaks, and files that by their name should be encrypted.
 *
 * @returns the contents in which there is anything of SOPS
 */
async function lookIntoAll(
  repository: OpenedRepository,
  blobs: ReadonlyMap<string, GitPath>,
  rules: RulesInForce | null,
  findings: Findings,
): Promise<Set<string>> {
  const withSops = new Set<string>();
  const inForce = rules ?? new RulesInForce(new Map());
  for await (const { oid, bytes } of readBlobs(repository, blobs.keys())) {
    if (bytes === null) continue;
    const mentionsSops = bytes.includes("ENC[AES256_GCM,");
    if (mentionsSops) withSops.add(oid);
    const path = blobs.get(oid) ?? ("" as GitPath);
    const name = pathText(path);
    const isSuspect = mentionsSops || isNamedSops(name) || suspectedRules(name, bytes).size > 0;
    if (!isSuspect) continue;
    for (const { finding, commitMends } of await inHistory(name, bytes, inForce)) {
      findings.add({ ...finding, path, blob: oid, commitMends, tip: null });
    }
  }
  return withSops;
}

/** Only what leaks: what else was wrong in the past does no harm when it is right at the tip. */
async function inHistory(
  path: string,
  bytes: Buffer,
  rules: RulesInForce,
): Promise<readonly CommittedFinding[]> {
  const { judge } = await import("./judge.ts");
  const { verdict, leaks } = judge({ path, bytes, before: bytes }, rules);
  if (verdict.kind === "encrypt" && isNamedSops(path)) {
    return (await inspectCommitted({ path, rules }, bytes, () => Promise.resolve([]))).findings;
  }
  const found = leaks.map((finding) => ({ finding, commitMends: verdict.kind === "encrypt" }));
  if (verdict.kind !== "encrypted") return found;
  const values = verdict.added.map((one) => ({ finding: plaintextValue(one), commitMends: true }));
  return [...values, ...found];
}

async function lookIntoTips(
  repository: OpenedRepository,
  files: readonly TipFile[],
  withSops: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  const leaking = new Set(findings.all.map(({ blob }) => blob));
  const byOid = new Map<string, TipFile[]>();
  for (const file of files) {
    if (!leaking.has(file.oid) && !concernsSops(file, withSops.has(file.oid))) continue;
    byOid.set(file.oid, [...(byOid.get(file.oid) ?? []), file]);
  }
  let identities: ReturnType<typeof localIdentities> | null = null;
  const pairs = async () => (await (identities ??= localIdentities(repository))).pairs;
  for await (const { oid, bytes } of readBlobs(repository, byOid.keys())) {
    if (bytes === null) continue;
    for (const { path, rules, ref } of byOid.get(oid) ?? []) {
      const inTip = await inspectCommitted({ path: pathText(path), rules }, bytes, pairs);
      for (const { finding, commitMends } of inTip.findings) {
        findings.add({ ...finding, path, blob: oid, commitMends, tip: ref });
      }
    }
  }
}

/** Where they came in; and what the remote has had all along becomes a warning. */
async function withCommits(
  repository: OpenedRepository,
  found: readonly Found[],
  range: Range,
): Promise<PushFinding[]> {
  const errors = found.filter(({ severity }) => severity === "error");
  const suspects = [...new Set(errors.map(({ blob }) => blob))];
  const held = await heldByRemotes(repository, suspects, range.remote);
  const news = suspects.filter((oid) => !held.has(oid)).slice(0, TRACED);
  const commits = await commitsBringing(repository, news, range);
  return found.map((one) => ({
    ...one,
    severity: held.has(one.blob) ? "warning" : one.severity,
    commits: commits.get(one.blob) ?? [],
  }));
}
