import { blobsIn, heldByRemotes } from "../../git/history/blobs.ts";
import { commitsBringing } from "../../git/history/commits.ts";
import type { Range } from "../../git/history/range.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import type { PushedRef } from "../push/push-lines.ts";
import { settingsIn, settleSilently } from "../rules/settings-in-force.ts";
import { readableAgain, replacementsIn } from "../readable-again.ts";
import { Findings, type Found, type RangeFinding } from "./findings.ts";
import { lookIntoMessages } from "./messages.ts";
import { lookIntoTips } from "./new-at-tips.ts";
import { lookIntoContents, lookIntoOtherNames, type Judges } from "./new-contents.ts";
import { lookIntoPastSources, lookIntoSources } from "./new-sources.ts";
import { groupsReaching, lookAtTips, type TipGroup } from "./pushed-tips.ts";
import { readRangeLog } from "./range-log.ts";
import { generatingAtTips } from "./tip-sources.ts";

/** How many contents are traced to their commits: git is given their names as arguments. */
const TRACED = 200;

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
  readonly findings: readonly RangeFinding[];
  /** Contents looked into, and how many encrypted ones no key here opens. */
  readonly files: number;
  readonly unverified: number;
}> {
  const [blobs, { messages, commits }] = await Promise.all([
    blobsIn(repository, range),
    lookIntoMessages(repository, tips, range),
  ]);
  if (blobs.size === 0) return { findings: messages, files: 0, unverified: 0 };
  const isNew = (oid: string) => blobs.has(oid);
  const { files, kustomizations, groups } = await lookAtTips(repository, tips, isNew);
  const groupsOf = await groupsReaching(repository, groups, range);
  const rulesOf = (some: readonly TipGroup[]) => [...new Set(some.map(({ rules }) => rules))];
  const rulesFor = (oid: string) => rulesOf(groupsOf(oid));
  const judges: Judges = { rulesFor, count: rulesOf(groups).length };
  const found = new Findings();
  const generating = await generatingAtTips(repository, kustomizations);
  const [seen, log] = await Promise.all([
    lookIntoContents(repository, blobs, judges, found),
    commits > 0 ? readRangeLog(repository, range, blobs) : null,
  ]);
  const unverified = await lookIntoTips(repository, files, seen, found);
  const replaced = log === null ? [] : replacementsIn(log.log, { isNew, withSops: seen.withSops });
  const again = await readableAgain(repository, replaced, rulesFor);
  for (const one of again) {
    const { oid, path, finding, commitMends } = one;
    const tip = files.find((file) => file.oid === oid && file.path === path)?.ref ?? null;
    const placed = { ...finding, path, blob: oid, commitMends, tip };
    if (!found.isKnown(placed)) found.add(placed);
  }
  await lookIntoSources(repository, generating, isNew, found);
  // A single commit is the tip itself, and all that it has was looked at there.
  if (log !== null && commits > 1) {
    await lookIntoOtherNames(repository, log, seen, { blobs, rulesFor }, found);
    await lookIntoPastSources(repository, log, generating, { blobs, rulesFor }, found);
  }
  const settled = await settledAt(repository, found.all, ({ blob }) => groupsOf(blob));
  const findings = [...(await withCommits(repository, settled, range)), ...messages];
  return { findings, files: blobs.size, unverified };
}

/**
 * Applies the settings. What the settings of one tip allow may leave with that tip, whatever those of
 * others say.
 */
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
): Promise<RangeFinding[]> {
  const errors = found.filter(({ severity }) => severity === "error");
  const suspects = [...new Set(errors.map(({ blob }) => blob))];
  const held =
    range.remote === false
      ? new Set<string>()
      : await heldByRemotes(repository, suspects, range.remote, range.exclude);
  const news = suspects.filter((oid) => !held.has(oid)).slice(0, TRACED);
  const commits = await commitsBringing(repository, news, range);
  return found.map((one) => ({
    ...one,
    severity: held.has(one.blob) ? "warning" : one.severity,
    commits: commits.get(one.blob) ?? [],
  }));
}
