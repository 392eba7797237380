import type { Hit, Mend } from "../../finding.ts";
import { afterColon } from "../../wording.ts";

/**
 * What this rule says of a place: a guess.
 *
 * @param what holds it, as the beginning of a sentence
 * @param name of the credential; empty where it has none
 * @param line of the file, 1-based
 */
export function possibleCredential(what: string, name: string, line: number, mend: Mend): Hit {
  return { line, message: `${what} may hold a readable credential${afterColon(name)}`, mend };
}
