import { InvalidArgumentError, Option } from "commander";
import { SOPS_EXIT } from "../exit/codes.ts";

/**
 * sops's option for which kind of key is tried first. Here only age keys are, so no order changes
 * anything; as sops, a kind that is named twice is refused.
 */
export function decryptionOrderOption(): Option {
  return new Option(
    "--decryption-order <types>",
    "accepted as sops has it: only age keys are tried",
  )
    .env("SOPS_DECRYPTION_ORDER")
    .hideHelp()
    .argParser((types: string) => {
      const all = types.split(",");
      if (new Set(all).size === all.length) return types;
      const twice = new InvalidArgumentError("A kind stands there twice.");
      twice.exitCode = SOPS_EXIT.duplicateDecryptionKeyType;
      throw twice;
    });
}
