import { CREDENTIAL_FILE_PATHS } from "../candidate/credential-file-kind.ts";
import { CREDENTIAL_NAMES, KEYWORDS, SHORT_TOKENS } from "./keywords.ts";
import { hasShape, holdsShortToken } from "./short-tokens.ts";
import { isBinary, searchable } from "../candidate/text.ts";
import { SHORTEST_WORD, WordSearch, type SoughtWord } from "./word-search.ts";

/** The rules for which a file has a keyword. */
export type SuspectedRule = keyof typeof KEYWORDS;

/** They look at binary files too (those without `readable`); the others' keywords need not be searched for in those. */
const FOR_BINARY: ReadonlySet<SuspectedRule> = new Set(["age-key", "private-key"]);

/** A rule; the end of a credential's name, which counts only where a value follows; a token's shape. */
type Meaning = SuspectedRule | "credential-name" | RegExp;

const SHAPES: ReadonlyMap<string, RegExp> = new Map(SHORT_TOKENS);

/** Those that `WordSearch` cannot look for. */
const TOO_SHORT = SHORT_TOKENS.filter(([mark]) => mark.length < SHORTEST_WORD);

const RULES = Object.keys(KEYWORDS) as SuspectedRule[];

/** Too short for the search, and looked for by itself. */
const URL_MARK = "://";

function searchFor(rules: readonly SuspectedRule[]): WordSearch<Meaning> {
  return new WordSearch(
    rules.flatMap((id): SoughtWord<Meaning>[] =>
      KEYWORDS[id]
        .filter((word) => word.length >= SHORTEST_WORD)
        .map((word) => ({
          word,
          means: SHAPES.get(word) ?? (CREDENTIAL_NAMES.has(word) ? "credential-name" : id),
        })),
    ),
  );
}

let searchForAll: WordSearch<Meaning> | undefined;
/** Two thirds of all words are names of credentials, and they are in every other file. */
let searchForCertain: WordSearch<Meaning> | undefined;

const NONE: ReadonlySet<string> = new Set();

/**
 * The rules that a file could break, judged by keywords in its bytes. Loads neither rules nor the YAML
 * parser: a commit in which this finds nothing is done.
 *
 * @param path repository-relative; empty where only the content is asked about.
 * @param without rules that are not asked
 */
export function suspectedRules(
  path: string,
  bytes: Uint8Array,
  without: ReadonlySet<string> = NONE,
): Set<SuspectedRule> {
  const suspected = new Set<SuspectedRule>();
  if (CREDENTIAL_FILE_PATHS.test(path)) suspected.add("plaintext-secret");
  const text = searchable(bytes);
  const guesses = !without.has("inline-credential");
  const search = guesses
    ? (searchForAll ??= searchFor(RULES))
    : (searchForCertain ??= searchFor(RULES.filter((id) => id !== "inline-credential")));
  search.search(text, (means, end, length) => {
    if (typeof means === "string" && means !== "credential-name") suspected.add(means);
    else if (!suspected.has("inline-credential")) {
      const isMeant =
        typeof means === "string" ? isName(text, end) : hasShape(text, end - length, means);
      if (isMeant) suspected.add("inline-credential");
    }
  });
  if (guesses && !suspected.has("inline-credential")) {
    if (hasUrlWithPassword(text) || holdsShortToken(text, TOO_SHORT))
      suspected.add("inline-credential");
  }
  if (suspected.size > 0 && isBinary(text)) {
    for (const id of RULES) if (!FOR_BINARY.has(id)) suspected.delete(id);
  }
  for (const id of RULES) if (without.has(id)) suspected.delete(id);
  return suspected;
}

/**
 * Whether what ends here is a key (`dbPassword:`), the name in `{name: DB_PASSWORD, value: …}`, the path of an
 * operation in a JSON patch, an argument (`--password`), an XML element, or a directive of Redis.
 */
function isName(text: Buffer, end: number): boolean {
  const after = text.toString("latin1", end, end + 80);
  if (/^[^A-Za-z0-9\n]?\d?[^A-Za-z0-9\n]{0,2}\s*[:=>]/.test(after)) return true;
  if (!/^[^A-Za-z0-9\n]?\d?[^A-Za-z0-9\n]{0,2}(?:\s|[,}]|$)/.test(after)) return false;
  const before = text.toString("latin1", Math.max(0, end - 300), end);
  return (
    /(?:requirepass|masterauth|auth_pass)$/.test(before.slice(-"requirepass".length)) ||
    /(?:(?:name|path)["']?\s*:\s*["']?|[-[,\s]["']?--|\bvariable\s+")[\w./~-]*$/i.test(before)
  );
}

const SHORTEST_TOKEN = 20;

function hasUrlWithPassword(text: Buffer): boolean {
  for (let at = text.indexOf(URL_MARK); at !== -1; at = text.indexOf(URL_MARK, at + 3)) {
    let colon = false;
    for (let next = at + 3; next < text.length && next < at + 2000; next += 1) {
      const byte = text[next] ?? 0;
      // White space, a slash: the end of user and password.
      if (byte <= 0x20 || byte === 0x2f) break;
      if (byte === 0x3a) colon = true;
      // What is so long may be a token.
      if (byte === 0x40 && (colon || next >= at + 3 + SHORTEST_TOKEN)) return true;
    }
  }
  return false;
}
