import type { FluxKustomization } from "../../flux/flux-kustomization.ts";
import type { Problem } from "../../flux/problem.ts";
import {
  FileTree,
  folderOf,
  pathFrom,
  sourceFolder,
  type RepositoryFiles,
} from "../../flux/repository-files.ts";
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
  const problems = running
    .filter(({ reason }) => reason !== "alone")
    .flatMap((one) => one.problems.filter(({ kind }) => MISSING[kind] !== undefined));
  if (problems.length === 0) return [];
  const tree = new FileTree(paths);
  if (tree.isFile(".gitmodules")) return [];
  return problems.flatMap((problem) => {
    const { kind, file, about } = problem;
    if (kind === "missing-resource") {
      const path = pathFrom(folderOf(file), about);
      const isHere = path !== null && (tree.isFile(path) || tree.isFolder(path));
      return isHere ? findingOf(problem, KEPT) : findingOf(problem);
    }
    // If .sourceignore leaves out all that is in a folder, Flux still gets the folder.
    return tree.isFolder(sourceFolder(about)) ? [] : findingOf(problem);
  });
}

function findingOf({ kind, file, line, about }: Problem, words = MISSING[kind]): FluxFinding[] {
  if (words === undefined) return [];
  const [message, what] = words;
  return [fluxWarning({ path: file, line, about: [] }, message(shownFile(about)), what)];
}

type Words = readonly [message: (about: string) => string, what: string];

/** Flux's own list has images, archives and what CI reads. */
const KEPT: Words = [
  (about) =>
    `it names ${about}, which .sourceignore, or Flux's own list, keeps from Flux: it refuses to build the folder`,
  "take it back in .sourceignore at the top, with ! before its path, or take its name out",
];

const MISSING: Partial<Record<Problem["kind"], Words>> = {
  "missing-path": [
    (about) => `its spec.path is ${about}, and there is no such folder: Flux builds nothing of it`,
    "correct spec.path, or git add what belongs into the folder",
  ],
  "missing-resource": [
    (about) => `it names ${about}, which is not there: Flux refuses to build the folder`,
    "git add the file or folder, or take its name out",
  ],
};
