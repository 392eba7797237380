import type { Finding } from "../../findings/finding.ts";
import { utf8Bytes } from "../../findings/candidate/text.ts";
import { pathsNamedBy, readKustomizationFile } from "../../flux/kustomization-file.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import { isAbove, type Kustomization } from "./kustomizations.ts";

/**
 * Says with each finding that is mended by another name which kustomizations list the old one: Flux builds
 * nothing of a folder where a file is missing.
 *
 * @param kustomizations those in the folders of the files and above
 */
export function withListings<F extends Finding & { readonly path: GitPath }>(
  findings: readonly F[],
  kustomizations: readonly Kustomization[],
): F[] {
  const named = new Map<Kustomization, readonly string[]>();
  const namedBy = (one: Kustomization) => {
    const known = named.get(one) ?? pathsOf(one);
    named.set(one, known);
    return known;
  };
  return findings.map((finding) => {
    const { path, mend } = finding;
    if (mend.kind !== "rename" && !("orUnderARule" in mend && mend.orUnderARule)) return finding;
    const listedIn = kustomizations
      .filter((one) => isAbove(one, path) && namedBy(one).includes(pathText(path)))
      .map((one) => pathText(one.path));
    return listedIn.length === 0 ? finding : { ...finding, listedIn };
  });
}

function pathsOf({ path, bytes }: Kustomization): string[] {
  return pathsNamedBy(readKustomizationFile(pathText(path), utf8Bytes(bytes)));
}
