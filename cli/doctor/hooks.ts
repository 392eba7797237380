import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { printable } from "../../git/escape.ts";
import { indexEntries } from "../../git/index/entries.ts";
import { type GitPath, pathFromText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { withoutRepository } from "../../git/environment.ts";
import { commandOnFiles, shellCommand } from "../../git/shell-word.ts";
import { worktreesOf } from "../../git/repository/worktrees.ts";
import { GATE_HOOKS } from "../../scaffold/hook-manager/gate-hooks.ts";
import { gitLine } from "../../scaffold/git-in-folder.ts";
import { findHookManager, type HookManager, OWN_HUSKY } from "../../scaffold/hook-manager/find.ts";
import type { HooksState } from "../../scaffold/hook-manager/hooks-state.ts";
import {
  hooksNotCalled,
  HUSKY_STUBS,
  isExecutable,
} from "../../scaffold/hook-manager/run-husky.ts";
import { turnHooksOn } from "../../scaffold/hook-manager/turn-on.ts";
import { type Diagnosis, FIX, mended, note, ok, wrong } from "./diagnosis.ts";

const OFF = "the hooks are off: commits are not looked at";
const PARTLY_OFF = "some hooks are off: merges and pushes may go by unseen";

/**
 * Does git run the hooks, here and in the linked worktrees?
 *
 * @param fix whether to turn them on where they are off.
 * @throws GitError
 */
export async function diagnoseHooks(
  repository: OpenedRepository,
  fix: boolean,
): Promise<Diagnosis[]> {
  const { cwd: directory, prefix } = repository;
  const manager = await findHookManager(directory);
  const found = [
    ...(manager.kind === "husky"
      ? await husky(directory, manager, prefix, fix)
      : [await others(directory, manager, fix)]),
  ];
  if (process.env["HUSKY"] === "0" && manager.kind === "husky") {
    found.push(wrong("HUSKY=0 is set in this shell: no hook does anything", "unset HUSKY"));
  }
  if (manager.kind === "husky") {
    found.push(...(await committedStubs(repository)), ...(await linkedWorktrees(repository, fix)));
  }
  return found;
}

/**
 * Are husky's stubs in git, as git runs them? What is not is taken away by `git clean -x`, and no hook is left that
 * could say so; what is not executable is skipped in every clone.
 */
async function committedStubs(repository: OpenedRepository): Promise<Diagnosis[]> {
  const hook = `${HUSKY_STUBS}/pre-commit`;
  if (!existsSync(join(repository.cwd, hook))) return [];
  const committed = (await indexEntries(repository)).find(({ path }) => path === hook);
  if (committed === undefined) {
    return [
      note(
        `git ignores ${HUSKY_STUBS}: git clean -x would turn the hooks off, without a word`,
        `${commandOnFiles(["git", "add", "--force", "--"], [pathFromText(HUSKY_STUBS)], repository.prefix)}, and commit that`,
      ),
    ];
  }
  if (committed.mode === "100755") return [];
  const pattern = `:(top)${HUSKY_STUBS}/*-*`;
  return [
    wrong(
      `the stubs in ${HUSKY_STUBS} are not executable in git, which runs no hook in other clones then`,
      `${shellCommand(["git", "add", "--chmod=+x", "--", pattern])}, and commit that`,
    ),
  ];
}

function notOn(state: Extract<HooksState, { readonly on: false }>): Diagnosis {
  return wrong(
    state.isPartly === true ? PARTLY_OFF : OFF,
    state.canWrite === true
      ? FIX
      : [state.reason, ...(state.lines ?? []).map((line) => `  ${line}`)].join("\n"),
  );
}

async function others(directory: string, manager: HookManager, fix: boolean): Promise<Diagnosis> {
  const before = await turnHooksOn(directory, manager, false);
  const state = !before.on && fix ? await turnHooksOn(directory, manager) : before;
  if (!state.on) return notOn(state);
  const folder = await gitLine(directory, [
    "rev-parse",
    "--path-format=absolute",
    "--git-path",
    "hooks",
  ]);
  const dead = GATE_HOOKS.map((name) => join(folder, name)).filter(
    (hook) => existsSync(hook) && !isExecutable(hook),
  );
  if (dead.length === 0) return before.on ? ok("the hooks are on") : mended("the hooks are on now");
  const isPartly = isExecutable(join(folder, "pre-commit"));
  return wrong(
    `git skips hooks that it may not execute: ${isPartly ? "merges and pushes may go by unseen" : "commits are not looked at"}`,
    shellCommand(["chmod", "+x", "--", ...dead]),
  );
}

async function husky(
  directory: string,
  manager: Extract<HookManager, { readonly kind: "husky" }>,
  prefix: GitPath,
  fix: boolean,
): Promise<Diagnosis[]> {
  const problem = await huskyProblem(directory);
  const silent = hooksNotCalled(directory, manager.folder);
  // What --fix leaves to the user is said without it, too, and first: the rest may depend on it.
  const byHand = silent === null ? [] : [notOn(silent)];
  if (problem === null) return silent === null ? [ok("the hooks are on")] : byHand;
  if (!fix) return [...byHand, wrong(problem, FIX)];
  const state = await turnHooksOn(directory, manager);
  if (!state.on && state.isPartly !== true) {
    return silent === null ? [wrong("the hooks could not be turned on", state.reason)] : byHand;
  }
  const left = await huskyProblem(directory);
  if (left !== null) return [wrong(left, missingFiles(directory, manager.folder, prefix))];
  if (silent !== null) return byHand;
  const instead =
    state.on && state.insteadOf !== undefined
      ? `; your own in ${printable(state.insteadOf)} do not run here`
      : "";
  return [mended(`the hooks are on now${instead}`)];
}

/** Why husky's hooks do not all run in a worktree; null where they do. */
async function huskyProblem(directory: string): Promise<string | null> {
  const configured = await gitLine(directory, ["config", "--get", "core.hooksPath"]);
  // The repository's own husky, in a folder of its own.
  const folder = /^(?:\.\/)?(.+)\/_\/?$/.exec(configured)?.[1] ?? ".husky";
  const missing = GATE_HOOKS.filter((name) => !existsSync(resolve(directory, folder, name)));
  if (missing.length > 0) return `${printable(folder)}/${missing.join(", ")} is missing`;
  if (configured === "" || configured === ".git/hooks") return OFF;
  // core.hooksPath may also be set for all of a user's repositories, and this one have nothing of its
  // own.
  const places = [folder, `${folder}/_`].map((place) => resolve(directory, place));
  if (!places.includes(resolve(directory, configured))) {
    return `the hooks are off: core.hooksPath has git look for them in ${printable(configured)}`;
  }
  // git skips a hook that it cannot execute, without an error.
  const dead = GATE_HOOKS.filter((name) => !isExecutable(resolve(directory, configured, name)));
  // On a full disk husky leaves files that are empty, which sh runs without a word.
  const written = [...GATE_HOOKS, "h"].map((name) => resolve(directory, configured, name));
  if (dead.length > 0 || written.some(isEmpty)) {
    return `the hooks are off: husky's stubs are missing or empty in ${printable(folder)}/_, or git may not execute them`;
  }
  // lefthook install --force writes where core.hooksPath points.
  const foreign = GATE_HOOKS.filter((name) => !isHuskys(directory, configured, name));
  if (foreign.length > 0) {
    return `hooks are off: another program has put its own in the place of husky's in ${printable(configured)} (${foreign.join(", ")}), and is off once husky's are back`;
  }
  return null;
}

/** Up to husky 8 git runs the hook files themselves; its newer stubs run `h`, which runs them. */
function isHuskys(directory: string, hooksPath: string, name: string): boolean {
  const isStub = /(?:^|\/)_\/?$/.test(hooksPath);
  return !isStub || readFileSync(resolve(directory, hooksPath, name), "latin1").includes('/h"');
}

function isEmpty(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === 0;
}

function missingFiles(directory: string, folder: string, prefix: GitPath): string {
  const missing = GATE_HOOKS.map((name) => `${folder}/${name}`).filter(
    (path) => !existsSync(join(directory, path)),
  );
  return commandOnFiles(["git", "checkout", "HEAD", "--"], missing.map(pathFromText), prefix);
}

/** husky's path is relative: where its folder is not in git, a new worktree begins without it. */
async function linkedWorktrees(repository: OpenedRepository, fix: boolean): Promise<Diagnosis[]> {
  const { cwd, env, commonDir } = repository;
  // Of a submodule, git names its git folder in the place of its worktree.
  const folders = (await worktreesOf({ cwd, env: withoutRepository(env) }))
    .filter(({ folder, isThere }) => isThere && folder !== cwd && folder !== commonDir)
    .map(({ folder }) => folder);
  const off: string[] = [];
  const found: Diagnosis[] = [];
  for (const folder of folders) {
    if ((await huskyProblem(folder)) === null) continue;
    // A branch from before the gate has no hooks to turn on; one without a checkout, not yet.
    const state =
      fix && existsSync(join(folder, ".husky/pre-commit"))
        ? await turnHooksOn(folder, OWN_HUSKY)
        : null;
    if (state?.on === true && (await huskyProblem(folder)) === null) {
      found.push(mended(`the hooks are on now in the worktree ${printable(folder)}`));
    } else off.push(folder);
  }
  if (folders.length > 0 && off.length + found.length === 0) {
    found.push(ok(`the hooks are on in ${counted(folders.length)} too`));
  }
  return [
    ...found,
    ...off.map((folder) =>
      existsSync(join(folder, ".husky/pre-commit"))
        ? wrong(`the hooks are off in the worktree ${printable(folder)}`, FIX)
        : wrong(
            `the worktree ${printable(folder)} has no .husky: commits there are not looked at`,
            `${shellCommand(["git", "-C", folder, "checkout", "HEAD", "--", ".husky", ".flux-sops"])}; where its branch has none: merge one that has`,
          ),
    ),
  ];
}

function counted(worktrees: number): string {
  return worktrees === 1 ? "the linked worktree" : `the ${String(worktrees)} linked worktrees`;
}
