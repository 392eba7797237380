import { SopsError } from "../sops/errors.ts";
import { rewrap } from "../sops/rewrap.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";
import { ruleOnDisk } from "./file-on-disk.ts";

/** `flux-sops updatekeys [-y] FILE…` */
export const updatekeys = fileCommand({
  name: "updatekeys",
  summary: "give files the recipients of their creation rules; the data key stays",
  configure: (command) => command.option("-y, --yes", "do not ask (nothing is asked so far)"),
  inPlace: () => true,
  syntaxExit: SOPS_EXIT.generic,
  run: async ({ file, metadata }, _options, path) => {
    if (metadata === null)
      throw new SopsError("no-metadata", "is not encrypted: sops metadata not found");
    const found = ruleOnDisk(path);
    if (found === null) throw new SopsError("bad-config", "there is no .sops.yaml above it");
    if (found.rule.foreign.length > 0 || metadata.foreign.length > 0) {
      throw new SopsError("unsupported", "it has keys other than age: use sops updatekeys");
    }
    return rewrap(file, metadata, found.rule.recipients, () => dataKeyOf(metadata));
  },
});
