import type { Selection } from "./selection-option.ts";
import type { Leaf } from "../store.ts";

/** Decides for one leaf of a file. */
export type Selector = (leaf: Leaf) => boolean;

/** Whether a pattern is found in a text. */
export type Pattern = (text: string) => boolean;

/**
 * The selector for what is decided by keys alone. Without `compile` that is what can be said without a
 * regular expression: suffixes, and patterns that are a list of words, as nearly all are. In a file of
 * its own, since RE2 takes longer to load than a file to decrypt.
 *
 * @param compile null for a pattern that it does not know; what it throws is thrown.
 * @returns null where comments decide, or `compile` gives null.
 */
export function keySelector(
  { option, pattern }: Selection,
  compile: (pattern: string) => Pattern | null = wordPattern,
): Selector | null {
  switch (option) {
    case "unencrypted_suffix":
      return ({ path }) => !path.some((key) => key.endsWith(pattern));
    case "encrypted_suffix":
      return ({ path }) => path.some((key) => key.endsWith(pattern));
    case "unencrypted_regex": {
      const matches = compile(pattern);
      return matches === null ? null : ({ path }) => !path.some(matches);
    }
    case "encrypted_regex": {
      const matches = compile(pattern);
      return matches === null ? null : ({ path }) => path.some(matches);
    }
    default:
      return null;
  }
}

/** A pattern that is a list of whole words, `^(data|stringData)$`; null for any other. */
export function wordPattern(pattern: string): Pattern | null {
  const words = /^\^\(([\w-]+(?:\|[\w-]+)*)\)\$$/.exec(pattern)?.[1]?.split("|");
  if (words === undefined) return null;
  const known = new Set(words);
  return (text) => known.has(text);
}
