import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from "node:crypto";
import { open, seal } from "./chacha20-poly1305.ts";
import { decodeBech32, encodeBech32 } from "./bech32.ts";
import { base64, unbase64, type Stanza } from "./header.ts";

/**
 * age's X25519 keys on Node's own curve code: age-encryption takes 60 ms to load and to open one
 * file through WebCrypto, this takes 3 (bench/batch.ts, bench/decrypt.ts).
 *
 * @see the age specification, C2SP/age.md, "The X25519 recipient type"
 */

/** Keys go in and out as JWK: DER takes OpenSSL ten times as long. */
const JWK = { kty: "OKP", crv: "X25519" } as const;
/** PKCS #8 in DER, before the key's 32 bytes. */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b656e04220420", "hex");
const INFO = "age-encryption.org/v1/X25519";
const KEY_BYTES = 32;
const FILE_KEY_BYTES = 16;

/** A public key: `age1…`. */
export interface X25519Recipient {
  readonly bytes: Uint8Array;
  readonly key: KeyObject;
}

/** A private key: `AGE-SECRET-KEY-1…`. */
export interface X25519Identity {
  readonly recipient: X25519Recipient;
  readonly key: KeyObject;
}

/** @returns null where the text is no `age1…`, or its checksum is wrong. */
export const parseX25519Recipient = onceEach((text): X25519Recipient | null => {
  const decoded = text.startsWith("age1") ? decodeBech32(text) : null;
  return decoded?.prefix === "age" && decoded.bytes.length === KEY_BYTES
    ? recipientOfBytes(decoded.bytes)
    : null;
});

/** @returns null where the text is no `AGE-SECRET-KEY-1…`, or its checksum is wrong. */
export const parseX25519Identity = onceEach((text): X25519Identity | null => {
  const decoded = text.startsWith("AGE-SECRET-KEY-1") ? decodeBech32(text) : null;
  if (decoded?.prefix !== "age-secret-key-" || decoded.bytes.length !== KEY_BYTES) return null;
  const key = privateKey(decoded.bytes);
  return { recipient: recipientOfBytes(publicBytes(key)), key };
});

/** The same few keys come with every file of a batch, and each takes a moment to read. */
function onceEach<Key>(parse: (text: string) => Key | null): (text: string) => Key | null {
  const known = new Map<string, Key | null>();
  return (text) => {
    let key = known.get(text);
    if (key === undefined) {
      key = parse(text);
      known.set(text, key);
    }
    return key;
  };
}

/** A new `AGE-SECRET-KEY-1…`, as `age-keygen` makes it. */
export function newX25519Identity(): string {
  return encodeBech32("age-secret-key-", randomBytes(KEY_BYTES)).toUpperCase();
}

/** A public key as text: `age1…`. */
export function x25519RecipientText({ bytes }: X25519Recipient): string {
  return encodeBech32("age", bytes);
}

/**
 * Wraps a file key of 16 bytes.
 *
 * @throws Error for a recipient of low order, whose shared secret is all zeros: OpenSSL refuses to
 *   derive it, as the specification asks for.
 */
export function wrapFileKey(fileKey: Uint8Array, recipient: X25519Recipient): Stanza {
  // Not by generateKeyPairSync, after which Node can stand still for ever (eslint.config.js).
  const ephemeral = privateKey(randomBytes(KEY_BYTES));
  const share = publicBytes(ephemeral);
  const shared = diffieHellman({ privateKey: ephemeral, publicKey: recipient.key });
  const body = seal(wrapKey(shared, share, recipient), NONCE, fileKey);
  return { args: ["X25519", base64(share)], body };
}

/** @returns null where the stanza is not for this identity, or broken. */
export function unwrapFileKey(
  { args: [type, argument = "", ...more], body }: Stanza,
  identity: X25519Identity,
): Uint8Array | null {
  if (type !== "X25519" || more.length > 0) return null;
  const share = unbase64(argument);
  if (share?.length !== KEY_BYTES || body.length !== FILE_KEY_BYTES + 16) return null;
  try {
    const shared = diffieHellman({
      privateKey: identity.key,
      publicKey: recipientOfBytes(share).key,
    });
    return open(wrapKey(shared, share, identity.recipient), NONCE, body);
  } catch {
    // A share of low order.
    return null;
  }
}

/** Each wrapping key is used once. */
const NONCE = Buffer.alloc(12);

function wrapKey(shared: Uint8Array, share: Uint8Array, recipient: X25519Recipient): Uint8Array {
  const salt = Buffer.concat([share, recipient.bytes]);
  return new Uint8Array(hkdfSync("sha256", shared, salt, INFO, 32));
}

function recipientOfBytes(bytes: Uint8Array): X25519Recipient {
  const key = createPublicKey({ key: { ...JWK, x: base64url(bytes) }, format: "jwk" });
  return { bytes, key };
}

/** A private key of 32 bytes. */
function privateKey(bytes: Uint8Array): KeyObject {
  try {
    // The form has a place for the public key; Node looks at the private one alone.
    const jwk = { ...JWK, x: "", d: base64url(bytes) };
    const key = createPrivateKey({ key: jwk, format: "jwk" });
    if (publicBytes(key).length === KEY_BYTES) return key;
  } catch {
    // Should a Node ever want both.
  }
  const der = Buffer.concat([PRIVATE_HEAD, bytes]);
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

/** Of a public or a private key. */
function publicBytes(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: "jwk" });
  if (x === undefined) throw new TypeError("no X25519 key");
  return Buffer.from(x, "base64url");
}
