import { Option } from "commander";

/** sops's option for another rule file than the `.sops.yaml` above a file. */
export function configOption(): Option {
  return new Option("--config <file>", "go by this file, whatever .sops.yaml there is").env(
    "SOPS_CONFIG",
  );
}

/**
 * The option where a command changes nothing by rules: accepted, as sops has it everywhere, and not
 * looked at.
 */
export function unusedConfigOption(): Option {
  return new Option("--config <file>", "accepted as sops has it; no rule counts here").hideHelp();
}
