import { parseBytes, type Format } from "./format.ts";
import { effectiveSelection, parseMetadata, type Metadata } from "./metadata/metadata.ts";
import { selector } from "./selection/selection.ts";
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
  indent: number | null = null,
): SopsFile {
  const file = parseBytes(bytes, format, indent);
  return {
    file,
    metadata: file.rawMetadata === null ? null : parseMetadata(file.rawMetadata),
  };
}

/**
 * The bytes of a plaintext that `decryptFile` gave: UTF-8, but for a binary file, where each
 * character of it is a byte.
 */
export function plaintextBytes(file: StoreFile, plaintext: string): Buffer {
  return Buffer.from(plaintext, file.singleValue === true ? "latin1" : "utf8");
}

/**
 * The values and comments of an encrypted file that its own selection takes and that are not
 * encrypted: what somebody added by hand. No key is needed.
 */
export function plaintextLeaves(file: StoreFile, metadata: Pick<Metadata, "selection">): Leaf[] {
  const selects = selector(effectiveSelection(metadata), file);
  return file.leaves.filter(
    (leaf) =>
      leaf.recordsSpelling !== true &&
      leaf.value !== null &&
      leaf.value.text !== "" &&
      !isEncrypted(leaf.kind, leaf.value) &&
      selects(leaf),
  );
}

function isEncrypted(kind: Leaf["kind"], value: Value): boolean {
  if (kind === "comment") return isToken(value.text.trimEnd());
  return value.type === "str" && isToken(value.text);
}
