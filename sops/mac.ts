import { createHash } from "node:crypto";
import { decryptBound, encryptBound } from "./token.ts";
import type { Value } from "./value.ts";

/** What a MAC over encrypted values alone starts with, so that the two kinds never coincide. */
const ONLY_ENCRYPTED_START = Buffer.from(
  "8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69",
  "hex",
);

/**
 * The MAC of a document: SHA-512 over the values in document order, as upper-case hex.
 *
 * @param values every leaf value that the MAC covers; comments and nulls left out.
 * @param onlyEncrypted whether `mac_only_encrypted` holds.
 * @see Tree.Encrypt in sops.go
 */
export function computeMac(values: Iterable<Value>, onlyEncrypted: boolean): string {
  const hash = createHash("sha512");
  if (onlyEncrypted) hash.update(ONLY_ENCRYPTED_START);
  for (const value of values) {
    hash.update(value.text, value.type === "bytes" ? "latin1" : "utf8");
  }
  return hash.digest("hex").toUpperCase();
}

/** The MAC as it stands in the file: encrypted, bound to the text of `lastmodified`. */
export function sealMac(mac: string, dataKey: Uint8Array, lastModified: string): string {
  return encryptBound({ type: "str", text: mac }, dataKey, lastModified);
}

/** @returns the MAC of a file, or null where it was not made with this data key and time. */
export function openMac(token: string, dataKey: Uint8Array, lastModified: string): string | null {
  return decryptBound(token, dataKey, lastModified)?.bytes.toString() ?? null;
}
