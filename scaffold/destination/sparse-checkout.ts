import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { ScaffoldError } from "../errors.ts";
import { gitInFolder } from "../git-in-folder.ts";

/**
 * A file that a sparse checkout leaves out is in git, with the user's changes. It would be taken for
 * removed, or written anew as the scaffold has it: if that is the list of apps, Flux would delete them.
 *
 * @param directory the top of a repository
 * @param ours paths of files that a scaffold brings, or has brought
 * @throws ScaffoldError `environment` where one of them is left out
 */
export async function refuseLeftOut(directory: string, ours: ReadonlySet<string>): Promise<void> {
  // `S SP PATH NUL`, of a file that is not in the worktree on purpose.
  const { stdout } = await gitInFolder(directory, ["ls-files", "-t", "-z", "--cached"]);
  const entries = stdout.toString("utf8").split("\0");
  const leftOut = entries
    .filter((entry) => entry.startsWith("S "))
    .map((entry) => entry.slice(2))
    .find((path) => ours.has(path) && !existsSync(join(directory, path)));
  if (leftOut === undefined) return;
  throw new ScaffoldError(
    "environment",
    `a sparse checkout leaves ${printable(leftOut)} out, which init has to see: run git sparse-checkout disable, then this again`,
  );
}
