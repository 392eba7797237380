import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { printable } from "../../git/escape.ts";
import { systemReason } from "../errors.ts";
import { type IdentityPlan, unusableKeyFile } from "./identity.ts";

/**
 * Writes a new identity: into a new file (0600, its folders 0700) that appears complete or not at
 * all, or at the end of the one that is there, whose other content stays as it is.
 *
 * @param cluster named in the comment above the key; null where it is that of a whole repository.
 * @param directory of that repository, named there too; null for a key of one's own.
 * @throws ScaffoldError `environment`; the key is then not in the file.
 */
export function writeIdentity(
  plan: Extract<IdentityPlan, { kind: "new" }>,
  cluster: string | null,
  directory: string | null,
  now: Date = new Date(),
): void {
  const owner = cluster === null ? "" : `cluster ${cluster}, `;
  const origin =
    directory === null ? "made by keys new" : `of ${owner}repository ${printable(directory)}`;
  const text = [
    `# flux-sops: identity ${origin}`,
    `# created: ${now.toISOString().replace(/\.\d+Z$/, "Z")}`,
    `# public key: ${plan.pair.recipient}`,
    plan.pair.identity,
    "",
  ].join("\n");
  try {
    mkdirSync(dirname(plan.file), { recursive: true, mode: 0o700 });
    if (!createComplete(plan.file, text)) append(plan.file, text);
  } catch (error) {
    throw unusableKeyFile(plan.file, systemReason(error));
  }
}

/** @returns whether it was created; false where such a file is there already. */
function createComplete(file: string, text: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return false;
  const draft = join(dirname(file), `.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = openSync(draft, "wx", 0o600);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    try {
      // Unlike a rename, a link never replaces what another process has put there meanwhile.
      linkSync(draft, file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return false;
      if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP") throw error;
      renameSync(draft, file);
    }
    return true;
  } finally {
    try {
      unlinkSync(draft);
    } catch {
      // Renamed, or never made.
    }
  }
}

function append(file: string, text: string): void {
  const present = readFileSync(file, "utf8");
  // A key file that others can read is mended before another key goes into it.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const gap = present === "" ? "" : present.endsWith("\n") ? "\n" : "\n\n";
  const handle = openSync(file, constants.O_WRONLY | constants.O_APPEND);
  const { size } = fstatSync(handle);
  try {
    writeFileSync(handle, gap + text);
    fsyncSync(handle);
  } catch (error) {
    // On a full disk part of it may be there: half a key would make all of the file useless.
    ftruncateSync(handle, size);
    throw error;
  } finally {
    closeSync(handle);
  }
}
