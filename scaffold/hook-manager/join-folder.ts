import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { systemReason } from "../errors.ts";
import type { HookManager } from "./find.ts";
import { GATE_HOOKS } from "./gate-hooks.ts";
import { type HooksState, off, runsOurs } from "./hooks-state.ts";
import { guardedHookLine, ownHookLine, placeOfLines, wholeHook } from "./lines.ts";

/** Adds the hooks that a folder does not have yet; those that are there are its owner's to change. */
export function joinFolder(
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
