import { SopsError } from "./errors.ts";
import { formatOf, type Format } from "./format.ts";
import type { Metadata } from "./metadata/metadata.ts";
import { readSopsFile } from "./sops-file.ts";

/** An encrypted file, and what it says of itself. */
export interface EncryptedFile {
  readonly format: Format;
  /** Null where its `sops` block cannot be used. */
  readonly metadata: Metadata | null;
}

/** Tried where a name says no format: `config.json.encrypted`. */
const FORMATS: readonly Format[] = ["binary", "json", "yaml", "dotenv", "ini"];

/**
 * Whether a file is encrypted, in whatever format; null where it is not. No key is needed, and nothing
 * is verified. Never throws, whatever the bytes are.
 *
 * @param path repository-relative
 */
export function readEncryptedFile(path: string, bytes: Uint8Array): EncryptedFile | null {
  const named = formatOf(path);
  let broken: Format | null = null;
  for (const format of named === "binary" ? FORMATS : [named]) {
    try {
      const { metadata } = readSopsFile(bytes, format);
      if (metadata !== null) return { format, metadata };
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      if (error.code === "bad-metadata") broken ??= format;
    }
  }
  return broken === null ? null : { format: broken, metadata: null };
}
