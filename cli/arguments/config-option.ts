import { Option } from "commander";

/** sops's option for another rule file than the `.sops.yaml` above a file. */
export function configOption(): Option {
  return new Option("--config <file>", "go by this file, whatever .sops.yaml there is").env(
    "SOPS_CONFIG",
  );
}

/** The rule file that was chosen; null for the nearest `.sops.yaml`. */
export function chosenConfig(options: Readonly<Record<string, unknown>>): string | null {
  const { config } = options;
  return typeof config === "string" && config !== "" ? config : null;
}
