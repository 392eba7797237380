import { decrypted } from "../sops/decrypt.ts";
import { dataAt } from "../sops/data/data-tree.ts";
import { readDecryptedComments } from "../sops/data/read-comments.ts";
import { readDecrypted } from "../sops/data/read-data.ts";
import { writeData, writeValue } from "../sops/data/write-data.ts";
import { SopsError } from "../sops/errors.ts";
import type { Decrypted } from "../sops/open.ts";
import type { Format } from "../sops/format.ts";
import { plaintextBytes } from "../sops/sops-file.ts";
import { parseTreePath } from "../sops/data/tree-path.ts";
import { plaintextIn, refuseDropped } from "./file/conversion.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { decryptionOrderOption } from "./arguments/decryption-order.ts";
import { fileCommand, type FileAtWork } from "./file/command.ts";
import { encryptedOnly } from "./file/encrypted-only.ts";

/** `flux-sops decrypt [-i] [--extract PATH] [--output-type TYPE] [FILE…]` */
export const decrypt = fileCommand({
  name: "decrypt",
  summary: "print the plaintext of encrypted files, or put it in their place",
  examples: [
    "decrypt clusters/homelab/secrets/db.sops.yaml",
    `decrypt --extract '["stringData"]["password"]' clusters/homelab/secrets/db.sops.yaml`,
    "decrypt -i clusters/homelab/secrets/db.sops.yaml",
  ],
  configure: (command) =>
    command
      .option("--extract <path>", `print only what is at a path: '["stringData"]["password"]'`)
      .addOption(decryptionOrderOption())
      .option("--ignore-mac", "decrypt even where the MAC does not match"),
  writes: "in-place",
  folders: "encrypted",
  standardInput: "yes",
  run: async (at) => {
    const metadata = encryptedOnly(at);
    const dataKey = await dataKeyOf(metadata);
    const ignoreMac = at.options["ignoreMac"] === true;
    const plaintext = decrypted(at.file, metadata, dataKey, { ignoreMac });
    const { extract } = at.options;
    if (typeof extract === "string") return extracted(at, plaintext, extract);
    const { inputFormat: from, outputFormat: to, indent } = at;
    // What is only printed is still in the file.
    if (from !== to && at.options["inPlace"] === true)
      refuseDropped(readDecrypted(plaintext, from, "refuse"), to);
    return plaintextIn(plaintext, { from, to, indent });
  },
});

function extracted(
  { inputFormat, outputFormat, indent }: FileAtWork,
  plaintext: Decrypted,
  at: string,
): string | Buffer {
  const path = parseTreePath(at);
  if (path === null) {
    throw new SopsError("bad-path", `the path is malformed: it looks like '["a"]["b"][0]'`);
  }
  // The bytes as they are, which need not be text.
  if (inputFormat === "binary" && path[0] === "data" && path.length === 1) {
    return plaintextBytes(plaintext.file, plaintext.text);
  }
  const documents = readDecrypted(plaintext, inputFormat, "first");
  const [first = new Map()] = documents;
  const value = dataAt(first, path);
  if (value === undefined) throw new SopsError("not-there", "there is nothing at that path");
  if (typeof value !== "string" && !(value instanceof Map)) {
    refuseSingleValue(outputFormat, Array.isArray(value));
  }
  // A mapping is a file of its own, as in sops: of the output's format, with a line break at its end.
  const comments = readDecryptedComments(documents, plaintext);
  return value instanceof Map
    ? writeData([value], outputFormat, indent, comments)
    : writeValue(value, outputFormat, indent, comments);
}

/** Some formats have no spelling for what is no text. */
function refuseSingleValue(format: Format, isList: boolean): void {
  if (format === "yaml" || format === "json" || (format === "ini" && !isList)) return;
  throw new SopsError(
    "cannot-hold",
    `what is at that path is no text, which is all that ${format} can hold: add --output-type yaml or json`,
  );
}
