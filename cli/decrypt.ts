import { decryptFile } from "../sops/decrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";

/** `flux-sops decrypt [-i] [--ignore-mac] FILE…` */
export const decrypt = fileCommand({
  name: "decrypt",
  summary: "print the plaintext of encrypted files, or put it in their place",
  configure: (command) =>
    command
      .option("-i, --in-place", "write the plaintext back to the file")
      .option("--ignore-mac", "decrypt even where the MAC does not match"),
  inPlace: ({ inPlace }) => inPlace === true,
  syntaxExit: SOPS_EXIT.generic,
  run: async ({ file, metadata }, { ignoreMac }) => {
    if (metadata === null)
      throw new SopsError("no-metadata", "is not encrypted: sops metadata not found");
    return decryptFile(file, metadata, await dataKeyOf(metadata), {
      ignoreMac: ignoreMac === true,
    });
  },
});
