import type { Node } from "yaml";
import { USE_GENERATOR, USE_SECRET } from "./mends.ts";
import type { Reading } from "./reading.ts";
import { readValueOrFile } from "./values.ts";

/** A ConfigMap, files in it too, and the literals of a configMapGenerator. */
export function readConfigMaps(reading: Reading, root: Node | null, kind: string | null): void {
  const { mappings } = reading;
  const data = kind === "ConfigMap" ? mappings.at(root, "data") : null;
  for (const entry of mappings.entries(data)) {
    readValueOrFile(reading, entry, true, "a ConfigMap", USE_SECRET);
  }
  for (const generator of mappings.items(mappings.at(root, "configMapGenerator"))) {
    const literals = mappings.at(generator, "literals");
    reading.assignments(literals, "a configMapGenerator", USE_GENERATOR);
  }
}
