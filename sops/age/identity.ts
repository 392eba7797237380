import { newX25519Identity, parseX25519Identity, x25519RecipientText } from "./x25519.ts";
import { SopsError } from "../errors.ts";

/** A private key and the public one that belongs to it, both in Bech32. */
export interface KeyPair {
  readonly identity: string;
  readonly recipient: string;
}

/** Makes a new X25519 key pair, as `age-keygen` does. */
export async function generateKeyPair(): Promise<KeyPair> {
  const identity = newX25519Identity();
  return { identity, recipient: await recipientOf(identity) };
}

/** What a key file holds. */
export interface KeyFile {
  /** In the order of the file. */
  readonly pairs: readonly KeyPair[];
  /** Lines with an age plugin's identity, counted from 1: only sops itself can use those. */
  readonly pluginLines: readonly number[];
}

/**
 * Reads the text of a key file: one identity a line, `#` comments and empty lines left out, as
 * age-keygen writes it. A plugin's identity is passed over: those beside it open files as they do in sops.
 *
 * @throws SopsError `bad-key` with the line of the first malformed one; `unsupported` for a
 *   passphrase-encrypted key file.
 */
export async function readKeyFile(text: string): Promise<KeyFile> {
  if (/^\s*(-----BEGIN AGE ENCRYPTED FILE-----|age-encryption\.org\/v1)/.test(text)) {
    throw new SopsError("unsupported", "the key file is protected by a passphrase");
  }
  const pairs: KeyPair[] = [];
  const pluginLines: number[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("AGE-PLUGIN-")) {
      pluginLines.push(index + 1);
      continue;
    }
    if (!line.startsWith("AGE-SECRET-KEY-")) {
      throw new SopsError("bad-key", "the key file holds a line that is no age identity", {
        line: index + 1,
      });
    }
    try {
      pairs.push({ identity: line, recipient: await recipientOf(line) });
    } catch {
      throw new SopsError("bad-key", "an age identity is malformed: its checksum is wrong", {
        line: index + 1,
      });
    }
  }
  return { pairs, pluginLines };
}

/**
 * The identities of a key file that must hold no others, as Flux wants it.
 *
 * @throws SopsError as {@link readKeyFile}, and `unsupported` for a plugin identity.
 */
export async function parseKeyFile(text: string): Promise<readonly KeyPair[]> {
  const { pairs, pluginLines } = await readKeyFile(text);
  const [line] = pluginLines;
  if (line === undefined) return pairs;
  throw new SopsError("unsupported", "the key file holds an age plugin identity", { line });
}

/** @throws Error where the identity is malformed. */
async function recipientOf(identity: string): Promise<string> {
  if (identity.startsWith("AGE-SECRET-KEY-PQ-1")) {
    const { hybridRecipientOf } = await import("./hybrid.ts");
    return hybridRecipientOf(identity);
  }
  const parsed = parseX25519Identity(identity);
  if (parsed === null) throw new Error("no age identity");
  return x25519RecipientText(parsed.recipient);
}
