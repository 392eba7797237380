import { displayPath, type GitPath } from "../git/path.ts";
import { counted } from "../hooks/words.ts";

/** What to do about files that are {@link inConflict}. */
export const RESOLVE_FIRST = "resolve the conflict, then git add what came of it";

/**
 * A sentence on files of which a merge has left the sides in the index: what is to be staged of them is not known yet.
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
