import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { printable } from "../../git/escape.ts";
import { hooksFolder } from "../git-in-folder.ts";
import { HUSKY_4, type HookManager } from "./find.ts";
import { GATE_HOOKS } from "./gate-hooks.ts";
import { type HooksState, off, runsOurs } from "./hooks-state.ts";
import { hookLine, runsHook } from "./lines.ts";
import { PRE_COMMIT_TYPES } from "./pre-commit.ts";

/** What is in the hooks that a program installs; pre-commit's name is also that of a hook. */
const CALLS = { lefthook: "lefthook", "pre-commit": "hook-impl" } as const;

/** Whether another program's hooks are in place, and its configuration runs ours. */
export async function isAtWork(
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
  const folder = await hooksFolder(directory);
  const missing = hooks.filter((name) => {
    const hook = resolve(directory, folder, name);
    return !existsSync(hook) || !readFileSync(hook, "utf8").includes(CALLS[program]);
  });
  if (missing.length === 0) return { on: true };
  const what = missing.length === hooks.length ? "" : ` for ${missing.join(", ")}`;
  return { ...off(missing), reason: `${program} is not at work${what}: ${remedy}` };
}

/**
 * Some programs write the commands themselves into git's hooks, which show whether ours were added.
 */
export async function joinedByHand(
  directory: string,
  { name: program, where }: Extract<HookManager, { readonly kind: "other" }>,
): Promise<HooksState> {
  if (program === HUSKY_4) {
    // A pre-push without what git tells would let everything through.
    const reason = `${HUSKY_4} runs the hooks here, and does not hand them what git says: replace it with husky 9, then run init again`;
    return { on: false, reason };
  }
  const folder = await hooksFolder(directory);
  const missing = GATE_HOOKS.filter((name) => !runsOurs(resolve(directory, folder, name), name));
  if (missing.length === 0) return { on: true };
  return {
    ...off(missing),
    reason: `${program} runs the hooks here: add these commands in ${where}, where they are missing, and have it install its hooks again`,
    lines: missing.map((name) => `${name}: ${hookLine(name)}`),
  };
}
