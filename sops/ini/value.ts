import { lineEnd } from "../text/lines.ts";
import { leadingSpace, trim, trimEnd } from "./space.ts";

/** How a value is written: bare, in one kind of quotes, or continued with `\` at a line's end. */
export type IniStyle = "bare" | '"' | "'" | "`" | '"""' | "continued";

export interface IniValue {
  readonly text: string;
  readonly style: IniStyle;
  /** What a new value takes the place of: inside the quotes, where there are any. */
  readonly start: number;
  readonly end: number;
  /** Where the comment on the value's last line begins, or null. */
  readonly comment: number | null;
  /**
   * Whether that comment stands where sops does not look for one: behind quotes that can go over
   * several lines, closed on the line that they began on.
   */
  readonly overlooked: boolean;
  /** Where the line behind the value begins. */
  readonly next: number;
}

/** What is wrong with a value, for the message of an error. */
export type IniProblem = "unclosed" | "text behind quotes";

/**
 * Reads a value as sops's INI library does.
 *
 * @param text the whole file.
 * @param offset behind the `=` or `:`.
 * @see readValue in gopkg.in/ini.v1's parser.go
 */
export function readIniValue(text: string, offset: number): IniValue | IniProblem {
  const next = lineEnd(text, offset);
  const start = offset + leadingSpace(text.slice(offset, next));
  const line = text.slice(start, next);
  const none = { comment: null, overlooked: false, next } as const;
  if (line === "") {
    const at = offset + trimEnd(text.slice(offset, next)).length;
    return { ...none, text: "", style: "bare", start: at, end: at };
  }
  if (line.length > 3 && line.startsWith('"""')) return readQuoted(text, start, next, '"""');
  if (line.startsWith("`")) return readQuoted(text, start, next, "`");

  const trimmed = trimEnd(line);
  if (trimmed.endsWith("\\")) return readContinued(text, start, trimmed.slice(0, -1), next);
  const mark = trimmed.search(/[#;]/);
  const bare = mark === -1 ? trimmed : trimEnd(trimmed.slice(0, mark));
  const comment = mark === -1 ? null : start + mark;
  const quote = bare.charAt(0);
  if ((quote === "'" || quote === '"') && isSurrounded(bare, quote)) {
    return {
      ...none,
      text: bare.slice(1, -1),
      style: quote,
      start: start + 1,
      end: start + bare.length - 1,
      comment,
    };
  }
  return { ...none, text: bare, style: "bare", start, end: start + bare.length, comment };
}

function isSurrounded(text: string, quote: string): boolean {
  return text.length >= 2 && text.endsWith(quote) && text.indexOf(quote, 1) === text.length - 1;
}

function readQuoted(
  text: string,
  start: number,
  lineBreak: number,
  quote: '"""' | "`",
): IniValue | IniProblem {
  const inner = start + quote.length;
  let lineStart = inner;
  let next = lineBreak;
  for (;;) {
    const close = text.slice(lineStart, next).lastIndexOf(quote);
    if (close !== -1) {
      const end = lineStart + close;
      const rest = text.slice(end + quote.length, next);
      const several = lineStart !== inner;
      // Behind a closing quote, a `\` at the end of the line takes the quote into the value.
      if (!several || !trim(rest.replace(/[\r\n]+$/, "")).endsWith("\\")) {
        const mark = rest.search(/[#;]/);
        if (trim(mark === -1 ? rest : rest.slice(0, mark)) !== "") return "text behind quotes";
        return {
          text: text.slice(inner, end),
          style: quote,
          start: inner,
          end,
          comment: mark === -1 ? null : end + quote.length + mark,
          overlooked: mark !== -1 && !several,
          next,
        };
      }
    }
    if (next === text.length) return "unclosed";
    lineStart = next;
    next = lineEnd(text, next);
  }
}

function readContinued(text: string, start: number, first: string, lineBreak: number): IniValue {
  const parts = [first];
  let end = start + first.length + 1;
  let next = lineBreak;
  while (next < text.length) {
    const lineStart = next;
    const line = text.slice(lineStart, lineEnd(text, lineStart));
    const content = trim(line);
    // The empty line that ends a value stays where it is.
    if (content === "") break;
    next = lineStart + line.length;
    end = lineStart + trimEnd(line).length;
    const goesOn = content.endsWith("\\");
    parts.push(goesOn ? content.slice(0, -1) : content);
    if (!goesOn) break;
  }
  return {
    text: parts.join(""),
    style: "continued",
    start,
    end,
    comment: null,
    overlooked: false,
    next,
  };
}

/**
 * The spelling of a value that stands in no quotes yet: bare where it can be, else in the quotes
 * that sops would choose.
 *
 * @param behind what follows on its last line: quotes in a comment there may be taken for the closing ones.
 * @returns null where the format has no spelling for the value.
 */
export function spellIniValue(value: string, behind = "\n"): string | null {
  const quotes = /[\n`]/.test(value) ? ["", '"""', "`"] : ["", "`", '"', "'", '"""'];
  const spellings = quotes.map((quote) => quote + value + quote);
  return spellings.find((source) => readsAs(source, value, behind)) ?? null;
}

/** Whether a spelling, which may go over several lines, is one of a value before what follows. */
export function readsAs(source: string, value: string, behind = "\n"): boolean {
  const read = readIniValue(source + behind, 0);
  return (
    typeof read === "object" &&
    read.text === value &&
    (read.comment ?? source.length) >= source.length &&
    read.next === source.length + behind.length
  );
}
