import { printable } from "../../git/escape.ts";
import { GitError } from "../../git/errors.ts";
import { gitLine, requireUsableGit } from "../../scaffold/git-in-folder.ts";
import { type Diagnosis, ok, wrong } from "./diagnosis.ts";

/** Is git new enough? */
export async function diagnoseGit(directory: string): Promise<Diagnosis[]> {
  const line = printable(await gitLine(directory, ["version"]));
  try {
    await requireUsableGit();
    return [ok(line)];
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return [wrong(line, error.message)];
  }
}
