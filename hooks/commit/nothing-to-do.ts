import { existsSync } from "node:fs";
import path from "node:path";
import { suspectedRules } from "../../findings/prefilter/prefilter.ts";
import { readHeadAndBlobs } from "../../git/objects/commit.ts";
import { changedEntries, changedEntriesIn } from "../../git/index/entries.ts";
import { ongoingOperation } from "../../git/repository/operation.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import { gitFolder } from "../../git/repository/git-folder.ts";
import { openHookRepository, type Repository } from "../../git/repository/open.ts";
import type { GitContext } from "../../git/run.ts";
import { isFormattable, LINT_STAGED } from "./formattable.ts";
import { SETTINGS_FILE } from "../rules/gate-files.ts";
import { indexState, leaveProof, withdrawProof } from "./judged-index.ts";
import { mayFeedSecret } from "../kustomize/kustomizations.ts";
import type { Begun } from "./pre-commit.ts";
import { takeSeenIndex } from "./seen-index.ts";
import { changesRules, judgedPathsOf, readStaged, type StagedFile } from "./staged.ts";
import { surroundingFiles, surroundingPaths } from "../rules/surrounding-files.ts";
import { takenByRule } from "./taken-by-rule.ts";
import { isPlainLink, isUnsuspicious } from "../unsuspicious.ts";

/** What the look at a commit came to. */
export interface Look {
  /** Nothing that is about to be committed is for the gate. */
  readonly nothingToDo: boolean;
  /** What was read on the way, for the whole gate; null where that has to begin by itself. */
  readonly begun: Begun | null;
}

const UNKNOWN: Look = { nothingToDo: false, begun: null };

/**
 * The gate's short way. It sees what {@link preCommit} sees and leaves the same proof. Whatever takes
 * more than a look to tell, an error included, it leaves to that.
 *
 * @param seenBy number of the shell that has asked git already: see seen-index.ts
 */
export async function lookAtCommit(context: GitContext, seenBy?: string): Promise<Look> {
  try {
    const opened = await openHookRepository(context);
    const seen = seenBy === undefined ? null : takeSeenIndex(opened, seenBy, makeReady);
    const repository: Repository = { ...opened, blocks: true, waiting: seen?.waiting };
    const folder = gitFolder(repository);
    if (folder === null || ongoingOperation(repository, folder) !== null) return UNKNOWN;
    if (withdrawProof(repository)) return UNKNOWN;
    const judged = seen === null ? indexState(repository) : seen.judged;
    const changes =
      seen === null
        ? await changedEntries(repository)
        : await changedEntriesIn(repository, seen.fields);
    const around = surroundingPaths(changes.changed.map(({ path: name }) => name));
    if (around.some(cannotBeAsked)) return UNKNOWN;
    const staged = await readStaged(repository, "maybe", { changes, alsoRead: around });
    let { indexed } = staged;
    if (staged.isAmend) {
      const more = surroundingPaths(judgedPathsOf(staged));
      if (more.some(cannotBeAsked)) return UNKNOWN;
      ({ indexed } = await readHeadAndBlobs(repository, [], more));
    }
    const surrounding = surroundingFiles(indexed);
    const isTaken = await takenByRule(surrounding.ruleFiles);
    const mayFormat = existsSync(path.join(repository.cwd, LINT_STAGED));
    const isFine = (file: StagedFile) => {
      const { path: name } = file.entry;
      return (
        name !== SETTINGS_FILE &&
        !(mayFormat && isFormattable(pathText(name))) &&
        !mayFeedSecret(name, surrounding.kustomizations) &&
        isUnsuspicious(file, isTaken)
      );
    };
    const isNothing =
      staged.files.every(isFine) && staged.links.every(isPlainLink) && !changesRules(staged);
    if (!isNothing) {
      return { nothingToDo: false, begun: { repository: opened, judged, staged, surrounding } };
    }
    const isStill = leaveProof(repository, staged.head, staged.isAmend, judged);
    return isStill ? { nothingToDo: true, begun: null } : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

/** The search for keywords is made when it is used first. */
function makeReady(): void {
  suspectedRules("", Buffer.alloc(0));
}

/** `git cat-file --batch` takes a path a line. */
function cannotBeAsked(name: GitPath): boolean {
  return name.includes("\n");
}
