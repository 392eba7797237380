import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { printable } from "../../git/escape.ts";
import { ScaffoldError, systemReason } from "../errors.ts";
import { type PlannedFile, requireRealFolders } from "./plan.ts";

/** Files written in full to a folder beside their places, ready to be moved there. */
export interface StagedFiles {
  /**
   * Moves every file to its place. A failure takes back all that was moved, and names what it could not take back.
   *
   * @throws ScaffoldError `environment`
   */
  readonly moveIntoPlace: () => void;
  /**
   * Removes what was staged and, if the folder was made for it and is empty, the folder. Files that could not be
   * put back stay where the error has said.
   */
  readonly discard: () => void;
}

/**
 * Makes everything ready so that moving the files into place can hardly fail: a full disk or a
 * read-only folder shows here, with nothing changed yet.
 *
 * @param files those to write; see `filesToWrite`.
 * @throws ScaffoldError `environment` when a place is not writable, a symbolic link, or no file;
 *   nothing is left behind.
 */
export function stageFiles(directory: string, files: readonly PlannedFile[]): StagedFiles {
  removeAbandoned(directory);
  if (files.length === 0) return { moveIntoPlace: () => undefined, discard: () => undefined };
  const madeFolders: string[] = [];
  let staging: string | null = null;
  const discard = () => {
    if (staging !== null) rmSync(staging, { recursive: true, force: true });
    removeEmpty(madeFolders);
  };
  try {
    for (const file of files) requireWritablePlace(directory, file);
    makeFolder(directory, madeFolders);
    // The same file system as the places, so that a rename is enough, and out of sight of git.
    staging = mkdtempSync(join(directory, `.scaffold-${process.pid}-`));
    writeFileSync(join(staging, ".gitignore"), "*\n");
    for (const [index, file] of files.entries()) {
      const draft = draftOf(staging, index);
      writeFileSync(draft, file.content, { flag: "wx" });
      chmodSync(draft, modeOf(directory, file));
    }
  } catch (error) {
    discard();
    throw error instanceof ScaffoldError ? error : notWritten(directory, error);
  }
  const folder = staging;
  const moveIntoPlace = () => {
    const moved: Moved[] = [];
    try {
      moveAll(directory, folder, files, { moved, madeFolders });
    } catch (error) {
      const reason = error instanceof ScaffoldError ? error : notWritten(directory, error);
      const left = takeBack(moved);
      if (left.some(({ kept }) => kept !== null)) staging = null;
      throw new ScaffoldError("environment", [reason.message, ...left.map(whatIsLeft)].join(". "));
    }
  };
  return { moveIntoPlace, discard };
}

/**
 * Removes what killed runs have left; not a folder that may hold the only copy of a file (see `keep`),
 * or anything that is not theirs.
 */
function removeAbandoned(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const pid = /^\.scaffold-(\d+)-/.exec(entry.name)?.[1];
    if (pid === undefined || !entry.isDirectory() || isRunning(Number(pid))) continue;
    const folder = join(directory, entry.name);
    try {
      if (!readdirSync(folder).every((name) => /^(\.gitignore|\d+\.new)$/.test(name))) continue;
      rmSync(folder, { recursive: true });
    } catch {
      // Another user's.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** A file that stands in its place, or is about to, and where the one is that stood there. */
interface Moved {
  readonly place: string;
  /** Null where there was none. */
  readonly kept: string | null;
}

function moveAll(
  directory: string,
  staging: string,
  files: readonly PlannedFile[],
  { moved, madeFolders }: { readonly moved: Moved[]; readonly madeFolders: string[] },
): void {
  for (const [index, file] of files.entries()) {
    const place = join(directory, file.path);
    makeFolder(dirname(place), madeFolders);
    requireRealFolders(directory, file.path);
    if (lstatSync(place, { throwIfNoEntry: false }) === undefined) {
      renameSync(draftOf(staging, index), place);
      moved.push({ place, kept: null });
      continue;
    }
    // Looked at again: what is replaced must be what was planned for.
    requireWritablePlace(directory, file);
    const kept = join(staging, `${index}.before`);
    keep(place, kept);
    moved.push({ place, kept });
    requireUnchanged(place, kept, file);
    renameSync(draftOf(staging, index), place);
  }
}

/** @returns those that could not be taken back. */
function takeBack(moved: readonly Moved[]): Moved[] {
  return moved.toReversed().filter(({ place, kept }) => {
    try {
      if (kept === null) {
        unlinkSync(place);
      } else {
        renameSync(kept, place);
        // Of two names of one file a rename leaves both.
        rmSync(kept, { force: true });
      }
      return false;
    } catch {
      return true;
    }
  });
}

function whatIsLeft({ place, kept }: Moved): string {
  return kept === null
    ? `But ${printable(place)} could not be removed again`
    : `But ${printable(place)} could not be put back: what it held is in ${printable(kept)}`;
}

/**
 * Keeps a file under a second name, so that there is no moment without it, not even if this process is
 * killed.
 */
function keep(place: string, kept: string): void {
  try {
    linkSync(place, kept);
  } catch {
    // Not every file system has hard links.
    renameSync(place, kept);
  }
}

/** A file that is there keeps its mode: git skips a hook that may not be executed. */
function modeOf(directory: string, { path, mode }: PlannedFile): number {
  const present = lstatSync(join(directory, path), { throwIfNoEntry: false });
  const wanted = mode & ~process.umask();
  return present === undefined ? wanted : (present.mode & 0o777) | (wanted & 0o111);
}

function draftOf(staging: string, index: number): string {
  return join(staging, `${index}.new`);
}

function requireWritablePlace(directory: string, file: PlannedFile): void {
  const place = join(directory, file.path);
  const entry = lstatSync(place, { throwIfNoEntry: false });
  if (entry !== undefined && (file.state === "new" || !entry.isFile())) {
    const reason = entry.isSymbolicLink()
      ? "is a symbolic link, which is not followed"
      : entry.isFile()
        ? "has appeared meanwhile"
        : "is no file";
    throw new ScaffoldError(
      "environment",
      `${printable(place)} ${reason}: move it away and run this again`,
    );
  }
  const notWritable = (path: string, error: unknown) =>
    new ScaffoldError(
      "environment",
      `${printable(path)} is not writable (${systemReason(error)}): make it writable and run this again`,
    );
  if (entry !== undefined) {
    // A writable folder is enough to replace a file in it; as everywhere here, a read-only file stays
    // all the same.
    try {
      accessSync(place, constants.W_OK);
    } catch (error) {
      throw notWritable(place, error);
    }
  }
  for (let folder = dirname(place); ; folder = dirname(folder)) {
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
      if (!isMissing || folder === dirname(folder)) throw notWritable(folder, error);
    }
  }
}

/**
 * What is written was made from what was there, which may have changed while a question waited for its
 * answer.
 */
function requireUnchanged(place: string, kept: string, { before }: PlannedFile): void {
  if (before === null || readFileSync(kept).equals(before)) return;
  throw new ScaffoldError(
    "environment",
    `${printable(place)} was changed meanwhile, and nothing was written: run this again`,
  );
}

/** Makes a folder and those above it, noting each in `made`, outermost first. */
function makeFolder(folder: string, made: string[]): void {
  const missing: string[] = [];
  for (let path = folder; ; path = dirname(path)) {
    const entry = lstatSync(path, { throwIfNoEntry: false });
    if (entry !== undefined || path === dirname(path)) break;
    missing.push(path);
  }
  for (const path of missing.reverse()) {
    mkdirSync(path);
    made.push(path);
  }
}

function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      // In use by now.
    }
  }
}

function notWritten(directory: string, error: unknown): ScaffoldError {
  return new ScaffoldError(
    "environment",
    `nothing was written to ${printable(directory)}: ${systemReason(error)}; mend that and run this again`,
  );
}
