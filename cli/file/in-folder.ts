import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readEncryptedFile } from "../../sops/encrypted-file.ts";
import { plaintextLeaves, readSopsFile } from "../../sops/sops-file.ts";
import { TOKEN_START } from "../../sops/token-start.ts";

/** What holds no files of the user's own. */
const PASSED_OVER: readonly string[] = [".git", "node_modules"];

/** Whether a path is a folder; not if it cannot be looked at: reading it will say why. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * The files that a folder stands for on a command line, sorted: `*.sops.*`, and on request whatever else
 * is encrypted, since a creation rule may take other names too. Symlinks are not followed.
 *
 * @param withEncrypted also files of other names that are encrypted: their contents are read
 * @throws an error of node:fs
 */
export function filesInFolder(folder: string, withEncrypted: boolean): string[] {
  return everyFileIn(folder).filter(
    // With nothing before `.sops.` it is the rule file.
    (path) => /[^/]\.sops\.[^./]+$/.test(path) || (withEncrypted && isEncrypted(path)),
  );
}

/**
 * All files in a folder and those below, sorted. Symlinks are not followed.
 *
 * @throws an error of node:fs
 */
export function everyFileIn(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (PASSED_OVER.includes(entry.name)) continue;
      // Not as arguments: there is a limit to these, and none to the files of a folder.
      for (const below of everyFileIn(path)) found.push(below);
    } else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

/**
 * Whether a file is encrypted, its `sops` block in order, and nobody has added a readable value that this
 * selects: there is nothing left to encrypt, nor to mend.
 */
export function isFullyEncrypted(path: string): boolean {
  try {
    const bytes = readFileSync(path);
    const { format, metadata } = readEncryptedFile(path, bytes) ?? { metadata: null };
    if (metadata === null) return false;
    return plaintextLeaves(readSopsFile(bytes, format).file, metadata).length === 0;
  } catch {
    return false;
  }
}

/**
 * Whether a file is encrypted, or may be: with a broken `sops` block, in another format than its name
 * says, or unreadable. The command then says what is wrong with it.
 */
function isEncrypted(path: string): boolean {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    // No file that was encrypted is as large.
    return (error as NodeJS.ErrnoException).code !== "ERR_FS_FILE_TOO_LARGE";
  }
  return bytes.includes(TOKEN_START) && readEncryptedFile(path, bytes) !== null;
}
