import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import husky from "husky";
import { printable } from "../../git/escape.ts";
import { environmentInFolder, gitLine, hooksFolder } from "../git-in-folder.ts";
import { hookNamesIn } from "./find.ts";
import { GATE_HOOKS, type GateHook } from "./gate-hooks.ts";
import { type HooksState, off, runsOurs } from "./hooks-state.ts";
import { huskyHookLine } from "./husky.ts";
import { placeOfLines } from "./lines.ts";

/**
 * What husky puts between git and the hook files. husky has git ignore the folder; the scaffold commits
 * it all the same: `git clean -x` and `git stash --all` would take it away, and git runs no hook then,
 * without a word.
 */
export const HUSKY_STUBS = ".husky/_";

/** Has husky write its stubs and point `core.hooksPath` there, unless the repository has a husky of its own. */
export async function runHusky(directory: string, folder: string): Promise<HooksState> {
  const silent = hooksNotCalled(directory, folder);
  if (silent !== null && silent.isPartly !== true) return silent;
  const done: HooksState = silent ?? { on: true };
  // With husky 8, git runs the files themselves; our husky 9 would call that deprecated.
  const mayBeOlder = GATE_HOOKS.every((name) => isExecutable(join(directory, folder, name)));
  if (folder !== ".husky" || mayBeOlder) {
    const configured = await gitLine(directory, ["config", "--get", "core.hooksPath"]);
    if (configured !== "" && (folder !== ".husky" || configured === folder)) return done;
  }
  const before = await ownFolder(directory, folder);
  const problem = inFolder(directory, () => husky());
  if (problem === "") return done.on && before !== null ? { ...done, insteadOf: before } : done;
  if (problem === "HUSKY=0 skip install") {
    return { on: false, reason: "HUSKY=0 is set: unset it and run npm install" };
  }
  const reason = `husky says "${printable(problem.trim())}": mend that and run npm install`;
  return { on: false, reason, isBroken: true };
}

/**
 * Which hook files of husky's do not run ours, or no longer do.
 *
 * @returns null where none is like that
 */
export function hooksNotCalled(
  directory: string,
  folder: string,
): Extract<HooksState, { readonly on: false }> | null {
  const path = (name: GateHook) => join(directory, folder, name);
  const silent = GATE_HOOKS.filter((name) => existsSync(path(name)) && !runsOurs(path(name), name));
  if (silent.length === 0) return null;
  return {
    ...off(silent),
    reason: `not all in ${printable(folder)} runs them: add a line to each of these, ${placeOfLines(silent)}`,
    lines: silent.map(
      (name) => `${printable(`${folder}/${name}`)}: ${huskyHookLine(directory, name)}`,
    ),
  };
}

/** Whether a hook file is there, and may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder from which git runs hooks that are not husky's, by a template or for all repositories; null: none. */
async function ownFolder(directory: string, husky: string): Promise<string | null> {
  const folder = await hooksFolder(directory);
  const path = resolve(directory, folder);
  const isHuskys = [husky, `${husky}/_`].some((place) => resolve(directory, place) === path);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return !isHuskys && isFolder && hookNamesIn(path).length > 0 ? folder : null;
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
