import { readKeyFile } from "../../sops/age/identity.ts";
import { gitGrep } from "../git-in-folder.ts";

/** Public keys of age, each with a file of the repository in which its private key is readable. */
export type KeysInTheOpen = ReadonlyMap<string, string>;

/** A private key of age, by itself or in a text. */
const IDENTITY = "AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]+";

/**
 * The keys whose private halves a repository holds in plaintext, as tests have theirs: what is encrypted to one of
 * these, everybody reads who has the repository.
 *
 * @param directory the top of a worktree.
 * @throws GitError
 */
export async function keysInTheOpen(directory: string): Promise<KeysInTheOpen> {
  // Of what is staged, which is what others get. `PATH NUL KEY LF`, and a path may have line breaks of its own.
  const args = ["--cached", "--full-name", "-H", "-z", "-o", "-a", "-E", "-e", IDENTITY];
  const printed = await gitGrep(directory, args);
  const found = new Map<string, string>();
  const [first = "", ...rest] = printed.toString("utf8").split("\0");
  let path = first;
  for (const part of rest) {
    const end = part.indexOf("\n");
    for (const recipient of await recipientsIn(part.slice(0, end))) found.set(recipient, path);
    path = part.slice(end + 1);
  }
  return found;
}

async function recipientsIn(identity: string): Promise<readonly string[]> {
  try {
    return (await readKeyFile(identity)).pairs.map(({ recipient }) => recipient);
  } catch {
    // An example that is no key.
    return [];
  }
}
