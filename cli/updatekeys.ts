import { SopsError } from "../sops/errors.ts";
import { rewrap } from "../sops/rewrap.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { encryptedOnly } from "./encrypted-only.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";
import { ruleOnDisk } from "./rule-on-disk.ts";

/** `flux-sops updatekeys [-y] FILE…` */
export const updatekeys = fileCommand({
  name: "updatekeys",
  summary: "give files the recipients of their creation rules; the data key stays",
  examples: ["updatekeys -y clusters/homelab/secrets/db.sops.yaml", "updatekeys -y ."],
  configure: (command) => command.option("-y, --yes", "do not ask (nothing is asked so far)"),
  writes: "always",
  folders: "encrypted",
  standardInput: false,
  syntaxExit: SOPS_EXIT.generic,
  run: async (at) => {
    const metadata = encryptedOnly(at);
    const rule = ruleOnDisk(at.path, at.config);
    if (rule === null) throw new SopsError("bad-config", "there are no creation rules for it");
    if (rule.foreign.length > 0 || metadata.foreign.length > 0) {
      throw new SopsError("unsupported", "it has keys other than age: use sops updatekeys");
    }
    return rewrap(at.file, metadata, rule.recipients, () => dataKeyOf(metadata));
  },
});
