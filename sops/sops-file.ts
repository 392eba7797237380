import { decodeText, parseFile, type Format } from "./format.ts";
import { effectiveSelection, parseMetadata, type Metadata } from "./metadata.ts";
import { selector } from "./selection.ts";
import type { Leaf, StoreFile } from "./store.ts";
import { isToken } from "./token.ts";
import type { Value } from "./value.ts";

/** A file in one of SOPS's formats; `metadata` is null where it is not encrypted. */
export interface SopsFile {
  readonly file: StoreFile;
  readonly metadata: Metadata | null;
}

/**
 * Reads a file's structure. No key is needed.
 *
 * @throws SopsError `syntax`, `unsupported`, `bad-metadata`
 */
export function readSopsFile(
  bytes: Uint8Array,
  format: Format,
  yamlIndent: number | null = null,
): SopsFile {
  const file = parseFile(decodeText(bytes), format, yamlIndent);
  return {
    file,
    metadata: file.rawMetadata === null ? null : parseMetadata(file.rawMetadata),
  };
}

/**
 * The values and comments of an encrypted file that its own selection takes and that are not
 * encrypted: what somebody added by hand. No key is needed.
 */
export function plaintextLeaves(file: StoreFile, metadata: Metadata): Leaf[] {
  const selects = selector(effectiveSelection(metadata));
  return file.leaves.filter(
    ({ path, value, kind }) =>
      value !== null && value.text !== "" && !isEncrypted(kind, value) && selects(path),
  );
}

function isEncrypted(kind: Leaf["kind"], value: Value): boolean {
  if (kind === "comment") return isToken(value.text.trimEnd());
  return value.type === "str" && isToken(value.text);
}
