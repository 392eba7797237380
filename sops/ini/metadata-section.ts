import { flatten } from "../flat/flat-metadata.ts";
import type { TextEdit } from "../text/text-edits.ts";
import { spellIniValue } from "./value.ts";

/** The `sops` section of a file: from its header to the end of its last key's line. */
export interface SopsSection {
  readonly start: number;
  readonly end: number;
  readonly newline: string;
}

/** The section as sops lays it out, without a line break at its end. */
export function formatSection(plain: Readonly<Record<string, unknown>>, newline: string): string {
  const entries = flatten(plain);
  const width = Math.max(...entries.map(([key]) => key.length));
  const lines = entries.map(([key, value]) => {
    const text = value.replaceAll("\n", "\\n");
    return `${key.padEnd(width)} = ${spellIniValue(text) ?? text}`;
  });
  return ["[sops]", ...lines].join(newline);
}

/**
 * The edits that give a file another section, its first one, or none.
 *
 * A blank line stands before it, as sops has it: it also ends a value that is continued on the last
 * line. Whether the file's text ended with a line break is kept by whether the section does.
 */
export function sectionEdits(
  text: string,
  sops: SopsSection | null,
  section: string | null,
  newline: string,
): TextEdit[] {
  if (sops === null) {
    if (section === null) return [];
    const at = text.length;
    if (text === "") return [{ start: at, end: at, text: section + newline }];
    const whole = text.endsWith("\n");
    const added = whole ? newline + section + newline : newline + newline + section;
    return [{ start: at, end: at, text: added }];
  }
  const { start, end } = sops;
  const unfinished = !text.slice(start, end).endsWith("\n");
  if (section !== null) {
    return [{ start, end, text: unfinished ? section : section + sops.newline }];
  }
  let from = start;
  if (text.slice(0, from).endsWith(`\n${sops.newline}`)) from -= sops.newline.length;
  if (unfinished && text.slice(0, from).endsWith(sops.newline)) from -= sops.newline.length;
  return [{ start: from, end, text: "" }];
}
