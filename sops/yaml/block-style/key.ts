import type { Collection } from "../collection.ts";
import { COLON, LINE_BREAK, SPACE } from "./characters.ts";
import type { BlockLines } from "./lines.ts";
import { NOT_HERE } from "./not-here.ts";
import { resolved } from "./scalar.ts";

/** YAML bounds the length of a key on one line. */
const LONGEST_KEY = 1000;

const KEY = /[A-Za-z0-9_.][A-Za-z0-9_./-]*|"[^"\\\n]+"|'[^'\n]+'/y;

/** The source of the key at an offset; null where none stands there. */
export function keyAt(text: string, start: number): string | null {
  KEY.lastIndex = start;
  const source = KEY.exec(text)?.[0];
  if (source === undefined) return null;
  const colon = start + source.length;
  if (text.charCodeAt(colon) !== COLON) return null;
  const behind = text.charCodeAt(colon + 1);
  if (behind !== SPACE && behind !== LINE_BREAK && colon + 1 !== text.length) return null;
  return source;
}

/**
 * A key that its mapping does not have yet, and where what is behind its colon begins.
 *
 * @param keys that its mapping has; it is added to them.
 */
export function readKey(
  { text, neighbours }: BlockLines,
  start: number,
  collection: Collection,
  keys: Set<string>,
): { key: string; end: number } {
  const source = keyAt(text, start);
  if (source === null || source.length > LONGEST_KEY) throw NOT_HERE;
  const quoted = source.startsWith('"') || source.startsWith("'");
  const key = quoted ? source.slice(1, -1) : source;
  if (!quoted && resolved(source)?.type !== "str") throw NOT_HERE;
  if (keys.has(key)) throw NOT_HERE;
  keys.add(key);
  const colon = start + source.length;
  neighbours.mark(start, colon, collection);
  neighbours.mark(colon, colon + 1, collection, "opensValue");
  return { key, end: colon + 1 };
}
