import type { Hit } from "../../finding.ts";
import { SHORT_TOKENS, TOKEN_WORDS } from "../../prefilter/keywords.ts";
import { holdsIssuedToken } from "../../credential/token-shapes.ts";
import { lineStart } from "../../../sops/text/lines.ts";
import { WordSearch } from "../../prefilter/word-search.ts";
import { USE_SOURCE } from "./mends.ts";
import { possibleCredential } from "./hit.ts";

const WORDS = new WordSearch(TOKEN_WORDS.map((word) => ({ word, means: word })));

/** So much of a line is looked at from its beginning on. */
const LONGEST_LINE = 20_000;

/**
 * The tokens in a text of any kind that their issuers made to be known by their shape, one hit a line.
 *
 * @param isRead which lines are looked at
 * @param before lines of the file that stand before the text
 */
export function findTokens(text: string, isRead: (line: string) => boolean, before = 0): Hit[] {
  const hits: Hit[] = [];
  let counted = 0;
  let line = before + 1;
  let read = -1;
  for (const at of placesOf(text)) {
    if (at < read) continue;
    const start = lineStart(text, at);
    const end = text.indexOf("\n", at);
    read = end === -1 ? text.length : end;
    for (; counted < start; counted = text.indexOf("\n", counted) + 1) line += 1;
    const whole = text.slice(start, Math.min(read, start + LONGEST_LINE));
    if (!isRead(whole) || !holdsIssuedToken(whole)) continue;
    hits.push(possibleCredential("a text", "a token", line, USE_SOURCE));
  }
  return hits;
}

/** A line of nothing but a comment, as YAML, scripts and settings have them. */
export function isComment(line: string): boolean {
  return /^\s*(?:#|\/\/|;)/.test(line);
}

/** Where a word of a token stands in a text, in order. */
function placesOf(text: string): number[] {
  const places: number[] = [];
  WORDS.search(Buffer.from(text, "latin1"), (_, end, length) => {
    places.push(end - length);
  });
  for (const [mark] of SHORT_TOKENS) {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) places.push(at);
  }
  return places.sort((a, b) => a - b);
}
