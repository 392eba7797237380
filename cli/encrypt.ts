import { encryptFile } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";
import { ruleOnDisk } from "./file-on-disk.ts";

/** `flux-sops encrypt [-i] FILE…` */
export const encrypt = fileCommand({
  name: "encrypt",
  summary: "encrypt files by their creation rules",
  configure: (command) => command.option("-i, --in-place", "write the result back to the file"),
  inPlace: ({ inPlace }) => inPlace === true,
  syntaxExit: SOPS_EXIT.couldNotReadInputFile,
  run: async ({ file }, _options, path) => {
    const found = ruleOnDisk(path);
    if (found === null) {
      throw new SopsError(
        "bad-config",
        "there is no .sops.yaml above it that says how to encrypt it",
      );
    }
    const { rule } = found;
    if (rule.foreign.length > 0 || rule.recipients.length === 0) {
      throw new SopsError(
        "unsupported",
        `its creation rule has ${rule.foreign.length > 0 ? `keys that only sops can encrypt to (${rule.foreign.join(", ")})` : "no age recipient"}: use sops encrypt`,
      );
    }
    return (await encryptFile(file, rule)).text;
  },
});
