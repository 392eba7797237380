import { decryptFile } from "../sops/decrypt.ts";
import type { Metadata } from "../sops/metadata/metadata.ts";
import { parseRecipient } from "../sops/age/recipient.ts";
import { rotateFile } from "../sops/rotate.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import { encryptedIn } from "./file/conversion.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { decryptionOrderOption } from "./arguments/decryption-order.ts";
import { encryptedOnly } from "./file/encrypted-only.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { fileCommand, type FileAtWork, type Options } from "./file/command.ts";

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
  standardInput: "no",
  missingExit: ({ addAge, rmAge }: Options, form) => {
    if (addAge !== undefined || rmAge !== undefined) {
      return SOPS_EXIT.cannotChangeKeysFromNonExistentFile;
    }
    return form === "flag" ? SOPS_EXIT.noFileSpecified : SOPS_EXIT.couldNotReadInputFile;
  },
  run: async (at) => {
    const metadata = encryptedOnly(at);
    const removed = listed(at.options["rmAge"]);
    const present = metadata.age.map(({ recipient }) => recipient);
    const recipients = [...new Set([...present, ...listed(at.options["addAge"])])].filter(
      (recipient) => !removed.includes(recipient),
    );
    const dataKey = await dataKeyOf(metadata);
    const { file, metadata: known } = await inOutputFormat(at, metadata, dataKey);
    return (await rotateFile(file, known, dataKey, recipients)).text;
  },
});

async function inOutputFormat(at: FileAtWork, metadata: Metadata, dataKey: Uint8Array) {
  const { file, bytes, inputFormat: from, outputFormat: to, indent } = at;
  if (from === to) return { file, metadata };
  // Another format is signed anew: what is there has to verify first.
  decryptFile(file, metadata, dataKey);
  const text = await encryptedIn(bytes.toString("utf8"), { from, to, indent }, dataKey);
  const other = readSopsFile(Buffer.from(text, "utf8"), to, indent);
  return { file: other.file, metadata: encryptedOnly(other) };
}

function listed(option: unknown): string[] {
  if (typeof option !== "string") return [];
  const recipients = option.split(",").map((one) => one.trim());
  for (const recipient of recipients) parseRecipient(recipient);
  return recipients;
}
