import { indexEntries } from "../../git/index/entries.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { shellCommand } from "../../git/shell-word.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { type Diagnosis, wrong } from "./diagnosis.ts";

/**
 * Does a sparse checkout leave the hooks or the tool out? git then finds nothing to run, and says
 * nothing. Whoever is told has called a copy of the tool that lies elsewhere.
 *
 * @throws GitError
 */
export async function diagnoseSparseCheckout(repository: OpenedRepository): Promise<Diagnosis[]> {
  const absent = (await indexEntries(repository)).filter(({ skipWorktree }) => skipWorktree);
  const folders = [".husky", ".flux-sops"].filter((folder) =>
    absent.some(({ path }) => path.startsWith(`${folder}/`)),
  );
  if (folders.length === 0) return [];
  const { prefix } = repository;
  const goToTop = prefix === "" ? "" : `cd ${"../".repeat(prefix.split("/").length - 1)} && `;
  return [
    wrong(
      `a sparse checkout leaves ${folders.join(" and ")} out, so no hook runs here: commits are not looked at`,
      // The tool is on disk then, and only then. git takes the folders from the top alone.
      `${goToTop}${shellCommand(["git", "sparse-checkout", "add", ...folders])} && node ${TOOL_PATH} doctor --fix`,
    ),
  ];
}
