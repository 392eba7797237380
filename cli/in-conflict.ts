import type { IndexEntry } from "../git/index/entries.ts";
import { displayPath, type GitPath } from "../git/path.ts";
import { counted } from "../hooks/words.ts";
import { complain } from "./terminal/complain.ts";

/** What to do about files that are {@link inConflict}. */
export const RESOLVE_FIRST = "resolve the conflict, then git add what came of it";

/**
 * A sentence about files in conflict: the index has the sides of a merge, and not yet what will come of
 * them.
 *
 * @returns without its full stop; null where there are no such files.
 */
export function inConflict(paths: readonly GitPath[]): string | null {
  const [first, ...others] = new Set(paths.map(displayPath));
  if (first === undefined) return null;
  const which =
    others.length === 0
      ? `${first} is`
      : `${first} and ${counted(others.length, "other file")} are`;
  return `${which} in conflict, and not looked at`;
}

/** Says of files in conflict, where there are any, that what was printed is without them. */
export function complainOfConflicts(paths: readonly GitPath[]): void {
  const untold = inConflict(paths);
  if (untold !== null) complain(`${untold}: ${RESOLVE_FIRST}`);
}

/** The paths of entries of which a merge has left the sides, once for each side. */
export function pathsInConflict(entries: readonly IndexEntry[]): GitPath[] {
  return entries.filter(({ stage }) => stage > 0).map(({ path }) => path);
}
