import {
  parseX25519Identity,
  parseX25519Recipient,
  type X25519Identity,
  type X25519Recipient,
} from "./x25519.ts";

/** The same few keys come with every file of a batch, and each takes a moment to read. */
const recipients = new Map<string, X25519Recipient | null>();
const identities = new Map<string, X25519Identity | null>();

/** {@link parseX25519Recipient}, once a text. */
export function knownX25519Recipient(text: string): X25519Recipient | null {
  return once(recipients, text, parseX25519Recipient);
}

/** {@link parseX25519Identity}, once a text. */
export function knownX25519Identity(text: string): X25519Identity | null {
  return once(identities, text, parseX25519Identity);
}

function once<Key>(
  known: Map<string, Key | null>,
  text: string,
  parse: (text: string) => Key | null,
): Key | null {
  let key = known.get(text);
  if (key === undefined) {
    key = parse(text);
    known.set(text, key);
  }
  return key;
}
