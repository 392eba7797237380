import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { FluxMap } from "../../flux/flux-map.ts";
import { folderOf } from "../../flux/repository-files.ts";
import { fluxError, type FluxFinding } from "./finding.ts";

/**
 * A Flux Kustomization in a file that kustomize takes for its own: what builds the folder, fails. Also
 * where nobody is seen to apply it, if it stands in the very folder that it is to build.
 */
export function objectsAsKustomizations(
  { kustomizations }: FluxMap,
  running: readonly FluxKustomization[],
): FluxFinding[] {
  const ownFolder = kustomizations.filter(
    ({ file, source }) => source.kind === "this-repository" && source.folder === folderOf(file),
  );
  const shown = running.filter(({ reason }) => reason !== "alone");
  return [...shown, ...ownFolder]
    .flatMap(({ isSuspended, problems }) => (isSuspended ? [] : problems))
    .filter(({ kind }) => kind === "flux-object-as-kustomization")
    .map(({ file, line }) =>
      fluxError(
        { path: file, line, about: [] },
        "it holds an object of Flux, and kustomize takes a file of this name for its own settings: Flux refuses to build the folder",
        "give the file another name, and put a kustomization.yaml with apiVersion kustomize.config.k8s.io/v1beta1 in its place",
      ),
    );
}
