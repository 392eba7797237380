import { runGit, type GitContext } from "../run.ts";

/**
 * One value of git's configuration, or null where it is not set.
 *
 * @throws GitError `command-failed` when the configuration cannot be read
 */
export async function configValue(context: GitContext, name: string): Promise<string | null> {
  // 1: not set (git-config(1), "exit codes").
  const { status, stdout } = await runGit(context, ["config", "-z", "--get", name], {
    allowed: [0, 1],
  });
  return status === 0 ? stdout.toString("utf8").replace(/\0$/, "") : null;
}
