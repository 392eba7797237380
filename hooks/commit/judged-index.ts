import { existsSync, linkSync, mkdirSync, readdirSync, statSync, unlinkSync } from "node:fs";
import path from "node:path";
import type { Commit } from "../../git/objects/commit.ts";
import type { Repository } from "../../git/repository/open.ts";
import { ownFolder } from "./own-folder.ts";

/**
 * How the hooks that follow pre-commit know that it has judged what is being committed: a second
 * name (hard link) of the index file it judged, in the git folder, which tells on top of which HEAD.
 * git never writes into an index file, it puts a new one in its place; so the two names are one file
 * only as long as nothing was staged, picked or merged since, however a commit ended. The shell of
 * `.husky/prepare-commit-msg` compares them with `-ef`, without starting anything.
 *
 * @returns `amended-…` when HEAD's own changes were judged too: only that lets an amended commit pass
 */
function proofName(head: Commit | null, isAmend: boolean): string {
  return `${isAmend ? "amended" : "judged"}-${head?.oid ?? "unborn"}`;
}

/**
 * Which index file is there now. Its inode number alone is not enough: one that is gone may be used
 * again.
 */
export type IndexState = {
  readonly dev: number;
  readonly ino: number;
  readonly mtimeMs: number;
} | null;

/** To be taken before the index is read. */
export function indexState({ indexFile }: Repository): IndexState {
  return statSync(indexFile, { throwIfNoEntry: false }) ?? null;
}

/**
 * Removes every proof that is there.
 *
 * @returns whether a commit was killed here: see replacement-journal.ts
 */
export function withdrawProof(repository: Repository): boolean {
  const folder = ownFolder(repository);
  if (folder === null) return false;
  let wasKilled = false;
  for (const name of namesIn(folder)) {
    if (name.startsWith("replacing-")) wasKilled = true;
    if (/^(?:(?:judged|amended|seen)-|told$)/.test(name) || isOldPipe(path.join(folder, name)))
      ignoringErrors(() => {
        unlinkSync(path.join(folder, name));
      });
  }
  return wasKilled;
}

/** Milliseconds: no commit waits that long for node to start. */
const AN_HOUR = 3_600_000;

/**
 * A pipe that a killed commit has left. A newer one may be in use: git waits at it (waiting-batch.ts).
 */
function isOldPipe(name: string): boolean {
  return (
    path.basename(name).startsWith("ask-") &&
    Date.now() - (statSync(name, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > AN_HOUR
  );
}

/**
 * Leaves the proof that the index was judged. Where that fails (a file system without hard links),
 * there is none, and the next hook judges again.
 *
 * @param expected the index file that was judged; when another is in its place by now, no proof is
 *   left.
 * @returns false when another was: somebody staged something meanwhile
 */
export function leaveProof(
  repository: Repository,
  head: Commit | null,
  isAmend: boolean,
  expected: IndexState,
): boolean {
  const folder = ownFolder(repository);
  if (folder !== null && expected !== null) {
    ignoringErrors(() => {
      mkdirSync(folder, { recursive: true });
      const proof = path.join(folder, proofName(head, isAmend));
      linkSync(repository.indexFile, proof);
      if (!isSame(statSync(proof), expected)) unlinkSync(proof);
    });
  }
  const now = indexState(repository);
  return now === null || expected === null ? now === expected : isSame(now, expected);
}

/** Whether this index was judged on top of this HEAD. */
export function isProven(repository: Repository, head: Commit | null, isAmend: boolean): boolean {
  const folder = ownFolder(repository);
  if (folder === null) return false;
  const now = indexState(repository);
  const proof = stateOf(path.join(folder, proofName(head, isAmend)));
  return now !== null && proof !== null && isSame(proof, now);
}

/** Null also if the folder belongs to another user, who has committed here, and cannot be read. */
function stateOf(proof: string): IndexState {
  try {
    return statSync(proof);
  } catch {
    return null;
  }
}

/**
 * The index files that pre-commit has passed on top of this HEAD, whether this is one of them or not.
 */
export function proofs(repository: Repository, head: Commit | null): string[] {
  const folder = ownFolder(repository);
  if (folder === null) return [];
  return [true, false]
    .map((isAmend) => path.join(folder, proofName(head, isAmend)))
    .filter((proof) => existsSync(proof));
}

/** Whether two looks saw one and the same index file. */
export function isSame(a: NonNullable<IndexState>, b: NonNullable<IndexState>): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.mtimeMs === b.mtimeMs;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function ignoringErrors(action: () => void): void {
  try {
    action();
  } catch {
    // Without a proof the next hook judges again: slower, never wrong.
  }
}
