import { CREDENTIAL_FILE_PATHS } from "../findings/keywords.ts";
import { Likenesses } from "../findings/likenesses.ts";
import type { Finding } from "../findings/finding.ts";
import { streamBlobs } from "../git/blob-stream.ts";
import { readBlobs } from "../git/blobs.ts";
import {
  blobsIn,
  commitsBringing,
  commitsSaying,
  heldByRemotes,
  type BringingCommit,
  type Range,
} from "../git/history.ts";
import { pathText, type GitPath } from "../git/path.ts";
import { tagObjects } from "../git/tag-objects.ts";
import { openRepository, type OpenedRepository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { decryptedAgain } from "./decrypted-again.ts";
import { concernsSops, inPlaintext, inspectCommitted } from "./inspect-tip.ts";
import { inspectPast, isTellingName } from "./inspect-past.ts";
import { localIdentities } from "./local-identities.ts";
import { parsePushLines, type PushedRef } from "./push-lines.ts";
import { mayName } from "./kustomizations.ts";
import { KEY_WORDS, keysInMessage } from "./message-keys.ts";
import { groupsReaching, lookAtTips, type TipFile, type TipGroup } from "./pushed-tips.ts";
import { pastSources } from "./past-sources.ts";
import { ofOtherKinds, readRangeLog, type RangeLog } from "./range-log.ts";
import { plaintextSource, type FoundSource } from "./secret-sources.ts";
import { settingsIn, settleSilently } from "./settings-in-force.ts";
import type { RulesInForce } from "./rules-in-force.ts";
import { generatingAtTips, tipSources, type GeneratingKustomization } from "./tip-sources.ts";
import { trackedRemote } from "./tracked-remote.ts";

/** A finding in what would leave the machine. */
export interface PushFinding extends Finding {
  /** Empty for a tagged blob and for a message. */
  readonly path: GitPath;
  /** The content it is in; null for the message of a commit or a tag. */
  readonly blob: string | null;
  readonly commitMends: boolean;
  /** A pushed ref that has it at its tip; null when it only stands in the history. */
  readonly tip: PushedRef | null;
  /** The commits that bring it, oldest first; none for a tagged blob and the message of a tag. */
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
 * content and message that the remote does not have yet, however deep in the history; what else is
 * wrong, in the new files at the pushed tips, by the creation rules that stand there.
 *
 * @param args the remote's name and its URL; both the URL where it was pushed to by URL
 * @param lines see parsePushLines
 * @returns null when nothing leaves the machine
 * @throws GitError, BrokenRulesError, PushLineError
 */
export async function prePush(
  context: GitContext,
  args: readonly string[],
  lines: string,
): Promise<PushResult | null> {
  const refs = parsePushLines(lines);
  if (refs.length === 0) return null;
  const repository = await openRepository(context);
  const range: Range = {
    include: [...new Set(refs.map(({ localOid }) => localOid))],
    exclude: [...new Set(refs.flatMap(({ remoteOid }) => remoteOid ?? []))],
    remote: await trackedRemote(repository, args, refs),
  };
  const inspected = await inspectRange(repository, refs, range);
  if (inspected.files === 0 && inspected.findings.length === 0) return null;
  return { repository, refs, range, findings: inspected.findings };
}

/**
 * Looks into a part of the history: leaks in every content and message that is new in it, and what
 * else is wrong in its new files at some tips.
 *
 * @throws GitError, BrokenRulesError
 */
export async function inspectRange(
  repository: OpenedRepository,
  tips: readonly PushedRef[],
  range: Range,
): Promise<{
  readonly findings: readonly PushFinding[];
  /** Contents looked into, and how many encrypted ones no key here opens. */
  readonly files: number;
  readonly unverified: number;
}> {
  const [blobs, { messages, commits }] = await Promise.all([
    blobsIn(repository, range),
    lookIntoMessages(repository, tips, range),
  ]);
  if (blobs.size === 0) return { findings: messages, files: 0, unverified: 0 };
  const { files, kustomizations, groups } = await lookAtTips(repository, tips, (oid) =>
    blobs.has(oid),
  );
  const groupsOf = await groupsReaching(repository, groups, range);
  const rulesOf = (some: readonly TipGroup[]) => [...new Set(some.map(({ rules }) => rules))];
  const rulesFor = (oid: string) => rulesOf(groupsOf(oid));
  const judges: Judges = { rulesFor, count: rulesOf(groups).length };
  const found = new Findings();
  const generating = await generatingAtTips(repository, kustomizations);
  const [seen, log] = await Promise.all([
    lookIntoAll(repository, blobs, judges, found),
    // One commit is a tip: what it has, under whatever name, is looked at there.
    commits > 1 ? readRangeLog(repository, range, blobs) : null,
  ]);
  const unverified = await lookIntoTips(repository, files, seen, found);
  const { withSops } = seen;
  const otherNames = log?.otherNames ?? new Map<string, never>();
  const contents = { blobs, otherNames, withSops, rulesFor };
  for (const one of await decryptedAgain(repository, range, contents)) {
    const { oid, path } = one;
    const tip = files.find((file) => file.oid === oid && file.path === path)?.ref ?? null;
    found.add({ ...inPlaintext(), path, blob: oid, commitMends: true, tip });
  }
  await lookIntoSources(repository, generating, (oid) => blobs.has(oid), found);
  if (log !== null) {
    await lookIntoOtherNames(repository, log, seen, { blobs, rulesFor }, found);
    await lookIntoPastSources(repository, log, generating, { blobs, rulesFor }, found);
  }
  const settled = await settledAt(repository, found.all, ({ blob }) => groupsOf(blob));
  const findings = [...(await withCommits(repository, settled, range)), ...messages];
  return { findings, files: blobs.size, unverified };
}

type Found = Omit<PushFinding, "commits" | "blob"> & { readonly blob: string };

/**
 * Keys in the messages of commits, and of the tags that tips are, and how many commits there are. Settings name
 * files: none counts.
 */
async function lookIntoMessages(
  repository: OpenedRepository,
  tips: readonly PushedRef[],
  range: Range,
): Promise<{ readonly messages: readonly PushFinding[]; readonly commits: number }> {
  const nowhere = { path: "" as GitPath, blob: null, commitMends: false };
  const messages: PushFinding[] = [];
  const { saying, all: commits } = await commitsSaying(repository, KEY_WORDS, range);
  for (const commit of saying) {
    for (const [text, where] of [
      [commit.message, "the message of a commit"],
      [
        commit.header,
        commit.header.includes("\nmergetag ")
          ? "the message of a tag that a commit has merged"
          : "the header of a commit",
      ],
    ] as const) {
      for (const found of keysInMessage(Buffer.from(text, "latin1"), where)) {
        messages.push({ ...found, ...nowhere, tip: null, commits: [commit] });
      }
    }
  }
  const tags = await tagObjects(
    repository,
    tips.map(({ localOid }) => localOid),
  );
  for (const tip of tips) {
    for (const tag of tags.get(tip.localOid) ?? []) {
      for (const found of keysInMessage(tag, "the message of a tag")) {
        messages.push({ ...found, ...nowhere, tip, commits: [] });
      }
    }
  }
  return { messages, commits };
}

/** Findings, each once: those at a tip go before the same ones of the history. */
class Findings {
  readonly #byPlace = new Map<string, Found>();

  add(found: Found): void {
    const { rule, line, path, blob, tip } = found;
    const key = [rule, line, path, blob].join("\0");
    if (tip !== null || !this.#byPlace.has(key)) this.#byPlace.set(key, found);
  }

  /** Whether a content is known as a secret in plaintext under this path: anywhere, or at a tip. */
  isPlaintextSecret({ path, blob }: Pick<Found, "path" | "blob">, atTip = false): boolean {
    return this.all.some(
      (one) =>
        one.path === path &&
        one.blob === blob &&
        (one.tip !== null || !atTip) &&
        one.rule === "plaintext-secret" &&
        one.severity === "error",
    );
  }

  get all(): Found[] {
    return [...this.#byPlace.values()];
  }
}

/**
 * Every new content, read once: leaks, and files that by their name should be encrypted. The tool's own
 * files are passed over, as in a commit.
 *
 * @returns the contents in which there is anything of SOPS, and those with a keyword
 */
async function lookIntoAll(
  repository: OpenedRepository,
  blobs: ReadonlyMap<string, GitPath>,
  { rulesFor, count }: Judges,
  findings: Findings,
): Promise<Seen> {
  const withSops = new Set<string>();
  const suspects = new Set<string>();
  const likenesses = new Likenesses();
  const { OWN_OBJECTS } = await import("./own-objects.ts");
  const wanted = [...blobs]
    .filter(([oid]) => !OWN_OBJECTS.has(oid))
    .map(([oid, path]) => ({ oid, path }));
  await streamBlobs(repository, wanted, ({ oid, path }, bytes) => {
    const { isClean, isEncrypted, harmless } = likenesses.of(bytes, path);
    if (isEncrypted) withSops.add(oid);
    const name = pathText(path);
    if (isClean && !isTellingName(name)) return;
    suspects.add(oid);
    if (!isClean && harmless.get(path) === true) return;
    const sets = rulesFor(oid);
    const found = judged({ oid, path }, bytes, sets);
    // The next one that is like it may be judged by any of them.
    if (!isClean && sets.length === count) harmless.set(path, found.length === 0);
    for (const one of found) findings.add(one);
  });
  return { withSops, suspects };
}

/** What a content is by a name that it had, and by each of the rules. */
function judged(
  { oid, path }: { readonly oid: string; readonly path: GitPath },
  bytes: Uint8Array,
  sets: readonly RulesInForce[],
): Found[] {
  return sets
    .flatMap((rules) => inspectPast(pathText(path), bytes, rules))
    .map(({ finding, commitMends }) => {
      return { ...finding, path, blob: oid, commitMends, tip: null };
    });
}

/** The creation rules that the past is judged by. */
interface Judges {
  /** How many sets of them there are. */
  readonly count: number;
  /** Those of the tips that reach a content. */
  readonly rulesFor: (oid: string) => readonly RulesInForce[];
}

/** What is new, and how it is judged. */
interface Contents extends Pick<Judges, "rulesFor"> {
  /** Each with one of its names. */
  readonly blobs: ReadonlyMap<string, GitPath>;
}

interface Seen {
  readonly withSops: ReadonlySet<string>;
  /** They were judged under one path; at the tip they may stand under others. */
  readonly suspects: ReadonlySet<string>;
}

async function lookIntoTips(
  repository: OpenedRepository,
  files: readonly TipFile[],
  { withSops, suspects }: Seen,
  findings: Findings,
): Promise<number> {
  let unverified = 0;
  const byOid = new Map<string, TipFile[]>();
  for (const file of files) {
    const isSuspect = suspects.has(file.oid) || CREDENTIAL_FILE_PATHS.test(pathText(file.path));
    if (!isSuspect && !concernsSops(file, withSops.has(file.oid))) continue;
    byOid.set(file.oid, [...(byOid.get(file.oid) ?? []), file]);
  }
  let identities: ReturnType<typeof localIdentities> | null = null;
  const pairs = async () => (await (identities ??= localIdentities(repository))).pairs;
  for await (const { oid, bytes } of readBlobs(repository, byOid.keys())) {
    if (bytes === null) continue;
    for (const { path, rules, ref } of byOid.get(oid) ?? []) {
      const inTip = await inspectCommitted({ path: pathText(path), rules }, bytes, pairs);
      if (inTip.isUnverified) unverified += 1;
      for (const { finding, commitMends } of inTip.findings) {
        findings.add({ ...finding, path, blob: oid, commitMends, tip: ref });
      }
    }
  }
  return unverified;
}

/** The files that secretGenerators at the tips name, where they or what names them is new. */
async function lookIntoSources(
  repository: OpenedRepository,
  kustomizations: readonly GeneratingKustomization[],
  isNew: (oid: string) => boolean,
  findings: Findings,
): Promise<void> {
  for (const source of await tipSources(repository, kustomizations, isNew)) {
    const { tip, naming } = source;
    const { path } = naming ?? source;
    const blob = naming === null ? source.oid : (tip.oidAt(path) ?? "");
    // Judging takes longer, and a file may be named many times.
    if (findings.isPlaintextSecret({ path, blob }, true)) continue;
    const found = plaintextSource(source, tip.rules, naming);
    if (found === null) continue;
    const { finding, commitMends } = found;
    findings.add({ ...finding, path, blob, commitMends, tip: tip.ref });
  }
}

/** Contents that also had names of another kind than the one that they were judged by. */
async function lookIntoOtherNames(
  repository: OpenedRepository,
  { otherNames }: RangeLog,
  { suspects }: Seen,
  { blobs, rulesFor }: Contents,
  findings: Findings,
): Promise<void> {
  const wanted = ofOtherKinds(otherNames, blobs, suspects);
  if (wanted.length === 0) return;
  await streamBlobs(repository, wanted, (one, bytes) => {
    for (const found of judged(one, bytes, rulesFor(one.oid))) findings.add(found);
  });
}

/**
 * The files that secretGenerators named anywhere in the range, whatever they hold and are at its end. Of the
 * kustomizations, those that changed there are asked, and those that may name what was brought.
 */
async function lookIntoPastSources(
  repository: OpenedRepository,
  { log, brought, ...changed }: RangeLog,
  generating: readonly GeneratingKustomization[],
  { blobs, rulesFor }: Contents,
  findings: Findings,
): Promise<void> {
  const kustomizations = new Set(changed.kustomizations);
  for (const { tip, bytes } of generating) {
    const { path } = tip;
    if (!kustomizations.has(path) && mayName({ path, bytes }, brought)) kustomizations.add(path);
  }
  const judge = (source: FoundSource) => {
    const rulesOfIt = blobs.has(source.oid) ? rulesFor(source.oid) : [];
    return rulesOfIt.flatMap((rules) => plaintextSource(source, rules, null) ?? []).at(0) ?? null;
  };
  for (const { source, wrong } of await pastSources(repository, log, kustomizations, judge)) {
    const { path, oid: blob } = source;
    if (findings.isPlaintextSecret({ path, blob })) continue;
    findings.add({ ...wrong.finding, path, blob, commitMends: wrong.commitMends, tip: null });
  }
}

/** Applies the settings. What those of one tip allow leaves with that tip, whatever others say. */
async function settledAt(
  repository: OpenedRepository,
  found: readonly Found[],
  groupsOf: (one: Found) => readonly TipGroup[],
): Promise<Found[]> {
  const known = new Map<string | null, ReturnType<typeof settingsIn>>();
  const settled: Found[] = [];
  for (const one of found) {
    const left: Found[] = [];
    let isAllowed = false;
    for (const { settings: blob } of groupsOf(one)) {
      let settings = known.get(blob);
      if (settings === undefined) known.set(blob, (settings = settingsIn(repository, blob)));
      const [kept] = await settleSilently(await settings, [one]);
      if (kept === undefined) isAllowed = true;
      else left.push(kept);
    }
    if (isAllowed) continue;
    settled.push(left.find(({ severity }) => severity === "error") ?? left[0] ?? one);
  }
  return settled;
}

/** Where they came in; and what the remote has had all along becomes a warning. */
async function withCommits(
  repository: OpenedRepository,
  found: readonly Found[],
  range: Range,
): Promise<PushFinding[]> {
  const errors = found.filter(({ severity }) => severity === "error");
  const suspects = [...new Set(errors.map(({ blob }) => blob))];
  const held =
    range.remote === false
      ? new Set<string>()
      : await heldByRemotes(repository, suspects, range.remote);
  const news = suspects.filter((oid) => !held.has(oid)).slice(0, TRACED);
  const commits = await commitsBringing(repository, news, range);
  return found.map((one) => ({
    ...one,
    severity: held.has(one.blob) ? "warning" : one.severity,
    commits: commits.get(one.blob) ?? [],
  }));
}
