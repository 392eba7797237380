import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { unreadBlob } from "../errors.ts";
import { blobOid, formatOf } from "../objects/object-id.ts";
import { isTextPath, pathText, type GitPath } from "../path.ts";
import type { Repository } from "../repository/open.ts";
import { runGit } from "../run.ts";
import { errorCode, WorktreeError, writeProblem } from "./error.ts";
import { takeSnapshot, worktreeLocation, type FileSnapshot, type WorktreeFile } from "./file.ts";

/** A worktree file's new content, written beside it and waiting. */
export interface PreparedReplacement {
  /**
   * Makes sure that the new content is on the disk, for what git has no second copy of. Many at once take little
   * longer than one.
   *
   * @throws WorktreeError nothing is replaced; the new content waits on
   */
  sync(): Promise<void>;
  /**
   * Puts the new file in the old one's place, in one step.
   *
   * @returns `changed` when the file is no longer what it was when it was compared: it is left
   *   alone then, and the new content is discarded
   * @throws WorktreeError the file is as it was, the new content discarded
   */
  commit(): "replaced" | "changed";
  /** Removes the new content; harmless after commit(). */
  discard(): void;
}

/**
 * Writes what shall replace a worktree file to a new file beside it, same mode and owner.
 *
 * @param file as compareWithStaged found it
 * @param blob the new content as git stores it, no plaintext; already written with writeBlobs, as
 *   git must find it where attributes want another form in the worktree
 * @param name of the new file; short, as the old one's may be as long as the system allows
 * @throws WorktreeError nothing was left behind; GitError when git cannot apply the attributes
 */
export async function prepareReplacement(
  repository: Repository,
  file: WorktreeFile & { state: "as-staged" },
  blob: Buffer,
  name = `.flux-sops-${randomBytes(8).toString("hex")}.tmp`,
): Promise<PreparedReplacement> {
  const { path, snapshot, isVerbatim } = file;
  refuseReadOnly(repository, path, snapshot);
  const oid = blobOid(formatOf(snapshot.rawOid), blob);
  const bytes = isVerbatim ? blob : await smudged(repository, path, oid);
  const location = worktreeLocation(repository, path);
  const beside = besideOf(location, name);
  writeBeside(path, beside, bytes, snapshot);
  let isPending = true;
  const discard = (): void => {
    isPending = false;
    removeIfThere(beside);
  };
  const sync = async (): Promise<void> => {
    try {
      const handle = await open(beside, "r");
      await handle.sync().finally(() => handle.close());
    } catch (error) {
      throw writeProblem(path, error);
    }
  };
  const commit = (): "replaced" | "changed" => {
    if (!isPending) throw new WorktreeError("failed", path);
    try {
      if (!isStill(repository, path, snapshot)) return "changed";
      renameSync(beside, location);
      return "replaced";
    } catch (error) {
      throw writeProblem(path, error);
    } finally {
      discard();
    }
  };
  return { sync, commit, discard };
}

/** By the mode bits, since the superuser may write anything: read-only is the owner's wish. */
function refuseReadOnly(repository: Repository, path: GitPath, snapshot: FileSnapshot): void {
  const location = worktreeLocation(repository, path);
  const readOnly = isOfAnotherUser(snapshot) ? "of-another-user" : "read-only-file";
  if ((snapshot.stats.mode & 0o200) === 0) throw new WorktreeError(readOnly, path);
  if ((snapshot.folder.mode & 0o200) === 0) throw new WorktreeError("read-only-folder", path);
  try {
    accessSync(location, constants.W_OK);
  } catch (error) {
    const isGone = errorCode(error) === "ENOENT";
    throw new WorktreeError(isGone ? "not-a-file" : readOnly, path, error);
  }
}

/** Whose mode only its owner and the superuser may change. */
function isOfAnotherUser({ stats }: FileSnapshot): boolean {
  const user = process.getuid?.() ?? 0;
  return user !== 0 && user !== stats.uid;
}

/** The file as a checkout would write it: line ends, encoding, smudge filter (gitattributes(5)). */
async function smudged(repository: Repository, path: GitPath, oid: string): Promise<Buffer> {
  if (isTextPath(path)) {
    const args = ["cat-file", "--filters", `--path=${pathText(path)}`, oid];
    return (await runGit(repository, args, { filters: true })).stdout;
  }
  // Not an argument then; and `OID SP PATH` lines end at a newline, and lose leading blanks.
  if (/\n|^[ \t]/.test(path)) throw new WorktreeError("unusual-name", path);
  const { stdout } = await runGit(repository, ["cat-file", "--batch", "--filters"], {
    input: [Buffer.from(`${oid} ${path}\n`, "latin1")],
    filters: true,
  });
  // The size in the header is the blob's, not that of the filtered content after it.
  const header = stdout.subarray(0, stdout.indexOf("\n") + 1);
  if (!header.toString("latin1").startsWith(`${oid} blob `)) {
    throw unreadBlob(oid, null);
  }
  return stdout.subarray(header.length, -1);
}

function besideOf(location: Buffer, name: string): Buffer {
  return Buffer.concat([location.subarray(0, location.lastIndexOf("/") + 1), Buffer.from(name)]);
}

function writeBeside(path: GitPath, beside: Buffer, bytes: Buffer, { stats }: FileSnapshot): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  let file: number;
  try {
    file = openSync(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (error) {
    throw writeProblem(path, error);
  }
  try {
    try {
      writeFileSync(file, bytes);
      keepOwner(file, stats.uid, stats.gid);
      // Last: a change of owner clears some bits.
      fchmodSync(file, stats.mode & 0o7777);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    removeIfThere(beside);
    throw writeProblem(path, error);
  }
}

/** So that a commit as root leaves no files of root's; others may not give files away. */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if (errorCode(error) !== "EPERM") throw error;
  }
}

function removeIfThere(location: Buffer): void {
  try {
    unlinkSync(location);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
}

/** The same content in the same folder, still a regular file. */
function isStill(repository: Repository, path: GitPath, before: FileSnapshot): boolean {
  const now = takeSnapshot(repository, path, before.rawOid);
  return (
    typeof now !== "string" &&
    now.rawOid === before.rawOid &&
    now.stats.mode === before.stats.mode &&
    now.folder.dev === before.folder.dev &&
    now.folder.ino === before.folder.ino
  );
}
