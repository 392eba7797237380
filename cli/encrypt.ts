import { encryptFile, type Encrypted, type Encryption } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { encryptedAs } from "./file/conversion.ts";
import { encryptionFor, encryptionOptions } from "./file/encryption.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { fileCommand, type FileAtWork } from "./file/command.ts";
import { sayNothingEncrypted } from "./file/nothing-encrypted.ts";
import { refuseNothing } from "./file/nothing-in-it.ts";

/** `flux-sops encrypt [-i] [--age RECIPIENTS] [FILE…]` */
export const encrypt = fileCommand({
  name: "encrypt",
  summary: "encrypt files by their creation rules",
  examples: [
    "encrypt -i clusters/homelab/secrets/db.sops.yaml",
    "encrypt --filename-override clusters/homelab/secrets/db.sops.yaml < db.yaml > db.sops.yaml",
  ],
  configure: encryptionOptions,
  writes: "in-place",
  folders: "to-encrypt",
  standardInput: "with a name",
  exits: {
    syntax: SOPS_EXIT.couldNotReadInputFile,
    "bad-metadata": SOPS_EXIT.fileAlreadyEncrypted,
  },
  run: async (at) => {
    const encryption = encryptionFor(at.path, at.options, at.config);
    refuseNothing(at.bytes, at.inputFormat, at.path);
    const encrypted = await encryptedBy(encryption, at);
    sayNothingEncrypted(at.path, encrypted);
    return encrypted.text;
  },
});

async function encryptedBy(encryption: Encryption, at: FileAtWork): Promise<Encrypted> {
  const { file, bytes, inputFormat: from, outputFormat: to, indent } = at;
  if (from === to) return encryptFile(file, encryption);
  if (file.rawMetadata !== null) {
    throw new SopsError("already-encrypted", "is encrypted already: it has a sops block");
  }
  const text = bytes.toString(from === "binary" ? "latin1" : "utf8");
  return encryptedAs(text, { from, to, indent }, encryption);
}
