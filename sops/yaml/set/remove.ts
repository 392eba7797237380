import { SopsError } from "../../errors.ts";
import { isSamePath, shownPath } from "../../token.ts";
import type { TreePath } from "../../data/tree-path.ts";
import { readYaml } from "../document.ts";
import { checkChange } from "./change-check.ts";
import type { OutlinedCollection, OutlinedEntry } from "./outline.ts";
import { OutlinedText, type Target } from "./outlined-text.ts";

/**
 * Takes the entry at a path out of the first document.
 *
 * @returns null where there is no such entry.
 * @throws SopsError `syntax`, `unsupported`
 * @see TreeBranch.Unset in sops.go
 */
export function removeYaml(text: string, path: TreePath): string | null {
  const file = new OutlinedText(text);
  const target = file.find(path);
  if (target.index === -1 || target.rest.length !== 1) return null;
  const edited = without(file, target, path);
  checkChange(text, edited, path, undefined);
  return edited;
}

/**
 * {@link removeYaml} for the only entry of a mapping or list in block style: the comments in that stay in it,
 * between brackets, where sops puts them, too.
 *
 * @returns null where there is no such entry, or something stands on the line of its mapping's key.
 */
export function emptyYaml(text: string, path: TreePath): string | null {
  const file = new OutlinedText(text);
  const { parent, index, holder, rest } = file.find(path);
  const isOnly = index !== -1 && rest.length === 1 && parent.entries.length === 1;
  if (!isOnly || holder === null || parent.flow !== null) return null;
  const entry = file.entryAt(parent, index);
  const { slot } = file.entryAt(holder.parent, holder.index);
  const above = file.slice(slot, file.lineStart(entry.start));
  const indent = file.slice(file.lineStart(entry.start), entry.start);
  if (!/^[ \t]*\r?\n/.test(above) || indent.trim() !== "") return null;
  const end = file.nextLine(endOf(file, entry, path));
  const endOfAll = file.nextLine(endOfComments(file, end, path.slice(0, -1)));
  const below = file.slice(end, endOfAll);
  const [open, close] = parent.kind === "mapping" ? "{}" : "[]";
  const inside = `${open}${above}${below}${indent}${close}${file.newline}`;
  const edited = `${file.slice(0, slot)} ${inside}${file.slice(endOfAll)}`;
  checkChange(text, edited, path, undefined);
  return edited;
}

function without(file: OutlinedText, target: Target, path: TreePath): string {
  const { parent, index } = target;
  const entry = file.entryAt(parent, index);
  if (parent.flow !== null) return withoutInFlow(file, parent, index);
  const end = file.nextLine(endOf(file, entry, path));
  if (parent.entries.length === 1) return emptied(file, target, entry.start, file.slice(end));
  const lineStart = file.lineStart(entry.start);
  const before = file.slice(lineStart, entry.start);
  if (before.trim() === "") {
    const behind = file.slice(end);
    const above = parent.entries[index - 1];
    const block = above === undefined ? null : blockAtEnd(file, above);
    return file.slice(0, lineStart) + (block === null ? behind : apartFrom(block, behind, before));
  }
  // The first entry shares its line with the dash of the list around it: the next one moves up.
  const next = parent.entries[index + 1];
  if (next === undefined || !/^[ \t-]*$/.test(before)) {
    const what = shownPath(target.rest.map(String));
    throw new SopsError(
      "unsupported",
      `${what} cannot be taken out where it stands: write it on a line of its own`,
    );
  }
  return file.slice(0, entry.start) + file.slice(end).replace(/^\s+/, "");
}

/** Where an entry ends, with the comments at its end that stand in it: to sops they are a part of it, too. */
function endOf(file: OutlinedText, entry: OutlinedEntry, path: TreePath): number {
  const { name, value } = entry;
  const end = file.contentEndOfEntry(entry);
  const isOpen = name !== null && value !== null && value.kind !== "value" && value.flow === null;
  return isOpen ? endOfComments(file, end, path) : end;
}

/** Where the last of the comments ends that stand right behind an offset, in what is at a path. */
function endOfComments(file: OutlinedText, from: number, path: TreePath): number {
  const keys = path.filter((part) => typeof part === "string");
  let end = from;
  for (const leaf of readYaml(file.text).leaves) {
    if (leaf.start < end) continue;
    const isNext = leaf.kind === "comment" && file.slice(end, leaf.start).trim() === "#";
    if (!isNext || !isSamePath(leaf.path.slice(0, keys.length), keys)) break;
    ({ end } = leaf);
  }
  return end;
}

/** The last entry gone, an empty collection stays; comments before the entry are not lost. */
function emptied(
  file: OutlinedText,
  { parent, holder }: Target,
  start: number,
  behind: string,
): string {
  const empty = parent.kind === "mapping" ? "{}" : "[]";
  if (holder === null) return file.slice(0, start) + empty + file.newline + behind;
  const { slot } = file.entryAt(holder.parent, holder.index);
  const between = file.slice(slot, start).replace(/[ \t]*$/, "");
  if (/(?:^|\s)[&!]/.test(between.replaceAll(/#.*/g, ""))) {
    return belowProperty(file, start, empty) + file.newline + behind;
  }
  const kept = between.trim() === "" ? file.newline : between;
  return `${file.slice(0, slot)} ${empty}${kept}${behind}`;
}

/** The text up to an empty collection behind the anchor or tag of one whose first entry began at an offset. */
function belowProperty(file: OutlinedText, start: number, empty: string): string {
  const before = file.slice(0, start);
  const kept = before.trimEnd();
  const hasComment = file.slice(file.lineStart(kept.length), kept.length).includes("#");
  return hasComment ? before + empty : `${kept} ${empty}`;
}

/** The header of the block of text that an entry ends in; null where it ends in none. */
function blockAtEnd(file: OutlinedText, { value }: OutlinedEntry): string | null {
  if (value === null) return null;
  if (value.kind === "value") {
    return /^[|>][-+\d]*/.exec(file.slice(value.start, value.start + 3))?.[0] ?? null;
  }
  const last = value.entries.at(-1);
  return value.flow === null && last !== undefined ? blockAtEnd(file, last) : null;
}

/**
 * Lines that come to stand below a block of text, and are no part of it: not the empty ones, where it keeps
 * these, nor comments that are indented.
 *
 * @param indent of what stood between.
 */
function apartFrom(header: string, lines: string, indent: string): string {
  const below = header.includes("+") ? lines.replace(/^(?:[ \t]*\r?\n)+/, "") : lines;
  return below.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*(?:[ \t]*#.*)?/, (comments) =>
    comments.replaceAll(/^[ \t]+(?=#)/gm, (own) => (own.length > indent.length ? indent : own)),
  );
}

function withoutInFlow(file: OutlinedText, parent: OutlinedCollection, index: number): string {
  const own = file.entryAt(parent, index);
  const before = parent.entries[index - 1];
  const next = parent.entries[index + 1];
  const start = before === undefined ? own.start : file.contentEndOfEntry(before);
  const end = before === undefined && next !== undefined ? next.start : file.contentEndOfEntry(own);
  const isOnly = before === undefined && next === undefined;
  const behind = file.slice(end);
  return file.slice(0, start) + (isOnly ? behind.replace(/^[ \t]*,/, "") : behind);
}
