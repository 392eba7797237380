import { isUtf8 } from "node:buffer";
import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { ScaffoldError, systemReason } from "../errors.ts";
import { blobId, type GeneratedFiles, NOTHING_GENERATED } from "./generated-files.ts";
import { mergeThreeWay } from "./three-way-merge.ts";

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
  /**
   * For a file that others write as well: its content with what the scaffold needs added, every other
   * byte kept. The same bytes where nothing is missing. Such a file is never replaced as a whole.
   */
  readonly addTo?: (present: Buffer) => Addition;
  /**
   * Whether the user's edits of it are told from an earlier version's work by what
   * `.flux-sops/generated.json` remembers. Default: yes, unless `mayReplace` decides.
   */
  readonly isRemembered?: boolean;
}

/** What adding to a file gives; a sentence for its user where only they can add. */
export type Addition =
  | { readonly content: Buffer; readonly byHand?: undefined }
  | { readonly content: null; readonly byHand: string };

export type FileState =
  /** Is not there. */
  | "new"
  /** Is there with all that is wanted. */
  | "unchanged"
  /** Is there from an earlier version of the scaffold, not edited. */
  | "upgraded"
  /** Is there with content of its user's, which stays; something is added or brought in. */
  | "merged"
  /** Is there with edits of its user's, and the scaffold has nothing new for it. */
  | "edited"
  /** Is there, and only its user can add what is missing: see `byHand`. */
  | "by-hand"
  /** Is there with content of somebody else; only `--force` replaces it. */
  | "differs";

export interface PlannedFile extends WantedFile {
  readonly state: FileState;
  /** What will be in the file if it is written. */
  readonly content: Buffer;
  /** What the scaffold alone would make of it. */
  readonly generated: Buffer;
  /** What is there now; null where nothing is, or no file. */
  readonly before: Buffer | null;
  /** For state `by-hand`: what to do, a sentence. */
  readonly byHand?: string;
  /** Somebody was asked about its change, and said no. */
  readonly isDeclined?: true;
}

/**
 * Compares the files that are wanted with those that are there; changes nothing.
 *
 * @param earlier what earlier runs generated here.
 * @throws ScaffoldError `environment` when a folder on the way is a symbolic link (it would lead
 *   out of the repository) or a file, or a file cannot be read.
 */
export function planFiles(
  directory: string,
  wanted: readonly WantedFile[],
  earlier: GeneratedFiles = NOTHING_GENERATED,
): PlannedFile[] {
  return wanted.map((file) => {
    const present = presentContent(directory, file.path);
    const planned = { ...file, generated: file.content };
    if (typeof present !== "string") {
      return { ...planned, before: present, ...fateOf(file, present, earlier) };
    }
    const fate = present === "differs" ? fateOfLink(directory, file) : { state: present };
    return { ...planned, before: null, ...fate };
  });
}

/** What is no file is never written to. But a link may lead to a file that has all that is wanted. */
function fateOfLink(directory: string, file: WantedFile): Fate {
  if (file.addTo === undefined) return { state: "differs" };
  const there = behindLink(join(directory, file.path));
  if (there !== null && fateByAddition(file, there).state === "unchanged") {
    return { state: "unchanged" };
  }
  return {
    state: "by-hand",
    byHand: "it is no file but a link or a folder: put a file in its place, and run this again",
  };
}

function behindLink(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** The files that will be written. */
export function filesToWrite(plan: readonly PlannedFile[], force: boolean): PlannedFile[] {
  return plan.filter(
    ({ state, addTo, isDeclined }) =>
      state === "new" ||
      state === "upgraded" ||
      state === "merged" ||
      (force &&
        addTo === undefined &&
        isDeclined !== true &&
        (state === "differs" || state === "edited")),
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

/** The content of what is there, or the state where there is no file. */
function presentContent(directory: string, filePath: string): Buffer | "new" | "differs" {
  if (!requireRealFolders(directory, filePath)) return "new";
  const path = join(directory, filePath);
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return "new";
  if (!entry.isFile()) return "differs";
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `${printable(path)} cannot be read: ${systemReason(error)}; mend it and run this again`,
    );
  }
}

type Fate = Pick<PlannedFile, "state"> & Partial<Pick<PlannedFile, "content" | "byHand">>;

function fateOf(file: WantedFile, present: Buffer, earlier: GeneratedFiles): Fate {
  // A file that is only added to is wanted as it is there: `addTo` says whether something is missing.
  const isOnlyAddedTo = file.addTo !== undefined && file.isRemembered === false;
  if (!isOnlyAddedTo && present.equals(file.content)) return { state: "unchanged" };
  if (file.mayReplace !== undefined) {
    return { state: file.mayReplace(present) ? "upgraded" : "differs" };
  }
  return fateByMemory(file, present, earlier) ?? fateByAddition(file, present);
}

/** Three-way: what was generated, what is there, what is wanted. Null where nothing is remembered. */
function fateByMemory(
  file: WantedFile,
  present: Buffer,
  { ids, contents }: GeneratedFiles,
): Fate | null {
  const remembered = file.isRemembered === false ? undefined : ids.get(file.path);
  if (remembered === undefined) return null;
  if (blobId(present) === remembered) return { state: "upgraded" };
  if (blobId(file.content) === remembered) {
    // A file that others write as well may have what an earlier run added to it.
    const added = fateByAddition(file, present);
    return added.state === "unchanged" ? added : { state: "edited" };
  }
  const base = contents.get(remembered);
  // What is no UTF-8 would not come back as it was.
  if (base === undefined || !isUtf8(present)) return null;
  const merged = mergeThreeWay(base.toString(), present.toString(), file.content.toString());
  if (merged === null) return null;
  const content = Buffer.from(merged);
  return content.equals(present) ? { state: "edited" } : { state: "merged", content };
}

function fateByAddition(file: WantedFile, present: Buffer): Fate {
  const addition = file.addTo?.(present);
  if (addition === undefined) return { state: "differs" };
  if (addition.content === null) return { state: "by-hand", byHand: addition.byHand };
  // It was read as text, and bytes that are none were replaced.
  if (!isUtf8(present) && isUtf8(addition.content)) {
    return { state: "by-hand", byHand: "it is no UTF-8: save it as that, and run this again" };
  }
  return addition.content.equals(present)
    ? { state: "unchanged", content: present }
    : { state: "merged", content: addition.content };
}
