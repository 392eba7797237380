import type { CreationRule } from "../sops/creation-rules.ts";
import { formatOf } from "../sops/format.ts";
import { singlesOut } from "./asked-for.ts";
import { isAmongSecrets, isSample } from "./file-kind.ts";
import type { Finding } from "./finding.ts";
import { holdsSecret } from "./secret-source.ts";
import { shownFile } from "./wording.ts";

/** A new file that is not going to be encrypted. */
export interface ReadableFile {
  /** Repository-relative. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The creation rule that takes it, or null. */
  readonly rule: CreationRule | null;
  /** The path below the folder of the rule's file. */
  readonly below: string;
}

/**
 * What is found: a new file that no gate will encrypt, as it is no YAML and its name does not say that it is
 * to be, in a folder of secrets, or singled out by a creation rule. A warning, since a readable file may be
 * meant to lie there.
 *
 * @param isTaken whether a creation rule takes a path
 * @returns null where there is nothing to hide in it
 */
export function leftReadable(
  { path, bytes, rule, below }: ReadableFile,
  isTaken: (path: string) => boolean,
): Finding | null {
  if (!holdsSecret(bytes, { key: "", value: path })) return null;
  const to = path.replace(/(\.[^./]+)?$/, (ending) => `.sops${ending === "" ? ".txt" : ending}`);
  if (isAmongSecrets(path) && isTaken(to)) {
    return warning(
      `it lies in a folder of secrets and stays readable: only YAML is encrypted there, and what has .sops. in its name, as ${shownFile(to)}`,
      { kind: "rename", to },
    );
  }
  if (rule === null || !isOfKeys(path) || isSample(path) || !singlesOut(rule, below)) return null;
  const tool = rule.foreign.length > 0 ? "sops" : "npx flux-sops";
  return warning(
    `it stays readable, though the creation rule in line ${rule.line} of .sops.yaml is for it: without .sops. in its name, a new file is encrypted if it is YAML`,
    { kind: "on-file", commands: [`${tool} encrypt --in-place FILE`, "git add -- FILE"] },
  );
}

/** JSON, dotenv or INI. */
function isOfKeys(path: string): boolean {
  const format = formatOf(path);
  return format !== "yaml" && format !== "binary";
}

function warning(message: string, mend: Finding["mend"]): Finding {
  return { rule: "sops-rule", severity: "warning", line: null, message, mend };
}
