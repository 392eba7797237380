import { readPlainRuleFile } from "../../sops/creation-rules/plain-rule-file.ts";
import { foldersAbove } from "../rules/folders-above.ts";

/**
 * Whether a creation rule takes a path. Rule files that are written plainly are read at a glance; for
 * all others the YAML parser and RE2 are loaded.
 *
 * @param files each `.sops.yaml` by its folder, with a `/` at its end, or empty
 * @returns takes repository-relative text; throws BrokenRulesError
 */
export async function takenByRule(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<(path: string) => boolean> {
  const patterns = new Map(
    [...files].map(([folder, bytes]) => [folder, readPlainRuleFile(textOf(bytes))] as const),
  );
  if ([...patterns.values()].includes(null)) {
    const { RulesInForce } = await import("../rules/rules-in-force.ts");
    const rules = new RulesInForce(files);
    return (path) => rules.for(path).rule !== null;
  }
  return (path) => {
    const nearest = foldersAbove(path).find((folder) => patterns.has(folder));
    if (nearest === undefined) return false;
    const below = path.slice(nearest.length);
    return patterns.get(nearest)?.some((takes) => takes(below)) === true;
  };
}

/** Bytes that are no UTF-8 become a character that no plainly written file has. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
