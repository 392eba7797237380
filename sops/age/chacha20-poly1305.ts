import { createCipheriv, createDecipheriv } from "node:crypto";

const TAG_BYTES = 16;

/** ChaCha20-Poly1305: the ciphertext with its tag behind it. */
export function seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @returns null where key, nonce, ciphertext and tag do not belong together. */
export function open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < TAG_BYTES) return null;
  const cipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = cipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plaintext, cipher.final()]);
  } catch {
    return null;
  }
}
