import type { Leaf, Replacement } from "../store.ts";
import type { TextEdit } from "../text/text-edits.ts";
import { isToken, type KeyPath } from "../token.ts";
import { lineEnd } from "../text/lines.ts";
import { trimEnd } from "./space.ts";

/** One line of a comment: alone on its line, behind a value, or behind a section's name. */
export interface CommentLine {
  readonly kind: "own" | "inline" | "header";
  /** Of the line in the file that it stands on. */
  readonly lineStart: number;
  /** Of its `#` or `;`. */
  readonly start: number;
  /** Behind the run of that character and spaces that sops does not count as text. */
  readonly contentStart: number;
  readonly end: number;
}

/**
 * A comment as sops has it: all the comment lines before a key or section and the one beside it,
 * with blank lines between them passed over, are one text and get one ciphertext.
 *
 * The ciphertext stands in the place of the first line's text; of the others their `#` or `;` stays.
 * So the author's layout is kept, sops reads the whole comment, and each line finds back to its
 * place. A line of its own is added where the only line stands behind a section's name, since sops
 * takes the last `]` of a line for the end of that name.
 */
export interface IniComment extends Leaf {
  readonly parts: readonly CommentLine[];
}

/** The comment that begins at an offset. */
export function commentLine(
  text: string,
  kind: CommentLine["kind"],
  lineStart: number,
  start: number,
): CommentLine {
  const source = text.slice(start, lineEnd(text, start)).replace(/\r?\n$/, "");
  const run = /^(?:;[; ]*|#[# ]*)/.exec(source)?.[0].length ?? 0;
  const contentStart = start + run;
  const end = Math.max(contentStart, start + trimEnd(source).length);
  return { kind, lineStart, start, contentStart, end };
}

/**
 * The comments that a run of comment lines makes up: one, unless somebody wrote further lines beside
 * one that is encrypted.
 *
 * @param lineOf 1-based.
 */
export function commentsOf(
  text: string,
  parts: readonly CommentLine[],
  path: KeyPath,
  lineOf: (offset: number) => number,
): IniComment[] {
  const content = (part: CommentLine) => text.slice(part.contentStart, part.end);
  const comments: IniComment[] = [];
  for (let index = 0; index < parts.length;) {
    const first = parts[index];
    if (first === undefined) break;
    const encrypted = isToken(content(first));
    let behind = index + 1;
    for (let part = parts[behind]; part !== undefined; part = parts[(behind += 1)]) {
      if (encrypted ? content(part) !== "" : isToken(content(part))) break;
    }
    const own = parts.slice(index, behind);
    comments.push({
      kind: "comment",
      path,
      value: { type: "comment", text: encrypted ? content(first) : textOf(text, own) },
      line: lineOf(first.start),
      form: "bare",
      alias: null,
      parts: own,
    });
    index = behind;
  }
  return comments;
}

/** The text of plaintext comment lines, as sops joins them: the first without its `#` or `;`. */
function textOf(text: string, parts: readonly CommentLine[]): string {
  return parts
    .map(({ start, contentStart, end }, index) => {
      if (index > 0) return trimEnd(text.slice(start, end));
      const content = text.slice(contentStart, end);
      // sops crashes on a comment that begins with an empty line.
      return content === "" && parts.length > 1 ? text.charAt(start) : content;
    })
    .join("\n");
}

/** The edits that put a token, or a plaintext, in the place of a comment. */
export function commentEdits(
  text: string,
  { parts, value }: IniComment,
  replacement: Replacement,
  newline: string,
): TextEdit[] {
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const { contentStart, end } = first;
  if (replacement.kind === "ciphertext") {
    if (first.kind === "header") {
      const { lineStart } = first;
      const behind = spaceBehind(text, first);
      const line = `${text.charAt(first.start)} ${replacement.token}${behind}${newline}`;
      return [
        { start: lineStart, end: lineStart, text: line },
        { start: contentStart, end: end + behind.length, text: "" },
      ];
    }
    const token = { start: contentStart, end, text: replacement.token };
    // Behind a token stand the marks of the other lines: one beside a section's name is as its author wrote it.
    if (value !== null && isToken(value.text)) return [token];
    return [
      token,
      ...others.map((part) => ({ ...spanOf(text, part), text: text.charAt(part.start) })),
    ];
  }

  const [lead = "", ...rest] = replacement.value.text.split(/\r?\n/);
  const last = others.at(-1);
  if (last?.kind === "header" && parts.length === rest.length + 2) {
    const span = { start: first.lineStart, end: lineEnd(text, first.end) };
    const at = last.contentStart;
    return [
      { ...span, text: "" },
      { start: at, end: at, text: lead + spaceBehind(text, first) },
    ];
  }
  const emptyLead = others.length > 0 && lead === text.charAt(first.start);
  const opening = { start: contentStart, end, text: emptyLead ? "" : lead };
  if (rest.length === others.length) {
    return [
      opening,
      ...others.map((part, index) => ({
        ...spanOf(text, part),
        text: asComment(rest[index] ?? ""),
      })),
    ];
  }
  const indent = /^[ \t]*/.exec(text.slice(first.lineStart, first.start))?.[0] ?? "";
  const further = rest.map((line) => newline + indent + asComment(line)).join("");
  return [{ ...opening, text: opening.text + further }];
}

/** White space at the end of a comment's line: without the text it would seem to stand before it. */
function spaceBehind(text: string, { end }: CommentLine): string {
  return text.slice(end, lineEnd(text, end)).replace(/\r?\n$/, "");
}

function spanOf(text: string, { start, end }: CommentLine): { start: number; end: number } {
  return { start, end: start + trimEnd(text.slice(start, end)).length };
}

/** A line of a comment can never become a key. */
function asComment(line: string): string {
  if (/^[#;]/.test(line)) return line;
  return line === "" ? ";" : `; ${line}`;
}
