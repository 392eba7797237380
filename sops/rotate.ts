import { openLeaves } from "./decrypt.ts";
import { verifyMac } from "./open.ts";
import { encryptionOf, sealAnew, type Encrypted } from "./encrypt.ts";
import { SopsError } from "./errors.ts";
import type { Metadata } from "./metadata/metadata.ts";
import type { StoreFile } from "./store.ts";

/**
 * Encrypts a file with a new data key. Its layout stays.
 *
 * @param recipients those of the file, where none are given.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`; `unsupported` where keys other than
 *   age open the file too.
 */
export async function rotateFile(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  recipients: readonly string[] = encryptionOf(metadata).recipients,
): Promise<Encrypted> {
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", `it has keys other than age: use sops rotate`);
  }
  if (recipients.length === 0) {
    throw new SopsError("bad-key", "no recipient would be left who can read it");
  }
  const opened = openLeaves(file, metadata, dataKey, "refuse");
  verifyMac(opened, metadata, dataKey);
  return sealAnew(file, opened, { ...encryptionOf(metadata), recipients });
}
