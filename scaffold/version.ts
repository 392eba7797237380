import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Set by the build, so that a bundled file knows its version without a package.json beside it. */
declare const FLUX_SOPS_VERSION: string | undefined;

/** Whether this code runs from a built file instead of the TypeScript sources. */
export const isBundled: boolean = typeof FLUX_SOPS_VERSION === "string";

/** The version of generator-flux-sops. */
export const version: string =
  typeof FLUX_SOPS_VERSION === "string" ? FLUX_SOPS_VERSION : versionOfSources();

function versionOfSources(): string {
  const manifest = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
