import { GitError } from "../../git/errors.ts";
import { changedEntries } from "../../git/index/entries.ts";
import { ongoingOperation, type Operation } from "../../git/repository/operation.ts";
import { gitFolder } from "../../git/repository/git-folder.ts";
import { openHookRepository, type Repository } from "../../git/repository/open.ts";
import type { GitContext } from "../../git/run.ts";
import type { FileFinding } from "./file-finding.ts";
import { inspectStaged, type Inspection } from "./inspect-staged.ts";
import { indexState, leaveProof, withdrawProof, type IndexState } from "./judged-index.ts";
import type { Stored } from "./replace-staged.ts";
import { readStaged, type Staged } from "./staged.ts";
import type { SurroundingFiles } from "../rules/surrounding-files.ts";

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

/** Something failed after files had been encrypted: they are right, and staged. */
export class FailedAfterEncrypting extends Error {
  override readonly name = "FailedAfterEncrypting";
  readonly repository: Repository;
  readonly stored: readonly Stored[];
  override readonly cause: unknown;

  constructor(repository: Repository, stored: readonly Stored[], cause: unknown) {
    super("files were encrypted before this");
    this.repository = repository;
    this.stored = stored;
    this.cause = cause;
  }
}

/** What {@link preCommit} begins with, where a look has read it already. */
export interface Begun {
  readonly repository: Repository;
  /** Taken before the index was read. */
  readonly judged: IndexState;
  /** git is in the middle of nothing. */
  readonly staged: Staged;
  /** In the folders of all that is staged and above. */
  readonly surrounding: SurroundingFiles;
}

/** How often it begins anew if somebody else stages something meanwhile. */
const ROUNDS = 3;

/**
 * The gate: reads the index, judges what is staged, encrypts what is to be encrypted, or refuses.
 * When HEAD is being amended, or may be, its own changes are judged and encrypted too. What passed
 * is noted for the hooks that follow. What an editor or another terminal stages meanwhile, git would
 * commit too: so that is judged as well.
 *
 * @throws GitError, WorktreeError, BrokenRulesError: the environment is broken; nothing was changed.
 *   FailedAfterEncrypting, with one of these as its cause
 */
export async function preCommit(
  context: GitContext,
  begun: Begun | null = null,
): Promise<PreCommitResult> {
  const repository = begun?.repository ?? (await openHookRepository(context));
  const folder = gitFolder(repository);
  const operation = folder === null ? null : ongoingOperation(repository, folder);
  if (begun === null && withdrawProof(repository)) {
    const { completeInterrupted } = await import("./complete-interrupted.ts");
    await completeInterrupted(repository);
  }
  const stored: Stored[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const result = await judgeIndex(repository, operation, stored, round === 0 ? begun : null);
      if (result !== null) return result;
    }
    throw new GitError(
      "entry-changed",
      "other files were staged while these were looked at: run the command again",
    );
  } catch (error) {
    throw stored.length === 0 ? error : new FailedAfterEncrypting(repository, stored, error);
  }
}

/**
 * Judges the index as it is, and encrypts.
 *
 * @param stored what was encrypted by now: more is added
 * @param begun what was read of it already
 * @returns null when the index is not what was judged any more
 */
async function judgeIndex(
  repository: Repository,
  operation: Operation | null,
  stored: Stored[],
  begun: Begun | null,
): Promise<PreCommitResult | null> {
  const result = {
    repository,
    findings: [],
    stored,
    operation,
    failedFormatting: null,
    unformatted: null,
  };
  let judged = begun?.judged ?? indexState(repository);
  const read = () => readStaged(repository, canAmend(operation) ? "maybe" : false);
  let staged = begun?.staged ?? (await read());
  const mayResign = operation === null;
  const surrounding = begun?.surrounding ?? null;
  let inspection = await inspectStaged(repository, staged, { mayResign, surrounding });
  let unformatted: string | null = null;
  if (operation === null && !isRefused(inspection)) {
    const { formatStaged } = await import("./format-staged.ts");
    const encrypts = stored.length + inspection.contents.length > 0;
    const formatting = await formatStaged(repository, staged, encrypts);
    if (formatting.kind === "failed") return { ...result, failedFormatting: formatting.output };
    if (formatting.kind === "skipped") unformatted = formatting.why;
    if (formatting.kind === "formatted") {
      judged = indexState(repository);
      staged = await read();
      inspection = await inspectStaged(repository, staged, { mayResign, surrounding: null });
    }
  }
  const findings =
    operation === null ? inspection.findings : await forgivingOldErrors(repository, inspection);
  if (findings.some(({ severity }) => severity === "error")) return { ...result, findings };
  const { head, isAmend } = staged;
  const passed = { ...result, findings, unformatted };
  let replaced: Stored[] = [];
  if (inspection.contents.length > 0) {
    const { replaceStaged } = await import("./replace-staged.ts");
    replaced = await replaceStaged(repository, inspection.contents);
    stored.push(...replaced);
  } else if (leaveProof(repository, head, isAmend, judged)) {
    return passed;
  }
  // The index has been written since, by this gate or another git: even git status does that.
  judged = indexState(repository);
  const holds = await holdsNothingElse(repository, staged, replaced);
  return holds && leaveProof(repository, head, isAmend, judged) ? passed : null;
}

/** Whether the index differs from HEAD only in what was judged, and in what was put in its place. */
async function holdsNothingElse(
  repository: Repository,
  { changed }: Staged,
  replaced: readonly Stored[],
): Promise<boolean> {
  const paths = new Set(replaced.map(({ entry }) => entry.path));
  const known = new Set([
    ...changed.filter(({ path }) => !paths.has(path)).map(({ path, oid }) => `${oid} ${path}`),
    ...replaced.map(({ entry, oid }) => `${oid} ${entry.path}`),
  ]);
  const now = await changedEntries({ ...repository, blocks: true });
  return now.changed.every(({ path, oid }) => known.has(`${oid} ${path}`));
}

function isRefused({ findings }: Inspection): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** In the middle of these git refuses to amend. */
function canAmend(operation: Operation | null): boolean {
  const kind = operation?.kind;
  return kind !== "merge" && kind !== "cherry-pick" && kind !== "revert";
}

/** Otherwise nobody could conclude the merge of a branch with old plaintext in it. */
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
