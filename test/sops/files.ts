import { unwrapDataKey } from "../../sops/data-key.ts";
import { decryptFile } from "../../sops/decrypt.ts";
import { encryptFile, type Encryption } from "../../sops/encrypt.ts";
import type { Format } from "../../sops/format.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { plaintextBytes, readSopsFile } from "../../sops/sops-file.ts";

const pair = await generateKeyPair();

/** Everything is encrypted but what `_unencrypted` says. */
export const WHOLE: Encryption = {
  recipients: [pair.recipient],
  selection: null,
  macOnlyEncrypted: false,
};

export function selecting(pattern: string): Encryption {
  return {
    recipients: [pair.recipient],
    selection: { option: "encrypted_regex", pattern },
    macOnlyEncrypted: true,
  };
}

/** The engine's steps for files of one format, with one key pair. */
export function filesOf(format: Format) {
  const encrypt = async (text: string | Uint8Array, encryption: Encryption = WHOLE) => {
    const { file } = readSopsFile(Buffer.from(text), format);
    return (await encryptFile(file, encryption)).text;
  };
  const open = async (text: string) => {
    const { file, metadata } = readSopsFile(Buffer.from(text), format);
    if (metadata === null) throw new Error("no metadata");
    const dataKey = await unwrapDataKey(metadata, [pair]);
    if (dataKey === null) throw new Error("no data key");
    return { file, metadata, dataKey };
  };
  const decryptBytes = async (text: string) => {
    const { file, metadata, dataKey } = await open(text);
    return plaintextBytes(file, decryptFile(file, metadata, dataKey));
  };
  const decrypt = async (text: string) => (await decryptBytes(text)).toString("utf8");
  const read = (text: string) => readSopsFile(Buffer.from(text), format);
  return { encrypt, open, decrypt, decryptBytes, read };
}

/** Every place in a text where a byte of a ciphertext, an IV or a tag can be changed. */
export function tokenPlaces(text: string): number[] {
  return [...text.matchAll(/(?:data|iv|tag):[A-Za-z0-9+/]{4}/g)].map(
    ({ index, 0: match }) => index + match.length - 2,
  );
}

/** A text with one Base64 character or digit changed into another. */
export function changedAt(text: string, place: number): string {
  const old = text.charAt(place);
  const other = old === "1" ? "2" : /\d/.test(old) ? "1" : old === "A" ? "B" : "A";
  return text.slice(0, place) + other + text.slice(place + 1);
}
