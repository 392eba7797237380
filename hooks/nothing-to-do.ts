import { existsSync } from "node:fs";
import path from "node:path";
import { ongoingOperation } from "../git/operation.ts";
import { pathText } from "../git/path.ts";
import { openHookRepository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { isFormattable, LINT_STAGED } from "./formattable.ts";
import { SETTINGS_FILE } from "./gate-files.ts";
import { gitFolder, indexState, leaveProof, withdrawProof } from "./judged-index.ts";
import { mayFeedSecret } from "./kustomizations.ts";
import { pathsOf, readStaged, type StagedFile } from "./staged.ts";
import { stagedSurroundings } from "./staged-surroundings.ts";
import { isUnsuspicious } from "./unsuspicious.ts";

/**
 * The gate's short way: whether nothing that is about to be committed is for it. It sees what
 * {@link preCommit} sees, leaves the same proof, and answers no whenever it takes more than a look to
 * tell, an error included: then the whole gate begins anew.
 */
export async function nothingToDo(context: GitContext): Promise<boolean> {
  try {
    const repository = await openHookRepository(context);
    const folder = gitFolder(repository);
    if (folder === null || ongoingOperation(folder) !== null) return false;
    if (withdrawProof(repository)) return false;
    const judged = indexState(repository);
    const staged = await readStaged(repository, "maybe");
    const { rules, kustomizations } = await stagedSurroundings(repository, pathsOf(staged));
    const mayFormat = existsSync(path.join(repository.cwd, LINT_STAGED));
    // Least work first: the last one is the only one that reads creation rules.
    const isFine = (file: StagedFile) => {
      const { path: name } = file.entry;
      return (
        name !== SETTINGS_FILE &&
        !(mayFormat && isFormattable(pathText(name))) &&
        !mayFeedSecret(name, kustomizations) &&
        isUnsuspicious(file, rules)
      );
    };
    if (!staged.files.every(isFine)) return false;
    leaveProof(repository, staged.head, staged.isAmend, judged);
    return true;
  } catch {
    return false;
  }
}
