import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type Scalar } from "yaml";
import { NumberText, TimeText, type Data } from "./data-tree.ts";
import { decodeText } from "../text/decode-text.ts";
import { SopsError } from "../errors.ts";
import { parseFile, type Format } from "../format.ts";
import { parseJson, type JsonNode } from "../json/parse.ts";
import type { Decrypted } from "../open.ts";
import type { Leaf } from "../store.ts";
import { shownPath } from "../token.ts";
import { resolvePlain, type Value } from "../value.ts";
import { readBlockStyle } from "../yaml/block-style/block-style.ts";
import { composeDocuments } from "../yaml/any-style/any-style.ts";
import type { YamlLeaf } from "../yaml/leaf.ts";
import { NO_TAG } from "../yaml/scalar-value.ts";

/** How many values aliases may expand a file to. */
const MOST_VALUES = 200_000;

/**
 * Which value a key has that stands twice in a mapping, as it may in JSON, dotenv and INI: the `first` one
 * for sops's `--extract` and `set`, the `last` one for most who read such files.
 */
export type Repeated = "first" | "last" | "refuse";

/**
 * The data of a plaintext, a top mapping for each document.
 *
 * @param text as `decryptFile` gives it.
 * @throws SopsError `syntax`, `unsupported`; `cannot-hold` for a key that stands twice and may not.
 */
export function readData(
  text: string,
  format: Format,
  repeated: Repeated = "last",
): ReadonlyMap<string, Data>[] {
  switch (format) {
    case "yaml":
      return readYaml(text);
    case "json": {
      const root = readJson(parseJson(text), repeated);
      return [root instanceof Map ? (root as ReadonlyMap<string, Data>) : new Map<string, Data>()];
    }
    case "dotenv":
    case "ini":
      return [readFlatText(text, format, repeated)];
    case "binary":
      return [new Map([["data", decodeText(Buffer.from(text, "latin1"))]])];
  }
}

/**
 * The data of a decrypted file. What sops has encrypted into dotenv or INI may have a type there, or no
 * spelling: what the plaintext reads as is not always what it was.
 *
 * @throws SopsError as {@link readData}.
 */
export function readDecrypted(
  { file, leaves, text }: Decrypted,
  format: Format,
  repeated: Repeated = "last",
): ReadonlyMap<string, Data>[] {
  if (format !== "dotenv" && format !== "ini") return readData(text, format, repeated);
  const opened = leaves.map(({ leaf: { kind, path }, value }) => ({ kind, path, value }));
  return [readFlat(opened, file.sections, repeated)];
}

/**
 * The data of a YAML file, encrypted or not, a top mapping for each document, its metadata left out.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function readBesideMetadata(text: string): ReadonlyMap<string, Data>[] {
  const plain = readBlockStyle(text);
  if (plain !== null) return [readLeaves(plain.leaves)];
  return readComposed(text).map(
    (document) => new Map([...document].filter(([key]) => key !== "sops")),
  );
}

/**
 * A single value in JSON, as `set` takes it.
 *
 * @throws SopsError `bad-value`, without a word of the value.
 */
export function readValue(json: string): Data {
  try {
    return readJson(parseJson(json), "last");
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    throw new SopsError(
      "bad-value",
      `the value is no JSON: a text needs double quotes, as in '"a text"'`,
    );
  }
}

function readYaml(text: string): ReadonlyMap<string, Data>[] {
  const plain = readBlockStyle(text);
  return plain?.rawMetadata === null ? [readLeaves(plain.leaves)] : readComposed(text);
}

function readComposed(text: string): ReadonlyMap<string, Data>[] {
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

function readJson(node: JsonNode, repeated: Repeated): Data {
  switch (node.kind) {
    case "object": {
      const entries = new Map<string, Data>();
      for (const { key, value } of node.members) {
        enter(entries, key, readJson(value, repeated), repeated);
      }
      return entries;
    }
    case "list":
      return node.items.map((item) => readJson(item, repeated));
    case "scalar":
      return dataOf(node.value);
  }
}

function dataOf(value: Value | null): Data {
  if (value === null) return null;
  if (value.type === "bool") return value.text === "True";
  if (value.type === "time") return new TimeText(value.text);
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
  const isTagged = node.tag !== undefined && node.tag !== NO_TAG;
  if (node.type !== "PLAIN" || isTagged) return text;
  return dataOf(resolvePlain(text));
}

function keyOf(key: Scalar.Parsed, { anchors }: Reading): string {
  if (key.anchor !== undefined) anchors.set(key.anchor, key);
  return textOf(key);
}

function enter(entries: Map<string, Data>, key: string, value: Data, repeated: Repeated): void {
  if (entries.has(key)) {
    if (repeated === "first") return;
    if (repeated === "refuse") {
      throw new SopsError(
        "cannot-hold",
        `the key "${shownPath([key])}" stands twice, and one would be lost`,
      );
    }
  }
  entries.set(key, value);
}

function readFlatText(text: string, format: "dotenv" | "ini", repeated: Repeated) {
  const { leaves, sections } = parseFile(text, format, null);
  return readFlat(leaves, sections, repeated);
}

function readFlat(
  leaves: readonly Pick<Leaf, "kind" | "path" | "value">[],
  sections: readonly string[] = [],
  repeated: Repeated,
): ReadonlyMap<string, Data> {
  const root = new Map<string, Data>(sections.map((name) => [name, new Map()]));
  for (const { kind, path, value } of leaves) {
    if (kind === "comment") continue;
    const [first = "", second] = path;
    const section = second === undefined ? root : root.get(first);
    enter(section as Map<string, Data>, second ?? first, dataOf(value), repeated);
  }
  return root;
}

/** The yaml package makes a symbol of a merge key. */
function textOf({ value, source }: Scalar): string {
  return typeof value === "symbol" ? (source ?? "<<") : String(value);
}
