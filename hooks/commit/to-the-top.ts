import type { Repository } from "../../git/repository/open.ts";
import { indented } from "../words.ts";

/** In these git starts another git at the top (run_git_commit in its sequencer.c, run_am in builtin/rebase.c). */
const FORGETTING = new Set(["cherry-pick", "revert", "rebase", "rebase-apply"]);

/**
 * What leads to the folder that printed paths begin at, where git may have forgotten in which one the user
 * stands: at the top it does nothing.
 */
export function toTheTop(
  { prefix }: Pick<Repository, "prefix">,
  during: { readonly kind: string } | null,
): string[] {
  if (prefix !== "" || during === null || !FORGETTING.has(during.kind)) return [];
  return ["  These commands are for the top of the repository:", ...indented([TO_THE_TOP]), ""];
}

const TO_THE_TOP = 'cd "./$(git rev-parse --show-cdup)"';
