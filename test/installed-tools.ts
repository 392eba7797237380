import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The real programs that tests compare with, where they are installed. */
export type RealTool = "sops" | "age" | "age-keygen" | "kustomize" | "gitleaks";

/** The path of a real tool: in `FLUX_SOPS_TOOLS` first, then on PATH; null where there is none. */
export function realTool(name: RealTool): string | null {
  const folders = [process.env["FLUX_SOPS_TOOLS"], ...(process.env["PATH"] ?? "").split(delimiter)];
  for (const folder of folders) {
    if (folder === undefined || folder === "") continue;
    const path = join(folder, name);
    if (existsSync(path)) return path;
  }
  return null;
}
