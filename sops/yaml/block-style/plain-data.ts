import type { Collection } from "../collection.ts";
import { plainValue } from "../scalar-value.ts";
import { keyAt, readKey } from "./key.ts";
import type { BlockLines } from "./lines.ts";
import { NOT_HERE } from "./not-here.ts";
import { scalarAt } from "./scalar.ts";

/**
 * The mapping below a key as plain data, with the same types as the yaml package's reader gives it: the
 * `sops` block.
 *
 * @param from behind the key's colon.
 */
export function readPlainMapping(lines: BlockLines, from: number, top: Collection): unknown {
  const start = lines.skipSpaces(from);
  if (start < lines.end) throw NOT_HERE;
  lines.endLine(start);
  if (lines.column <= 0 || lines.dashAt(lines.content)) throw NOT_HERE;
  return mapping(lines, lines.column, lines.content, top);
}

function mapping(lines: BlockLines, column: number, first: number, top: Collection): unknown {
  lines.descend();
  const members: [string, unknown][] = [];
  const keys = new Set<string>();
  let start = first;
  do {
    const { key, end } = readKey(lines, start, top, keys);
    members.push([key, value(lines, end, column, top, false)]);
    start = lines.content;
  } while (lines.column === column);
  lines.ascend();
  return Object.fromEntries(members);
}

function list(lines: BlockLines, column: number, top: Collection): unknown[] {
  lines.descend();
  const items: unknown[] = [];
  do {
    const dash = lines.start + column;
    if (!lines.dashAt(dash)) break;
    lines.neighbours.mark(dash, dash + 1, top);
    items.push(value(lines, dash + 1, column, top, true));
  } while (lines.column === column);
  lines.ascend();
  return items;
}

function value(
  lines: BlockLines,
  from: number,
  column: number,
  top: Collection,
  item: boolean,
): unknown {
  const start = lines.skipSpaces(from);
  let data: unknown;
  if (lines.hasMoreAt(start)) {
    if (item && keyAt(lines.text, start) !== null) {
      data = mapping(lines, start - lines.start, start, top);
    } else {
      data = plainValue(scalarAt(lines, start, column, top).value);
    }
  } else {
    if (item) throw NOT_HERE;
    lines.endLine(start);
    data = lines.isListBelow(column)
      ? list(lines, lines.column, top)
      : mapping(lines, lines.column, lines.content, top);
  }
  if (lines.column > column) throw NOT_HERE;
  return data;
}
