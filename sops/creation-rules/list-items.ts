import { lineStart, newlineOf, startWithComments } from "../text/lines.ts";
import type { Splice } from "./edit-recipients.ts";
import type { Place } from "./word-list.ts";

/** An item of a list of recipients: nearly always one of them. */
export interface ListItem extends Place {
  readonly words: readonly string[];
}

/** A YAML list: `[a, b]`, or one item a line. */
export interface List {
  readonly isFlow: boolean;
  readonly items: readonly ListItem[];
}

/** Behind the last item. Null where that has more than a line, or a comment stands in a list of one line. */
export function putItem(text: string, list: List, word: string): readonly Splice[] | null {
  const last = list.items.at(-1);
  if (last === undefined) return null;
  if (!list.isFlow) {
    const line = lineOf(text, last);
    if (line === null) return null;
    const end = line.end === "" ? newlineOf(text) : line.end;
    const item = `${line.dash}${word}`;
    const by = line.end === "" ? `${end}${item}` : `${item}${end}`;
    return [{ from: line.to, to: line.to, by }];
  }
  if (holdsComment(text, list)) return null;
  const before = text.slice(lineStart(text, last.from), last.from);
  const by = before.trim() === "" ? `,${newlineOf(text)}${before}${word}` : `, ${word}`;
  return [{ from: last.to, to: last.to, by }];
}

/**
 * An item with its comment, which is the key's name: on its line, or above it where it can be about no other key. Null
 * where that cannot be told.
 */
export function cutItem(text: string, list: List, index: number): readonly Splice[] | null {
  const item = list.items[index];
  if (item === undefined) return null;
  if (list.isFlow) {
    if (holdsComment(text, list)) return null;
    const [before, next] = [list.items[index - 1], list.items[index + 1]];
    if (next !== undefined) return [{ from: item.from, to: next.from, by: "" }];
    return before === undefined ? null : [{ from: before.to, to: item.to, by: "" }];
  }
  const line = lineOf(text, item);
  if (line === null) return null;
  const above = startWithComments(text, line.from);
  if (above === line.from) return [{ from: line.from, to: line.to, by: "" }];
  const name = text.slice(above, line.from);
  const next = list.items[index + 1];
  const isNextBelow = next !== undefined && lineOf(text, next)?.from === line.to;
  // A key that was switched off is no name.
  if (name.includes("age1")) return null;
  if (isNextBelow) {
    // A heading of several keys, or the name of the first?
    return line.isNamed ? [{ from: line.from, to: line.to, by: "" }] : null;
  }
  return line.isNamed ? null : [{ from: above, to: line.to, by: "" }];
}

interface Line extends Place {
  /** All before the item: blanks, and the dash. */
  readonly dash: string;
  /** How the line ends: empty at the end of the text. */
  readonly end: string;
  /** It has a comment behind the item. */
  readonly isNamed: boolean;
}

/** Where a block list's item has its line for itself. */
function lineOf(text: string, { from, to }: Place): Line | null {
  const start = lineStart(text, from);
  const rest = /^([ \t]*|[ \t]+#[^\n]*?)(\r?\n|$)/.exec(text.slice(to));
  const dash = /^ *-[ \t]+$/.exec(text.slice(start, from))?.[0];
  if (rest === null || dash === undefined || text.slice(from, to).includes("\n")) return null;
  const [whole, comment = "", end = ""] = rest;
  return { from: start, to: to + whole.length, dash, end, isNamed: comment.trim() !== "" };
}

function holdsComment(text: string, { items }: List): boolean {
  const [first, last] = [items[0], items.at(-1)];
  const end = text.indexOf("]", last?.to);
  return end === -1 || text.slice(first?.from, end).includes("#");
}
