import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { printable, ScaffoldError, systemReason } from "./errors.ts";

/** A file as it should be. */
export interface WantedFile {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: 0o644 | 0o755;
  /**
   * Whether a file that is there with other content may be replaced without asking, being the
   * scaffold's own work. By default none may.
   */
  readonly mayReplace?: (present: Buffer) => boolean;
}

export type FileState =
  /** Is not there. */
  | "new"
  /** Is there with the same bytes. */
  | "unchanged"
  /** Is there from an earlier version of the scaffold. */
  | "upgraded"
  /** Is there with content of somebody else; only `--force` replaces it. */
  | "differs";

export interface PlannedFile extends WantedFile {
  readonly state: FileState;
}

/**
 * Compares the files that are wanted with those that are there; changes nothing.
 *
 * @throws ScaffoldError `environment` when a folder on the way is a symbolic link (it would lead
 *   out of the repository) or a file, or a file cannot be read.
 */
export function planFiles(directory: string, wanted: readonly WantedFile[]): PlannedFile[] {
  return wanted.map((file) => ({ ...file, state: stateOf(directory, file) }));
}

/** The files that will be written. */
export function filesToWrite(plan: readonly PlannedFile[], force: boolean): PlannedFile[] {
  return plan.filter(
    ({ state }) => state === "new" || state === "upgraded" || (force && state === "differs"),
  );
}

/**
 * Makes sure that no folder on the way to a file leads elsewhere.
 *
 * @returns whether all of them are there.
 * @throws ScaffoldError `environment`
 */
export function requireRealFolders(directory: string, filePath: string): boolean {
  let path = directory;
  for (const part of filePath.split("/").slice(0, -1)) {
    path = join(path, part);
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry === undefined) return false;
    if (entry.isSymbolicLink()) {
      throw new ScaffoldError(
        "environment",
        `${printable(path)} is a symbolic link (to ${printable(readlinkSync(path))}), which is not followed: remove it, or name another folder`,
      );
    }
    if (!entry.isDirectory()) {
      throw new ScaffoldError(
        "environment",
        `${printable(path)} is in the way: a folder of that name is needed; move it, or name another folder`,
      );
    }
  }
  return true;
}

function stateOf(directory: string, file: WantedFile): FileState {
  if (!requireRealFolders(directory, file.path)) return "new";
  const path = join(directory, file.path);
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return "new";
  if (!entry.isFile()) return "differs";
  let present: Buffer;
  try {
    present = readFileSync(path);
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `${printable(path)} cannot be read: ${systemReason(error)}; mend it and run this again`,
    );
  }
  if (present.equals(file.content)) return "unchanged";
  return file.mayReplace?.(present) ? "upgraded" : "differs";
}
