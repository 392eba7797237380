import { isEmpty, scalarText, type Data } from "../../data/data-tree.ts";
import { toFlow, toYaml } from "../../data/yaml-text.ts";
import { indentStep } from "../metadata-block.ts";
import type { OutlinedText } from "./outlined-text.ts";
import { canBePlain, lacksRoom, quote } from "../spelling.ts";

/** Spells values that come into a file, as the file is written. */
export class NewValues {
  private readonly file: OutlinedText;

  constructor(file: OutlinedText) {
    this.file = file;
  }

  /** A value in block style behind a key or a dash, with the space or line break before it. */
  block(value: Data, column: number, place: "value" | "item", at: number): string {
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
    const body =
      lines.join(this.file.newline) + (lastText(value).includes("\n") ? this.file.newline : "");
    return place === "value" ? this.file.newline + body : body.slice(pad.length);
  }

  /**
   * Whether a value may end in a block of text before what stands at an offset: not before a comment on the
   * same line, or where the block {@link lacksRoom}.
   */
  private canEndAt(offset: number, value: Data, column: number): boolean {
    const text = lastText(value);
    if (!text.includes("\n")) return true;
    const end = this.file.nextLine(offset);
    if (this.file.slice(offset, end).trim() !== "") return false;
    // A block that keeps the line breaks at its end would keep those of empty lines below, too.
    if (/(?:^|\n)\n$/.test(text) && /^\r?\n/.test(this.file.slice(end))) return false;
    const lineBreak = this.file.text[end - 1] === "\n" ? end - 1 : end;
    return !lacksRoom(this.file.text, lineBreak, column + 1);
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
    const body = lines.map((line) => (line === "" ? "" : pad + line)).join(this.file.newline);
    return `${header}${this.file.newline}${body}${this.file.newline}`;
  }

  private step(): number {
    return indentStep(this.file.text);
  }
}

/** The text that a value ends with; empty where that is none. */
function lastText(value: Data): string {
  if (value instanceof Map)
    return lastText([...(value as ReadonlyMap<string, Data>).values()].at(-1) ?? null);
  if (Array.isArray(value)) return lastText((value.at(-1) as Data | undefined) ?? null);
  return typeof value === "string" ? value : "";
}
