import { type EncryptedFile, readEncryptedFile } from "../../sops/encrypted-file.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { isToken } from "../../sops/token.ts";
import { mentionsMetadata } from "./sops-traces.ts";
import { isFilledValue } from "./verdict.ts";

/** As {@link readEncryptedFile}, without reading what has no trace of encryption. */
export function encryptedFile(path: string, bytes: Uint8Array): EncryptedFile | null {
  return mentionsMetadata(bytes) ? readEncryptedFile(path, bytes) : null;
}

/** Whether bytes are an encrypted file of any format in which no value is readable, whatever its own selection says. */
export function isWhollyEncrypted(bytes: Uint8Array): boolean {
  const found = encryptedFile("", bytes);
  if (found === null || (found.metadata?.mac ?? null) === null) return false;
  const values = readSopsFile(bytes, found.format).file.leaves.filter(isFilledValue);
  return values.every(({ value }) => isToken(value?.text ?? ""));
}
