import { printable } from "../git/escape.ts";
import { encryptFile } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { complain } from "./terminal/complain.ts";
import { encryptedAs } from "./file/conversion.ts";
import { encryptionFor, encryptionOptions } from "./file/encryption.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { fileCommand } from "./file/command.ts";
import { refuseNothing } from "./file/nothing-in-it.ts";

const NOTHING =
  "nothing in it is encrypted: none of its values is selected, or only empty ones are, and all stay readable";

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
  run: async ({ file, bytes, path, options, inputFormat, outputFormat, config, indent }) => {
    const encryption = encryptionFor(path, options, config);
    refuseNothing(bytes, inputFormat, path);
    if (inputFormat === outputFormat) {
      const { text, values, comments } = await encryptFile(file, encryption);
      // sops is silent, and what it wrote has a sops block.
      if (values + comments === 0) complain(`${printable(path)}: ${NOTHING}`);
      return text;
    }
    if (file.rawMetadata !== null) {
      throw new SopsError("already-encrypted", "is encrypted already: it has a sops block");
    }
    const text = bytes.toString(inputFormat === "binary" ? "latin1" : "utf8");
    return encryptedAs(text, { from: inputFormat, to: outputFormat, indent }, encryption);
  },
});
