import { clusterGenerator } from "./cluster.ts";
import type { FileGenerator } from "./generator.ts";
import { secretGenerator } from "./secret.ts";
import { workloadGenerator } from "./workload.ts";

/** What `flux-sops new` makes, by kind. */
export const FILE_GENERATORS: readonly FileGenerator[] = [
  secretGenerator,
  workloadGenerator,
  clusterGenerator,
];
