import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ENDING_SIGNALS } from "./ended.ts";

/** A file's new content, written beside it and waiting. */
export interface StagedFile {
  /** Makes sure that it is on the disk. Many at once take little longer than one. */
  sync(): Promise<void>;
  /** Puts it in the old one's place, in one step. */
  commit(): void;
}

/**
 * Writes what shall replace a file's content beside it, with the same mode. A symlink is followed:
 * the user named the file.
 *
 * @throws NodeJS.ErrnoException, as its methods do: nothing was left behind.
 */
export function stageFile(path: string, content: string | Uint8Array): StagedFile {
  const target = realpathSync(path);
  const mode = statSync(target).mode & 0o7777;
  // A name that git ignores in a scaffolded repository, and that is short enough beside any other.
  const beside = join(dirname(target), `.flux-sops-${randomBytes(8).toString("hex")}.tmp`);
  // It may hold plaintext: nobody else may read it, not even for a moment.
  const handle = openSync(beside, "wx", 0o600);
  const settled = removedAtTheEnd(beside);
  try {
    writeFileSync(handle, content);
    fchmodSync(handle, mode);
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
        renameSync(beside, target);
      } catch (error) {
        unlinkSync(beside);
        throw error;
      } finally {
        settled();
      }
    },
  };
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
 * @throws NodeJS.ErrnoException: the file is as it was.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const staged = stageFile(path, content);
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
