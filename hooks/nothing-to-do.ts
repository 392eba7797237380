import { existsSync } from "node:fs";
import path from "node:path";
import { readBlobMap } from "../git/blobs.ts";
import { changedEntries, indexEntries } from "../git/index-entries.ts";
import { ongoingOperation } from "../git/operation.ts";
import { pathText, type GitPath } from "../git/path.ts";
import { openHookRepository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { isFormattable, LINT_STAGED } from "./formattable.ts";
import { SETTINGS_FILE } from "./gate-files.ts";
import { gitFolder, indexState, leaveProof, withdrawProof } from "./judged-index.ts";
import { mayFeedSecret } from "./kustomizations.ts";
import { pathsOf, readStaged, type StagedFile } from "./staged.ts";
import { surroundingEntries, surroundingFiles } from "./surrounding-files.ts";
import { takenByRule } from "./taken-by-rule.ts";
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
    const [changes, index] = await Promise.all([
      changedEntries(repository),
      indexEntries(repository),
    ]);
    const entriesAbove = (paths: readonly GitPath[]) => surroundingEntries(index, paths);
    const alsoRead = entriesAbove(changes.changed.map(({ path: name }) => name)).map(
      ({ oid }) => oid,
    );
    const staged = await readStaged(repository, "maybe", { changes, alsoRead });
    const above = entriesAbove(pathsOf(staged));
    const blobs = staged.isAmend
      ? await readBlobMap(
          repository,
          above.map(({ oid }) => oid),
        )
      : staged.blobs;
    const { ruleFiles, kustomizations } = surroundingFiles(above, blobs);
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
    if (!staged.files.every(isFine)) return false;
    leaveProof(repository, staged.head, staged.isAmend, judged);
    return true;
  } catch {
    return false;
  }
}
