import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable, ScaffoldError } from "../errors.ts";
import type { RawAnswers } from "../answers/questions.ts";
import type { Scope } from "./surroundings.ts";
import type { Target } from "./target.ts";

/**
 * What the scaffold brings to a folder.
 *
 * @param given answers from flags: a cluster that is named gets its folder also where Flux builds
 *   something already.
 * @throws ScaffoldError `usage` when Flux builds that cluster's folder already.
 */
export function scopeFor({ surroundings }: Target, { cluster }: RawAnswers): Scope {
  if (surroundings.scope !== "gate" || typeof cluster !== "string") return surroundings.scope;
  const folder = `clusters/${cluster}/`;
  const taken = surroundings.fluxFiles.find((path) => path.startsWith(folder));
  if (taken === undefined) return "joined";
  throw new ScaffoldError(
    "usage",
    `${folder} is built by Flux already (${printable(taken)}): leave --cluster out to add the hooks and rules only, or name a new cluster`,
  );
}

/** What is not asked: what was answered before, and what has no meaning for the hooks alone. */
export function settledAnswers(target: Target, scope: Scope): RawAnswers {
  if (scope === "gate") return { cluster: "homelab", example: false, ...target.remembered };
  return isExampleRemoved(target) ? { ...target.remembered, example: false } : target.remembered;
}

/** Flux would deploy it again. */
function isExampleRemoved({ remembered, directory, generated }: Target): boolean {
  const folder = `clusters/${String(remembered.cluster)}/apps/demo`;
  const isRemembered = [...generated.ids.keys()].some((path) => path.startsWith(`${folder}/`));
  return remembered.example === true && isRemembered && !existsSync(join(directory, folder));
}
