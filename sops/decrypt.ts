import { effectiveSelection, type Metadata } from "./metadata/metadata.ts";
import {
  decryptSelected,
  openSelected,
  type DamagedCommentPolicy,
  type Decrypted,
  type DecryptOptions,
  type OpenedLeaf,
  type PlaintextPolicy,
} from "./open.ts";
import { selector } from "./selection/selection.ts";
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

/**
 * Decrypts a file: {@link decryptSelected} by the file's own selection.
 *
 * @param options.ignoreMac also leaves comments that do not decrypt as they stand.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`, `bad-config`
 */
export function decrypted(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): Decrypted {
  const selects = selector(effectiveSelection(metadata), file);
  return decryptSelected(file, metadata, selects, dataKey, options);
}

/**
 * The plaintext of an encrypted file.
 *
 * @param options as for {@link decrypted}.
 * @throws SopsError as {@link decrypted}.
 */
export function decryptFile(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): string {
  return decrypted(file, metadata, dataKey, options).text;
}
