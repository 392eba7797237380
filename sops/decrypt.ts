import { effectiveSelection, type Metadata } from "./metadata.ts";
import {
  decryptSelected,
  openSelected,
  plaintextOf,
  type DamagedCommentPolicy,
  type DecryptOptions,
  type OpenedLeaf,
  type PlaintextPolicy,
} from "./open.ts";
import { selector } from "./selection.ts";
import type { StoreFile } from "./store.ts";

/**
 * Decrypts every leaf of a file: {@link openSelected} by the file's own selection.
 *
 * @throws SopsError `tampered` with the line of the first value that does not decrypt; `bad-config`
 *   for a selection that does not compile.
 */
export function openLeaves(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  plaintext: PlaintextPolicy,
  damagedComments: DamagedCommentPolicy = "refuse",
  before: readonly OpenedLeaf[] = [],
): OpenedLeaf[] {
  const selects = selector(effectiveSelection(metadata), file);
  return openSelected(file, selects, dataKey, plaintext, damagedComments, before);
}

/** An encrypted file with its plaintext. */
export interface Decrypted {
  readonly file: StoreFile;
  readonly leaves: readonly OpenedLeaf[];
  readonly text: string;
}

/**
 * Decrypts a file, its MAC verified first.
 *
 * @param options as for {@link decryptFile}.
 * @throws SopsError as {@link decryptFile}.
 */
export function decrypted(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): Decrypted {
  const damagedComments = options.ignoreMac === true ? "keep" : "refuse";
  const leaves = openLeaves(file, metadata, dataKey, "refuse", damagedComments);
  return { file, leaves, text: plaintextOf(file, leaves, metadata, dataKey, options) };
}

/**
 * The plaintext of an encrypted file: {@link decryptSelected} by the file's own selection.
 *
 * @param options.ignoreMac also leaves comments that do not decrypt as they stand.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`, `bad-config`
 */
export function decryptFile(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): string {
  const selects = selector(effectiveSelection(metadata), file);
  return decryptSelected(file, metadata, selects, dataKey, options);
}
