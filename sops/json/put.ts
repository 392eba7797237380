import { below, type Data } from "../data/data-tree.ts";
import { toJson } from "../data/json-text.ts";
import { lineStart, newlineOf } from "../text/lines.ts";
import { applyEdits } from "../text/text-edits.ts";
import { isCommentToken } from "../token.ts";
import { itemAt, nameOf, type TreePath } from "../data/tree-path.ts";
import type { BlockLayout } from "./metadata-block.ts";
import { parseJson, type JsonMember, type JsonNode } from "./parse.ts";

/**
 * Puts a value at a path: in the place of what is there, or as a new entry at the end of the object
 * or list that holds it, before the `sops` block. Everything else keeps its bytes.
 *
 * @param text a JSON file, encrypted or not.
 * @throws SopsError `syntax`, `not-there`
 * @see TreeBranch.Set in sops.go
 */
export function putJson(text: string, path: TreePath, value: Data): string {
  const root = parseJson(text);
  const { parent, entry, rest } = find(root, path);
  // What is no collection and stands in the way gives its place to the new branch, as in sops.
  const nested = below(rest.slice(1), value);
  const layout = layoutOf(text, root);
  if (entry !== null) {
    const { start, end } = valueOf(entry);
    const onOwnLine = layout !== null && isOnLines(text, parent);
    const spelled = toJson(nested, onOwnLine ? layout : null, indentAt(text, startOf(entry)));
    return applyEdits(text, [{ start, end, text: spelled }]);
  }
  return append(text, parent, rest[0] ?? "", nested, layout);
}

/**
 * Takes the entry at a path out.
 *
 * @returns null where there is no such entry.
 * @throws SopsError `syntax`, `not-there`
 * @see TreeBranch.Unset in sops.go
 */
export function removeJson(text: string, path: TreePath): string | null {
  const { parent, entry, rest } = find(parseJson(text), path);
  if (entry === null || rest.length !== 1) return null;
  const entries = entriesOf(parent);
  const index = entries.indexOf(entry);
  const before = entries[index - 1];
  const after = entries[index + 1];
  const { end } = valueOf(entry);
  const span =
    before !== undefined
      ? { start: valueOf(before).end, end }
      : after !== undefined
        ? { start: startOf(entry), end: startOf(after) }
        : { start: parent.start + 1, end: parent.end - 1 };
  return applyEdits(text, [{ ...span, text: "" }]);
}

type Collection = Extract<JsonNode, { kind: "object" | "list" }>;
type Entry = JsonMember | JsonNode;

/** The collection that holds the last part of the path that is there, and its entry. */
function find(
  root: JsonNode,
  path: TreePath,
): { parent: Collection; entry: Entry | null; rest: TreePath } {
  let parent = root as Collection;
  for (let depth = 0; ; depth += 1) {
    const rest = path.slice(depth);
    const [part = ""] = rest;
    const entry = entryAt(parent, part);
    if (entry === null || rest.length === 1) return { parent, entry, rest };
    const node = valueOf(entry);
    if (node.kind === "scalar") return { parent, entry, rest };
    parent = node;
  }
}

function entryAt(parent: Collection, part: string | number): Entry | null {
  if (parent.kind === "object") {
    const name = nameOf(part);
    return parent.members.find(({ key }) => key === name) ?? null;
  }
  const isComment = (item: JsonNode) =>
    item.kind === "scalar" && item.value?.type === "str" && isCommentToken(item.value.text);
  return parent.items[itemAt(parent.items, part, isComment)] ?? null;
}

function append(
  text: string,
  parent: Collection,
  part: string | number,
  value: Data,
  layout: BlockLayout | null,
): string {
  const entries = entriesOf(parent);
  const [first] = entries;
  const spell = (onLines: boolean, indent: string) =>
    (parent.kind === "object" ? `${JSON.stringify(nameOf(part))}: ` : "") +
    toJson(value, onLines ? layout : null, indent);
  if (first === undefined) {
    const indent = indentAt(text, parent.start);
    const inner = indent + (layout?.indent ?? "");
    const spelled = spell(layout !== null, inner);
    const { newline } = layout ?? { newline: "" };
    const inside = layout === null ? spelled : newline + inner + spelled + newline + indent;
    return applyEdits(text, [{ start: parent.start + 1, end: parent.end - 1, text: inside }]);
  }
  const onLines = isOnLines(text, parent);
  const lead = onLines ? text.slice(parent.start + 1, startOf(first)) : " ";
  const spelled = spell(onLines, onLines ? indentAt(text, startOf(first)) : "");
  const last = entries.at(-1);
  const sopsIsLast = parent.kind === "object" && parent.members.at(-1)?.key === "sops";
  const behind = sopsIsLast ? entries.at(-2) : last;
  if (behind === undefined) {
    const at = startOf(first);
    return applyEdits(text, [{ start: at, end: at, text: `${spelled},${lead}` }]);
  }
  const at = valueOf(behind).end;
  return applyEdits(text, [{ start: at, end: at, text: `,${lead}${spelled}` }]);
}

function entriesOf(parent: Collection): readonly Entry[] {
  return parent.kind === "object" ? parent.members : parent.items;
}

function valueOf(entry: Entry): JsonNode {
  return "key" in entry ? entry.value : entry;
}

function startOf(entry: Entry): number {
  return "key" in entry ? entry.keyStart : entry.start;
}

/** Whether the entries of a collection stand on lines of their own. */
function isOnLines(text: string, parent: Collection): boolean {
  const [first] = entriesOf(parent);
  return first !== undefined && text.slice(parent.start, startOf(first)).includes("\n");
}

/** The indentation of the line that an offset is on. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

/** The layout of the file, by its first key; null where all is on one line. */
function layoutOf(text: string, root: JsonNode): BlockLayout | null {
  const collection = root as Collection;
  const [first] = entriesOf(collection);
  if (first === undefined || !isOnLines(text, collection)) return null;
  return { indent: indentAt(text, startOf(first)), newline: newlineOf(text) };
}
