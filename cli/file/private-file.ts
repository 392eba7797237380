import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SOPS_EXIT } from "../exit/codes.ts";
import { ExitError } from "../exit/error.ts";
import { fileProblem } from "../exit/file-problem.ts";

/** A plaintext in a file for its owner alone. */
export interface PrivateFile {
  readonly path: string;
  /** Removes it; harmless when it is gone. Also done when this process ends by itself. */
  remove(): void;
}

/**
 * Writes a plaintext to a file of mode 0600 in a folder of mode 0700, in memory where the machine has
 * such a place.
 *
 * @param name the file's name, without a folder.
 * @throws ExitError where that cannot be: nothing was left behind.
 */
export function privateFile(name: string, content: Uint8Array): PrivateFile {
  const place = privatePlace();
  const folder = orSaid(place, () => mkdtempSync(join(place, "flux-sops-")));
  const remove = () => {
    process.removeListener("exit", remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  const path = join(folder, name);
  try {
    orSaid(place, () => {
      writeFileSync(path, content, { mode: 0o600, flag: "wx" });
    });
  } catch (error) {
    remove();
    throw error;
  }
  return { path, remove };
}

/**
 * Names the place in an error: otherwise it would seem to be the encrypted file's disk that is full.
 */
function orSaid<T>(place: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new ExitError(
      SOPS_EXIT.couldNotWriteOutputFile,
      `no temporary file can be written: ${fileProblem(place, code)}`,
    );
  }
}

/** In memory where there is such a place, so that no plaintext reaches a disk. */
function privatePlace(): string {
  for (const place of [process.env["XDG_RUNTIME_DIR"], "/dev/shm"]) {
    if (place === undefined || place === "") continue;
    try {
      accessSync(place, constants.W_OK | constants.X_OK);
      return place;
    } catch {
      // Not here.
    }
  }
  return tmpdir();
}
