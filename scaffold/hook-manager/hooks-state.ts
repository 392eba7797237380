import { existsSync, readFileSync } from "node:fs";
import type { GateHook } from "./gate-hooks.ts";
import { runsHook } from "./lines.ts";

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

/** Off, or partly, by the hooks that are missing. */
export function off(missing: readonly string[]): {
  readonly on: false;
  readonly isPartly: boolean;
} {
  return { on: false, isPartly: !missing.includes("pre-commit") };
}

/** Whether a hook file is there and runs one of our hooks. */
export function runsOurs(file: string, name: GateHook): boolean {
  return existsSync(file) && runsHook(readFileSync(file, "latin1"), name);
}
