import { decodeAround } from "./base64.ts";
import { candidateOf } from "./candidate.ts";
import type { Candidate } from "../finding.ts";
import { linesOf } from "./positions.ts";
import type { WordSearch } from "../prefilter/word-search.ts";

/** So much base64 is looked into from each place on … */
const MOST_CHARACTERS = 64 * 1024;
/** … and so often: more of them were put there to waste time. */
const MOST_PARTS = 20;

/**
 * What stands in a file as base64, decoded: from a beginning by which it is known.
 *
 * @param beginnings of base64, at the first of four characters
 * @returns each with the line that it begins in
 */
export function decodedParts(
  bytes: Uint8Array,
  beginnings: WordSearch<unknown>,
): { readonly line: number | null; readonly part: Candidate }[] {
  return beginnings.places(bytes, MOST_PARTS).map(({ at }) => {
    const { text, wordAt } = decodeAround(bytes, at, 0, MOST_CHARACTERS);
    const part = candidateOf("", Buffer.from(text.slice(wordAt), "latin1"));
    return { line: linesOf(bytes, [at])[0] ?? null, part };
  });
}
