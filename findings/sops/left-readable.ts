import { isAmongSecrets } from "../candidate/file-kind.ts";
import type { Finding } from "../finding.ts";
import { holdsSecret } from "../secret-source.ts";
import { shownFile } from "../wording.ts";

/**
 * What is found: a new file in a folder of secrets that no gate will encrypt, as it is of no format with keys, or no
 * rule asks for it, and its name does not say that it is to be. A warning, since a readable file may be meant to lie there.
 *
 * @param path repository-relative
 * @param isTaken whether a creation rule takes a path
 * @returns null where there is nothing to hide in it
 */
export function leftReadable(
  path: string,
  bytes: Uint8Array,
  isTaken: (path: string) => boolean,
): Finding | null {
  if (!holdsSecret(bytes, { key: "", value: path })) return null;
  const to = path.replace(/(\.[^./]+)?$/, (ending) => `.sops${ending === "" ? ".txt" : ending}`);
  if (!isAmongSecrets(path) || !isTaken(to)) return null;
  return {
    rule: "sops-rule",
    severity: "warning",
    line: null,
    message: `it lies in a folder of secrets and stays readable: git commit encrypts it where it has .sops. in its name, as ${shownFile(to)}`,
    mend: { kind: "rename", to },
  };
}
