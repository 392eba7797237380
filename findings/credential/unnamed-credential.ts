import { holdsAuthorization } from "./authorization-header.ts";
import { holdsConnectionString, mayHoldConnectionString } from "./connection-string.ts";
import { SQL_WORDS, TOKEN_WORDS } from "../prefilter/keywords.ts";
import { isLiteralPassword } from "./literal-password.ts";
import { isRandomValue } from "./credential.ts";
import { holdsShortToken } from "../prefilter/short-tokens.ts";
import { holdsSqlPassword } from "./sql-password.ts";
import { holdsToken } from "./token-shapes.ts";
import { WordSearch } from "../prefilter/word-search.ts";

/**
 * Whether a text holds a credential that is one under any name: a token of a known shape, a URL with a
 * password or a token, a connection string, an `Authorization` header, a statement of SQL that sets a
 * password.
 *
 * @param text one line of a file, or one value
 */
export function holdsUnnamedCredential(text: string): boolean {
  if (holdsToken(text) || holdsUrlWithPassword(text)) return true;
  const start = text.slice(0, LONGEST_TEXT);
  if (holdsUrlWithToken(start) || holdsSqlPassword(start)) return true;
  return holdsConnectionString(start) || holdsAuthorization(start);
}

const LONGEST_TEXT = 2000;

/** Whether a text of any length could hold such: never false where it does. */
export function mayHoldUnnamed(text: string): boolean {
  if (/:\/\/[^\s/:]*:[^\s/@]+@/.test(text)) return true;
  if (holdsUrlWithToken(text)) return true;
  if (mayHoldConnectionString(text) || holdsAuthorization(text)) return true;
  const bytes = Buffer.from(text, "latin1");
  return WORDS.places(bytes, 1).length > 0 || holdsShortToken(bytes);
}

const WORDS = new WordSearch(
  [...TOKEN_WORDS, ...SQL_WORDS].map((word) => ({ word, means: "a token, or SQL" })),
);

const URL_WITH_PASSWORD =
  /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s:/"'`]*:([^\s@/"'`]+)@[^\s"'`]/gi;

/** Whether a URL with a literal password stands in a text: `postgres://user:hunter2@host/db`. */
export function holdsUrlWithPassword(text: string): boolean {
  if (!text.includes("://")) return false;
  for (const [, password = ""] of text.slice(0, LONGEST_TEXT).matchAll(URL_WITH_PASSWORD)) {
    if (isLiteralPassword(password)) return true;
  }
  return false;
}

/**
 * Sentry's addresses have a key there that is no secret; they end in the number of a project. Without
 * the scheme, which would be tried at each word of a text.
 */
const URL_WITH_TOKEN =
  /:\/\/([A-Za-z0-9_-]{20,200})@(?![^\s"'`]{0,200}\/\d+(?![^\s"'`]))[A-Za-z0-9]/g;

/** One character shorter than what is random for sure. */
const OF_GOTIFY = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[AC][A-Za-z0-9._-]{14}$/;

/** `?token=…`, as webhooks have it, and `&apikey=…`. */
const IN_QUERY =
  /[?&](?:(?:access|auth)_?)?(?:token|api_?key)=([A-Za-z0-9_.-]{15,200})(?![\w.%-])/gi;

/**
 * Whether a URL in a text has a token where the name of a user stands, as `https://8c1f0e7a2b…@example.org/a.git`
 * and Shoutrrr's `discord://…@id` do, or in its query.
 */
function holdsUrlWithToken(text: string): boolean {
  if (!text.includes("://")) return false;
  for (const [, token = ""] of text.matchAll(URL_WITH_TOKEN)) {
    // Gitea's are as long as the name of a commit, which no user has.
    if (/^[0-9a-f]{40}$/.test(token) || isRandomValue(token)) return true;
  }
  for (const [, token = ""] of text.matchAll(IN_QUERY)) {
    if (isRandomValue(token) || OF_GOTIFY.test(token)) return true;
  }
  return false;
}
