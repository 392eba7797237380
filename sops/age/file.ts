import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { decodeArmor, encodeArmor } from "./armor.ts";
import { open, seal } from "./chacha20-poly1305.ts";
import { base64, encodeHeader, parseHeader } from "./header.ts";
import { unwrapFileKey, wrapFileKey, type X25519Identity, type X25519Recipient } from "./x25519.ts";

/**
 * Small age files, which is what sops keeps data keys in: armoured, and with a payload of one chunk.
 *
 * @see the age specification, C2SP/age.md
 */

const FILE_KEY_BYTES = 16;
const NONCE_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;
/** The counter of the first chunk, and the mark of the last. */
const ONLY_CHUNK = Buffer.from("000000000000000000000001", "hex");

/** Encrypts a few bytes to one recipient. */
export function sealFile(plaintext: Uint8Array, recipient: X25519Recipient): string {
  if (plaintext.length > CHUNK_BYTES) throw new RangeError("an age file of more than one chunk");
  const fileKey = randomBytes(FILE_KEY_BYTES);
  const header = encodeHeader([wrapFileKey(fileKey, recipient)]);
  const nonce = randomBytes(NONCE_BYTES);
  const payload = seal(payloadKey(fileKey, nonce), ONLY_CHUNK, plaintext);
  const mac = Buffer.from(` ${base64(headerMac(fileKey, header))}\n`);
  return encodeArmor(Buffer.concat([header, mac, nonce, payload]));
}

/**
 * Opens a file with the first identity that can.
 *
 * @returns null where none can, or the file is malformed, changed, or of more than one chunk.
 */
export function openFile(
  armoured: string,
  identities: readonly X25519Identity[],
): Uint8Array | null {
  const file = decodeArmor(armoured);
  const header = file === null ? null : parseHeader(file);
  if (file === null || header === null) return null;
  for (const identity of identities) {
    for (const stanza of header.stanzas) {
      const fileKey = unwrapFileKey(stanza, identity);
      if (fileKey === null) continue;
      if (!timingSafeEqual(headerMac(fileKey, header.signed), header.mac)) return null;
      const payload = file.subarray(header.length);
      const key = payloadKey(fileKey, payload.subarray(0, NONCE_BYTES));
      return open(key, ONLY_CHUNK, payload.subarray(NONCE_BYTES));
    }
  }
  return null;
}

function headerMac(fileKey: Uint8Array, header: Uint8Array): Uint8Array {
  const key = hkdfSync("sha256", fileKey, Buffer.alloc(0), "header", 32);
  return createHmac("sha256", new Uint8Array(key)).update(header).digest();
}

function payloadKey(fileKey: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", fileKey, nonce, "payload", 32));
}
