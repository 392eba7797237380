import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { printable } from "../../git/escape.ts";
import { ENDING_SIGNALS } from "../exit/ended.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";

/** A file's new content, written beside it and waiting. */
export interface StagedFile {
  /** Makes sure that it is on the disk. Many at once take little longer than one. */
  sync(): Promise<void>;
  /**
   * Puts it in the old one's place, in one step.
   *
   * @throws ExitError where somebody else has changed that meanwhile: it stays.
   */
  commit(): void;
}

/**
 * Writes what shall replace a file's content beside it, with the same owner and mode. A symlink is
 * followed: the user named the file.
 *
 * @param before what the file held when it was read; null where that does not matter.
 * @throws ExitError for what is no regular file.
 * @throws NodeJS.ErrnoException, as its methods do: nothing was left behind.
 */
export function stageFile(
  path: string,
  content: string | Uint8Array,
  before: Uint8Array | null,
): StagedFile {
  const target = realpathSync(path);
  const present = statSync(target);
  if (!present.isFile()) throw leftAsItIs(path, "is no regular file");
  // A writable folder is enough to replace a file in it. As in sops and in the gate, a read-only file
  // stays all the same.
  accessSync(target, constants.W_OK);
  // A scaffolded repository ignores such names. It is not made from the file's own, which may be as
  // long as names can be.
  const beside = join(dirname(target), `.flux-sops-${randomBytes(8).toString("hex")}.tmp`);
  // It may hold plaintext: nobody else may read it, not even for a moment.
  const handle = openSync(beside, "wx", 0o600);
  const settled = removedAtTheEnd(beside);
  try {
    writeFileSync(handle, content);
    // Last: a change of owner clears some bits.
    fchmodSync(handle, modeAsOwned(handle, present));
  } catch (error) {
    closeSync(handle);
    unlinkSync(beside);
    settled();
    throw error;
  }
  return {
    sync: async () => {
      try {
        await synced(handle);
      } catch (error) {
        unlinkSync(beside);
        settled();
        throw error;
      } finally {
        closeSync(handle);
      }
    },
    commit: () => {
      try {
        if (before !== null && !readFileSync(target).equals(before)) {
          throw leftAsItIs(path, "was changed meanwhile: run this again");
        }
        replaceBy(beside, target, content);
      } catch (error) {
        unlinkSync(beside);
        throw error;
      } finally {
        settled();
      }
    },
  };
}

/**
 * In one step; but of a file that is mounted by itself, as into a container, only the content can be
 * replaced.
 */
function replaceBy(beside: string, target: string, content: string | Uint8Array): void {
  try {
    renameSync(beside, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EBUSY") throw error;
    overwrite(target, content);
    unlinkSync(beside);
  }
}

/** @throws NodeJS.ErrnoException: the file holds what it did. */
function overwrite(path: string, content: string | Uint8Array): void {
  const before = readFileSync(path);
  try {
    writeFileSync(path, content, { flush: true });
  } catch (error) {
    writeFileSync(path, before);
    throw error;
  }
}

function leftAsItIs(path: string, why: string): ExitError {
  return new ExitError(SOPS_EXIT.couldNotWriteOutputFile, `${printable(path)}: ${why}`);
}

/**
 * Gives a file the owner and the group of the one that it replaces.
 *
 * @returns its mode. If the group cannot be set, it gets no more rights than all others have: the new
 *   file's group is one's own, not the one that could read the old file.
 */
function modeAsOwned(handle: number, { uid, gid, mode }: Stats): number {
  const own = fstatSync(handle);
  const bits = mode & 0o7777;
  if (own.uid === uid && own.gid === gid) return bits;
  for (const owner of [uid, own.uid]) {
    try {
      fchownSync(handle, owner, gid);
      return bits;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    }
  }
  return own.gid === gid ? bits : bits & (~0o070 | ((bits & 0o007) << 3));
}

/** What waits to be put in place. */
const waiting = new Set<string>();

/**
 * Has a file that waits removed where the process ends before it was put in place: by a signal, as
 * Ctrl-C sends, or an error.
 *
 * @returns to be called when it waits no more
 */
function removedAtTheEnd(path: string): () => void {
  if (waiting.size === 0) {
    process.on("exit", removeWaiting);
    for (const signal of ENDING_SIGNALS) process.on(signal, endBySignal);
  }
  waiting.add(path);
  return () => {
    waiting.delete(path);
    if (waiting.size > 0) return;
    process.removeListener("exit", removeWaiting);
    for (const signal of ENDING_SIGNALS) process.removeListener(signal, endBySignal);
  };
}

function removeWaiting(): void {
  for (const path of waiting) rmSync(path, { force: true });
}

function endBySignal(signal: NodeJS.Signals): void {
  removeWaiting();
  process.removeListener(signal, endBySignal);
  process.kill(process.pid, signal);
}

const synced = promisify(fsync);

/**
 * Replaces a file's content in one step.
 *
 * @param before see {@link stageFile}.
 * @throws NodeJS.ErrnoException, ExitError: the file is as it was.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  before: Uint8Array | null,
): Promise<void> {
  const staged = stageFile(path, content, before);
  await staged.sync();
  staged.commit();
}

/**
 * Writes a file that is not there.
 *
 * @throws NodeJS.ErrnoException, with code EEXIST where it is: nothing was left behind.
 */
export function writeNewFile(path: string, content: string | Uint8Array, mode = 0o666): void {
  const handle = openSync(path, "wx", mode);
  try {
    writeFileSync(handle, content);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(handle);
  }
}
