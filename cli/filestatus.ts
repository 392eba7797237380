import { readFileSync } from "node:fs";
import { Command } from "commander";
import { SopsError } from "../sops/errors.ts";
import { formatOf, inputTypeOf, parseBytes, type Format } from "../sops/format.ts";
import { parseMetadata } from "../sops/metadata/metadata.ts";
import { isRecord, textAt } from "../sops/metadata/metadata-fields.ts";
import { parseAsSops } from "./arguments/parse.ts";
import { chosenConfig, configOption } from "./arguments/config-option.ts";
import { examples } from "./arguments/examples.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { reported } from "./exit/reported.ts";
import { notEncrypted } from "./file/encrypted-only.ts";
import { indentOnDisk } from "./file/rule.ts";
import { typeOption } from "./arguments/type-option.ts";

/** `flux-sops filestatus FILE`: says in JSON whether a file is encrypted. */
export async function filestatus(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops filestatus")
    .description("say whether a file is encrypted, as JSON")
    .argument("<file>", "any file")
    .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
    .addOption(configOption())
    .addHelpText(
      "after",
      examples("npx flux-sops filestatus clusters/homelab/secrets/db.sops.yaml"),
    );
  const refused = parseAsSops(command, argv);
  if (refused !== null) return refused;
  const [path = ""] = command.args;
  const failed = await reported(path, () => {
    const options = command.opts();
    const format = inputTypeOf(String(options["inputType"])) ?? formatOf(path);
    indentOnDisk(path, chosenConfig(options), format);
    const encrypted = isEncrypted(readFileSync(path), format);
    process.stdout.write(`${JSON.stringify({ encrypted })}\n`);
    return Promise.resolve();
  });
  // As in sops, it is one status whatever went wrong.
  return failed === 0 ? 0 : SOPS_EXIT.generic;
}

/** As sops answers it: a file without a MAC, or without a version, is not encrypted. */
function isEncrypted(bytes: Buffer, format: Format): boolean {
  try {
    // What sops makes of a file that is no text is JSON: it looks for nothing else.
    const { rawMetadata } = parseBytes(bytes, format === "binary" ? "json" : format, null);
    if (!isRecord(rawMetadata) || textAt(rawMetadata, "version") === "") return false;
    return parseMetadata(rawMetadata).mac !== null;
  } catch (error) {
    if (format !== "binary" || !(error instanceof SopsError)) throw error;
    throw notEncrypted(
      parseBytes(bytes, format, null),
      "what sops encrypts under such a name is JSON",
      ["--input-type"],
    );
  }
}
