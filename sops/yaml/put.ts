import { SopsError } from "../errors.ts";
import { below, isEmpty, scalarText, type Data } from "../data-tree.ts";
import { toFlow, toYaml } from "../write-data.ts";
import { shownPath } from "../token.ts";
import { itemAt, nameOf, type AmongComments, type TreePath } from "../tree-path.ts";
import { checkChange } from "./change-check.ts";
import { outline, type OutlinedCollection, type OutlinedEntry } from "./outline.ts";
import { canBePlain, quote, lacksRoom } from "./spelling.ts";

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
  const edited = new Editor(text).put(path, value, among);
  checkChange(text, edited, path, value);
  return edited;
}

/**
 * Takes the entry at a path out of the first document.
 *
 * @returns null where there is no such entry.
 * @throws SopsError `syntax`, `unsupported`
 * @see TreeBranch.Unset in sops.go
 */
export function removeYaml(text: string, path: TreePath): string | null {
  const edited = new Editor(text).remove(path);
  if (edited !== null) checkChange(text, edited, path, undefined);
  return edited;
}

/** Where a path leads: the collection that holds its last part, and the entry, if there is one. */
interface Target {
  readonly parent: OutlinedCollection;
  readonly index: number;
  /** The parts from the parent on: the entry's own, and further ones that are not there yet. */
  readonly rest: TreePath;
  /** The entry that the collection is the value of; null at the top. */
  readonly holder: { readonly parent: OutlinedCollection; readonly index: number } | null;
}

class Editor {
  private readonly text: string;
  private readonly root: OutlinedCollection;
  private readonly newline: string;

  constructor(text: string) {
    this.text = text;
    this.newline = text.includes("\r\n") ? "\r\n" : "\n";
    this.root = outline(text);
  }

  put(path: TreePath, value: Data, among: AmongComments): string {
    const { parent, index, rest } = this.find(path);
    if (index !== -1 && rest.length === 1) return this.replace(parent, index, value);
    const nested = below(rest.slice(1), value);
    // Something that is no collection stands in the way: sops puts the new branch in its place.
    if (index !== -1) return this.replace(parent, index, nested);
    return this.append(parent, rest[0] ?? "", nested, among);
  }

  remove(path: TreePath): string | null {
    const { parent, index, rest, holder } = this.find(path);
    if (index === -1 || rest.length !== 1) return null;
    const entry = this.entryAt(parent, index);
    if (parent.flow !== null) return this.removeFromFlow(parent, index, entry);
    if (parent.entries.length === 1) {
      // The last entry gone, an empty collection stays; comments before the entry are not lost.
      const { start } = entry;
      const end = this.lineEnd(this.contentEnd(parent));
      const empty = parent.kind === "mapping" ? "{}" : "[]";
      if (holder === null) {
        return this.text.slice(0, start) + empty + this.newline + this.text.slice(end);
      }
      const { slot } = this.entryAt(holder.parent, holder.index);
      const between = this.text.slice(slot, start).replace(/[ \t]*$/, "");
      if (/(?:^|\s)[&!]/.test(between.replaceAll(/#.*/g, ""))) {
        return this.belowProperty(start, empty) + this.newline + this.text.slice(end);
      }
      const kept = between.trim() === "" ? this.newline : between;
      return `${this.text.slice(0, slot)} ${empty}${kept}${this.text.slice(end)}`;
    }
    const { start } = entry;
    const end = this.lineEnd(this.contentEndOfEntry(entry));
    const lineStart = this.lineStart(start);
    const before = this.text.slice(lineStart, start);
    if (before.trim() === "") {
      const rest = this.text.slice(end);
      const above = parent.entries[index - 1];
      const isOpen = above !== undefined && this.keepsLinesBelow(above);
      // They stood below what is gone, and would be part of the block.
      return (
        this.text.slice(0, lineStart) + (isOpen ? rest.replace(/^(?:[ \t]*\r?\n)+/, "") : rest)
      );
    }
    // The first entry shares its line with the dash of the list around it: the next one moves up.
    const next = parent.entries[index + 1];
    if (next === undefined || !/^[ \t-]*$/.test(before)) {
      throw new SopsError(
        "unsupported",
        `${shownPath([String(path.at(-1))])} cannot be taken out where it stands: write it on a line of its own`,
      );
    }
    return this.text.slice(0, start) + this.text.slice(next.start);
  }

  /** The text up to an empty collection behind the anchor or tag of one whose first entry began at an offset. */
  private belowProperty(start: number, empty: string): string {
    const before = this.text.slice(0, start);
    const kept = before.trimEnd();
    const hasComment = this.text.slice(this.lineStart(kept.length), kept.length).includes("#");
    return hasComment ? before + empty : `${kept} ${empty}`;
  }

  /** Whether an entry ends in a block of text to which the empty lines below it belong. */
  private keepsLinesBelow({ value }: OutlinedEntry): boolean {
    if (value === null) return false;
    if (value.kind === "value") {
      return /^[|>]\d?\+/.test(this.text.slice(value.start, value.start + 3));
    }
    const last = value.entries.at(-1);
    return value.flow === null && last !== undefined && this.keepsLinesBelow(last);
  }

  private find(path: TreePath): Target {
    let parent = this.root;
    let holder: Target["holder"] = null;
    for (const [depth, part] of path.entries()) {
      const index = this.indexOf(parent, part);
      const value = parent.entries[index]?.value ?? null;
      const isLast = depth === path.length - 1;
      if (isLast || value === null || value.kind === "value") {
        return { parent, index, rest: path.slice(depth), holder };
      }
      holder = { parent, index };
      parent = value;
    }
    throw new SopsError("unsupported", "the path is empty");
  }

  private indexOf({ kind, entries }: OutlinedCollection, part: string | number): number {
    if (kind === "list") {
      return itemAt(entries, part, isCommentItem);
    }
    const name = nameOf(part);
    return entries.findIndex((entry) => entry.name === name);
  }

  /** In the place of a value; its anchor and tag go with it. */
  private replace(parent: OutlinedCollection, index: number, value: Data): string {
    const entry = this.entryAt(parent, index);
    const flow = parent.flow !== null;
    const end = this.contentEndOfEntry(entry);
    const amid = this.amidComments(entry, value);
    if (amid !== null) return amid + this.rest(end, amid, entry);
    if (parent.kind === "list") {
      const start = flow ? entry.start : entry.slot;
      const column = this.columnOf(entry.start) + 2;
      const spelled = flow ? toFlow(value) : ` ${this.block(value, column, "item", end)}`;
      return this.text.slice(0, start) + spelled + this.rest(end, spelled, entry);
    }
    const separator = entry.lacksColon ? ":" : "";
    const column = this.columnOf(entry.start);
    const spelled = flow ? ` ${toFlow(value)}` : this.block(value, column, "value", end);
    return this.text.slice(0, entry.slot) + separator + spelled + this.rest(end, spelled, entry);
  }

  /**
   * The text up to a new value that takes the place of a single one, where comments stand between that and
   * its key, or beside the header of its block: they stay, with the value on one line.
   */
  private amidComments({ slot, value: old }: OutlinedEntry, value: Data): string | null {
    if (old?.kind !== "value") return null;
    const source = this.text.slice(old.start, old.end);
    const [, beside = ""] = /^[|>][-+0-9]*([ \t]+#[^\r\n]*)/.exec(source) ?? [];
    if (beside === "" && !/(?:^|\s)#/.test(this.text.slice(slot, old.start))) return null;
    return this.text.slice(0, old.start) + toFlow(value) + beside;
  }

  /** What stands behind a replaced value; a block scalar's own line break is not lost. */
  private rest(end: number, spelled: string, { value }: OutlinedEntry): string {
    if (spelled.endsWith("\n")) return this.text.slice(this.lineEnd(end));
    const hadBreak = this.text.slice(0, end).endsWith("\n") && value !== null;
    return (hadBreak ? this.newline : "") + this.text.slice(end);
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
    const column = this.columnOf(first.start);
    const at = this.newEntryAt(parent, column, among);
    const pad = " ".repeat(column);
    const entry =
      parent.kind === "list"
        ? `${pad}- ${this.block(value, column + 2, "item", at)}`
        : `${pad}${this.key(nameOf(part))}:${this.block(value, column, "value", at)}`;
    const before = this.text.slice(0, at);
    const needsBreak = before !== "" && !before.endsWith("\n");
    const end = needsBreak || entry.endsWith("\n") ? "" : this.newline;
    return before + (needsBreak ? this.newline : "") + entry + end + this.text.slice(at);
  }

  /** Where a new entry of a block goes: before the sops block, else behind the last entry. */
  private newEntryAt(parent: OutlinedCollection, column: number, among: AmongComments): number {
    const sops = parent === this.root ? this.indexOf(parent, "sops") : -1;
    if (sops > 0) {
      const last = this.contentEndOfEntry(this.entryAt(parent, sops - 1));
      const start = this.lineStart(this.entryAt(parent, sops).start);
      return among === "above" ? this.lineEnd(last) : start;
    }
    const at = this.lineEnd(this.contentEnd(parent));
    if (among !== "below") return at;
    const comments = new RegExp(`(?:(?:[ \\t]*\\r?\\n)* {${column},}#.*(?:\\r?\\n|$))*`, "y");
    comments.lastIndex = at;
    return at + (comments.exec(this.text)?.[0].length ?? 0);
  }

  private appendToFlow(
    { kind, entries }: OutlinedCollection,
    bracket: number,
    part: string | number,
    value: Data,
  ): string {
    const last = entries.at(-1);
    const at = last === undefined ? bracket + 1 : this.contentEndOfEntry(last);
    const entry = kind === "list" ? toFlow(value) : `${toFlow(nameOf(part))}: ${toFlow(value)}`;
    // go-yaml takes a `:` for one before a space only.
    const isOpen = last?.value === null && !last.lacksColon;
    const comma = last === undefined ? "" : isOpen ? " , " : ", ";
    return this.text.slice(0, at) + comma + entry + this.text.slice(at);
  }

  private removeFromFlow({ entries }: OutlinedCollection, index: number, own: OutlinedEntry) {
    const before = entries[index - 1];
    const next = entries[index + 1];
    const start = before === undefined ? own.start : this.contentEndOfEntry(before);
    const end =
      before === undefined && next !== undefined ? next.start : this.contentEndOfEntry(own);
    return this.text.slice(0, start) + this.text.slice(end);
  }

  private key(text: string): string {
    return canBePlain(text, false) ? text : quote(text);
  }

  /**
   * Whether a value may end in a block of text before what stands at an offset: not before a comment on the
   * same line, or where the block {@link lacksRoom}.
   */
  private canEndAt(offset: number, value: Data, column: number): boolean {
    const text = lastText(value);
    if (!text.includes("\n")) return true;
    const end = this.lineEnd(offset);
    if (this.text.slice(offset, end).trim() !== "") return false;
    // A block that keeps the line breaks at its end would keep those of empty lines below, too.
    if (/(?:^|\n)\n$/.test(text) && /^\r?\n/.test(this.text.slice(end))) return false;
    const lineBreak = this.text[end - 1] === "\n" ? end - 1 : end;
    return !lacksRoom(this.text, lineBreak, column + 1);
  }

  /** A value in block style behind a key or a dash, with the space or line break before it. */
  private block(value: Data, column: number, place: "value" | "item", at: number): string {
    const lead = place === "value" ? " " : "";
    if (!this.canEndAt(at, value, column)) return lead + toFlow(value);
    if (typeof value === "string") return lead + this.string(value, column);
    if (scalarText(value) !== null) return lead + toFlow(value);
    if (isEmpty(value)) return `${lead}${Array.isArray(value) ? "[]" : "{}"}`;
    const step = place === "value" ? this.step() : 0;
    const pad = " ".repeat(column + step);
    const lines = toYaml(value, this.step())
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => (line === "" ? "" : pad + line));
    // The empty lines at the end of a block are its own.
    const body = lines.join(this.newline) + (lastText(value).includes("\n") ? this.newline : "");
    return place === "value" ? this.newline + body : body.slice(pad.length);
  }

  private string(text: string, column: number): string {
    if (
      !text.includes("\n") ||
      !/^[^\s]/.test(text) ||
      /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff]/.test(text)
    ) {
      return canBePlain(text, false) ? text : quote(text);
    }
    const pad = " ".repeat(column + this.step());
    const trailing = /\n*$/.exec(text)?.[0].length ?? 0;
    const header = trailing === 0 ? "|-" : trailing === 1 ? "|" : "|+";
    const lines = text.replace(/\n$/, "").split("\n");
    const body = lines.map((line) => (line === "" ? "" : pad + line)).join(this.newline);
    return `${header}${this.newline}${body}${this.newline}`;
  }

  private step(): number {
    const first = /\n( +)[^\s#-]/.exec(this.text)?.[1];
    return first === undefined ? 2 : Math.min(first.length, 8);
  }

  private entryAt({ entries }: OutlinedCollection, index: number): OutlinedEntry {
    const entry = entries[index];
    if (entry === undefined) throw new RangeError("there is no such entry");
    return entry;
  }

  private contentEnd({ flow, entries }: OutlinedCollection): number {
    const last = entries.at(-1);
    return flow === null && last !== undefined ? this.contentEndOfEntry(last) : (flow?.end ?? 0);
  }

  private contentEndOfEntry({ slot, value }: OutlinedEntry): number {
    if (value === null) return slot;
    return value.kind === "value" ? value.end : this.contentEnd(value);
  }

  private lineEnd(offset: number): number {
    if (offset > 0 && this.text[offset - 1] === "\n") return offset;
    const at = this.text.indexOf("\n", offset);
    return at === -1 ? this.text.length : at + 1;
  }

  private columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }

  /** Where the line that holds an offset begins, behind a byte order mark. */
  private lineStart(offset: number): number {
    const start = this.text.lastIndexOf("\n", offset - 1) + 1;
    return this.text.startsWith("\ufeff", start) ? start + 1 : start;
  }
}

/** The text that a value ends with; empty where that is none. */
function lastText(value: Data): string {
  if (value instanceof Map)
    return lastText([...(value as ReadonlyMap<string, Data>).values()].at(-1) ?? null);
  if (Array.isArray(value)) return lastText((value.at(-1) as Data | undefined) ?? null);
  return typeof value === "string" ? value : "";
}

function isCommentItem({ value }: OutlinedEntry): boolean {
  return value?.kind === "value" && value.isComment;
}
