import type { Node } from "yaml";
import { USE_ENCRYPTED, USE_SUBSTITUTE_FROM } from "./mends.ts";
import type { Reading } from "./reading.ts";

/**
 * `postBuild.substitute` of a Flux Kustomization, and in Talos `machine.env` and the `environment` of an
 * ExtensionServiceConfig.
 */
export function readVariables(reading: Reading, root: Node | null, kind: string | null): void {
  const { mappings } = reading;
  for (const entry of mappings.entries(mappings.at(root, "spec", "postBuild", "substitute"))) {
    reading.entry(entry, true, "postBuild.substitute", USE_SUBSTITUTE_FROM);
  }
  for (const entry of mappings.entries(mappings.at(root, "machine", "env"))) {
    reading.entry(entry, true, "machine.env", USE_ENCRYPTED);
  }
  if (kind !== "ExtensionServiceConfig") return;
  const environment = mappings.at(root, "environment");
  reading.assignments(environment, "an ExtensionServiceConfig", USE_ENCRYPTED);
}
