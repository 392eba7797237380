import type { Command } from "commander";
import { printable } from "../../git/escape.ts";
import type { Encryption } from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import { parseSelection } from "../../sops/metadata/metadata.ts";
import { parseRecipient } from "../../sops/age/recipient.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";
import type { Options } from "./command.ts";
import { ruleOnDisk } from "./rule.ts";

/** Adds the options that say how to encrypt, whatever the rules say. */
export function encryptionOptions(command: Command): Command {
  return command
    .option("-a, --age <recipients>", "encrypt to these age recipients, whatever the rules say")
    .option("--encrypted-regex <pattern>", "encrypt what is under keys that match")
    .option("--unencrypted-regex <pattern>", "leave readable what is under keys that match")
    .option("--encrypted-suffix <suffix>", "encrypt what is under keys that end so")
    .option("--unencrypted-suffix <suffix>", "leave readable what is under keys that end so")
    .option("--encrypted-comment-regex <pattern>", "encrypt what follows a comment that matches")
    .option("--unencrypted-comment-regex <pattern>", "leave readable what follows one that matches")
    .option("--mac-only-encrypted", "compute the MAC over encrypted values only");
}

/** Where sops looks for keys of other kinds. It would encrypt to them, too, or instead. */
const OTHER_KEYS = [
  "SOPS_KMS_ARN",
  "SOPS_GCP_KMS_IDS",
  "SOPS_HUAWEICLOUD_KMS_IDS",
  "SOPS_AZURE_KEYVAULT_URLS",
  "SOPS_VAULT_URIS",
  "SOPS_PGP_FP",
] as const;

/**
 * How a file is to be encrypted: its rule, with what the command line says instead.
 *
 * @param config the rule file that was chosen; null for the nearest `.sops.yaml`.
 * @throws SopsError `bad-config`, `no-rule`, `unsupported`
 */
export function encryptionFor(path: string, options: Options, config: string | null): Encryption {
  const other = OTHER_KEYS.find((name) => (process.env[name] ?? "") !== "");
  if (other !== undefined) {
    throw new SopsError("unsupported", `keys other than age are for sops itself: unset ${other}`);
  }
  const given = options["age"] ?? process.env["SOPS_AGE_RECIPIENTS"] ?? "";
  const recipients =
    typeof given === "string" && given !== "" ? given.split(",").map((one) => one.trim()) : [];
  for (const recipient of recipients) parseRecipient(recipient);
  const selection = parseSelection(
    {
      encrypted_regex: options["encryptedRegex"],
      unencrypted_regex: options["unencryptedRegex"],
      encrypted_suffix: options["encryptedSuffix"],
      unencrypted_suffix: options["unencryptedSuffix"],
      encrypted_comment_regex: options["encryptedCommentRegex"],
      unencrypted_comment_regex: options["unencryptedCommentRegex"],
    },
    (message) => conflict(path, `the command line ${message}`),
  );
  const rule = recipients.length > 0 ? ruleOrNone(path, config) : ruleOf(path, config);
  const ruled = rule?.selection?.option;
  if (selection !== null && ruled !== undefined && selection.option !== ruled) {
    throw conflict(
      path,
      `the command line has an ${selection.option}, and its creation rule an ${ruled}: leave it out`,
    );
  }
  return {
    recipients: recipients.length > 0 ? recipients : (rule?.recipients ?? []),
    selection: selection ?? rule?.selection ?? null,
    macOnlyEncrypted: options["macOnlyEncrypted"] === true || (rule?.macOnlyEncrypted ?? false),
  };
}

function conflict(path: string, message: string): ExitError {
  return new ExitError(SOPS_EXIT.errorConflictingParameters, `${printable(path)}: ${message}`);
}

function ruleOf(path: string, config: string | null): Encryption {
  const rule = ruleOnDisk(path, config);
  if (rule === null) {
    throw new SopsError(
      "bad-config",
      config === null
        ? "there is no .sops.yaml above it or here that says how to encrypt it, and no --age"
        : `${printable(config)} has no creation rules, and there is no --age`,
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
