import type { HistoryLog } from "../../git/history-log.ts";
import type { GitContext } from "../../git/run.ts";
import { readableAgain, type ReadableAgain, type Replacement } from "../readable-again.ts";
import type { RulesInForce } from "../rules-in-force.ts";

/** What is known of the contents that a log names. */
interface Known {
  /** Whether a content is one of those that are looked into. */
  readonly isNew: (oid: string) => boolean;
  /** Those of them with ciphertext. */
  readonly withSops: ReadonlySet<string>;
}

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

/**
 * Contents that commits have put in the place of what may be encrypted.
 *
 * @param log read to its end
 */
export function replacementsIn(
  log: Pick<HistoryLog, "again">,
  { isNew, withSops }: Known,
): Replacement[] {
  const isReadable = (oid: string) => isNew(oid) && !withSops.has(oid);
  const replacements: Replacement[] = [];
  for (const { files } of log.again()) {
    for (const { oid, path, replaced, isLink } of files) {
      if (isLink || !isNew(oid)) continue;
      const unread = replaced.filter((old) => !isReadable(old));
      if (unread.length > 0) replacements.push({ oid, path, replaced: unread });
    }
  }
  return replacements;
}
