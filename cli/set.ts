import { readFileSync } from "node:fs";
import { Command } from "commander";
import { SopsError } from "../sops/errors.ts";
import { formatOf } from "../sops/format.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import { setValue, unsetValue, type Sealed } from "../sops/set.ts";
import { parseTreePath, type JsonValue, type TreePath } from "../sops/tree-path.ts";
import { parseArguments } from "./arguments.ts";
import { complain, shown } from "./complain.ts";
import { dataKeyOf } from "./data-key-of.ts";
import { encryptedOnly } from "./encrypted-only.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { replaceFile } from "./file-on-disk.ts";
import { reported } from "./reported.ts";

/** `flux-sops set FILE PATH VALUE`, `set --value-file FILE PATH NAME`, `set --value-stdin FILE PATH` */
export async function set(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops set")
    .description("set one value of an encrypted file; the value is JSON: '\"a text\"', 5, true")
    .argument("<file>")
    .argument("<path>", `where: '["stringData"]["password"]'`)
    .argument("[value]", "JSON; others can see a command line: prefer --value-stdin")
    .option("--value-file", "take VALUE as the name of a file that holds the JSON")
    .option("--value-stdin", "read the JSON from standard input")
    .option("--idempotent", "do nothing where the value is there already")
    .option("--ignore-mac", "go on where the MAC does not match");
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const { valueFile, valueStdin, ignoreMac } = command.opts();
  const [file = "", at = "", given] = command.args;
  if (valueFile === true && valueStdin === true) {
    complain("--value-file and --value-stdin cannot be used together");
    return SOPS_EXIT.generic;
  }
  if ((given === undefined) !== (valueStdin === true)) {
    complain(given === undefined ? "the value is missing" : "there is a value too many");
    return SOPS_EXIT.noFileSpecified;
  }
  const path = parseTreePath(at);
  if (path === null) return badPath();
  return reported(file, async () => {
    const text =
      valueStdin === true
        ? readFileSync(0, "utf8")
        : valueFile === true
          ? readFileSync(given ?? "", "utf8")
          : (given ?? "");
    const value = parseValue(text);
    await rewrite(file, ignoreMac === true, async (sealed) => setValue(sealed, path, value));
  });
}

/** `flux-sops unset FILE PATH` */
export async function unset(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops unset")
    .description("take one value out of an encrypted file")
    .argument("<file>")
    .argument("<path>", `where: '["stringData"]["password"]'`)
    .option("--idempotent", "do nothing where there is no such value")
    .option("--ignore-mac", "go on where the MAC does not match");
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const { idempotent, ignoreMac } = command.opts();
  const [file = "", at = ""] = command.args;
  const path = parseTreePath(at);
  if (path === null) return badPath();
  return reported(file, async () => {
    await rewrite(file, ignoreMac === true, async (sealed) => {
      const text = await unsetValue(sealed, path);
      if (text === null && idempotent !== true) throw notThere(path);
      return text;
    });
  });
}

/** Replaces an encrypted file by what `change` makes of it; null or the same text leaves it. */
async function rewrite(
  file: string,
  ignoreMac: boolean,
  change: (sealed: Sealed) => Promise<string | null>,
): Promise<void> {
  const bytes = readFileSync(file);
  const format = formatOf(file);
  const sopsFile = readSopsFile(bytes, format);
  const metadata = encryptedOnly(sopsFile);
  const text = bytes.toString("utf8");
  const dataKey = await dataKeyOf(metadata);
  const result = await change({ text, file: sopsFile.file, format, metadata, dataKey, ignoreMac });
  if (result !== null && result !== text) replaceFile(file, result);
}

/** The message must not quote the value, as JSON.parse's own does. */
function parseValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new SopsError(
      "bad-value",
      `the value is no JSON: a text needs double quotes, as in '"a text"'`,
    );
  }
}

function badPath(): number {
  complain(`the path is malformed: it looks like '["stringData"]["password"]'`);
  return SOPS_EXIT.invalidSetFormat;
}

function notThere(path: TreePath): SopsError {
  return new SopsError("not-there", `there is no value at ${shown(path.join("."))}`);
}
