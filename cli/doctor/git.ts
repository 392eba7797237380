import { GitError } from "../../git/errors.ts";
import { printable } from "../../git/escape.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { gitLine, requireUsableGit } from "../../scaffold/git-in-folder.ts";
import { type Diagnosis, note, ok, wrong } from "./diagnosis.ts";

/**
 * Is git new enough, and can Flux read the repository? It reads with go-git, which knows SHA-1 alone.
 */
export async function diagnoseGit({
  cwd: directory,
  objectFormat,
}: OpenedRepository): Promise<Diagnosis[]> {
  return [
    await diagnoseVersion(directory),
    ...(objectFormat === "sha1"
      ? []
      : [
          note(
            "the repository names objects by SHA-256, which Flux cannot read",
            "where Flux is to read it: git fast-export --all and git fast-import take it into one of git init --object-format=sha1",
          ),
        ]),
  ];
}

async function diagnoseVersion(directory: string): Promise<Diagnosis> {
  const line = printable(await gitLine(directory, ["version"]));
  try {
    await requireUsableGit();
    return ok(line);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return wrong(line, error.message);
  }
}
