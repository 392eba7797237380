import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { type GitPath, pathBytes, pathText } from "../../git/path.ts";
import { readEncryptedFile } from "../../sops/encrypted-file.ts";
import { gitGrep, gitInFolder } from "../git-in-folder.ts";

/**
 * Files that are encrypted with SOPS, by path, and to whom: public keys of age, those of its plugins too, and of
 * other keys the kind.
 */
export type EncryptedTo = ReadonlyMap<string, readonly string[]>;

/** The same in the `sops` block of every format: YAML, JSON, INI and dotenv. */
const MAC = `mac["']?[ \t]*[:=][ \t]*["']?ENC\\[AES256_GCM,`;

/**
 * To whom the files of a repository are encrypted already. Left out are those in folders with rules of
 * their own, which those at the top have no say on.
 *
 * @param directory the top of a worktree.
 * @throws GitError
 */
export async function encryptedTo(directory: string): Promise<EncryptedTo> {
  const folders = await foldersWithRules(directory);
  const found = new Map<string, readonly string[]>();
  for (const file of await filesWithMac(directory)) {
    const path = pathText(file);
    if (folders.some((folder) => path.startsWith(`${folder}/`))) continue;
    const recipients = recipientsOf(directory, file);
    if (recipients.length > 0) found.set(path, recipients);
  }
  return found;
}

async function filesWithMac(directory: string): Promise<GitPath[]> {
  // Whatever attributes say, encrypted files are text. `PATH NUL`.
  const listed = await gitGrep(directory, ["--untracked", "-z", "-l", "-a", "-E", "-e", MAC]);
  return listed
    .toString("latin1")
    .split("\0")
    .filter((path) => path !== "") as GitPath[];
}

/** Of a file that is encrypted itself: in a guide, say, there may be one as well. */
function recipientsOf(directory: string, file: GitPath): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(Buffer.concat([Buffer.from(`${directory}/`), pathBytes(file)]));
  } catch {
    // It is gone meanwhile.
    return [];
  }
  const metadata = readEncryptedFile(pathText(file), bytes)?.metadata ?? null;
  if (metadata === null) return [];
  return [...metadata.age.map(({ recipient }) => recipient), ...metadata.foreign];
}

async function foldersWithRules(directory: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
  const { stdout } = await gitInFolder(directory, [...args, ":(glob)**/.sops.yaml"]);
  const paths = stdout.toString("utf8").split("\0");
  return paths.filter((path) => path.includes("/")).map((path) => posix.dirname(path));
}
