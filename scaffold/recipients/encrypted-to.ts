import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { type GitPath, pathBytes, pathText } from "../../git/path.ts";
import { readEncryptedFile } from "../../sops/encrypted-file.ts";
import { gitInFolder } from "../git-in-folder.ts";

/** Files that are encrypted with SOPS and age, by path, and to whom: public keys, those of age plugins too. */
export type EncryptedTo = ReadonlyMap<string, readonly string[]>;

/** The same words in the `sops` block of every format: YAML, JSON, INI and dotenv. */
const RECIPIENT = `recipient["']?[ \t]*[:=][ \t]*["']?age1[0-9a-z]+`;
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
  for (const file of await filesWithTheWords(directory)) {
    const path = pathText(file);
    if (folders.some((folder) => path.startsWith(`${folder}/`))) continue;
    const recipients = recipientsOf(directory, file);
    if (recipients.length > 0) found.set(path, recipients);
  }
  return found;
}

async function filesWithTheWords(directory: string): Promise<GitPath[]> {
  const { stdout } = await gitInFolder(
    directory,
    [
      // As the user's settings must not have it.
      ...["grep", "--no-recurse-submodules", "--no-color"],
      // Whatever attributes say, encrypted files are text. `PATH NUL`, of files that hold both.
      ...["--untracked", "-z", "-l", "-a", "-E", "--all-match", "-e", RECIPIENT, "-e", MAC],
    ],
    { allowed: [0, 1] },
  );
  return stdout
    .toString("latin1")
    .split("\0")
    .filter((path) => path !== "") as GitPath[];
}

/** Of a file that is encrypted itself: in a guide, say, the words are there as well. */
function recipientsOf(directory: string, file: GitPath): readonly string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(Buffer.concat([Buffer.from(`${directory}/`), pathBytes(file)]));
  } catch {
    // It is gone meanwhile.
    return [];
  }
  const age = readEncryptedFile(pathText(file), bytes)?.metadata?.age ?? [];
  return age.map(({ recipient }) => recipient);
}

async function foldersWithRules(directory: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
  const { stdout } = await gitInFolder(directory, [...args, ":(glob)**/.sops.yaml"]);
  const paths = stdout.toString("utf8").split("\0");
  return paths.filter((path) => path.includes("/")).map((path) => posix.dirname(path));
}
