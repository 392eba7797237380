import { Document, isMap, visit, type Scalar, type ScalarTag } from "yaml";
import {
  dataAt,
  NumberText,
  pairs,
  sameData,
  scalarText,
  TimeText,
  type Data,
} from "./data-tree.ts";
import { spellDotenv } from "../dotenv/document.ts";
import { SopsError } from "../errors.ts";
import type { Format } from "../format.ts";
import { heldComments, placedComments, sameComments } from "./held-comments.ts";
import { spellIniKey } from "../ini/key.ts";
import { spellIniValue } from "../ini/value.ts";
import { sopsLayout, type BlockLayout } from "../json/metadata-block.ts";
import { NO_COMMENTS, readComments, type DataComments } from "./read-comments.ts";
import { readData } from "./read-data.ts";
import { resolvePlain } from "../value.ts";
import { DEFAULT_INDENT } from "../yaml/metadata-block.ts";

/**
 * Writes data in a format, laid out as sops does.
 *
 * @param indent that of YAML and JSON; null for sops's own.
 * @param comments those that the data had. What the format has a place for goes along, if it would be
 *   read there as the same comments in the same mappings: then it is encrypted just as it was.
 * @throws SopsError `cannot-hold`
 */
export function writeData(
  documents: readonly ReadonlyMap<string, Data>[],
  format: Format,
  indent: number | null,
  comments: DataComments = NO_COMMENTS,
): string {
  const [first = new Map<string, Data>()] = documents;
  const bare = spelled(documents, format, indent, NO_COMMENTS);
  if (format === "dotenv" || format === "ini") refuseChanged(format, first, bare);
  const held = heldComments(first, format, comments);
  if (held.size === 0) return bare;
  const text = spelled(documents, format, indent, held);
  return differsInComments(text, bare, format, first, held) ? text : bare;
}

/** Whether a text reads as another one with comments, which are where they were in the data. */
function differsInComments(
  text: string,
  bare: string,
  format: Format,
  root: Data,
  comments: DataComments,
): boolean {
  try {
    const documents = readData(text, format);
    const [data = null, ...others] = documents;
    return (
      others.length === 0 &&
      sameData(data, readData(bare, format)[0]) &&
      sameComments([root, comments], [data, readComments(documents, text, format)])
    );
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}

function spelled(
  documents: readonly ReadonlyMap<string, Data>[],
  format: Format,
  indent: number | null,
  comments: DataComments,
): string {
  const [first = new Map<string, Data>()] = documents;
  switch (format) {
    case "yaml":
      return documents.map((one) => toYaml(one, indent, comments)).join("---\n");
    case "json":
      return `${toJson(first, sopsLayout(indent))}\n`;
    case "dotenv":
      return toDotenv(first, comments);
    case "ini":
      return toIni(first, comments);
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
export function toYaml(
  value: Data,
  indent: number | null,
  comments: DataComments = NO_COMMENTS,
): string {
  const document = new Document(plain(value), { compat: "yaml-1.1", customTags: [TIME] });
  if (comments.size > 0) addComments(document.contents, value, comments);
  visit(document, {
    Scalar: (_key, node) => {
      const { value } = node;
      if (typeof value === "string" && needsQuotes(value)) node.type = "QUOTE_DOUBLE";
      if (typeof value !== "bigint" || !needsPoint(String(value))) return;
      node.value = Number(value);
      node.minFractionDigits = 1;
    },
  });
  return withEscapes(
    document.toString({
      indent: indent ?? DEFAULT_INDENT,
      lineWidth: 0,
      commentString: (lines) => lines,
    }),
  );
}

function addComments(node: unknown, value: Data, comments: DataComments): void {
  if (!isMap<Scalar, unknown>(node) || !(value instanceof Map)) return;
  const { above, behind } = placedComments(comments.get(value));
  if (node.items.length === 0 && behind.length > 0) node.commentBefore = commentLines(behind);
  else if (behind.length > 0) node.comment = commentLines(behind);
  for (const [index, [key, one]] of [...(value as ReadonlyMap<string, Data>)].entries()) {
    const pair = node.items[index];
    const own = above.get(key);
    if (pair === undefined) continue;
    if (own !== undefined) pair.key.commentBefore = commentLines(own);
    addComments(pair.value, one, comments);
  }
}

/** Each line has its `#`: whatever is in a comment, it never becomes a key or a value. */
function commentLines(texts: readonly string[], mark: "#" | "; " = "#"): string {
  return texts.map((text) => mark + text).join("\n");
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

/** Refuses a text that does not read as what was written: neither format has a spelling for every text. */
function refuseChanged(format: "dotenv" | "ini", root: Data, text: string): void {
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
  if (isSame) return;
  throw new SopsError("cannot-hold", `${NAMES[format]} has no spelling for a key or value in it`);
}

const NAMES = { dotenv: "dotenv", ini: "INI" } as const;

function toDotenv(root: Data, comments: DataComments): string {
  const { above, behind } = placedComments(comments.get(root));
  const entries = pairs(root, "dotenv").map(
    ([key, value]) => `${commentsBefore(above.get(key), "#")}${key}=${spellDotenv(value)}\n`,
  );
  return entries.join("") + commentsBefore(behind, "#");
}

function toIni(root: Data, comments: DataComments): string {
  if (!(root instanceof Map)) throw new SopsError("cannot-hold", "INI needs sections");
  return [...(root as ReadonlyMap<string, Data>)]
    .map(([name, section]) => {
      if (!(section instanceof Map)) {
        throw new SopsError("cannot-hold", `INI holds sections only, and ${name} is none`);
      }
      const { above } = placedComments(comments.get(section as Data));
      const lines = pairs(section as Data, "INI").map(([key, value]) => {
        const spelling = spellIniValue(value) ?? value;
        return `${commentsBefore(above.get(key), "; ")}${spellIniKey(key)} = ${spelling}\n`;
      });
      return `[${name}]\n${lines.join("")}`;
    })
    .join("\n");
}

function commentsBefore(texts: readonly string[] = [], mark: "#" | "; "): string {
  return texts.length === 0 ? "" : `${commentLines(texts, mark)}\n`;
}
