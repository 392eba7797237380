import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import type { GitPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { ownFolder } from "./own-folder.ts";

/**
 * What a commit is about to replace, written down in the git folder before anything is: a commit that
 * is killed in between leaves files in plaintext on disk whose index entries are encrypted already,
 * and temporary files beside them. The next commit, or `doctor --fix`, completes it by these lines.
 * Names and object names only: nothing of a content.
 */
export interface Journal {
  /** In the names of the temporary files: see temporaryFileName. */
  readonly id: string;
  readonly entries: readonly JournalEntry[];
}

export interface JournalEntry {
  readonly path: GitPath;
  /** The blob as staged by the user, and the encrypted one. */
  readonly from: string;
  readonly to: string;
}

/** A journal that was left behind. */
export interface LeftJournal {
  /** Null where its writer was killed while it wrote: nothing else had begun. */
  readonly journal: Journal | null;
  remove(): void;
}

const NAME = /^replacing-(\d+)$/;

/** The name of the temporary file for an entry of a journal, in the folder of its file. */
export function temporaryFileName(id: string, index: number): string {
  return `.flux-sops-${id}-${String(index)}.tmp`;
}

/**
 * Writes the journal. Where that fails there is none, and only the tidying after a kill is lost.
 *
 * @returns its id, and how to remove it when all is done or undone
 */
export function openJournal(
  repository: Repository,
  entries: readonly JournalEntry[],
): { readonly id: string; close(): void } {
  const id = randomBytes(8).toString("hex");
  const folder = ownFolder(repository);
  if (folder === null) return { id, close: () => undefined };
  const file = path.join(folder, `replacing-${String(process.pid)}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, JSON.stringify({ id, entries } satisfies Journal), { mode: 0o600 });
  } catch {
    // As said above.
  }
  return {
    id,
    close: () => {
      removeJournal(file);
    },
  };
}

/** The journals of processes that are no more. */
export function leftJournals(repository: Repository): LeftJournal[] {
  const folder = ownFolder(repository);
  if (folder === null) return [];
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) return [];
    const file = path.join(folder, name);
    const remove = (): void => {
      removeJournal(file);
    };
    return [{ journal: read(file), remove }];
  });
}

/**
 * One that cannot be removed (another user's, say) is read again next time, and then there is nothing
 * to do.
 */
function removeJournal(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // As said above.
  }
}

function read(file: string): Journal | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Journal;
  } catch {
    return null;
  }
}

/** Whether that process is a gate: by now its number may belong to another program, or to a zombie. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  return /flux-sops|pre-commit/.test(commandLine(pid));
}

/** Empty where there is no such process. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8");
  } catch {
    // None, or no /proc here, as on macOS.
    const { stdout } = spawnSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
    return typeof stdout === "string" ? stdout : "";
  }
}
