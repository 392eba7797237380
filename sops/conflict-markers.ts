import { Lines } from "./lines.ts";

/**
 * The line, counted from 1, on which a conflict begins that a merge has left in a text; null where none is.
 *
 * @see git-merge(1), "HOW CONFLICTS ARE PRESENTED"
 */
export function conflictLine(text: string): number | null {
  const start = /^<{7}(?: .*)?$/m.exec(text);
  if (start === null || !/^>{7}(?: .*)?$/m.test(text.slice(start.index))) return null;
  return new Lines(text).lineOf(start.index) + 1;
}
