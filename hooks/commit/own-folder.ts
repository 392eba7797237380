import path from "node:path";
import { gitFolder } from "../../git/repository/git-folder.ts";
import type { Repository } from "../../git/repository/open.ts";

/** Where the hooks leave each other word, in this worktree's git folder; null where that is not known. */
export function ownFolder(repository: Repository): string | null {
  const folder = gitFolder(repository);
  return folder === null ? null : path.join(folder, "flux-sops");
}
