import type { Range } from "../../git/history/range.ts";
import { openRepositoryOfHook, type OpenedRepository } from "../../git/repository/open.ts";
import type { GitContext } from "../../git/run.ts";
import { parsePushLines, type PushedRef } from "./push-lines.ts";
import type { RangeFinding } from "../range/findings.ts";
import { inspectRange } from "../range/inspect-range.ts";
import { trackedRemote } from "./tracked-remote.ts";

/** What is wrong with a push. */
export interface PushResult {
  readonly repository: OpenedRepository;
  readonly refs: readonly PushedRef[];
  readonly range: Range;
  readonly findings: readonly RangeFinding[];
}

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
  const repository = await openRepositoryOfHook(context);
  const range: Range = {
    include: [...new Set(refs.map(({ localOid }) => localOid))],
    exclude: [...new Set(refs.flatMap(({ remoteOid }) => remoteOid ?? []))],
    remote: await trackedRemote(repository, args, refs),
  };
  const inspected = await inspectRange(repository, refs, range);
  if (inspected.files === 0 && inspected.findings.length === 0) return null;
  return { repository, refs, range, findings: inspected.findings };
}
