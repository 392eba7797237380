import { statSync } from "node:fs";
import path from "node:path";
import type { GitContext } from "../run.ts";

/**
 * This worktree's git folder, without a call to git: GIT_DIR, or `.git` where that is a folder, or a
 * link to one. git sets GIT_DIR for hooks wherever `.git` is a file.
 */
export function gitFolder({ cwd, env }: GitContext): string | null {
  const given = env["GIT_DIR"];
  if (given !== undefined && given !== "") return path.resolve(cwd, given);
  const folder = path.join(cwd, ".git");
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : null;
}
