import { existsSync } from "node:fs";
import { join } from "node:path";
import { indexEntries } from "../../git/index/entries.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { type Diagnosis, wrong } from "./diagnosis.ts";

/**
 * Is there no gate on this branch, neither in git nor on disk? There are no hooks to turn on then.
 *
 * @throws GitError
 */
export async function diagnoseAbsentGate(repository: OpenedRepository): Promise<Diagnosis[]> {
  if (existsSync(join(repository.cwd, TOOL_PATH))) return [];
  if ((await indexEntries(repository)).some(({ path }) => path === TOOL_PATH)) return [];
  return [
    wrong(
      "there is no gate on this branch: commits are not looked at",
      "npx -p generator-flux-sops@latest flux-sops init; or, where another branch has one, merge that",
    ),
  ];
}
