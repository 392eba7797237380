import type { RuleId } from "../../findings/finding.ts";
import { BlobStream, streamBlobs } from "../../git/objects/blob-stream.ts";
import type { HistoryLog } from "../../git/history/log.ts";
import type { LoggedCommit } from "../../git/history/logged-commit.ts";
import { namedObjects } from "../../git/objects/named-objects.ts";
import { blobsIn } from "../../git/history/blobs.ts";
import type { BringingCommit } from "../../git/history/commits.ts";
import { indexEntries, type IndexEntry } from "../../git/index/entries.ts";
import { mergedTags } from "../../git/objects/tags.ts";
import { pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { inBrokenRuleFiles, type InRuleFile } from "../rules/broken-rule-file.ts";
import { KEY_WORDS } from "../message-keys.ts";
import { readableAgain, replacementsIn } from "../readable-again.ts";
import { plaintextSource, type FoundSource } from "../kustomize/secret-sources.ts";
import { rulesOfIndex, type RulesInForce } from "../rules/rules-in-force.ts";
import { PastContents, type PastContent, type PastFinding } from "./past-contents.ts";
import { pastSources } from "./past-sources.ts";

/** What the history of a repository holds. */
export interface PastInspection {
  readonly findings: readonly PastFinding[];
  /** Rule files in folders that cannot be used: what was below them is judged as under no rule. */
  readonly inRuleFiles: readonly InRuleFile<IndexEntry>[];
  /** Contents read. */
  readonly files: number;
}

/**
 * Looks for leaks in every content, commit message and tag message that a ref or HEAD reaches. Each
 * content is read as soon as the log has named it, and judged once for each kind of path that it ever
 * had. Creation rules are those of the index, as far as they can be used.
 *
 * @param log of the same repository, not read yet
 * @param without rules that are not asked
 * @throws GitError, and BrokenRulesError for the rule file at the top
 */
export async function inspectHistory(
  repository: OpenedRepository,
  log: HistoryLog,
  without: ReadonlySet<RuleId>,
): Promise<PastInspection> {
  const past = new PastContents(without);
  const merges = new Map<string, BringingCommit>();
  const takeNote = (commit: LoggedCommit): void => {
    if (commit.isMerge) merges.set(commit.commit, commit);
    for (const { oid, path } of commit.files) past.meet(oid, path);
    if (KEY_WORD.test(commit.message)) {
      const what = `the message of commit ${commit.commit.slice(0, 12)}`;
      past.readMessage(Buffer.from(commit.message, "latin1"), what, [commit]);
    }
  };
  const [{ rules, inRuleFiles }, { tags, others }] = await Promise.all([
    usableRulesOfIndex(repository),
    namedObjects(repository),
  ]);
  const judge = (content: PastContent, bytes: Buffer): void => {
    past.judge(content, bytes, rules);
  };
  const contents = new BlobStream(repository, judge);
  const readLog = async (): Promise<void> => {
    await log.read((commits) => {
      for (const commit of commits) takeNote(commit);
      contents.want(past.newlyMet());
    });
    if (others.length > 0) {
      const range = { include: others, exclude: [], remote: false } as const;
      for (const [oid, path] of await blobsIn(repository, range)) past.meet(oid, path);
      contents.want(past.newlyMet());
    }
    contents.end();
  };
  try {
    await Promise.all([readLog(), contents.ended]);
  } finally {
    contents.stop();
  }
  const again = past.toReadAgain();
  if (again.length > 0) await streamBlobs(repository, again, judge);
  const judgeSource = (source: FoundSource) => plaintextSource(source, rules, null);
  const named = await pastSources(repository, log, past.generating, judgeSource);
  for (const { source, wrong } of named) past.add(source, wrong.finding);
  const { withSops } = past;
  if (withSops.size > 0) {
    const replacements = replacementsIn(log, { isNew: (oid) => past.has(oid), withSops });
    // Without a rule today, there may have been one by which it was meant to be readable, in part or as
    // a whole.
    const judgeable = replacements.filter(({ path }) => rules.for(pathText(path)).rule !== null);
    for (const one of await readableAgain(repository, judgeable, () => [rules])) {
      past.add(one, one.finding);
    }
  }
  for (const [oid, header] of await mergedTags(repository, [...merges.keys()])) {
    const commit = merges.get(oid);
    const what = `the message of a tag that commit ${oid.slice(0, 12)} has merged`;
    past.readMessage(header, what, commit === undefined ? [] : [commit]);
  }
  for (const { ref, content } of tags) past.readMessage(content, `tag ${ref}`, []);
  return { findings: past.findings(log), inRuleFiles, files: past.files };
}

async function usableRulesOfIndex(
  repository: OpenedRepository,
): Promise<Pick<PastInspection, "inRuleFiles"> & { readonly rules: RulesInForce }> {
  const entries = await indexEntries(repository);
  const { rules, broken } = (await rulesOfIndex(repository, entries)).withoutBroken();
  const inRuleFiles = inBrokenRuleFiles(broken, entries);
  return { rules, inRuleFiles };
}

const KEY_WORD = new RegExp(KEY_WORDS.join("|"), "i");
