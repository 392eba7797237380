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

/** What stands behind each marker: this side, their common ancestor, the other side, the text for all. */
const SIDES = { "<": "ours", "|": "base", "=": "theirs", ">": null } as const;

/**
 * A file as each side of the conflicts in it has it; none where there is no conflict. In the place of
 * markers and of other sides there are empty lines, so that lines keep their numbers.
 */
export function conflictSides(bytes: Uint8Array): readonly Buffer[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!buffer.includes("<<<<<<<")) return [];
  const text = buffer.toString("latin1");
  if (conflictLine(text) === null) return [];
  const sides = new Map<string, string[]>([
    ["ours", []],
    ["theirs", []],
    ...(/^\|{7}/m.test(text) ? [["base", []] as [string, string[]]] : []),
  ]);
  let at: string | null = null;
  for (const line of text.split("\n")) {
    const marker = /^(?:<{7}|\|{7}|={7}|>{7})(?![^ \r])/.exec(line)?.[0].charAt(0);
    const isMarker = marker !== undefined && (marker === "<" || at !== null);
    if (isMarker) at = SIDES[marker as keyof typeof SIDES];
    for (const [side, lines] of sides) {
      lines.push(!isMarker && (at === null || at === side) ? line : "");
    }
  }
  return [...sides.values()].map((lines) => Buffer.from(lines.join("\n"), "latin1"));
}
