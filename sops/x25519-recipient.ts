import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { Stanza, type Recipient } from "age-encryption";
import { bech32Bytes } from "./bech32.ts";

/** An X25519 public key in DER (SPKI), before its 32 bytes. */
const PUBLIC_KEY_HEAD = Buffer.from("302a300506032b656e032100", "hex");
const INFO = "age-encryption.org/v1/X25519";

/**
 * An age X25519 recipient on Node's own curve code: age-encryption's takes two milliseconds through
 * WebCrypto, this one a fifth, and `encrypt` may wrap a thousand data keys (bench/batch.ts).
 *
 * @see the age specification, C2SP/age.md, "The X25519 recipient type"
 */
export class X25519Recipient implements Recipient {
  private readonly bytes: Uint8Array;
  private readonly key: KeyObject;

  /** @param recipient `age1…`, checked already. */
  constructor(recipient: string) {
    this.bytes = bech32Bytes(recipient);
    this.key = createPublicKey({
      key: Buffer.concat([PUBLIC_KEY_HEAD, this.bytes]),
      format: "der",
      type: "spki",
    });
  }

  /** @throws Error for a recipient of low order, whose shared secret is all zeros. */
  wrapFileKey(fileKey: Uint8Array): Stanza[] {
    const { privateKey, publicKey } = generateKeyPairSync("x25519");
    // OpenSSL refuses to derive an all-zero secret, as the specification asks for.
    const shared = diffieHellman({ privateKey, publicKey: this.key });
    const share = publicKey
      .export({ format: "der", type: "spki" })
      .subarray(PUBLIC_KEY_HEAD.length);
    const salt = Buffer.concat([share, this.bytes]);
    const wrapKey = Buffer.from(hkdfSync("sha256", shared, salt, INFO, 32));
    const cipher = createCipheriv("chacha20-poly1305", wrapKey, Buffer.alloc(12), {
      authTagLength: 16,
    });
    const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
    return [new Stanza(["X25519", share.toString("base64").replace(/=+$/, "")], body)];
  }
}
