import { ongoingOperation, type Operation } from "../git/operation.ts";
import { openHookRepository, type Repository } from "../git/repository.ts";
import type { GitContext } from "../git/run.ts";
import { inspectStaged, type FileFinding, type Inspection } from "./inspect-staged.ts";
import {
  gitFolder,
  indexState,
  leaveProof,
  withdrawProof,
  type IndexState,
} from "./judged-index.ts";
import type { Stored } from "./replace-staged.ts";
import { readStaged, type Staged } from "./staged.ts";

/** What the gate did, for the words that tell it. */
export interface PreCommitResult {
  readonly repository: Repository;
  /** Errors refuse the commit; nothing was changed then. */
  readonly findings: readonly FileFinding[];
  readonly stored: readonly Stored[];
  /** What git is in the middle of. */
  readonly operation: Operation | null;
  /** What lint-staged said, where it failed: that refuses the commit. */
  readonly failedFormatting: string | null;
  /** Why a staged file that is one to format was not; null where none is, or it was. */
  readonly unformatted: string | null;
}

/** What {@link preCommit} begins with, where a look has read it already. */
export interface Begun {
  readonly repository: Repository;
  /** Taken before the index was read. */
  readonly judged: IndexState;
  /** git is in the middle of nothing. */
  readonly staged: Staged;
}

/**
 * The gate: reads the index, judges what is staged, encrypts what is to be encrypted, or refuses.
 * When HEAD is being amended, or may be, its own changes are judged and encrypted too. What passed
 * is noted for the hooks that follow.
 *
 * @throws GitError, WorktreeError, BrokenRulesError: the environment is broken; nothing was changed.
 */
export async function preCommit(
  context: GitContext,
  begun: Begun | null = null,
): Promise<PreCommitResult> {
  const repository = begun?.repository ?? (await openHookRepository(context));
  const folder = gitFolder(repository);
  const operation = folder === null ? null : ongoingOperation(folder);
  const nothingDone = {
    repository,
    stored: [],
    operation,
    failedFormatting: null,
    unformatted: null,
  };
  if (begun === null && withdrawProof(repository)) {
    const { completeInterrupted } = await import("./complete-interrupted.ts");
    await completeInterrupted(repository);
  }
  let judged = begun?.judged ?? indexState(repository);
  const read = () => readStaged(repository, canAmend(operation) ? "maybe" : false);
  let staged = begun?.staged ?? (await read());
  const inspect = () => inspectStaged(repository, staged, { mayResign: operation === null });
  let inspection = await inspect();
  let unformatted: string | null = null;
  if (operation === null && !isRefused(inspection)) {
    const { formatStaged } = await import("./format-staged.ts");
    const formatting = await formatStaged(repository, staged, inspection.contents.length > 0);
    if (formatting.kind === "failed") {
      const { output } = formatting;
      return { ...nothingDone, findings: [], failedFormatting: output };
    }
    if (formatting.kind === "skipped") unformatted = formatting.why;
    if (formatting.kind === "formatted") {
      judged = indexState(repository);
      staged = await read();
      inspection = await inspect();
    }
  }
  const findings =
    operation === null ? inspection.findings : await forgivingOldErrors(repository, inspection);
  if (findings.some(({ severity }) => severity === "error")) {
    return { ...nothingDone, findings };
  }
  let stored: Stored[] = [];
  if (inspection.contents.length > 0) {
    const { replaceStaged } = await import("./replace-staged.ts");
    stored = await replaceStaged(repository, inspection.contents);
    judged = indexState(repository);
  }
  leaveProof(repository, staged.head, staged.isAmend, judged);
  return { ...nothingDone, findings, stored, unformatted };
}

function isRefused({ findings }: Inspection): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** In the middle of these git refuses to amend. */
function canAmend(operation: Operation | null): boolean {
  const kind = operation?.kind;
  return kind !== "merge" && kind !== "cherry-pick" && kind !== "revert";
}

/** Or nobody could conclude a merge of a branch that has a past. */
async function forgivingOldErrors(
  repository: Repository,
  inspection: Inspection,
): Promise<FileFinding[]> {
  if (!inspection.findings.some(({ severity }) => severity === "error")) {
    return [...inspection.findings];
  }
  const { sortByRemotes } = await import("./held-by-remotes.ts");
  const { errors, warnings } = await sortByRemotes(repository, { ...inspection, contents: [] });
  return [...errors, ...warnings];
}
