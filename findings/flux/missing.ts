import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { Problem } from "../../flux/problem.ts";
import { sourceFolder, type RepositoryFiles } from "../../flux/repository-files.ts";
import { fluxWarning, type FluxFinding } from "./finding.ts";
import { shownFile } from "../wording.ts";

/**
 * What Flux is to build, and is not there: it refuses the whole folder, and leaves everything in it as it was. A
 * warning, since somebody may bring it by another way; so not where there are submodules.
 *
 * @param running those that Flux has
 */
export function missingInBuilds(
  { paths }: RepositoryFiles,
  running: readonly FluxKustomization[],
): FluxFinding[] {
  const all = [...paths];
  if (all.includes(".gitmodules")) return [];
  // Of a folder that .sourceignore empties, Flux gets the folder.
  const isEmptied = ({ kind, about }: Problem) =>
    kind === "missing-path" && all.some((path) => path.startsWith(`${sourceFolder(about)}/`));
  return running
    .filter(({ reason }) => reason !== "alone")
    .flatMap(({ problems }) => problems.filter((problem) => !isEmptied(problem)))
    .flatMap((problem) => findingOf(problem) ?? []);
}

function findingOf({ kind, file, line, about }: Problem): FluxFinding | null {
  const words = MISSING[kind];
  if (words === undefined) return null;
  const [message, what] = words;
  return fluxWarning({ path: file, line, about: [] }, message(shownFile(about)), what);
}

const MISSING: Partial<
  Record<Problem["kind"], readonly [message: (about: string) => string, what: string]>
> = {
  "missing-path": [
    (about) => `its spec.path is ${about}, and there is no such folder: Flux builds nothing of it`,
    "correct spec.path, or git add what belongs into the folder",
  ],
  "missing-resource": [
    (about) => `it names ${about}, which is not there: Flux refuses to build the folder`,
    "git add the file or folder, or take its name out",
  ],
};
