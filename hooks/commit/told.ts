import { mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Repository } from "../../git/repository/open.ts";
import { ownFolder } from "./own-folder.ts";

/**
 * How post-rewrite knows that prepare-commit-msg has told of an amended commit. git says `commit HEAD` to the one
 * for `commit -C HEAD` too, after which the other is not asked: so the first one tells.
 */
const NOTE = "told";

/** Leaves word. Where that fails, it is told twice. */
export function noteTold(repository: Repository): void {
  const folder = ownFolder(repository);
  if (folder === null) return;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, NOTE), "");
  } catch {
    // Told twice is not too much.
  }
}

/**
 * Each commit begins with this: a note may be left from one that came to nothing.
 *
 * @returns whether there was word
 */
export function forgetTold(repository: Repository): boolean {
  const folder = ownFolder(repository);
  if (folder === null) return false;
  try {
    unlinkSync(path.join(folder, NOTE));
    return true;
  } catch {
    return false;
  }
}
