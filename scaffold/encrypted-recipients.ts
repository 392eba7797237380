import { posix } from "node:path";
import { gitInFolder } from "./git-in-folder.ts";

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
  const { stdout } = await gitInFolder(
    directory,
    [
      // As the user's settings must not have it.
      ...["grep", "--no-recurse-submodules", "--no-color", "--no-line-number", "--no-column"],
      // `PATH NUL MATCH LF`, of files that hold both.
      ...["--untracked", "-z", "-o", "-I", "-E", "--all-match", "-e", RECIPIENT, "-e", MAC],
    ],
    { allowed: [0, 1] },
  );
  const found = new Map<string, string[]>();
  for (const line of stdout.toString("utf8").split("\n")) {
    const [path = "", match = ""] = line.split("\0");
    const [recipient] = /age1[0-9a-z]+$/.exec(match) ?? [];
    if (recipient === undefined) continue;
    found.set(path, [...(found.get(path) ?? []), recipient]);
  }
  const folders = await foldersWithRules(directory);
  return new Map(
    [...found].filter(([path]) => !folders.some((folder) => path.startsWith(`${folder}/`))),
  );
}

async function foldersWithRules(directory: string): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
  const { stdout } = await gitInFolder(directory, [...args, ":(glob)**/.sops.yaml"]);
  const paths = stdout.toString("utf8").split("\0");
  return paths.filter((path) => path.includes("/")).map((path) => posix.dirname(path));
}
