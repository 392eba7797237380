import { scalarText, type Data } from "../data/data-tree.ts";
import { SopsError } from "../errors.ts";
import { lineEnd, newlineOf } from "../text/lines.ts";
import { applyEdits } from "../text/text-edits.ts";
import { nameOf, type TreePath } from "../data/tree-path.ts";
import { DEFAULT_SECTION } from "./document.ts";
import { readKeyName, spellIniKey } from "./key.ts";
import { leadingSpace } from "./space.ts";
import { readIniValue, spellIniValue, type IniValue } from "./value.ts";

interface Key {
  readonly name: string;
  /** Where the comment lines that stand right above it begin; its own line where there are none. */
  readonly start: number;
  readonly lineStart: number;
  /** Of its `=` or `:`. */
  readonly delimiter: number;
  readonly value: IniValue;
}

interface Section {
  readonly name: string;
  readonly start: number;
  /** Where the line behind its header begins. */
  readonly body: number;
  readonly keys: Key[];
}

/**
 * Puts a value at a section's key, or a mapping in the place of a section; a new section goes to the
 * end. Everything else keeps its bytes.
 *
 * @param text a plaintext INI file: an encrypted comment would come to stand before another key.
 * @throws SopsError `cannot-hold`, `already-encrypted` for the `sops` section.
 */
export function putIni(text: string, path: TreePath, value: Data): string {
  const [first = "", second] = path;
  const name = nameOf(first);
  if (name === "sops") throw new SopsError("already-encrypted", "the section sops is SOPS's own");
  if (name === "" || /[\n\r]/.test(name)) {
    throw new SopsError("cannot-hold", "INI has no such section name");
  }
  const sections = sectionsOf(text);
  const section = sections[indexOf(sections, path)];
  if (second === undefined) {
    if (!(value instanceof Map)) {
      throw new SopsError("cannot-hold", "an INI file holds sections, and no value beside them");
    }
    const entries = [...(value as ReadonlyMap<string, Data>)].map(
      ([key, one]) => `${spellIniKey(key)} = ${spell(one)}`,
    );
    return withEntries(text, section ?? null, name, entries);
  }
  if (path.length > 2) throw notSingle();
  const keyName = nameOf(second);
  const key = section?.keys.find((one) => one.name === keyName);
  if (key !== undefined) {
    const { start, end, style, next } = key.value;
    const quote = style === "bare" || style === "continued" ? 0 : style.length;
    const spelled = spell(value, text.slice(end + quote, next));
    return applyEdits(text, [{ start: start - quote, end: end + quote, text: spelled }]);
  }
  const spelled = spell(value);
  const last = section?.keys.at(-1);
  if (section === undefined || last === undefined) {
    return withEntries(text, section ?? null, name, [`${spellIniKey(keyName)} = ${spelled}`]);
  }
  // The delimiter stands under that of the key before it, as sops aligns them.
  const indent = text.slice(
    last.lineStart,
    last.lineStart + leadingSpace(text.slice(last.lineStart)),
  );
  const width = last.delimiter - last.lineStart - indent.length;
  const around = /[ \t]$/.test(text.slice(0, last.delimiter)) ? " " : "";
  const padded = (spellIniKey(keyName) + around).padEnd(width);
  const behind = /^[ \t]/.test(text.slice(last.delimiter + 1)) ? " " : "";
  const line = `${indent}${padded}${text.charAt(last.delimiter)}${behind}${spelled}`;
  // An empty line ends a value that a backslash continues.
  const goesOn = /\\\r?\n?$/.test(text.slice(0, last.value.next));
  return insertLines(text, last.value.next, goesOn ? ["", line] : [line]);
}

/**
 * Takes a key out, with the comment lines that stand right above it, or all of a section, of which the name
 * may stand more than once.
 *
 * @param text a plaintext INI file.
 * @returns null where there is no such key or section.
 */
export function removeIni(text: string, path: TreePath): string | null {
  const [, second] = path;
  const sections = sectionsOf(text);
  const section = sections[indexOf(sections, path)];
  if (section === undefined || path.length > 2) return null;
  if (second === undefined) {
    const named = sections.flatMap(({ name, start, body, keys }, at) => {
      const end = sections[at + 1]?.start ?? text.length;
      // Without a header and keys it is no more than what the file begins with.
      const isThere = body > start || keys.length > 0;
      return name === section.name && isThere ? [{ start, end, text: "" }] : [];
    });
    return applyEdits(text, named);
  }
  const key = section.keys.find(({ name }) => name === nameOf(second));
  if (key === undefined) return null;
  return applyEdits(text, [{ start: key.start, end: key.value.next, text: "" }]);
}

/** The section that a path leads to: of several with one name that which has the key, else the first. */
function indexOf(sections: readonly Section[], [first = "", second]: TreePath): number {
  const name = nameOf(first);
  const isNamed = (one: Section) => one.name === name;
  const holds = ({ keys }: Section) => keys.some((key) => key.name === second);
  const holding = sections.findIndex((one) => isNamed(one) && holds(one));
  return holding === -1 ? sections.findIndex(isNamed) : holding;
}

/** The sections of a text that has been parsed before; the first is that of keys without one. */
function sectionsOf(text: string): Section[] {
  const begin = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let section: Section = { name: DEFAULT_SECTION, start: begin, body: begin, keys: [] };
  const sections = [section];
  let comments: number | null = null;
  for (let at = begin; at < text.length;) {
    const end = lineEnd(text, at);
    const start = at + leadingSpace(text.slice(at, end));
    const first = start < end ? text.charAt(start) : "";
    const lineStart = at;
    at = end;
    if (first === "#" || first === ";") {
      comments ??= lineStart;
      continue;
    }
    const own = comments ?? lineStart;
    comments = null;
    if (first === "") continue;
    if (first === "[") {
      const line = text.slice(start, end);
      section = { name: line.slice(1, line.lastIndexOf("]")), start: own, body: end, keys: [] };
      sections.push(section);
      continue;
    }
    const key = readKeyName(text.slice(start, end));
    const value = typeof key === "string" ? null : readIniValue(text, start + key.behind);
    if (typeof key === "string" || typeof value !== "object" || value === null) continue;
    const { name, behind } = key;
    section.keys.push({ name, start: own, lineStart, delimiter: start + behind - 1, value });
    at = value.next;
  }
  return sections;
}

/** Entries in the place of a section's, or in a new section. */
function withEntries(
  text: string,
  section: Section | null,
  name: string,
  entries: readonly string[],
): string {
  if (section !== null) {
    const end = section.keys.at(-1)?.value.next ?? section.body;
    return insertLines(text.slice(0, section.body) + text.slice(end), section.body, entries);
  }
  const gap = text === "" || /\n\r?\n$/.test(text) ? [] : [""];
  return insertLines(text, text.length, [...gap, `[${name}]`, ...entries]);
}

function insertLines(text: string, at: number, lines: readonly string[]): string {
  const newline = newlineOf(text);
  const before = text.slice(0, at);
  const isWhole = before === "" || before === "\ufeff" || before.endsWith("\n");
  const added = lines.map((line) => line + newline).join("");
  return before + (isWhole ? "" : newline) + added + text.slice(at);
}

function spell(value: Data, behind?: string): string {
  const text = value === null ? null : scalarText(value);
  if (text === null) throw notSingle();
  const spelled = spellIniValue(text, behind);
  if (spelled === null) throw new SopsError("cannot-hold", "INI has no spelling for this value");
  return spelled;
}

function notSingle(): SopsError {
  return new SopsError(
    "cannot-hold",
    "a key of an INI section holds one value, no null and no mapping",
  );
}
