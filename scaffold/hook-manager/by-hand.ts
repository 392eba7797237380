import { GATE_HOOKS } from "./gate-hooks.ts";
import type { Addition } from "../plan/plan.ts";

/** A hook manager's configuration with our hooks in it, or what to do by hand where they cannot be added. */
export type AddedHooks = string | Extract<Addition, { content: null }>;

/**
 * @param reason a clause about the configuration
 * @param example the command to run, with HOOK for a name
 */
export function hooksByHand(reason: string, example: string): AddedHooks {
  return {
    content: null,
    byHand: `${reason}; let its hooks ${GATE_HOOKS.join(", ")} run ${example}`,
  };
}
