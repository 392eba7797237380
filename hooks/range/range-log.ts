import { kindOfFile } from "../../findings/candidate/file-kind.ts";
import { isKustomizationFile } from "../../flux/repository-files.ts";
import { HistoryLog } from "../../git/history/log.ts";
import type { Range } from "../../git/history/range.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { GitContext } from "../../git/run.ts";
import { isTellingName } from "../history/inspect-past.ts";

/** What the commits of a range tell of the contents that are new in it. */
export interface RangeLog {
  /** Read to its end. */
  readonly log: HistoryLog;
  /** Where they put the contents. */
  readonly brought: ReadonlySet<GitPath>;
  /** The names of a content beside the one that is known. */
  readonly otherNames: ReadonlyMap<string, ReadonlySet<GitPath>>;
  /** Kustomizations that changed or went. */
  readonly kustomizations: ReadonlySet<GitPath>;
}

/**
 * Reads the log of a range: one call to git.
 *
 * @param blobs the contents that are new in it, each with one of its names
 * @throws GitError
 */
export async function readRangeLog(
  context: GitContext,
  range: Range,
  blobs: ReadonlyMap<string, GitPath>,
): Promise<RangeLog> {
  const log = new HistoryLog(context, range);
  const brought = new Set<GitPath>();
  const otherNames = new Map<string, Set<GitPath>>();
  const kustomizations = new Set<GitPath>();
  await log.read((commits) => {
    for (const { files, removed } of commits) {
      for (const { oid, path } of files) {
        if (isKustomizationFile(path)) kustomizations.add(path);
        const known = blobs.get(oid);
        if (known === undefined) continue;
        brought.add(path);
        if (path === known) continue;
        otherNames.set(oid, (otherNames.get(oid) ?? new Set()).add(path));
      }
      for (const path of removed) if (isKustomizationFile(path)) kustomizations.add(path);
    }
  });
  return { log, brought, otherNames, kustomizations };
}

/**
 * Of some contents the names of other kinds than the known one, one of each kind: what was a Secret may be a sample
 * by its last name.
 *
 * @param suspects those with a keyword; of others, only a telling name makes a difference
 */
export function ofOtherKinds(
  otherNames: RangeLog["otherNames"],
  blobs: ReadonlyMap<string, GitPath>,
  suspects: ReadonlySet<string>,
): { readonly oid: string; readonly path: GitPath }[] {
  return [...otherNames].flatMap(([oid, paths]) => {
    const byKind = new Map<string, GitPath>();
    for (const path of paths) {
      const name = pathText(path);
      if (suspects.has(oid) || isTellingName(name)) byKind.set(kindOfFile(name), path);
    }
    byKind.delete(kindOfFile(pathText(blobs.get(oid) ?? ("" as GitPath))));
    return [...byKind.values()].map((path) => ({ oid, path }));
  });
}
