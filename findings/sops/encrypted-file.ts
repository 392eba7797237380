import { type EncryptedFile, readEncryptedFile } from "../../sops/encrypted-file.ts";
import { mentionsMetadata } from "./sops-traces.ts";

/** As {@link readEncryptedFile}, without reading what has no trace of encryption. */
export function encryptedFile(path: string, bytes: Uint8Array): EncryptedFile | null {
  return mentionsMetadata(bytes) ? readEncryptedFile(path, bytes) : null;
}
