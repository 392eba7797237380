import { spawnSync } from "node:child_process";
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  unlinkSync,
} from "node:fs";
import path from "node:path";
import type { OpenedRepository } from "../repository/open.ts";

/**
 * Locks of the index that nobody holds any more. git keeps them as files, and one that was killed
 * leaves them behind; every later `git add` or `git commit` then fails.
 */
export interface LeftLocks {
  /** Names of files in the git folder, of this worktree. */
  readonly names: readonly string[];
  /** Whether a git is at work in this worktree, or may be: its locks must stay. */
  readonly mayBeHeld: boolean;
}

/** `index.lock` and `next-index-PID.lock` (git's builtin/commit.c), and the locks of these two. */
const LOCK = /^(?:index|next-index-\d+)\.lock(?:\.lock)?$/;

/** Looks for locks of the index, and for a git that may hold them. */
export function leftLocks({ gitDir, cwd }: OpenedRepository): LeftLocks {
  const names = readdirSync(gitDir).filter((name) => LOCK.test(name));
  return { names, mayBeHeld: names.length > 0 && isGitAtWork([cwd, gitDir]) };
}

/** Removes them; to be called only if nobody may hold them. */
export function removeLocks({ gitDir }: OpenedRepository, { names }: LeftLocks): void {
  for (const name of names) unlinkSync(path.join(gitDir, name));
}

/** git works in the top folder of the worktree, wherever it was started. */
function isGitAtWork(folders: readonly string[]): boolean {
  const places = new Set(folders.map((folder) => realpathSync(folder)));
  const found = gitFoldersByProc() ?? gitFoldersByLsof();
  return found === null || found.some((folder) => places.has(folder));
}

/** Where each git of this machine works; null where there is no /proc. */
function gitFoldersByProc(): string[] | null {
  if (statSync("/proc/self/cwd", { throwIfNoEntry: false }) === undefined) return null;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const name = readFileSync(`/proc/${pid}/comm`, "utf8");
        return name.startsWith("git") ? [readlinkSync(`/proc/${pid}/cwd`)] : [];
      } catch {
        // Another user's, or gone.
        return [];
      }
    });
}

/** The same on macOS; null where lsof does not tell. It fails where it finds none. */
function gitFoldersByLsof(): string[] | null {
  const { stdout, error } = spawnSync("lsof", ["-a", "-c", "/^git/", "-d", "cwd", "-Fn"], {
    encoding: "utf8",
  });
  if (error !== undefined) return null;
  return stdout.split("\n").flatMap((line) => (line.startsWith("n") ? [line.slice(1)] : []));
}
