import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  visit,
  type ParsedNode,
  type Scalar,
} from "yaml";
import { spellDotenv } from "./dotenv.ts";
import { SopsError } from "./errors.ts";
import { parseFile, type Format } from "./format.ts";
import { spellIniKey } from "./ini/key.ts";
import { spellIniValue } from "./ini/value.ts";
import { sopsLayout, type BlockLayout } from "./json/metadata-block.ts";
import { parseJson, type JsonNode } from "./json/parse.ts";
import type { TreePath } from "./tree-path.ts";
import { resolvePlain, type Value } from "./value.ts";
import { readBlockStyle } from "./yaml/block-style.ts";
import { composeDocuments } from "./yaml/document.ts";
import type { YamlLeaf } from "./yaml/file.ts";
import { DEFAULT_INDENT } from "./yaml/metadata-block.ts";

/** A number as its digits: no precision is lost on the way from one format to another. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Plaintext data, free of any format. */
export type Data =
  null | boolean | string | NumberText | readonly Data[] | ReadonlyMap<string, Data>;

/** How many values aliases may expand a file to. */
const MOST_VALUES = 200_000;

/**
 * The data of a plaintext, a top mapping for each document.
 *
 * @param text as `decryptFile` gives it.
 * @throws SopsError `syntax`, `unsupported`
 */
export function readData(text: string, format: Format): ReadonlyMap<string, Data>[] {
  switch (format) {
    case "yaml":
      return readYaml(text);
    case "json": {
      const root = readJson(parseJson(text));
      return [root instanceof Map ? (root as ReadonlyMap<string, Data>) : new Map<string, Data>()];
    }
    case "dotenv":
    case "ini":
      return [readFlat(text, format)];
    case "binary":
      return [new Map([["data", text]])];
  }
}

/**
 * A single value in JSON, as `set` takes it.
 *
 * @throws SopsError `bad-value`, without a word of the value.
 */
export function readValue(json: string): Data {
  try {
    return readJson(parseJson(json));
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError(
      "bad-value",
      `the value is no JSON: a text needs double quotes, as in '"a text"'`,
    );
  }
}

/** A value below further keys and list positions that are not there yet. */
export function below(path: TreePath, value: Data): Data {
  return path.reduceRight<Data>(
    (inner, part) => (typeof part === "number" ? [inner] : new Map([[part, inner]])),
    value,
  );
}

/** Whether a value is a mapping or list with nothing in it. */
export function isEmpty(value: Data): boolean {
  return value instanceof Map ? value.size === 0 : Array.isArray(value) && value.length === 0;
}

/** Whether two values are the same, with their types, and the keys in the same order. */
export function sameData(one: Data, other: Data | undefined): boolean {
  if (one instanceof NumberText) return other instanceof NumberText && one.text === other.text;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, index) => sameData(item as Data, other[index] as Data))
    );
  }
  if (one instanceof Map) {
    if (!(other instanceof Map) || one.size !== other.size) return false;
    const others = [...(other as ReadonlyMap<string, Data>)];
    return [...(one as ReadonlyMap<string, Data>)].every(([key, value], index) => {
      const [otherKey, otherValue] = others[index] ?? [];
      return key === otherKey && sameData(value, otherValue);
    });
  }
  return one === other;
}

/** What stands at a path of a document; undefined where there is nothing. */
export function dataAt(root: Data, path: TreePath): Data | undefined {
  let current: Data | undefined = root;
  for (const part of path) {
    if (current instanceof Map) {
      current = typeof part === "string" ? (current.get(part) as Data | undefined) : undefined;
    } else if (Array.isArray(current)) {
      current = typeof part === "number" ? (current[part] as Data | undefined) : undefined;
    } else return undefined;
  }
  return current;
}

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

/** A single value as sops's `--extract` prints it. */
export function writeValue(value: Data, format: Format, indent: number | null): string {
  if (typeof value === "string") return value;
  if (format === "json") return toJson(value, sopsLayout(indent));
  return toYaml(value, indent);
}

/** The text of a single value where a format has text only; null for what is not one value. */
export function scalarText(value: Data): string | null {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return value instanceof NumberText ? value.text : null;
}

function readYaml(text: string): ReadonlyMap<string, Data>[] {
  const plain = readBlockStyle(text);
  if (plain?.rawMetadata === null) return [readLeaves(plain.leaves)];
  return composeDocuments(text).map((document) => {
    const read = readNode(document.contents as ParsedNode | null, {
      left: MOST_VALUES,
      cutOffAt: text.endsWith("\n") ? null : text.length,
      anchors: new Map(),
      targets: new Map(),
    });
    return read instanceof Map ? (read as ReadonlyMap<string, Data>) : new Map<string, Data>();
  });
}

/** The data of leaves whose mappings and lists all have a value in them. */
function readLeaves(leaves: readonly YamlLeaf[]): ReadonlyMap<string, Data> {
  const root = new Map<string, Data>();
  const made = new Map<YamlLeaf["holder"], Map<string, Data> | Data[]>();
  const put = (holder: YamlLeaf["holder"], key: string, data: Data) => {
    const into = dataIn(holder);
    if (Array.isArray(into)) into.push(data);
    else into.set(key, data);
  };
  const dataIn = (holder: YamlLeaf["holder"]): Map<string, Data> | Data[] => {
    if (holder === null || holder.parent === null) return root;
    const known = made.get(holder);
    if (known !== undefined) return known;
    const fresh = holder.list ? [] : new Map<string, Data>();
    made.set(holder, fresh);
    put(holder.parent, holder.path.at(-1) ?? "", fresh);
    return fresh;
  };
  for (const { kind, holder, path, value } of leaves) {
    if (kind === "value") put(holder, path.at(-1) ?? "", dataOf(value));
  }
  return root;
}

function readJson(node: JsonNode): Data {
  switch (node.kind) {
    case "object":
      return new Map(node.members.map(({ key, value }) => [key, readJson(value)]));
    case "list":
      return node.items.map(readJson);
    case "scalar":
      return dataOf(node.value);
  }
}

function dataOf(value: Value | null): Data {
  if (value === null) return null;
  if (value.type === "bool") return value.text === "True";
  return value.type === "int" || value.type === "float" ? new NumberText(value.text) : value.text;
}

/** How far a document has been read. */
interface Reading {
  /** How many values may still be read. */
  left: number;
  /** Where a text without a line break ends: a block that ends there has none. */
  readonly cutOffAt: number | null;
  readonly anchors: Map<string, ParsedNode>;
  /** What each alias stands for: its anchor may be given anew further down. */
  readonly targets: Map<ParsedNode, ParsedNode | null>;
}

function readNode(node: ParsedNode | null, reading: Reading): Data {
  reading.left -= 1;
  if (reading.left < 0) throw new SopsError("unsupported", "expands to too much");
  if (node === null) return null;
  if (isAlias(node)) {
    const target = reading.targets.get(node) ?? reading.anchors.get(node.source) ?? null;
    reading.targets.set(node, target);
    return readNode(target, reading);
  }
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  if (isMap(node)) {
    return new Map(
      node.items.map((pair) => [
        keyOf(pair.key as Scalar.Parsed, reading),
        readNode(pair.value as ParsedNode | null, reading),
      ]),
    );
  }
  if (isSeq(node)) {
    return node.items.map((item) => readNode(item as ParsedNode | null, reading));
  }
  if (!isScalar(node)) return null;
  const isCut = node.type?.startsWith("BLOCK_") === true && node.range[1] === reading.cutOffAt;
  const text = isCut ? textOf(node).replace(/\n$/, "") : textOf(node);
  if (node.type !== "PLAIN" || node.tag !== undefined) return text;
  return dataOf(resolvePlain(text));
}

function keyOf(key: Scalar.Parsed, { anchors }: Reading): string {
  if (key.anchor !== undefined) anchors.set(key.anchor, key);
  return textOf(key);
}

function readFlat(text: string, format: "dotenv" | "ini"): ReadonlyMap<string, Data> {
  const root = new Map<string, Data>();
  for (const { kind, path, value } of parseFile(text, format, null).leaves) {
    if (kind === "comment") continue;
    const [first = "", second] = path;
    if (second === undefined) {
      root.set(first, value?.text ?? "");
      continue;
    }
    const section = root.get(first);
    const entries = section instanceof Map ? (section as Map<string, Data>) : new Map();
    entries.set(second, value?.text ?? "");
    root.set(first, entries);
  }
  return root;
}

/** The yaml package makes a symbol of a merge key. */
function textOf({ value, source }: Scalar): string {
  return typeof value === "symbol" ? (source ?? "<<") : String(value);
}

/**
 * Data as YAML, laid out as sops does.
 *
 * @param indent null for sops's own.
 */
export function toYaml(value: Data, indent: number | null): string {
  const document = new Document(plain(value), { compat: "yaml-1.1" });
  visit(document, {
    Scalar: (_key, node) => {
      // The yaml package says of a block with leading spaces that it is indented by 2, whatever is asked.
      if (typeof node.value === "string" && /^\n* /.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ indent: indent ?? DEFAULT_INDENT, lineWidth: 0 });
}

/** For the yaml package, which writes big integers exactly only as BigInt. */
export function plain(value: Data): unknown {
  if (value instanceof Map) {
    return new Map([...value].map(([key, one]) => [key, plain(one as Data)]));
  }
  if (Array.isArray(value)) return value.map((one) => plain(one as Data));
  if (value instanceof NumberText) {
    return /^-?\d+$/.test(value.text) ? BigInt(value.text) : Number(value.text);
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
  return JSON.stringify(value);
}

/** A text that reads as what was to be written: neither format has a spelling for every text. */
function heldBy(format: "dotenv" | "ini", root: Data, text: string): string {
  const texts = (data: Data): unknown =>
    data instanceof Map
      ? [...(data as ReadonlyMap<string, Data>)]
          // A section without a key is no data.
          .filter(([, one]) => !(one instanceof Map && isEmpty(one)))
          .map(([key, one]) => [key, texts(one)])
      : scalarText(data);
  let isSame = false;
  try {
    isSame = JSON.stringify(texts(readFlat(text, format))) === JSON.stringify(texts(root));
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

/** The entries of a mapping that holds single values only. */
export function pairs(value: Data, place: string): [string, string][] {
  if (!(value instanceof Map)) return [];
  return [...(value as ReadonlyMap<string, Data>)].map(([key, one]) => {
    const text = scalarText(one);
    if (text === null) {
      throw new SopsError("cannot-hold", `${place} cannot hold ${key}, which is no single value`);
    }
    return [key, text];
  });
}
