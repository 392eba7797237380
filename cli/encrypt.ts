import { readData, writeData } from "../sops/data-tree.ts";
import { encryptFile, type Encryption } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { parseFile } from "../sops/format.ts";
import { parseSelection } from "../sops/metadata.ts";
import { shown } from "./complain.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { fileCommand, type Options } from "./file-command.ts";
import { ruleOnDisk } from "./rule-on-disk.ts";

/** `flux-sops encrypt [-i] [--age RECIPIENTS] [FILE…]` */
export const encrypt = fileCommand({
  name: "encrypt",
  summary: "encrypt files by their creation rules",
  examples: [
    "encrypt -i clusters/homelab/secrets/db.sops.yaml",
    "encrypt --filename-override clusters/homelab/secrets/db.sops.yaml < db.yaml > db.sops.yaml",
  ],
  configure: (command) =>
    command
      .option("-a, --age <recipients>", "encrypt to these age recipients, whatever the rules say")
      .option("--encrypted-regex <pattern>", "encrypt what is under keys that match")
      .option("--unencrypted-regex <pattern>", "leave readable what is under keys that match")
      .option("--encrypted-suffix <suffix>", "encrypt what is under keys that end so")
      .option("--unencrypted-suffix <suffix>", "leave readable what is under keys that end so"),
  writes: "in-place",
  folders: "to-encrypt",
  standardInput: true,
  syntaxExit: SOPS_EXIT.couldNotReadInputFile,
  run: async ({ file, bytes, path, options, inputFormat, outputFormat, config, indent }) => {
    const encryption = encryptionFor(path, options, config);
    if (inputFormat === outputFormat) return (await encryptFile(file, encryption)).text;
    if (file.rawMetadata !== null) {
      throw new SopsError("already-encrypted", "is encrypted already: it has a sops block");
    }
    const text = bytes.toString(inputFormat === "binary" ? "latin1" : "utf8");
    const converted = writeData(readData(text, inputFormat), outputFormat, indent);
    return (await encryptFile(parseFile(converted, outputFormat, indent), encryption)).text;
  },
});

/** The rule of the file, with what the command line says instead. */
function encryptionFor(path: string, options: Options, config: string | null): Encryption {
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
  const rule = recipients.length > 0 ? ruleOrNone(path, config) : ruleOf(path, config);
  return {
    recipients: recipients.length > 0 ? recipients : (rule?.recipients ?? []),
    selection: selection ?? rule?.selection ?? null,
    macOnlyEncrypted: rule?.macOnlyEncrypted ?? false,
  };
}

function ruleOf(path: string, config: string | null): Encryption {
  const rule = ruleOnDisk(path, config);
  if (rule === null) {
    throw new SopsError(
      "bad-config",
      config === null
        ? "there is no .sops.yaml above it that says how to encrypt it, and no --age"
        : `${shown(config)} has no creation rules, and there is no --age`,
    );
  }
  const { foreign, recipients } = rule;
  if (foreign.length > 0) {
    throw new SopsError(
      "unsupported",
      `its creation rule has keys that only sops itself can encrypt to (${foreign.join(", ")}): run sops encrypt --in-place on it`,
    );
  }
  if (recipients.length === 0) {
    throw new SopsError("bad-config", "its creation rule names no age recipient");
  }
  return rule;
}

function ruleOrNone(path: string, config: string | null): Encryption | null {
  try {
    return ruleOnDisk(path, config);
  } catch (error) {
    if (error instanceof SopsError && error.code === "no-rule") return null;
    throw error;
  }
}
