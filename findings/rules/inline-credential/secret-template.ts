import type { Node } from "yaml";
import { USE_STORE } from "./mends.ts";
import type { Reading } from "./reading.ts";
import { readValueOrFile } from "./values.ts";

/** Where each of these has what comes beside the values that it fetches or unseals, or around them. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  ExternalSecret: ["spec", "target", "template", "data"],
  ClusterExternalSecret: ["spec", "externalSecretSpec", "target", "template", "data"],
  SealedSecret: ["spec", "template", "data"],
};

/** Literals in the template of a Secret that others fill in: an ExternalSecret's, a SealedSecret's. */
export function readSecretTemplate(reading: Reading, root: Node | null): void {
  const { mappings } = reading;
  const path = TEMPLATES[mappings.textAt(root, "kind") ?? ""];
  if (path === undefined) return;
  for (const entry of mappings.entries(mappings.at(root, ...path))) {
    readValueOrFile(reading, entry, true, "the template of a Secret", USE_STORE);
  }
}
