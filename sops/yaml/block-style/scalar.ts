import type { Collection } from "../collection.ts";
import { resolvePlain, UnrepresentableError, type Value } from "../../value.ts";
import { lacksRoom, type Style } from "../spelling.ts";
import { AMPERSAND, LINE_BREAK, QUOTE } from "./characters.ts";
import type { BlockLines } from "./lines.ts";
import { NOT_HERE } from "./not-here.ts";

/** A scalar with what its place is made of. */
export interface Scalar {
  readonly style: Style;
  readonly value: Value | null;
  readonly end: number;
  readonly followed: boolean;
  /** Of a literal block. */
  readonly header: string;
  readonly width: number;
}

const ANCHOR = /&[A-Za-z0-9_-]+ +/y;

/** What a plain scalar does not begin with, and `-` and `<`, which mean something else at times. */
const PLAIN_START = /^(?:[^,[\]{}#&*!|>'"%@`?:<-]|-[0-9A-Za-z_.])/;

/** Where a value begins that an anchor may stand before: one that no alias names says nothing. */
export function behindAnchor(lines: BlockLines, from: number, holder: Collection): number {
  const { text, neighbours } = lines;
  if (text.charCodeAt(from) !== AMPERSAND) return from;
  ANCHOR.lastIndex = from;
  const source = ANCHOR.exec(text)?.[0];
  if (source === undefined) throw NOT_HERE;
  neighbours.mark(from, from + source.trimEnd().length, holder, "property");
  return from + source.length;
}

/**
 * The scalar at an offset; goes to the line behind it.
 *
 * @param column that of the entries among which it stands.
 */
export function scalarAt(
  lines: BlockLines,
  start: number,
  column: number,
  holder: Collection,
): Scalar {
  const { text, end: lineEnd } = lines;
  const first = text.charAt(start);
  if (first === "|") return literalAt(lines, start, column, holder);
  let value: Value | null;
  let end: number;
  let style: Style;
  if (first === '"' || first === "'") {
    const close = text.indexOf(first, start + 1);
    if (close === -1 || close >= lineEnd) throw NOT_HERE;
    const inner = text.slice(start + 1, close);
    end = close + 1;
    const doubled = first === "'" && text.charCodeAt(end) === QUOTE;
    if (doubled || (first === '"' && inner.includes("\\"))) throw NOT_HERE;
    value = { type: "str", text: inner };
    style = first === "'" ? "single" : "double";
  } else {
    const source = plainScalar(text.slice(start, lineEnd));
    end = start + source.length;
    value = resolved(source);
    style = "plain";
  }
  lines.neighbours.mark(start, end, holder);
  const followed = end < lineEnd || lacksRoom(text, end, column + lines.step);
  lines.endLine(end);
  return { style, value, end, followed, header: "", width: 0 };
}

/**
 * A literal block, whose first line has something on it, whose empty lines are empty, and which the
 * file does not end in without a line break.
 */
function literalAt(lines: BlockLines, start: number, column: number, holder: Collection): Scalar {
  const { text, neighbours } = lines;
  const header = text.slice(start, lines.end);
  const body = lines.end + 1;
  const width = lines.skipSpaces(body) - body;
  if ((header !== "|" && header !== "|-") || width <= column) throw NOT_HERE;
  const content: string[] = [];
  /** Of the last line with something on it. */
  let end = -1;
  let count = 0;
  let empty = 0;
  for (let at = body; at < text.length;) {
    const found = text.indexOf("\n", at);
    const lineEnd = found === -1 ? text.length : found;
    const indent = Math.min(lines.skipSpaces(at), lineEnd) - at;
    if (at + indent === lineEnd) {
      // A line of spaces may be part of the value or not.
      if (indent > 0) throw NOT_HERE;
      empty += 1;
    } else {
      if (indent < width) break;
      for (; empty > 0; empty -= 1) content.push("");
      content.push(text.slice(at + width, lineEnd));
      count = content.length;
      end = Math.min(lineEnd + 1, text.length);
    }
    at = lineEnd + 1;
  }
  if (end === -1 || text.charCodeAt(end - 1) !== LINE_BREAK) throw NOT_HERE;
  neighbours.mark(start, start + 1, holder);
  neighbours.mark(body, body + text.slice(body, end).trimEnd().length, holder);
  lines.nextBehind(end, count);
  const value: Value = { type: "str", text: content.join("\n") + (header === "|" ? "\n" : "") };
  return { style: "literal", value, end, followed: false, header, width };
}

/** The plain scalar that a line's rest begins with. */
function plainScalar(rest: string): string {
  if (!PLAIN_START.test(rest)) throw NOT_HERE;
  const comment = rest.indexOf(" #");
  const source = (comment === -1 ? rest : rest.slice(0, comment)).trimEnd();
  if (source.includes(": ") || source.endsWith(":")) throw NOT_HERE;
  return source;
}

/** What a plain scalar is; null is YAML's null. */
export function resolved(source: string): Value | null {
  try {
    return resolvePlain(source);
  } catch (error) {
    if (error instanceof UnrepresentableError) throw NOT_HERE;
    throw error;
  }
}
