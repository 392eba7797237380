import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { printable } from "../git/escape.ts";
import { ScaffoldError, systemReason } from "./errors.ts";

/**
 * The tool, and the files that the build put beside it.
 *
 * @throws ScaffoldError `environment`
 */
export function readTool(path: string): { tool: Buffer; toolParts: ReadonlyMap<string, Buffer> } {
  try {
    const folder = dirname(path);
    const beside = readdirSync(folder).filter(
      (name) => /\.[cm]js$/.test(name) && name !== basename(path),
    );
    const parts = beside.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
    return { tool: readFileSync(path), toolParts: new Map(parts) };
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `the bundled tool ${printable(path)} cannot be read (${systemReason(error)}): build it with npm run build, or install generator-flux-sops again`,
    );
  }
}

/** The version in the first lines that the build gives the tool; null where there is none. */
export function toolVersion(tool: Buffer): string | null {
  const head = tool.subarray(0, 400).toString("latin1");
  return /^\/\/ flux-sops (\d+\.\d+\.\d+\S*), /m.exec(head)?.[1] ?? null;
}

/** Compares the three numbers of a version; what is after them has no weight. */
export function isOlderOrSame(present: string, version: string): boolean {
  const [theirs, ours] = [present, version].map((text) => text.split(/[.-]/).map(Number));
  for (let index = 0; index < 3; index += 1) {
    const difference = (theirs?.[index] ?? 0) - (ours?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
