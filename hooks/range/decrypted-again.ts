import type { HistoryLog } from "../../git/history-log.ts";
import type { GitContext } from "../../git/run.ts";
import { readableAgain, replacementsIn, type ReadableAgain } from "../readable-again.ts";
import type { RulesInForce } from "../rules/rules-in-force.ts";

/**
 * Contents that a commit in a range has put in the place of their encrypted form, and that are readable: see
 * {@link readableAgain}. The gate encrypts the ones again, whatever is in them, and refuses the others, and those that
 * no rule takes, so they came past it.
 *
 * @param log of the range
 * @param blobs the contents of the range
 * @param withSops those of them with ciphertext
 * @param rulesFor those that a content is judged by
 * @throws GitError, BrokenRulesError
 */
export async function decryptedAgain(
  context: GitContext,
  log: Pick<HistoryLog, "again">,
  {
    blobs,
    withSops,
    rulesFor,
  }: {
    readonly blobs: { has(oid: string): boolean };
    readonly withSops: ReadonlySet<string>;
    readonly rulesFor: (oid: string) => readonly RulesInForce[];
  },
): Promise<ReadableAgain[]> {
  const isNew = (oid: string) => blobs.has(oid);
  return readableAgain(context, replacementsIn(log, { isNew, withSops }), rulesFor);
}
