import { readFileSync } from "node:fs";
import { Command } from "commander";
import { formatOf, inputTypeOf } from "../sops/format.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import { parseArguments } from "./arguments.ts";
import { chosenConfig, configOption } from "./config-option.ts";
import { examples } from "./examples.ts";
import { reported } from "./reported.ts";
import { indentOnDisk } from "./rule-on-disk.ts";
import { typeOption } from "./type-option.ts";

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
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const [path = ""] = command.args;
  return reported(path, () => {
    const options = command.opts();
    const format = inputTypeOf(String(options["inputType"])) ?? formatOf(path);
    indentOnDisk(path, chosenConfig(options), format);
    const { metadata } = readSopsFile(readFileSync(path), format);
    process.stdout.write(`${JSON.stringify({ encrypted: metadata !== null })}\n`);
    return Promise.resolve();
  });
}
