import { readFileSync } from "node:fs";
import { Command } from "commander";
import { printable } from "../git/escape.ts";
import { standardInput } from "../scaffold/standard-input.ts";
import type { Data } from "../sops/data/data-tree.ts";
import { readValue } from "../sops/data/read-data.ts";
import { SopsError } from "../sops/errors.ts";
import { decryptFile } from "../sops/decrypt.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import { setValue, unsetValue, type Sealed } from "../sops/set.ts";
import { parseTreePath, type TreePath } from "../sops/data/tree-path.ts";
import { parseAsSops } from "./arguments/parse.ts";
import { complain } from "./terminal/complain.ts";
import { configOption } from "./arguments/config-option.ts";
import { conversionOf, encryptedIn, indentOption } from "./file/conversion.ts";
import type { Options } from "./file/command.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { decryptionOrderOption } from "./arguments/decryption-order.ts";
import { typeOption } from "./arguments/type-option.ts";
import { encryptedOnly } from "./file/encrypted-only.ts";
import { examples } from "./arguments/examples.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { sayWhatIsNotValid } from "./file/not-valid.ts";
import { replaceFile } from "./file/replace.ts";
import { reported } from "./exit/reported.ts";

/** `flux-sops set FILE PATH VALUE`, `set --value-file FILE PATH NAME`, `set --value-stdin FILE PATH` */
export async function set(argv: readonly string[]): Promise<number> {
  const command = changeCommand("set")
    .description("set one value of an encrypted file; the value is JSON: '\"a text\"', 5, true")
    .argument("[value]", "JSON; others can see a command line: prefer --value-stdin")
    .option("--value-file", "take VALUE as the name of a file that holds the JSON")
    .option("--value-stdin", "read the JSON from standard input")
    .option("--idempotent", "leave a file alone that has the value, --output-type or not")
    .addHelpText(
      "after",
      examples(
        `npx flux-sops set --value-stdin clusters/homelab/secrets/db.sops.yaml '["stringData"]["password"]'`,
        `npx flux-sops set clusters/homelab/secrets/db.sops.yaml '["stringData"]["port"]' '"5432"'`,
      ),
    );
  const refused = parseAsSops(command, argv);
  if (refused !== null) return refused;
  const options: Options = command.opts();
  const [file, at, given] = command.args;
  if (options["valueFile"] === true && options["valueStdin"] === true) {
    complain("--value-file and --value-stdin cannot be used together");
    return SOPS_EXIT.generic;
  }
  if (file === undefined || at === undefined) return missingArguments();
  if ((given === undefined) !== (options["valueStdin"] === true)) {
    complain(given === undefined ? "the value is missing" : "there is a value too many");
    return SOPS_EXIT.noFileSpecified;
  }
  const path = parseTreePath(at);
  if (path === null) return badPath();
  let json = given ?? "";
  const isInput = options["valueStdin"] === true;
  if (isInput || options["valueFile"] === true) {
    const say = () => complain(`the value as JSON ("a text"), then Enter and Ctrl-D:`);
    const failed = await reported(isInput ? "standard input" : json, async () => {
      json = (isInput ? await standardInput(say) : readFileSync(json)).toString("utf8");
    });
    if (failed !== 0) return SOPS_EXIT.generic;
  }
  // As in sops, before anything is read: no key is needed to see what is wrong with the value.
  let value: Data = null;
  const refusedValue = await reported(file, () => {
    value = readValue(json);
    return Promise.resolve();
  });
  if (refusedValue !== 0) return refusedValue;
  return rewrite(file, options, (sealed) => setValue(sealed, path, value));
}

/** `flux-sops unset FILE PATH` */
export async function unset(argv: readonly string[]): Promise<number> {
  const command = changeCommand("unset")
    .description("take one value out of an encrypted file")
    .option("--idempotent", "do nothing where there is no such value")
    .addHelpText(
      "after",
      examples(
        `npx flux-sops unset clusters/homelab/secrets/db.sops.yaml '["stringData"]["password"]'`,
      ),
    );
  const refused = parseAsSops(command, argv);
  if (refused !== null) return refused;
  const options: Options = command.opts();
  const [file, at] = command.args;
  if (file === undefined || at === undefined) return missingArguments();
  const path = parseTreePath(at);
  if (path === null) return badPath();
  return rewrite(file, options, async (sealed) => {
    try {
      const text = await unsetValue(sealed, path);
      if (text === null) throw notThere(path);
      return text;
    } catch (error) {
      const isMissing = error instanceof SopsError && error.code === "not-there";
      if (isMissing && options["idempotent"] === true) return sealed.text;
      throw error;
    }
  });
}

function changeCommand(name: string): Command {
  return new Command(`flux-sops ${name}`)
    .argument("[file]", "the encrypted file; it is changed in its place")
    .argument("[path]", `where: '["stringData"]["password"]'`)
    .option("--ignore-mac", "go on where the MAC does not match")
    .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
    .addOption(typeOption("--output-type <type>", "what the file is to become, in its place"))
    .addOption(decryptionOrderOption())
    .addOption(indentOption())
    .addOption(configOption());
}

/** Replaces an encrypted file by what `change` makes of it; the same text leaves it alone. */
async function rewrite(
  path: string,
  options: Options,
  change: (sealed: Sealed) => Promise<string>,
): Promise<number> {
  const run = async () => {
    const conversion = conversionOf(path, options);
    const format = conversion.from;
    const bytes = readFileSync(path);
    const sopsFile = readSopsFile(bytes, format);
    const metadata = encryptedOnly(sopsFile);
    const text = bytes.toString("utf8");
    const dataKey = await dataKeyOf(metadata);
    const ignoreMac = options["ignoreMac"] === true;
    const { file } = sopsFile;
    const changed = await change({ text, file, format, metadata, dataKey, ignoreMac });
    if (changed === text && options["idempotent"] === true) return;
    const result = await encryptedIn(changed, conversion, dataKey);
    if (result === text) return;
    await replaceFile(path, result, bytes);
    // No key is encrypted, and without this one it is no Secret: then it need not be decrypted once more.
    if (!changed.includes("kind")) return;
    const written = readSopsFile(Buffer.from(changed), format).file;
    sayWhatIsNotValid(path, decryptFile(written, metadata, dataKey, { ignoreMac: true }), format);
  };
  return reported(path, run, { missingExit: SOPS_EXIT.couldNotReadInputFile });
}

function missingArguments(): number {
  complain("a file and a path are needed");
  return SOPS_EXIT.noFileSpecified;
}

function badPath(): number {
  complain(`the path is malformed: it looks like '["stringData"]["password"]'`);
  return SOPS_EXIT.invalidSetFormat;
}

function notThere(path: TreePath): SopsError {
  return new SopsError("not-there", `there is no value at ${printable(path.join("."))}`);
}
