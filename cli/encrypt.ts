import { readData, writeData } from "../sops/data-tree.ts";
import { encryptFile, type Encryption } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { parseFile } from "../sops/format.ts";
import { parseSelection } from "../sops/metadata.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand, type Options } from "./file-command.ts";
import { ruleOnDisk } from "./file-on-disk.ts";

/** `flux-sops encrypt [-i] [--age RECIPIENTS] [FILE…]` */
export const encrypt = fileCommand({
  name: "encrypt",
  summary: "encrypt files by their creation rules",
  configure: (command) =>
    command
      .option("-a, --age <recipients>", "encrypt to these age recipients, whatever the rules say")
      .option("--encrypted-regex <pattern>", "encrypt what is under keys that match")
      .option("--unencrypted-regex <pattern>", "leave readable what is under keys that match")
      .option("--encrypted-suffix <suffix>", "encrypt what is under keys that end so")
      .option("--unencrypted-suffix <suffix>", "leave readable what is under keys that end so"),
  writes: "in-place",
  standardInput: true,
  syntaxExit: SOPS_EXIT.couldNotReadInputFile,
  run: async ({ file, bytes, path, options, inputFormat, outputFormat }) => {
    const encryption = encryptionFor(path, options);
    if (inputFormat === outputFormat) return (await encryptFile(file, encryption)).text;
    if (file.rawMetadata !== null) {
      throw new SopsError("already-encrypted", "is encrypted already: it has a sops block");
    }
    const text = bytes.toString(inputFormat === "binary" ? "latin1" : "utf8");
    const converted = writeData(readData(text, inputFormat), outputFormat);
    return (await encryptFile(parseFile(converted, outputFormat, null), encryption)).text;
  },
});

/** The rule of the file, with what the command line says instead. */
function encryptionFor(path: string, options: Options): Encryption {
  const given = options["age"] ?? process.env["SOPS_AGE_RECIPIENTS"];
  const recipients =
    typeof given === "string"
      ? given
          .split(",")
          .map((one) => one.trim())
          .filter((one) => one !== "")
      : [];
  const selection = parseSelection(
    {
      encrypted_regex: options["encryptedRegex"],
      unencrypted_regex: options["unencryptedRegex"],
      encrypted_suffix: options["encryptedSuffix"],
      unencrypted_suffix: options["unencryptedSuffix"],
    },
    (message) => new SopsError("bad-config", `the command line ${message}`),
  );
  const rule = recipients.length > 0 ? ruleOrNone(path) : ruleOf(path);
  return {
    recipients: recipients.length > 0 ? recipients : (rule?.recipients ?? []),
    selection: selection ?? rule?.selection ?? null,
    macOnlyEncrypted: rule?.macOnlyEncrypted ?? false,
  };
}

function ruleOf(path: string): Encryption {
  const found = ruleOnDisk(path);
  if (found === null) {
    throw new SopsError(
      "bad-config",
      "there is no .sops.yaml above it that says how to encrypt it, and no --age",
    );
  }
  const { foreign, recipients } = found.rule;
  if (foreign.length > 0) {
    throw new SopsError(
      "unsupported",
      `its creation rule has keys that only sops can encrypt to (${foreign.join(", ")}): use sops encrypt`,
    );
  }
  if (recipients.length === 0) {
    throw new SopsError("bad-config", "its creation rule names no age recipient");
  }
  return found.rule;
}

function ruleOrNone(path: string): Encryption | null {
  try {
    return ruleOnDisk(path)?.rule ?? null;
  } catch (error) {
    if (error instanceof SopsError && error.code === "no-rule") return null;
    throw error;
  }
}
