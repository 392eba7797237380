import { CREDENTIAL_FILE_PATHS, KEYWORDS } from "./keywords.ts";
import { searchable } from "./text.ts";

/** The rules for which a file has a keyword. */
export type SuspectedRule = keyof typeof KEYWORDS;

/** They look at binary files too; the others' keywords need not be searched for in those. */
const FOR_BINARY: ReadonlySet<SuspectedRule> = new Set(["age-key", "private-key"]);

const WORDS = (Object.keys(KEYWORDS) as SuspectedRule[]).map((id) => ({
  id,
  words: KEYWORDS[id].map((word) => Buffer.from(word, "latin1")),
}));

/**
 * The rules that a file could break, judged by keywords in its bytes. Loads neither rules nor the YAML
 * parser: a commit in which this finds nothing is done.
 *
 * @param path repository-relative.
 */
export function suspectedRules(path: string, bytes: Uint8Array): Set<SuspectedRule> {
  const suspected = new Set<SuspectedRule>();
  if (CREDENTIAL_FILE_PATHS.test(path)) suspected.add("plaintext-secret");
  const found = searchable(bytes);
  const text = Buffer.from(found.buffer, found.byteOffset, found.byteLength);
  const isBinary = text.includes(0);
  for (const { id, words } of WORDS) {
    if (isBinary && !FOR_BINARY.has(id)) continue;
    if (words.some((word) => text.includes(word))) suspected.add(id);
  }
  return suspected;
}
