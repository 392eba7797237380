import { existsSync } from "node:fs";
import path from "node:path";
import { readHeadAndBlobs } from "../git/commit-object.ts";
import { changedEntries } from "../git/index-entries.ts";
import { ongoingOperation } from "../git/operation.ts";
import { pathText, type GitPath } from "../git/path.ts";
import { openHookRepository, type Repository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { isFormattable, LINT_STAGED } from "./formattable.ts";
import { SETTINGS_FILE } from "./gate-files.ts";
import { gitFolder, indexState, leaveProof, withdrawProof } from "./judged-index.ts";
import { mayFeedSecret } from "./kustomizations.ts";
import { pathsOf, readStaged, type StagedFile } from "./staged.ts";
import { surroundingFiles, surroundingPaths } from "./surrounding-files.ts";
import { takenByRule } from "./taken-by-rule.ts";
import { isPlainLink, isUnsuspicious } from "./unsuspicious.ts";

/**
 * The gate's short way: whether nothing that is about to be committed is for it. It sees what
 * {@link preCommit} sees, leaves the same proof, and answers no whenever it takes more than a look to
 * tell, an error included: then the whole gate begins anew.
 */
export async function nothingToDo(context: GitContext): Promise<boolean> {
  try {
    const repository: Repository = { ...(await openHookRepository(context)), blocks: true };
    const folder = gitFolder(repository);
    if (folder === null || ongoingOperation(folder) !== null) return false;
    if (withdrawProof(repository)) return false;
    const judged = indexState(repository);
    const changes = await changedEntries(repository);
    const around = surroundingPaths(changes.changed.map(({ path: name }) => name));
    if (around.some(cannotBeAsked)) return false;
    const staged = await readStaged(repository, "maybe", { changes, alsoRead: around });
    let { indexed } = staged;
    if (staged.isAmend) {
      const more = surroundingPaths(pathsOf(staged));
      if (more.some(cannotBeAsked)) return false;
      ({ indexed } = await readHeadAndBlobs(repository, [], more));
    }
    const { ruleFiles, kustomizations } = surroundingFiles(indexed);
    const isTaken = await takenByRule(ruleFiles);
    const mayFormat = existsSync(path.join(repository.cwd, LINT_STAGED));
    const isFine = (file: StagedFile) => {
      const { path: name } = file.entry;
      return (
        name !== SETTINGS_FILE &&
        !(mayFormat && isFormattable(pathText(name))) &&
        !mayFeedSecret(name, kustomizations) &&
        isUnsuspicious(file, isTaken)
      );
    };
    if (!staged.files.every(isFine) || !staged.links.every(isPlainLink)) return false;
    return leaveProof(repository, staged.head, staged.isAmend, judged);
  } catch {
    return false;
  }
}

/** `git cat-file --batch` takes a path a line. */
function cannotBeAsked(name: GitPath): boolean {
  return name.includes("\n");
}
