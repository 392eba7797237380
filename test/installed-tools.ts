import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The real programs that tests compare with, where they are installed. */
export type RealTool =
  "sops" | "age" | "age-keygen" | "kustomize" | "gitleaks" | "flux-build" | "sops-batch";

/**
 * The path of a real tool: in the folders of `FLUX_SOPS_TOOLS` (written as PATH is) first, then on PATH;
 * null where there is none.
 */
export function realTool(name: RealTool): string | null {
  const lists = [process.env["FLUX_SOPS_TOOLS"], process.env["PATH"]];
  for (const folder of lists.flatMap((list) => (list ?? "").split(delimiter))) {
    if (folder === "") continue;
    const path = join(folder, name);
    if (existsSync(path)) return path;
  }
  return null;
}
