import { SopsError } from "../errors.ts";
import type { Format } from "../format.ts";
import { sopsLayout } from "../json/metadata-block.ts";
import { dataAt, sameData, scalarText, type Data } from "./data-tree.ts";
import { toDotenv, toIni } from "./flat-text.ts";
import { heldComments, sameComments } from "./held-comments.ts";
import { toJson } from "./json-text.ts";
import { NO_COMMENTS, readComments, type DataComments } from "./read-comments.ts";
import { readData } from "./read-data.ts";
import { toYaml } from "./yaml-text.ts";
import { shownPath } from "../token.ts";

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
  const all = format === "ini" ? [joined(documents)] : documents;
  const [first = new Map<string, Data>()] = all;
  const bare = spelled(all, format, indent, NO_COMMENTS);
  if (format === "dotenv" || format === "ini") refuseChanged(format, first, bare);
  const held = heldComments(first, format, comments);
  if (held.size === 0) return bare;
  const text = spelled(all, format, indent, held);
  return differsInComments(text, bare, format, first, held) ? text : bare;
}

/**
 * The sections of several documents: of these, sops writes all into INI, and the first one only into other
 * formats.
 *
 * @throws SopsError `cannot-hold`
 */
function joined(documents: readonly ReadonlyMap<string, Data>[]): ReadonlyMap<string, Data> {
  const root = new Map<string, Data>();
  for (const [name, section] of documents.flatMap((document) => [...document])) {
    if (root.has(name)) {
      const key = shownPath([name]);
      throw new SopsError(
        "cannot-hold",
        `the key "${key}" stands in two documents, and one would be lost`,
      );
    }
    root.set(name, section);
  }
  return root;
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

/**
 * A single value or list as sops's `--extract` prints it: in INI, too, numbers and the like as in JSON.
 *
 * @param comments as for {@link writeData}.
 */
export function writeValue(
  value: Data,
  format: Format,
  indent: number | null,
  comments: DataComments = NO_COMMENTS,
): string {
  if (typeof value === "string") return value;
  if (format === "json" || format === "ini") return toJson(value, sopsLayout(indent));
  // Only a mapping could be read again.
  const root = new Map([["value", value]]);
  const held = heldComments(root, "yaml", comments);
  const isHeld = differsInComments(
    toYaml(root, indent, held),
    toYaml(root, indent),
    "yaml",
    root,
    held,
  );
  return toYaml(value, indent, isHeld ? held : NO_COMMENTS);
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
