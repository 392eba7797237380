import { SopsError } from "../sops/errors.ts";
import { rotateFile } from "../sops/rotate.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";

/** `flux-sops rotate [-i] FILE…` */
export const rotate = fileCommand({
  name: "rotate",
  summary: "encrypt files with a new data key",
  configure: (command) => command.option("-i, --in-place", "write the result back to the file"),
  inPlace: ({ inPlace }) => inPlace === true,
  syntaxExit: SOPS_EXIT.generic,
  run: async ({ file, metadata }) => {
    if (metadata === null)
      throw new SopsError("no-metadata", "is not encrypted: sops metadata not found");
    return (await rotateFile(file, metadata, await dataKeyOf(metadata))).text;
  },
});
