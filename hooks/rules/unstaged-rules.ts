import { unstagedFiles } from "../../git/index/unstaged-files.ts";
import { displayPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { commandOnFiles } from "../../git/shell-word.ts";
import { RULE_FILE, SETTINGS_FILE } from "./gate-files.ts";

/**
 * Rules and settings are read as staged: whoever has just edited one would be told what it said before.
 *
 * @returns a sentence for each such file, with the command that has it count
 * @throws GitError
 */
export async function unstagedRules(repository: Repository): Promise<string[]> {
  const files = await unstagedRuleFiles(repository);
  return files.map(({ what, add }) => `${what}: ${add}`);
}

/**
 * The same, with the command by itself.
 *
 * @throws GitError
 */
export async function unstagedRuleFiles(
  repository: Repository,
): Promise<{ readonly what: string; readonly add: string }[]> {
  const files = await unstagedFiles(repository, [RULE_FILE, SETTINGS_FILE]);
  return files.map((path) => ({
    what: `${displayPath(path)} is not staged as it is on disk, and what is staged counts`,
    add: commandOnFiles(["git", "add", "--"], [path], repository.prefix),
  }));
}
