import { formatObject } from "../json/metadata-block.ts";
import { plainMetadata, type Metadata } from "../metadata/metadata.ts";
import { isRecord } from "../metadata/metadata-fields.ts";
import { withRecord } from "../metadata/spelling-record.ts";
import { canBePlain, quote } from "./spelling.ts";

/** The indentation that sops gives its block when nothing else is said. */
export const DEFAULT_INDENT = 4;

/** The author's indentation: that of the first indented line. */
export function indentStep(text: string): number {
  const first = /\n( +)[^\s#-]/.exec(text)?.[1];
  return first === undefined ? 2 : Math.min(first.length, 8);
}

/** Recorded spellings, by name: see `SpellingRecord`. */
export type Spellings = ReadonlyMap<string, string> | null;

/** The `sops` block as sops itself lays it out, without a line break at its end. */
export function formatBlock(
  metadata: Metadata,
  spellings: Spellings,
  indent: number,
  newline: string,
): string {
  const step = " ".repeat(indent);
  const lines = ["sops:"];
  for (const [key, value] of entries(metadata, spellings)) {
    if (typeof value === "string") {
      lines.push(`${step}${key}: ${value}`);
      continue;
    }
    lines.push(`${step}${key}:`);
    if (!isList(value)) {
      for (const [name, token] of value) lines.push(`${step}${step}${quote(name)}: ${token}`);
      continue;
    }
    const entryColumn = 2 * indent + 2;
    // go-yaml indents a literal to the next multiple of the indentation.
    const literal = " ".repeat(indent * Math.floor((entryColumn + indent) / indent));
    for (const { recipient, enc } of value) {
      lines.push(`${" ".repeat(2 * indent)}- enc: |`);
      lines.push(
        ...enc
          .trimEnd()
          .split("\n")
          .map((line) => literal + line),
      );
      lines.push(`${" ".repeat(entryColumn)}recipient: ${scalar(recipient)}`);
    }
  }
  return lines.join(newline);
}

/** The block on one line, for a document whose top is a flow mapping. */
export function formatFlow(metadata: Metadata, spellings: Spellings): string {
  return `"sops": ${formatObject(withRecord(plainMetadata(metadata), spellings), null, "")}`;
}

type Entry = [string, string | Metadata["age"] | NonNullable<Spellings>];

function entries(metadata: Metadata, spellings: Spellings): Entry[] {
  return Object.entries(withRecord(plainMetadata(metadata), spellings)).map(([key, value]) => {
    if (Array.isArray(value)) return [key, metadata.age];
    if (isRecord(value)) return [key, spellings ?? new Map<string, string>()];
    if (key === "lastmodified") return [key, quote(String(value))];
    return [key, typeof value === "string" ? scalar(value) : String(value)];
  });
}

function isList(value: Metadata["age"] | NonNullable<Spellings>): value is Metadata["age"] {
  return Array.isArray(value);
}

function scalar(text: string): string {
  return canBePlain(text, false) ? text : quote(text);
}
