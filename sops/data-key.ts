import { randomBytes } from "node:crypto";
import { armor, Decrypter, Encrypter } from "age-encryption";
import { SopsError } from "./errors.ts";
import type { AgeEntry, Metadata } from "./metadata.ts";
import { parseRecipient } from "./recipient.ts";
import { X25519Recipient } from "./x25519-recipient.ts";

const DATA_KEY_BYTES = 32;

/** A new random data key. */
export function newDataKey(): Uint8Array {
  return randomBytes(DATA_KEY_BYTES);
}

/**
 * Wraps a data key: one armoured age file a recipient, as sops writes them.
 *
 * @throws SopsError `bad-key` for a malformed recipient, `unsupported` for one that needs a plugin
 *   or SSH.
 */
export async function wrapDataKey(
  dataKey: Uint8Array,
  recipients: readonly string[],
): Promise<AgeEntry[]> {
  return Promise.all(
    recipients.map(async (recipient) => {
      const kind = parseRecipient(recipient);
      if (kind === "plugin" || kind === "ssh") {
        throw new SopsError(
          "unsupported",
          `the recipient ${recipient.slice(0, 16)}… is an ${kind === "ssh" ? "SSH key" : "age plugin's"}: only sops itself can encrypt to it`,
        );
      }
      const encrypter = new Encrypter();
      encrypter.addRecipient(kind === "x25519" ? nativeRecipient(recipient) : recipient);
      return { recipient, enc: armor.encode(await encrypter.encrypt(dataKey)) };
    }),
  );
}

/**
 * Unwraps the data key with the first identity that opens an entry.
 *
 * @param identities `AGE-SECRET-KEY-…` each.
 * @returns null where none does.
 * @throws SopsError `tampered` where an entry opens to something that is no data key.
 */
export async function unwrapDataKey(
  metadata: Metadata,
  identities: readonly string[],
): Promise<Uint8Array | null> {
  if (identities.length === 0) return null;
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  for (const entry of metadata.age) {
    let dataKey: Uint8Array;
    try {
      dataKey = await decrypter.decrypt(armor.decode(entry.enc));
    } catch {
      continue;
    }
    if (dataKey.length !== DATA_KEY_BYTES) {
      throw new SopsError("tampered", "the sops block holds a data key of the wrong length");
    }
    return dataKey;
  }
  return null;
}

const native = new Map<string, X25519Recipient>();

/** The same few recipients come with every file of a batch. */
function nativeRecipient(recipient: string): X25519Recipient {
  let known = native.get(recipient);
  if (known === undefined) {
    known = new X25519Recipient(recipient);
    native.set(recipient, known);
  }
  return known;
}
