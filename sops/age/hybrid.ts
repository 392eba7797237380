import { armor, Decrypter, Encrypter, identityToRecipient } from "age-encryption";

/**
 * Post-quantum hybrid keys, by age-encryption. This file is loaded only where there are such keys:
 * the package brings its own curves and lattices along.
 */

/** Encrypts a few bytes to `age1pq1…`. */
export async function sealHybridFile(plaintext: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(plaintext));
}

/** @returns null where none of the identities opens the file, or it is malformed or changed. */
export async function openHybridFile(
  armoured: string,
  identities: readonly string[],
): Promise<Uint8Array | null> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(armor.decode(armoured));
  } catch {
    return null;
  }
}

/** @throws Error where the identity is malformed. */
export function hybridRecipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity);
}
