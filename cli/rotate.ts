import { rotateFile } from "../sops/rotate.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { decryptionOrderOption } from "./decryption-order.ts";
import { encryptedOnly } from "./encrypted-only.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand } from "./file-command.ts";

/** `flux-sops rotate [-i] [--add-age RECIPIENTS] [--rm-age RECIPIENTS] FILE…` */
export const rotate = fileCommand({
  name: "rotate",
  summary: "encrypt files with a new data key",
  examples: [
    "rotate -i clusters/homelab/secrets/db.sops.yaml",
    "rotate -i clusters",
    "rotate -i --rm-age age1… clusters/homelab/secrets/db.sops.yaml",
  ],
  configure: (command) =>
    command
      .addOption(decryptionOrderOption())
      .option("--add-age <recipients>", "add these recipients")
      .option("--rm-age <recipients>", "take these recipients away"),
  writes: "in-place",
  folders: "encrypted",
  standardInput: false,
  syntaxExit: SOPS_EXIT.generic,
  run: async (at) => {
    const metadata = encryptedOnly(at);
    const removed = listed(at.options["rmAge"]);
    const kept = metadata.age
      .map(({ recipient }) => recipient)
      .filter((recipient) => !removed.includes(recipient));
    const recipients = [...new Set([...kept, ...listed(at.options["addAge"])])];
    return (await rotateFile(at.file, metadata, await dataKeyOf(metadata), recipients)).text;
  },
});

function listed(option: unknown): string[] {
  return typeof option === "string" ? option.split(",").map((one) => one.trim()) : [];
}
