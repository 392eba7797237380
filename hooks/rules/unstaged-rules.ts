import { lstatSync } from "node:fs";
import { unstagedFiles } from "../../git/index/unstaged-files.ts";
import { displayPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { commandOnFiles } from "../../git/shell-word.ts";
import { worktreeLocation } from "../../git/worktree/file.ts";
import { RULE_FILE, SETTINGS_FILE } from "./gate-files.ts";

/**
 * Rules and settings are read as staged: whoever has just edited one would be told what it said before.
 *
 * @returns a sentence for each such file, with the command that has it count, or brings it back
 * @throws GitError
 */
export async function unstagedRules(repository: Repository): Promise<string[]> {
  const files = await unstagedRuleFiles(repository);
  return files.map(({ what, command }) => `${what}: ${command}`);
}

/**
 * The same, with the command by itself.
 *
 * @throws GitError
 */
export async function unstagedRuleFiles(
  repository: Repository,
): Promise<{ readonly what: string; readonly command: string }[]> {
  const files = await unstagedFiles(repository, [RULE_FILE, SETTINGS_FILE]);
  return files.map((path) => {
    const there = lstatSync(worktreeLocation(repository, path), { throwIfNoEntry: false });
    // To stage that would take the rules away.
    const [is, verb] =
      there === undefined
        ? (["gone from disk", "restore"] as const)
        : (["not staged as it is on disk", "add"] as const);
    return {
      what: `${displayPath(path)} is ${is}, and what is staged counts`,
      command: commandOnFiles(["git", verb, "--"], [path], repository.prefix),
    };
  });
}
