import { randomBytes } from "node:crypto";
import { openFile, sealFile } from "./age/file.ts";
import { parseX25519Identity, parseX25519Recipient } from "./age/x25519.ts";
import { SopsError } from "./errors.ts";
import type { AgeEntry, Metadata } from "./metadata/metadata.ts";
import type { KeyPair } from "./age/identity.ts";
import { badRecipient, parseRecipient } from "./age/recipient.ts";

const DATA_KEY_BYTES = 32;

/** A new random data key. */
export function newDataKey(): Uint8Array {
  return randomBytes(DATA_KEY_BYTES);
}

/**
 * One copy of a data key for each recipient, in their order: those that are there stay as they are.
 *
 * @param dataKey asked for only where a recipient has none yet.
 * @throws SopsError `bad-key` for a malformed recipient, `unsupported` for one that needs a plugin or SSH; what
 *   `dataKey` throws.
 */
export async function wrapForAll(
  recipients: readonly string[],
  present: readonly AgeEntry[],
  dataKey: () => Promise<Uint8Array>,
): Promise<AgeEntry[]> {
  const entries = new Map(present.map((entry) => [entry.recipient, entry]));
  const missing = recipients.filter((recipient) => !entries.has(recipient));
  const added = missing.length === 0 ? [] : await wrapDataKey(await dataKey(), missing);
  for (const entry of added) entries.set(entry.recipient, entry);
  return recipients.flatMap((recipient) => entries.get(recipient) ?? []);
}

/** One armoured age file a recipient, as sops writes them. */
function wrapDataKey(dataKey: Uint8Array, recipients: readonly string[]): Promise<AgeEntry[]> {
  return Promise.all(
    recipients.map(async (recipient) => ({ recipient, enc: await wrapped(dataKey, recipient) })),
  );
}

async function wrapped(dataKey: Uint8Array, recipient: string): Promise<string> {
  const kind = parseRecipient(recipient);
  if (kind === "plugin" || kind === "ssh") {
    throw new SopsError(
      "unsupported",
      `the recipient ${recipient.slice(0, 16)}… is an ${kind === "ssh" ? "SSH key" : "age plugin's"}: only sops itself can encrypt to it`,
    );
  }
  try {
    if (kind === "x25519") {
      const known = parseX25519Recipient(recipient);
      if (known === null) throw badRecipient(recipient);
      return sealFile(dataKey, known);
    }
    const { sealHybridFile } = await import("./age/hybrid.ts");
    return await sealHybridFile(dataKey, recipient);
  } catch {
    // Its checksum is right, but it is no point that anybody could have a private key for.
    throw badRecipient(recipient);
  }
}

/**
 * Unwraps the data key with the first private key that opens an entry.
 *
 * @returns null where none does.
 * @throws SopsError `tampered` where an entry opens to something that is no data key.
 */
export async function unwrapDataKey(
  metadata: Metadata,
  pairs: readonly Pick<KeyPair, "identity">[],
): Promise<Uint8Array | null> {
  const identities = pairs.map(({ identity }) => identity);
  const own = identities.map(parseX25519Identity).filter((identity) => identity !== null);
  const hybrid = identities.filter((identity) => identity.startsWith("AGE-SECRET-KEY-PQ-1"));
  for (const { enc } of metadata.age) {
    let dataKey = openFile(enc, own);
    if (dataKey === null && hybrid.length > 0) {
      const { openHybridFile } = await import("./age/hybrid.ts");
      dataKey = await openHybridFile(enc, hybrid);
    }
    if (dataKey === null) continue;
    if (dataKey.length !== DATA_KEY_BYTES) {
      throw new SopsError("tampered", "the sops block holds a data key of the wrong length");
    }
    return Uint8Array.from(dataKey);
  }
  return null;
}

/**
 * A key that reads the file and is not named in it, or is named and does not: somebody changed the
 * recipient of an entry, and left what is sealed in it. Null where what is seen from here agrees.
 */
export async function misnamedKey(
  metadata: Metadata,
  pairs: readonly KeyPair[],
): Promise<{ readonly recipient: string; readonly isNamed: boolean } | null> {
  const own = new Map(pairs.map((pair) => [pair.recipient, pair]));
  let names = false;
  for (const entry of metadata.age) {
    const pair = own.get(entry.recipient);
    if (pair === undefined) continue;
    names = true;
    const dataKey = await unwrapDataKey({ ...metadata, age: [entry] }, [pair]);
    if (dataKey === null) return { recipient: entry.recipient, isNamed: true };
  }
  if (names) return null;
  for (const pair of pairs) {
    const dataKey = await unwrapDataKey(metadata, [pair]);
    if (dataKey !== null) return { recipient: pair.recipient, isNamed: false };
  }
  return null;
}
