import type { Leaf, Replacement } from "../store.ts";
import type { TextEdit } from "../text/text-edits.ts";
import type { InCollection } from "./collection.ts";
import type { YamlLeaf } from "./leaf.ts";
import { spellToken, spellValue } from "./spelling.ts";

/**
 * The edits that put replacements in the places of leaves.
 *
 * @param leaves of the whole file.
 * @param empty its mappings and lists without anything in them.
 * @param spelling how a value is to be spelled; null for as usual.
 */
export function leafEdits(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
  replacements: ReadonlyMap<Leaf, Replacement>,
  spelling: (leaf: YamlLeaf) => string | null,
): TextEdit[] {
  const edits: TextEdit[] = [];
  const emptied = lastOfEmptied(leaves, empty, replacements);
  for (const leaf of leaves) {
    const replacement = replacements.get(leaf);
    if (replacement === undefined) continue;
    const edit = editOf(leaf, replacement);
    const usual = emptied.has(leaf) ? edit.text + emptyList(leaf) : edit.text;
    addAroundComment(edits, leaf, { ...edit, text: spelling(leaf) ?? usual });
  }
  return edits;
}

/**
 * Items of lists in which nothing is left but the comments that sops had made items of: the last one
 * of each. Such a list would be null.
 */
function lastOfEmptied(
  leaves: readonly YamlLeaf[],
  empty: readonly InCollection[],
  replacements: ReadonlyMap<Leaf, Replacement>,
): ReadonlySet<YamlLeaf> {
  const isComment = (leaf: YamlLeaf) => {
    const replacement = replacements.get(leaf);
    return (
      leaf.itemStart !== null &&
      replacement?.kind === "plaintext" &&
      replacement.value.type === "comment"
    );
  };
  const last = new Map<InCollection["holder"], YamlLeaf>();
  for (const leaf of leaves) if (isComment(leaf)) last.set(leaf.holder, leaf);
  if (last.size === 0) return new Set();
  const filled = new Set<InCollection["holder"]>();
  const fill = (from: InCollection["holder"]) => {
    for (let one = from; one !== null && !filled.has(one); one = one.parent) filled.add(one);
  };
  for (const leaf of leaves) if (leaf.kind === "value" && !isComment(leaf)) fill(leaf.holder);
  for (const { holder } of empty) fill(holder);
  // A list in a list is an item of that one, whatever is in it.
  for (const list of last.keys()) fill(list?.parent ?? null);
  return new Set([...last].filter(([list]) => !filled.has(list)).map(([, leaf]) => leaf));
}

/** Below the comments, inside of what the list is the value of. */
function emptyList({ holder, place }: YamlLeaf): string {
  return `${place.newline}${" ".repeat((holder?.parent?.column ?? 0) + 2)}[]`;
}

/** A comment beside the header of a block is a leaf of its own: what is around it is edited apart. */
function addAroundComment(
  edits: TextEdit[],
  { place: { header } }: YamlLeaf,
  edit: TextEdit,
): void {
  const comment = header === "" ? -1 : header.search(/\s+#/);
  if (comment === -1) {
    edits.push(edit);
    return;
  }
  const { start, end, text } = edit;
  const [first = ""] = text.split(/\r?\n/, 1);
  edits.push(
    {
      start,
      end: start + comment,
      text: /^[|>]/.test(first) ? first.replace(/\s+#.*$/, "") : first,
    },
    { start: start + header.length, end, text: text.slice(first.length) },
  );
}

function editOf(leaf: YamlLeaf, replacement: Replacement): TextEdit {
  const { start, end } = leaf;
  if (replacement.kind === "ciphertext") {
    const { token, bare } = replacement;
    if (replacement.asItem === true) return { start: start - 1, end, text: `- ${token}` };
    if (leaf.kind === "comment") return { start, end, text: token };
    if (!bare || leaf.place.flow || leaf.cutOff === true) {
      const text = spellToken(token, leaf.place);
      // The block that is appended to an unfinished file brings the line break.
      return { start, end, text: leaf.cutOff === true ? text.trimEnd() : text };
    }
    const isBlock = leaf.place.style === "literal" || leaf.place.style === "folded";
    return { start, end, text: token + (isBlock ? leaf.place.newline : "") };
  }
  const { value } = replacement;
  if (leaf.kind === "comment") return { start, end, text: commentLines(value.text, leaf) };
  if (value.type === "comment" && leaf.itemStart !== null) {
    return { start: leaf.itemStart, end, text: `#${commentLines(value.text, leaf)}` };
  }
  return { start, end, text: spellValue(value, leaf.place) };
}

/** sops makes one comment of several lines in INI; in YAML each of them needs a mark. */
function commentLines(text: string, { holder, place: { newline } }: YamlLeaf): string {
  const [first = "", ...more] = text.split("\n");
  const indent = " ".repeat(holder?.column ?? 0);
  const marked = (line: string) => (line.startsWith("#") ? line : `# ${line}`);
  return [first, ...more.map((line) => (line === "" ? "" : indent + marked(line)))].join(newline);
}
