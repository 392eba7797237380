import { SopsError } from "./errors.ts";
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

/**
 * Parses a file's text in a format.
 *
 * @param yamlIndent the indentation of a new `sops` block; sops's own by default.
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseFile(text: string, format: Format, yamlIndent: number | null): StoreFile {
  if (format !== "yaml") {
    throw new SopsError(
      "unsupported",
      `${format} files are not supported yet: use sops for this file`,
    );
  }
  return parseYaml(text, yamlIndent ?? DEFAULT_INDENT);
}

/**
 * The text of a file. A byte order mark stays in it, so that splicing keeps it.
 *
 * @throws SopsError `syntax` where the bytes are no UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SopsError("syntax", "is no valid UTF-8 text");
  }
}
