import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import husky from "husky";
import { printable } from "./errors.ts";
import { environmentInFolder, gitLine } from "./git-in-folder.ts";

/** Where husky's stubs are: what `core.hooksPath` is set to. */
const HOOKS_PATH = ".husky/_";

export type HooksState =
  | { readonly on: true }
  /** `reason` is a clause for the user: why, and what to do. */
  | { readonly on: false; readonly reason: string };

/**
 * Turns the hooks in `.husky/` on for this clone, as `npm install` would by `prepare`: husky itself
 * writes its stubs to `.husky/_` and points `core.hooksPath` there.
 *
 * @param directory the top of a git worktree.
 * @param isNew whether the repository was made just now. In an older one, other hooks that are at
 *   work are never switched off.
 */
export async function turnHooksOn(directory: string, isNew: boolean): Promise<HooksState> {
  const other = isNew ? null : await otherHooks(directory);
  if (other !== null) {
    return {
      on: false,
      reason: `${other}: let its pre-commit hook run "node .flux-sops/flux-sops.mjs hook pre-commit"`,
    };
  }
  const problem = inFolder(directory, () => husky());
  if (problem === "") return { on: true };
  return {
    on: false,
    reason:
      problem === "HUSKY=0 skip install"
        ? "HUSKY=0 is set: unset it and run npm install"
        : `husky says "${printable(problem.trim())}": mend that and run npm install`,
  };
}

/** Hooks of somebody else that husky would switch off, or null. */
async function otherHooks(directory: string): Promise<string | null> {
  const local = await gitLine(directory, ["config", "--local", "--get", "core.hooksPath"]);
  if (local === HOOKS_PATH) return null;
  if (local !== "") return `core.hooksPath is ${printable(local)}, another hook manager's`;
  const folder = await gitLine(directory, ["rev-parse", "--git-path", "hooks"]);
  const path = resolve(directory, folder);
  const active = existsSync(path)
    ? readdirSync(path).filter((name) => !name.endsWith(".sample") && /^[a-z-]+$/.test(name))
    : [];
  return active.length === 0 ? null : `${printable(folder)}/${active[0]} is at work here`;
}

/**
 * husky works on the process's own folder and environment. It is synchronous, so nothing else sees
 * the change.
 */
function inFolder(directory: string, action: () => string): string {
  const folder = process.cwd();
  const environment = { ...process.env };
  const own = environmentInFolder();
  try {
    process.chdir(directory);
    for (const name of Object.keys(environment))
      if (!(name in own)) Reflect.deleteProperty(process.env, name);
    return action();
  } catch (error) {
    return (error as Error).message;
  } finally {
    Object.assign(process.env, environment);
    process.chdir(folder);
  }
}
