import { accessSync, constants, existsSync, lstatSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { printable } from "../../git/escape.ts";
import { trusting } from "../../git/repository/open.ts";
import { homeFolder } from "../../sops/age/key-locations.ts";
import { ScaffoldError, systemReason } from "../errors.ts";
import { gitComplaint, gitInFolder, gitLine, topOfRepository } from "../git-in-folder.ts";

/** Without symbolic links, where there is something; else as it is. */
export function realpathWhereItExists(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * Makes sure that a folder can be written to, or be made.
 *
 * @returns whether it exists; if not, its nearest ancestor can hold it
 * @throws ScaffoldError `environment`
 */
export function requireWritableFolder(directory: string): boolean {
  const refuse = (path: string, reason: string) =>
    new ScaffoldError(
      "environment",
      `cannot scaffold into ${printable(directory)}: ${path === directory ? "it" : printable(path)} ${reason}; name another folder`,
    );
  for (let path = directory; ; path = dirname(path)) {
    let isFolder: boolean;
    try {
      isFolder = statSync(path).isDirectory();
    } catch (error) {
      if (
        (error as NodeJS.ErrnoException).code === "ENOENT" &&
        !isLink(path) &&
        path !== dirname(path)
      ) {
        continue;
      }
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") continue;
      throw refuse(path, `cannot be read (${systemReason(error)})`);
    }
    if (!isFolder) throw refuse(path, "is a file");
    try {
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw refuse(path, `is not writable (${systemReason(error)})`);
    }
    return path === directory;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/**
 * Whether a folder is the top of a repository.
 *
 * @throws ScaffoldError `environment` where it has a `.git` that git cannot use
 */
export async function isTopOfRepository(directory: string): Promise<boolean> {
  if (!existsSync(join(directory, ".git"))) return false;
  let problem = "it takes the folder for a part of another repository";
  try {
    const top = await gitLine(directory, ["rev-parse", "--show-toplevel"]);
    if (top !== "" && realpathWhereItExists(top) === directory) return true;
  } catch (error) {
    problem = gitComplaint(error);
  }
  throw new ScaffoldError(
    "environment",
    `${printable(directory)} has a .git that git cannot use (${problem})${trusting(problem) || ": mend it, or name another folder"}`,
  );
}

/** The top of the repository that a folder lies in; null where that ignores it, or there is none. */
export async function repositoryAround(directory: string): Promise<string | null> {
  let parent = dirname(directory);
  while (!existsSync(parent)) parent = dirname(parent);
  // With a `/`, as the folder may not exist yet: a pattern like `/flux/` ignores folders only.
  const args = ["check-ignore", "--quiet", "--", `${directory}/`];
  const { status } = await gitInFolder(parent, args, { allowed: [0, 1, 128] });
  return status === 1 ? topOfRepository(parent) : null;
}

/**
 * Refuses a folder that is there, and in which no repository is to be made.
 *
 * @throws ScaffoldError `usage`; GitError
 */
export async function refuseForNewRepository(directory: string): Promise<void> {
  refuseHome(directory);
  await refuseGitFolder(directory);
  await refusePartOfAnother(directory);
}

function refuseHome(directory: string): void {
  if (directory !== realpathWhereItExists(homeFolder())) return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is your home folder: name a folder for the repository, such as flux-homelab`,
  );
}

/** A bare repository has no worktree, and what lies in a `.git` is git's. */
async function refuseGitFolder(directory: string): Promise<void> {
  const args = ["rev-parse", "--is-inside-git-dir"];
  const { stdout } = await gitInFolder(directory, args, { allowed: [0, 128] });
  if (stdout.toString("latin1").trim() !== "true") return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is where git keeps a repository: name a folder outside of it`,
  );
}

/** A repository of its own would take the folder's files away from the one that has them. */
async function refusePartOfAnother(directory: string): Promise<void> {
  const args = ["ls-files", "-z", "--", "."];
  const { status, stdout } = await gitInFolder(directory, args, { allowed: [0, 128] });
  if (status !== 0 || stdout.length === 0) return;
  const top = await topOfRepository(directory);
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} is a part of the repository ${printable(top)}, and git looks for hooks at its top: run this there, or name a folder that it has no files of`,
  );
}
