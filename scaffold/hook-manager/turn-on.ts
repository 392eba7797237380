import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import husky from "husky";
import { printable } from "../../git/escape.ts";
import { systemReason } from "../errors.ts";
import { environmentInFolder, gitLine } from "../git-in-folder.ts";
import { GATE_HOOKS, type GateHook } from "./gate-hooks.ts";
import {
  guardedHookLine,
  hookLine,
  ownHookLine,
  placeOfLines,
  runsHook,
  wholeHook,
} from "./lines.ts";
import { hookNamesIn, HUSKY_4, type HookManager } from "./find.ts";
import { huskyHookLine } from "./husky.ts";
import { PRE_COMMIT_TYPES } from "./pre-commit.ts";

/**
 * What husky puts between git and the hook files. husky has git ignore the folder; the scaffold commits
 * it all the same: `git clean -x` and `git stash --all` would take it away, and git runs no hook then,
 * without a word.
 */
export const HUSKY_STUBS = ".husky/_";

/** Whether git runs our hooks in a clone. */
export type HooksState =
  | {
      readonly on: true;
      /** The folder from which git ran hooks of the user's own until now. */
      readonly insteadOf?: string;
    }
  | {
      readonly on: false;
      /** A clause for the user: why, and what to do. This tool is named `npx flux-sops` in it. */
      readonly reason: string;
      /** To be copied, where the reason says so. */
      readonly lines?: readonly string[];
      /** All it takes is to be allowed to write hooks. */
      readonly canWrite?: boolean;
      /** Commits are looked at, other things are not. */
      readonly isPartly?: boolean;
      /** It was tried, and failed. */
      readonly isBroken?: boolean;
    };

/**
 * Turns the hooks on for this clone. Where husky runs them, it is as if `npm install` ran `prepare`:
 * husky itself writes its stubs and points `core.hooksPath` there. Hooks of somebody else that are
 * at work are never switched off.
 *
 * @param directory the top of a git worktree.
 * @param mayWrite whether hooks may be added to a folder of hooks; without it, it is only looked at.
 */
export async function turnHooksOn(
  directory: string,
  manager: HookManager,
  mayWrite = true,
): Promise<HooksState> {
  switch (manager.kind) {
    case "husky":
      return runHusky(directory, manager.folder);
    case "lefthook":
      // It adds what its configuration names beside this one by itself.
      return isAtWork(directory, manager, ["pre-commit"], "run lefthook install");
    case "pre-commit":
      return isAtWork(
        directory,
        manager,
        PRE_COMMIT_TYPES,
        `run pre-commit install ${PRE_COMMIT_TYPES.map((type) => `-t ${type}`).join(" ")}`,
      );
    case "other":
      return joinedByHand(directory, manager);
    case "folder":
      return joinFolder(manager, mayWrite);
  }
}

/** What is in the hooks that a program installs; pre-commit's name is also that of a hook. */
const CALLS = { lefthook: "lefthook", "pre-commit": "hook-impl" } as const;

/** Whether another program's hooks are in place, and its configuration runs ours. */
async function isAtWork(
  directory: string,
  { kind: program, file }: Extract<HookManager, { readonly file: string }>,
  hooks: readonly string[],
  remedy: string,
): Promise<HooksState> {
  const text = readFileSync(join(directory, file), "utf8");
  const unnamed = (program === "lefthook" ? GATE_HOOKS : PRE_COMMIT_TYPES).filter(
    (name) => !runsHook(text, name),
  );
  if (unnamed.length > 0) {
    const what = unnamed.includes("pre-commit") ? "them" : unnamed.join(", ");
    return {
      ...off(unnamed),
      reason: `${printable(file)} does not run ${what}: npx flux-sops init adds that, or says what to add`,
    };
  }
  const folder = await gitLine(directory, ["rev-parse", "--git-path", "hooks"]);
  const missing = hooks.filter((name) => {
    const hook = resolve(directory, folder, name);
    return !existsSync(hook) || !readFileSync(hook, "utf8").includes(CALLS[program]);
  });
  if (missing.length === 0) return { on: true };
  const what = missing.length === hooks.length ? "" : ` for ${missing.join(", ")}`;
  return { ...off(missing), reason: `${program} is not at work${what}: ${remedy}` };
}

/** Off, or partly, by the hooks that are missing. */
function off(missing: readonly string[]): { readonly on: false; readonly isPartly: boolean } {
  return { on: false, isPartly: !missing.includes("pre-commit") };
}

/**
 * Some programs write the commands themselves into git's hooks, which show whether ours were added.
 */
async function joinedByHand(
  directory: string,
  { name: program, where }: Extract<HookManager, { readonly kind: "other" }>,
): Promise<HooksState> {
  if (program === HUSKY_4) {
    // A pre-push without what git tells would let everything through.
    const reason = `${HUSKY_4} runs the hooks here, and does not hand them what git says: replace it with husky 9, then run init again`;
    return { on: false, reason };
  }
  const folder = await gitLine(directory, ["rev-parse", "--git-path", "hooks"]);
  const missing = GATE_HOOKS.filter((name) => !runsOurs(resolve(directory, folder, name), name));
  if (missing.length === 0) return { on: true };
  return {
    ...off(missing),
    reason: `${program} runs the hooks here: add these commands in ${where}, where they are missing, and have it install its hooks again`,
    lines: missing.map((name) => `${name}: ${hookLine(name)}`),
  };
}

function runsOurs(file: string, name: GateHook): boolean {
  return existsSync(file) && runsHook(readFileSync(file, "latin1"), name);
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

/** Adds the hooks that a folder does not have yet; those that are there are its owner's to change. */
function joinFolder(
  { folder, path, isShared }: Extract<HookManager, { readonly kind: "folder" }>,
  mayWrite: boolean,
): HooksState {
  const missing = GATE_HOOKS.filter((name) => !runsOurs(join(path, name), name));
  if (missing.length === 0) return { on: true };
  const inFolder = (name: string) => printable(join(folder, name));
  if (isShared) {
    return {
      ...off(missing),
      reason: `the hooks of this repository are in ${printable(folder)}, with those of others: add a line to each of these, ${placeOfLines(missing)}`,
      lines: missing.map((name) => `${inFolder(name)}: ${guardedHookLine(name)}`),
    };
  }
  // Listed, since existsSync would miss a link that leads nowhere, which is somebody's, too.
  const there = existsSync(path) ? readdirSync(path) : [];
  const owned = missing.filter((name) => there.includes(name));
  if (mayWrite) {
    try {
      mkdirSync(path, { recursive: true });
      for (const name of missing.filter((one) => !owned.includes(one))) {
        writeFileSync(join(path, name), wholeHook(name), { flag: "wx", mode: 0o755 });
      }
    } catch (error) {
      const reason = `no hook can be written to ${printable(folder)} (${systemReason(error)}): mend that and run doctor --fix`;
      return { ...off(missing), reason, isBroken: true };
    }
    if (owned.length === 0) return { on: true };
  }
  if (owned.length === 0) {
    return { ...off(missing), reason: `${printable(folder)} does not run them`, canWrite: true };
  }
  return {
    ...off(owned),
    reason: `hooks of your own are in ${printable(folder)}: add a line to each of these, ${placeOfLines(owned)}`,
    lines: owned.map((name) => `${inFolder(name)}: ${ownHookLine(name)}`),
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

async function runHusky(directory: string, folder: string): Promise<HooksState> {
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

/** The folder from which git runs hooks that are not husky's, by a template or for all repositories; null: none. */
async function ownFolder(directory: string, husky: string): Promise<string | null> {
  const folder = await gitLine(directory, ["rev-parse", "--git-path", "hooks"]);
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
