import type { Candidate, Hit } from "../finding.ts";
import type { WordSearch } from "../prefilter/word-search.ts";
import { decodeAround } from "./base64.ts";
import { candidateOf } from "./candidate.ts";
import { linesOf } from "./positions.ts";

/** How much base64 is looked into from each place on … */
const MOST_CHARACTERS = 64 * 1024;
/** … in this many places: more were put there to waste time. */
const MOST_PARTS = 20;

/**
 * What is found inside base64 in a file, each hit at the line on which the base64 begins.
 *
 * @param beginnings of base64 by which it is known, at the first of four characters
 */
export function hitsInBase64(
  { searchable }: Candidate,
  beginnings: WordSearch<unknown>,
  find: (part: Candidate) => readonly Hit[],
): Hit[] {
  return beginnings.places(searchable, MOST_PARTS).flatMap(({ at }) => {
    const { text, wordAt } = decodeAround(searchable, at, 0, MOST_CHARACTERS);
    const part = candidateOf("", Buffer.from(text.slice(wordAt), "latin1"));
    const line = linesOf(searchable, [at])[0] ?? null;
    return find(part).map((hit) => ({ ...hit, line }));
  });
}
