import {
  isMap,
  isScalar,
  isSeq,
  type CST,
  type Pair,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { SopsError } from "../errors.ts";
import { below, isEmpty, toYaml, scalarText, toJson, type Data } from "../data-tree.ts";
import { itemAt, nameOf, type TreePath } from "../tree-path.ts";
import { isCommentToken } from "../token.ts";
import { composeTokens } from "./document.ts";
import { readTokens } from "./tokens.ts";
import { canBePlain, quote } from "./spelling.ts";

/**
 * Puts a value at a path of the first document: in the place of what is there, or as a new entry at
 * the end of the mapping or list that holds it. Everything else keeps its bytes.
 *
 * @param text a YAML file, encrypted or not.
 * @throws SopsError `syntax`, `unsupported`
 * @see TreeBranch.Set in sops.go
 */
export function putYaml(text: string, path: TreePath, value: Data): string {
  const editor = new Editor(text);
  return editor.put(path, value);
}

/**
 * Takes the entry at a path out of the first document.
 *
 * @returns null where there is no such entry.
 * @throws SopsError `syntax`, `unsupported`
 * @see TreeBranch.Unset in sops.go
 */
export function removeYaml(text: string, path: TreePath): string | null {
  const editor = new Editor(text);
  return editor.remove(path);
}

type Collection = YAMLMap.Parsed | YAMLSeq.Parsed;

/** Where a path leads: the collection that holds its last part, and the entry, if there is one. */
interface Target {
  readonly parent: Collection;
  readonly index: number;
  /** The parts from the parent on: the entry's own, and further ones that are not there yet. */
  readonly rest: TreePath;
  /** The entry that the collection is the value of; null at the top. */
  readonly holder: { readonly parent: Collection; readonly index: number } | null;
}

class Editor {
  private readonly text: string;
  private readonly root: YAMLMap.Parsed;
  private readonly newline: string;

  constructor(text: string) {
    const { tokens } = readTokens(text, (code, _, message) => new SopsError(code, message));
    this.text = text;
    this.newline = text.includes("\r\n") ? "\r\n" : "\n";
    const documents = composeTokens(tokens, false, text.length);
    const problem = documents[0]?.errors[0];
    if (problem !== undefined) {
      throw new SopsError("syntax", problem.message.split("\n")[0] ?? "does not parse", {
        line: problem.linePos?.[0].line ?? null,
      });
    }
    const root = documents[0]?.contents;
    if (!isMap(root)) throw new SopsError("unsupported", "has no mapping at its top");
    this.root = root as YAMLMap.Parsed;
  }

  put(path: TreePath, value: Data): string {
    const { parent, index, rest } = this.find(path);
    if (index !== -1 && rest.length === 1) return this.replace(parent, index, value);
    const nested = below(rest.slice(1), value);
    // Something that is no collection stands in the way: sops puts the new branch in its place.
    if (index !== -1) return this.replace(parent, index, nested);
    return this.append(parent, rest[0] ?? "", nested);
  }

  remove(path: TreePath): string | null {
    const { parent, index, rest, holder } = this.find(path);
    if (index === -1 || rest.length !== 1) return null;
    if (parent.flow === true) return this.removeFromFlow(parent, index);
    if (parent.items.length === 1) {
      // The last entry gone, an empty collection stays; comments before the entry are not lost.
      const start = this.entryStart(parent, 0);
      const end = this.lineEnd(this.contentEnd(parent));
      const empty = isMap(parent) ? "{}" : "[]";
      if (holder === null) {
        return this.text.slice(0, start) + empty + this.newline + this.text.slice(end);
      }
      const slot = this.valueSlot(holder.parent, holder.index);
      const between = this.text.slice(slot, start).replace(/[ \t]*$/, "");
      const kept = between.trim() === "" ? this.newline : between;
      return `${this.text.slice(0, slot)} ${empty}${kept}${this.text.slice(end)}`;
    }
    const start = this.entryStart(parent, index);
    const end = this.lineEnd(this.contentEndOfEntry(parent, index));
    const lineStart = this.text.lastIndexOf("\n", start - 1) + 1;
    if (this.text.slice(lineStart, start).trim() === "") {
      return this.text.slice(0, lineStart) + this.text.slice(end);
    }
    // The first entry shares its line with the dash of the list around it: the next one moves up.
    const next = this.entryStart(parent, index + 1);
    return this.text.slice(0, start) + this.text.slice(next);
  }

  private find(path: TreePath): Target {
    let parent: Collection = this.root;
    let holder: Target["holder"] = null;
    for (const [depth, part] of path.entries()) {
      const index = this.indexOf(parent, part);
      const node = index === -1 ? null : this.valueAt(parent, index);
      const isLast = depth === path.length - 1;
      if (isLast || !(isMap(node) || isSeq(node)))
        return { parent, index, rest: path.slice(depth), holder };
      holder = { parent, index };
      parent = node as Collection;
    }
    throw new SopsError("unsupported", "the path is empty");
  }

  private indexOf(collection: Collection, part: string | number): number {
    if (isSeq(collection)) {
      return itemAt(
        collection.items as readonly ParsedNode[],
        part,
        (item) => isScalar(item) && isCommentToken(String(item.value)),
      );
    }
    const items = (collection as YAMLMap.Parsed).items;
    const name = nameOf(part);
    return items.findIndex(({ key }) => isScalar(key) && String(key.value) === name);
  }

  private valueAt(collection: Collection, index: number): ParsedNode | null {
    const item: unknown = collection.items[index];
    return (isSeq(collection) ? item : (item as Pair).value) as ParsedNode | null;
  }

  /** In the place of a value; its anchor and tag go with it. */
  private replace(parent: Collection, index: number, value: Data): string {
    const node = this.valueAt(parent, index);
    const flow = parent.flow === true;
    const end = this.contentEndOfEntry(parent, index);
    const behind = this.text.slice(end, this.lineEnd(end));
    if (isSeq(parent)) {
      const start = flow ? (node?.range[0] ?? end) : this.afterDash(parent, index);
      const column = this.columnOf(this.entryStart(parent, index)) + 2;
      const spelled = flow ? this.flow(value) : this.block(value, column, "item", behind);
      return this.text.slice(0, start) + spelled + this.rest(end, spelled, node);
    }
    const pair = (parent as YAMLMap.Parsed).items[index];
    const token = pair?.srcToken as CST.CollectionItem | undefined;
    const colon = token?.sep?.find(({ type }) => type === "map-value-ind");
    const keyEnd = (pair?.key as ParsedNode).range[1];
    const after = colon === undefined ? keyEnd : colon.offset + 1;
    const separator = colon === undefined ? ":" : "";
    const column = this.columnOf((pair?.key as ParsedNode).range[0]);
    const spelled = flow ? ` ${this.flow(value)}` : this.block(value, column, "value", behind);
    return this.text.slice(0, after) + separator + spelled + this.rest(end, spelled, node);
  }

  /** What stands behind a replaced value; a block scalar's own line break is not lost. */
  private rest(end: number, spelled: string, node: ParsedNode | null): string {
    if (spelled.endsWith("\n")) return this.text.slice(this.lineEnd(end));
    const hadBreak = this.text.slice(0, end).endsWith("\n") && node !== null;
    return (hadBreak ? this.newline : "") + this.text.slice(end);
  }

  private append(parent: Collection, part: string | number, value: Data): string {
    if (parent.flow === true) return this.appendToFlow(parent, part, value);
    const first = parent.items.length === 0 ? null : this.entryStart(parent, 0);
    if (first === null) throw new SopsError("unsupported", "an empty block cannot be added to");
    const column = this.columnOf(first);
    const sops = parent === this.root ? this.indexOf(parent, "sops") : -1;
    const at =
      sops > 0
        ? this.text.lastIndexOf("\n", this.entryStart(parent, sops)) + 1
        : this.lineEnd(this.contentEnd(parent));
    const pad = " ".repeat(column);
    const entry = isSeq(parent)
      ? `${pad}- ${this.block(value, column + 2, "item")}`
      : `${pad}${this.key(nameOf(part))}:${this.block(value, column, "value")}`;
    const before = this.text.slice(0, at);
    const needsBreak = before !== "" && !before.endsWith("\n");
    const end = needsBreak || entry.endsWith("\n") ? "" : this.newline;
    return before + (needsBreak ? this.newline : "") + entry + end + this.text.slice(at);
  }

  private appendToFlow(parent: Collection, part: string | number, value: Data): string {
    const count = parent.items.length;
    const at = count === 0 ? parent.range[0] + 1 : this.contentEndOfEntry(parent, count - 1);
    const entry = isSeq(parent)
      ? this.flow(value)
      : `${JSON.stringify(nameOf(part))}: ${this.flow(value)}`;
    return this.text.slice(0, at) + (count === 0 ? "" : ", ") + entry + this.text.slice(at);
  }

  private removeFromFlow(parent: Collection, index: number): string {
    const count = parent.items.length;
    const start =
      index > 0 ? this.contentEndOfEntry(parent, index - 1) : this.entryStart(parent, index);
    const end =
      index === 0 && count > 1 ? this.entryStart(parent, 1) : this.contentEndOfEntry(parent, index);
    return this.text.slice(0, start) + this.text.slice(end);
  }

  private key(text: string): string {
    return canBePlain(text, false) ? text : quote(text);
  }

  private flow(value: Data): string {
    return toJson(value, null);
  }

  /** A value in block style behind a key or a dash, with the space or line break before it. */
  private block(value: Data, column: number, place: "value" | "item", behind = ""): string {
    const lead = place === "value" ? " " : "";
    if (typeof value === "string") return this.string(value, column, lead, behind);
    const text = scalarText(value);
    if (text !== null) return lead + text;
    if (isEmpty(value)) return `${lead}${Array.isArray(value) ? "[]" : "{}"}`;
    const step = place === "value" ? this.step() : 0;
    const pad = " ".repeat(column + step);
    const lines = toYaml(value, this.step())
      .trimEnd()
      .split("\n")
      .map((line) => (line === "" ? "" : pad + line));
    const body = lines.join(this.newline);
    return place === "value" ? this.newline + body : body.trimStart();
  }

  private string(text: string, column: number, lead: string, behind: string): string {
    // A comment behind the value has no place behind a block.
    if (
      behind.trim() !== "" ||
      !text.includes("\n") ||
      !/^[^\s]/.test(text) ||
      /[^\n\x20-\x7e\xa0-\ud7ff]/.test(text)
    ) {
      return lead + (canBePlain(text, false) ? text : quote(text));
    }
    const pad = " ".repeat(column + this.step());
    const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
    const header = trailing === 0 ? "|-" : trailing === 1 ? "|" : "|+";
    const lines = text.replace(/\n$/, "").split("\n");
    const body = lines.map((line) => (line === "" ? "" : pad + line)).join(this.newline);
    return `${lead}${header}${this.newline}${body}${this.newline}`;
  }

  private step(): number {
    const first = /\n( +)[^\s#-]/.exec(this.text)?.[1];
    return first === undefined ? 2 : Math.min(first.length, 8);
  }

  private entryStart(collection: Collection, index: number): number {
    if (isSeq(collection)) {
      const token = collection.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
      const dash = token?.items[index]?.start.find(({ type }) => type === "seq-item-ind");
      return dash?.offset ?? (collection.items[index] as ParsedNode).range[0];
    }
    const pair = (collection as YAMLMap.Parsed).items[index];
    return (pair?.key as ParsedNode).range[0];
  }

  /** Right behind the `:` or `-` of an entry. */
  private valueSlot(collection: Collection, index: number): number {
    if (isSeq(collection)) return this.entryStart(collection, index) + 1;
    const pair = (collection as YAMLMap.Parsed).items[index];
    const token = pair?.srcToken as CST.CollectionItem | undefined;
    const colon = token?.sep?.find(({ type }) => type === "map-value-ind");
    return colon === undefined ? (pair?.key as ParsedNode).range[1] : colon.offset + 1;
  }

  private afterDash(parent: YAMLSeq.Parsed | Collection, index: number): number {
    const dash = this.entryStart(parent as Collection, index);
    const space = this.text[dash + 1] === " " ? 2 : 1;
    return dash + space;
  }

  private contentEnd(node: ParsedNode | null): number {
    if ((isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0) {
      return this.contentEndOfEntry(node as Collection, node.items.length - 1);
    }
    return node?.range[1] ?? 0;
  }

  private contentEndOfEntry(collection: Collection, index: number): number {
    const value = this.valueAt(collection, index);
    if (value !== null && !(isScalar(value) && value.source === "" && value.type === "PLAIN")) {
      return this.contentEnd(value);
    }
    return this.valueSlot(collection, index);
  }

  private lineEnd(offset: number): number {
    if (offset > 0 && this.text[offset - 1] === "\n") return offset;
    const at = this.text.indexOf("\n", offset);
    return at === -1 ? this.text.length : at + 1;
  }

  private columnOf(offset: number): number {
    return offset - (this.text.lastIndexOf("\n", offset - 1) + 1);
  }
}
