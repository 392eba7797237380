import { SopsError } from "../../errors.ts";
import { below, type Data } from "../../data/data-tree.ts";
import { nameOf, type AmongComments, type TreePath } from "../../data/tree-path.ts";
import { toFlow } from "../../data/yaml-text.ts";
import { checkChange } from "./change-check.ts";
import { NewValues } from "./new-values.ts";
import type { OutlinedCollection, OutlinedEntry } from "./outline.ts";
import { OutlinedText } from "./outlined-text.ts";
import { canBePlain, quote } from "../spelling.ts";

/**
 * Puts a value at a path of the first document: in the place of what is there, or as a new entry at
 * the end of the mapping or list that holds it. Everything else keeps its bytes.
 *
 * @param text a YAML file, encrypted or not.
 * @throws SopsError `syntax`, `unsupported`
 * @see TreeBranch.Set in sops.go
 */
export function putYaml(
  text: string,
  path: TreePath,
  value: Data,
  among: AmongComments = null,
): string {
  const edited = new Putting(new OutlinedText(text)).put(path, value, among);
  checkChange(text, edited, path, value);
  return edited;
}

class Putting {
  private readonly file: OutlinedText;
  private readonly values: NewValues;

  constructor(file: OutlinedText) {
    this.file = file;
    this.values = new NewValues(file);
  }

  put(path: TreePath, value: Data, among: AmongComments): string {
    const { parent, index, rest } = this.file.find(path);
    if (index !== -1 && rest.length === 1) return this.replace(parent, index, value);
    const nested = below(rest.slice(1), value);
    // Something that is no collection stands in the way: sops puts the new branch in its place.
    if (index !== -1) return this.replace(parent, index, nested);
    return this.append(parent, rest[0] ?? "", nested, among);
  }

  /** In the place of a value; its anchor and tag go with it. */
  private replace(parent: OutlinedCollection, index: number, value: Data): string {
    const entry = this.file.entryAt(parent, index);
    const flow = parent.flow !== null;
    const end = this.file.contentEndOfEntry(entry);
    const amid = this.amidComments(entry, value);
    if (amid !== null) return amid + this.rest(end, amid, entry);
    if (parent.kind === "list") {
      const start = flow ? entry.start : entry.slot;
      const column = this.file.columnOf(entry.start) + 2;
      const spelled = flow ? toFlow(value) : ` ${this.values.block(value, column, "item", end)}`;
      return this.file.slice(0, start) + spelled + this.rest(end, spelled, entry);
    }
    const separator = entry.lacksColon ? ":" : "";
    const column = this.file.columnOf(entry.start);
    const spelled = flow ? ` ${toFlow(value)}` : this.values.block(value, column, "value", end);
    return this.file.slice(0, entry.slot) + separator + spelled + this.rest(end, spelled, entry);
  }

  /**
   * The text up to a new value that takes the place of a single one, where comments stand between that and
   * its key, or beside the header of its block: they stay, with the value on one line.
   */
  private amidComments({ slot, value: old }: OutlinedEntry, value: Data): string | null {
    if (old?.kind !== "value") return null;
    const source = this.file.slice(old.start, old.end);
    const [, beside = ""] = /^[|>][-+0-9]*([ \t]+#[^\r\n]*)/.exec(source) ?? [];
    if (beside === "" && !/(?:^|\s)#/.test(this.file.slice(slot, old.start))) return null;
    return this.file.slice(0, old.start) + toFlow(value) + beside;
  }

  /** What stands behind a replaced value; a block scalar's own line break is not lost. */
  private rest(end: number, spelled: string, { value }: OutlinedEntry): string {
    if (spelled.endsWith("\n")) return this.file.slice(this.file.nextLine(end));
    const hadBreak = this.file.slice(0, end).endsWith("\n") && value !== null;
    return (hadBreak ? this.file.newline : "") + this.file.slice(end);
  }

  private append(
    parent: OutlinedCollection,
    part: string | number,
    value: Data,
    among: AmongComments,
  ): string {
    if (parent.flow !== null) {
      return this.appendToFlow(parent, parent.flow.start, part, value);
    }
    const [first] = parent.entries;
    if (first === undefined) {
      throw new SopsError("unsupported", "an empty block cannot be added to");
    }
    const column = this.file.columnOf(first.start);
    const at = this.newEntryAt(parent, column, among);
    const pad = " ".repeat(column);
    const entry =
      parent.kind === "list"
        ? `${pad}- ${this.values.block(value, column + 2, "item", at)}`
        : `${pad}${key(nameOf(part))}:${this.values.block(value, column, "value", at)}`;
    const before = this.file.slice(0, at);
    const needsBreak = before !== "" && !before.endsWith("\n");
    const end = needsBreak || entry.endsWith("\n") ? "" : this.file.newline;
    return before + (needsBreak ? this.file.newline : "") + entry + end + this.file.slice(at);
  }

  /** Where a new entry of a block goes: before the sops block, else behind the last entry. */
  private newEntryAt(parent: OutlinedCollection, column: number, among: AmongComments): number {
    const sops = parent === this.file.root ? this.file.indexOf(parent, "sops") : -1;
    if (sops > 0) {
      const last = this.file.contentEndOfEntry(this.file.entryAt(parent, sops - 1));
      const start = this.file.lineStart(this.file.entryAt(parent, sops).start);
      return among === "above" ? this.file.nextLine(last) : start;
    }
    const at = this.file.nextLine(this.file.contentEnd(parent));
    if (among !== "below") return at;
    const comments = new RegExp(`(?:(?:[ \\t]*\\r?\\n)* {${column},}#.*(?:\\r?\\n|$))*`, "y");
    comments.lastIndex = at;
    return at + (comments.exec(this.file.text)?.[0].length ?? 0);
  }

  private appendToFlow(
    { kind, entries }: OutlinedCollection,
    bracket: number,
    part: string | number,
    value: Data,
  ): string {
    const last = entries.at(-1);
    const at = last === undefined ? bracket + 1 : this.file.contentEndOfEntry(last);
    const entry = kind === "list" ? toFlow(value) : `${toFlow(nameOf(part))}: ${toFlow(value)}`;
    // go-yaml takes a `:` for one before a space only.
    const isOpen = last?.value === null && !last.lacksColon;
    const comma = last === undefined ? "" : isOpen ? " , " : ", ";
    return this.file.slice(0, at) + comma + entry + this.file.slice(at);
  }
}

function key(text: string): string {
  return canBePlain(text, false) ? text : quote(text);
}
