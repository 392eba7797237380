import { parseBinary } from "./binary.ts";
import { conflictLine } from "./text/conflict-markers.ts";
import { decodeText } from "./text/decode-text.ts";
import { parseDotenv } from "./dotenv/document.ts";
import { SopsError } from "./errors.ts";
import { parseIni } from "./ini/document.ts";
import { parseJsonFile } from "./json/document.ts";
import type { StoreFile } from "./store.ts";
import { parseYaml } from "./yaml/document.ts";
import { DEFAULT_INDENT } from "./yaml/metadata-block.ts";

/** The formats of SOPS documents. */
export type Format = "yaml" | "json" | "dotenv" | "ini" | "binary";

/**
 * The format that sops takes a file for, by its name.
 *
 * @see FormatForPath in sops's cmd/sops/formats/formats.go
 */
export function formatOf(path: string): Format {
  if (/\.ya?ml$/.test(path)) return "yaml";
  if (path.endsWith(".json")) return "json";
  if (path.endsWith(".env")) return "dotenv";
  if (path.endsWith(".ini")) return "ini";
  return "binary";
}

const FORMATS: readonly Format[] = ["yaml", "json", "dotenv", "ini", "binary"];

/** The format that `--input-type` and `--output-type` name; null for a name that is none. */
export function inputTypeOf(name: string): Format | null {
  return FORMATS.find((format) => format === name) ?? null;
}

/**
 * Parses a file's text in a format. A binary file that is no text is for {@link parseBytes}.
 *
 * @param indent of a new `sops` block in YAML, and of an encrypted binary file; null for sops's own.
 *   JSON keeps to its author's.
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseFile(text: string, format: Format, indent: number | null): StoreFile {
  switch (format) {
    case "yaml":
      return parseYaml(text, indent ?? DEFAULT_INDENT);
    case "json":
      return parseJsonFile(text);
    case "dotenv":
      return parseDotenv(text);
    case "ini":
      return parseIni(text);
    case "binary":
      return parseBinary(Buffer.from(text, "utf8"), indent);
  }
}

/**
 * Parses a file in a format.
 *
 * @throws SopsError `syntax`, also where a format of text holds bytes that are no UTF-8;
 *   `unsupported`
 */
export function parseBytes(bytes: Uint8Array, format: Format, indent: number | null): StoreFile {
  if (format === "binary") return parseBinary(bytes, indent);
  const text = decodeText(bytes);
  try {
    return parseFile(text, format, indent);
  } catch (error) {
    const line = error instanceof SopsError ? conflictLine(text) : null;
    if (line === null) throw error;
    throw new SopsError("syntax", "a merge has left a conflict here: resolve that first", { line });
  }
}
