import { lineStart, newlineOf } from "../text/lines.ts";
import type { Splice } from "./edit-recipients.ts";

/** Recipients in one text, with commas between them: on one line or several, in quotes or not, or a block. */

/** From where to where the text of a YAML value goes, quotes and a block's header with it. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** Behind the last word, and where that begins a line, on a line of its own. */
export function putWord(text: string, place: Place, word: string): readonly Splice[] | null {
  const words = wordsIn(text, place);
  if (words.some((one) => one.word === word)) return [];
  const last = words.at(-1);
  if (last === undefined) return null;
  const before = text.slice(lineStart(text, last.from), last.from);
  const isOnItsOwn = words.length > 1 ? before.trim() === "" : isBlock(text, place);
  const by =
    isOnItsOwn && before.trim() === "" ? `,${newlineOf(text)}${before}${word}` : `,${word}`;
  return [{ from: last.to, to: last.to, by }];
}

/** With the comma that parts it from the next, or where it is the last, from the one before. */
export function cutWord(text: string, place: Place, word: string): readonly Splice[] | null {
  const words = wordsIn(text, place);
  const kept = words.filter((one) => one.word !== word);
  if (kept.length === 0) return null;
  return words.flatMap((one, index): readonly Splice[] => {
    if (one.word !== word) return [];
    const next = words[index + 1];
    if (next !== undefined) return [{ from: one.from, to: next.from, by: "" }];
    return [{ from: kept.at(-1)?.to ?? one.from, to: one.to, by: "" }];
  });
}

interface Word extends Place {
  readonly word: string;
}

function wordsIn(text: string, place: Place): Word[] {
  // A block's header may have a comment, with words in it.
  const from = isBlock(text, place) ? text.indexOf("\n", place.from) : place.from;
  return [...text.slice(from, place.to).matchAll(/(?<=^|[\s,'"])[a-z][^\s,'"]*/g)].map((match) => {
    const start = from + match.index;
    return { from: start, to: start + match[0].length, word: match[0] };
  });
}

function isBlock(text: string, { from }: Place): boolean {
  return text[from] === ">" || text[from] === "|";
}
