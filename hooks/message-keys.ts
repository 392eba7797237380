import { candidateOf } from "../findings/candidate/candidate.ts";
import type { Finding, RuleId } from "../findings/finding.ts";
import { scan } from "../findings/scan.ts";

/** In every message that holds a key there is one of these, in either case. */
export const KEY_WORDS = ["AGE-SECRET-KEY-", "PRIVATE KEY"] as const;

const NONE: ReadonlySet<RuleId> = new Set();

/**
 * Private keys in the message of a commit or a tag. In prose only they are told from words.
 *
 * @param bytes the message, or the whole object around it
 * @param where what follows the comma in the finding's message
 * @param without rules that are not asked
 */
export function keysInMessage(bytes: Buffer, where: string, without = NONE): Finding[] {
  return scan(candidateOf("message.md", bytes), without)
    .filter(({ rule }) => rule === "age-key" || rule === "private-key")
    .map((finding) => ({ ...finding, line: null, message: `${finding.message}, in ${where}` }));
}
