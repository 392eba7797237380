import { holdsAuthorization } from "./authorization-header.ts";
import { holdsConnectionString, mayHoldConnectionString } from "./connection-string.ts";
import { TOKEN_WORDS } from "./keywords.ts";
import { isLiteralPassword } from "./literal-password.ts";
import { holdsToken } from "./token-shapes.ts";
import { WordSearch } from "./word-search.ts";

/**
 * Whether a text holds what needs no name to tell what it is: a token of a known shape, a URL with a password, a
 * connection string, an `Authorization` header.
 *
 * @param text one line of a file, or one value
 */
export function holdsUnnamedCredential(text: string): boolean {
  if (holdsToken(text) || holdsUrlWithPassword(text)) return true;
  const start = text.slice(0, LONGEST_TEXT);
  return holdsConnectionString(start) || holdsAuthorization(start);
}

const LONGEST_TEXT = 2000;

/** Whether a text of any length could hold such: never false where it does. */
export function mayHoldUnnamed(text: string): boolean {
  if (/:\/\/[^\s/:]*:[^\s/@]+@/.test(text)) return true;
  if (mayHoldConnectionString(text) || holdsAuthorization(text)) return true;
  return IN_TOKENS.places(Buffer.from(text, "latin1"), 1).length > 0;
}

const IN_TOKENS = new WordSearch(TOKEN_WORDS.map((word) => ({ word, means: "token" })));

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
