import type { KustomizationFile } from "../../flux/kustomization-file.ts";
import { fluxError, type FluxFinding } from "./finding.ts";

/**
 * An encrypted kustomization, or an encrypted file that one configures a build by: nobody decrypts such.
 *
 * @param kustomization what the file is read as; undefined where it is none
 * @param isEncrypted whether the file is, in any format
 */
export function inSettings(
  path: string,
  kustomization: KustomizationFile | undefined,
  isEncrypted: () => boolean,
): FluxFinding[] {
  if (kustomization === undefined) {
    if (!isEncrypted()) return [];
    return [
      fluxError(
        { path, line: null, about: [path] },
        "it is encrypted, and Flux decrypts no generator, transformer or other settings of a build: it applies the ciphertext, or refuses it",
        "decrypt it, and move the values into a file that a secretGenerator: or patches: of the kustomization names",
      ),
    ];
  }
  if (!kustomization.isEncrypted) return [];
  const [literal] = kustomization.generators.filter(({ field }) => field === "literals");
  return [
    fluxError(
      { path, line: literal?.line ?? null, about: [path] },
      literal === undefined
        ? "it is encrypted, and nobody decrypts a kustomization"
        : "it is encrypted, and nobody decrypts a kustomization: Flux makes Secrets of the ciphertext",
      "decrypt it, move the values into a file that git commit encrypts, and name that under envs: or files:",
    ),
  ];
}
