import { Document, visit, type Scalar, type ScalarTag } from "yaml";
import { dataAt, NumberText, pairs, scalarText, TimeText, type Data } from "./data-tree.ts";
import { spellDotenv } from "./dotenv.ts";
import { SopsError } from "./errors.ts";
import type { Format } from "./format.ts";
import { spellIniKey } from "./ini/key.ts";
import { spellIniValue } from "./ini/value.ts";
import { sopsLayout, type BlockLayout } from "./json/metadata-block.ts";
import { readData } from "./read-data.ts";
import { resolvePlain } from "./value.ts";
import { DEFAULT_INDENT } from "./yaml/metadata-block.ts";

/**
 * Writes data in a format, laid out as sops does.
 *
 * @param indent that of YAML and JSON; null for sops's own.
 * @throws SopsError `cannot-hold`
 */
export function writeData(
  documents: readonly Data[],
  format: Format,
  indent: number | null,
): string {
  const [first = new Map<string, Data>()] = documents;
  switch (format) {
    case "yaml":
      return documents.map((one) => toYaml(one, indent)).join("---\n");
    case "json":
      return `${toJson(first, sopsLayout(indent))}\n`;
    case "dotenv":
      return heldBy(format, first, toDotenv(first));
    case "ini":
      return heldBy(format, first, toIni(first));
    case "binary": {
      const data = dataAt(first, ["data"]);
      if (typeof data === "string") return data;
      throw new SopsError("cannot-hold", "it holds no binary data: choose another --output-type");
    }
  }
}

/** A single value as sops's `--extract` prints it: in INI, too, numbers and the like as in JSON. */
export function writeValue(value: Data, format: Format, indent: number | null): string {
  if (typeof value === "string") return value;
  if (format === "json" || format === "ini") return toJson(value, sopsLayout(indent));
  return toYaml(value, indent);
}

/** A time stands without quotes. */
const TIME: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  identify: (value) => value instanceof TimeText,
  resolve: (text) => text,
  stringify: ({ value }: Scalar<unknown>) => (value as TimeText).text,
};

/**
 * Data as YAML, laid out as sops does.
 *
 * @param indent null for sops's own.
 */
export function toYaml(value: Data, indent: number | null): string {
  const document = new Document(plain(value), { compat: "yaml-1.1", customTags: [TIME] });
  visit(document, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (typeof value === "string" && needsQuotes(value)) node.type = "QUOTE_DOUBLE";
      if (typeof value !== "bigint" || !needsPoint(String(value))) return;
      node.value = Number(value);
      node.minFractionDigits = 1;
    },
  });
  return withEscapes(document.toString({ indent: indent ?? DEFAULT_INDENT, lineWidth: 0 }));
}

/**
 * Whether a text stands in double quotes. Of a block with leading spaces the yaml package says that it is
 * indented by 2, whatever is asked, and go-yaml reads no block that begins with a tab.
 */
function needsQuotes(text: string): boolean {
  return /^\n*[ \t]/.test(text) || UNSEEN.test(text) || !isText(text);
}

/** Whether a text without quotes is that to go-yaml, which knows more numbers than the yaml package. */
function isText(text: string): boolean {
  try {
    return resolvePlain(text)?.type === "str";
  } catch {
    return false;
  }
}

/** Data as YAML on one line. */
export function toFlow(value: Data): string {
  return withEscapes(toJson(withPoints(value), null));
}

/** Whether a number is a float whose digits alone go-yaml reads as an integer, which sops does not take. */
function needsPoint(digits: string): boolean {
  try {
    resolvePlain(digits);
    return false;
  } catch {
    return true;
  }
}

function withPoints(value: Data): Data {
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]) => [key as string, withPoints(one as Data)]));
  }
  if (Array.isArray(value)) return value.map((one) => withPoints(one as Data));
  return value instanceof NumberText && needsPoint(value.text)
    ? new NumberText(`${value.text}.0`)
    : value;
}

/** Control characters, line breaks that few programs see, and what go-yaml takes for no text. */
const UNSEEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** YAML in which such characters stand in double quotes; those that JSON leaves as they are become escapes. */
function withEscapes(yaml: string): string {
  return yaml.replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** For the yaml package, which writes big integers exactly only as BigInt. */
export function plain(value: Data): unknown {
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]) => [key, plain(one as Data)]));
  }
  if (Array.isArray(value)) return value.map((one) => plain(one as Data));
  if (value instanceof NumberText) {
    if (/^-?\d+$/.test(value.text)) return BigInt(value.text);
    return Number(value.text.replace("Inf", "Infinity"));
  }
  return value;
}

/**
 * Data as JSON.
 *
 * @param layout null for one line.
 * @param indent that of the line which the value begins on.
 * @throws SopsError `cannot-hold`
 */
export function toJson(value: Data, layout: BlockLayout | null, indent = ""): string {
  const inner = indent + (layout?.indent ?? "");
  const enclosed = (open: string, parts: readonly string[], close: string) => {
    if (parts.length === 0) return open + close;
    if (layout === null) return open + parts.join(", ") + close;
    const { newline } = layout;
    return `${open}${newline}${inner}${parts.join(`,${newline}${inner}`)}${newline}${indent}${close}`;
  };
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, Data>)].map(
      ([key, one]) => `${JSON.stringify(key)}: ${toJson(one, layout, inner)}`,
    );
    return enclosed("{", entries, "}");
  }
  if (Array.isArray(value)) {
    const items = value.map((one) => toJson(one as Data, layout, inner));
    return enclosed("[", items, "]");
  }
  if (value instanceof NumberText) {
    // JSON has no infinities.
    if (/^[+-]?(Inf|NaN)$/.test(value.text)) {
      throw new SopsError("cannot-hold", "JSON cannot hold a number that is infinite or none");
    }
    return value.text;
  }
  return JSON.stringify(value instanceof TimeText ? value.text : value);
}

/** A text that reads as what was to be written: neither format has a spelling for every text. */
function heldBy(format: "dotenv" | "ini", root: Data, text: string): string {
  const texts = (data: Data): unknown =>
    data instanceof Map
      ? [...(data as ReadonlyMap<string, Data>)].map(([key, one]) => [key, texts(one)])
      : scalarText(data);
  let isSame = false;
  try {
    isSame =
      JSON.stringify(texts(readData(text, format)[0] ?? null)) === JSON.stringify(texts(root));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
  }
  if (isSame) return text;
  throw new SopsError("cannot-hold", `${NAMES[format]} has no spelling for a key or value in it`);
}

const NAMES = { dotenv: "dotenv", ini: "INI" } as const;

function toDotenv(root: Data): string {
  return pairs(root, "dotenv")
    .map(([key, value]) => `${key}=${spellDotenv(value)}\n`)
    .join("");
}

function toIni(root: Data): string {
  if (!(root instanceof Map)) throw new SopsError("cannot-hold", "INI needs sections");
  return [...(root as ReadonlyMap<string, Data>)]
    .map(([name, section]) => {
      if (!(section instanceof Map)) {
        throw new SopsError("cannot-hold", `INI holds sections only, and ${name} is none`);
      }
      const lines = pairs(section as Data, "INI").map(
        ([key, value]) => `${spellIniKey(key)} = ${spellIniValue(value) ?? value}\n`,
      );
      return `[${name}]\n${lines.join("")}`;
    })
    .join("\n");
}
