import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import { lineStart, newlineOf, nextLine } from "../../sops/text/lines.ts";

/** Lines to put into a YAML text, each without indentation of its own and without a line break. */
export type YamlLines = readonly string[];

/** A YAML text that is added to by inserting lines, so that every byte of it stays. */
export interface YamlText {
  readonly text: string;
  readonly root: YAMLMap;
}

/**
 * Reads a YAML text of one document with a mapping at its top.
 *
 * @returns null for any other text, an empty one included.
 */
export function readYaml(text: string): YamlText | null {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  return { text, root: document.contents as YAMLMap };
}

/** The value at a path of keys; null where there is none. */
export function valueAt(root: YAMLMap, path: readonly string[]): Node | null {
  return (root.getIn(path, true) as Node | undefined) ?? null;
}

/**
 * Appends an item to a list, or an entry to a mapping, behind its last one.
 *
 * @param lines the item with its `- `, or the entry, indented as if it stood at the left margin.
 * @returns null where the value is no block collection with something in it: lines cannot be put
 *   into `[]` or `{}`.
 */
export function appendTo(text: string, value: Node | null, lines: YamlLines): string | null {
  if (value === null || !(isSeq(value) || isMap(value)) || value.flow === true) return null;
  const last = value.items.at(-1);
  if (last === undefined) return null;
  const end = endOf(isSeq(value) ? (last as Node) : lastPartOf(last as Pair));
  const begin = value.range?.[0];
  if (end === null || begin === undefined) return null;
  const indent = indentAt(text, begin);
  if (indent === null) return null;
  return insertLines(text, nextLine(text, end), lines, indent);
}

/** Appends an entry at the end of the top mapping. */
export function appendAtEnd(text: string, lines: YamlLines): string {
  return insertLines(text, text.length, lines, "");
}

function lastPartOf(pair: Pair): Node {
  return (pair.value ?? pair.key) as Node;
}

/** Behind the last character of a node, comments after it not counted. */
function endOf(node: Node): number | null {
  if (isMap(node) || isSeq(node)) {
    const last = node.flow === true ? undefined : node.items.at(-1);
    if (last !== undefined) {
      return endOf(isSeq(node) ? (last as Node) : lastPartOf(last as Pair));
    }
  }
  if (isScalar(node) && node.value === null) return node.range?.[0] ?? null;
  return node.range?.[1] ?? null;
}

/** What stands before a place on its line; null where that is more than spaces. */
function indentAt(text: string, at: number): string | null {
  const before = text.slice(lineStart(text, at), at);
  return /^ *$/.test(before) ? before : null;
}

/** Inserts lines at the beginning of a line, each indented alike, with the text's own line breaks. */
export function insertLines(text: string, at: number, lines: YamlLines, indent: string): string {
  const lineBreak = newlineOf(text);
  const before = text.slice(0, at);
  const gap = before === "" || before.endsWith("\n") ? "" : lineBreak;
  const block = lines.map((line) => (line === "" ? "" : indent + line) + lineBreak).join("");
  return before + gap + block + text.slice(at);
}
