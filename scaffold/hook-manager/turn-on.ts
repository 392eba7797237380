import { joinFolder } from "./join-folder.ts";
import type { HookManager } from "./find.ts";
import type { HooksState } from "./hooks-state.ts";
import { isAtWork, joinedByHand } from "./other-program.ts";
import { PRE_COMMIT_TYPES } from "./pre-commit.ts";
import { runHusky } from "./run-husky.ts";

/**
 * Turns the hooks on for this clone. Where husky runs them, it is as if `npm install` ran `prepare`:
 * husky itself writes its stubs and points `core.hooksPath` there. Hooks of somebody else that are
 * at work are never switched off.
 *
 * @param directory the top of a git worktree.
 * @param mayWrite whether hooks may be added to a folder of hooks; without it, it is only looked at.
 */
export async function turnHooksOn(
  directory: string,
  manager: HookManager,
  mayWrite = true,
): Promise<HooksState> {
  switch (manager.kind) {
    case "husky":
      return runHusky(directory, manager.folder);
    case "lefthook":
      // It adds what its configuration names beside this one by itself.
      return isAtWork(directory, manager, ["pre-commit"], "run lefthook install");
    case "pre-commit":
      return isAtWork(
        directory,
        manager,
        PRE_COMMIT_TYPES,
        `run pre-commit install ${PRE_COMMIT_TYPES.map((type) => `-t ${type}`).join(" ")}`,
      );
    case "other":
      return joinedByHand(directory, manager);
    case "folder":
      return joinFolder(manager, mayWrite);
  }
}
