import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../git/escape.ts";
import { ScaffoldError } from "../errors.ts";
import type { RawAnswers } from "../answers/questions.ts";
import type { Scope } from "./surroundings.ts";
import type { Destination } from "./destination.ts";

/**
 * What the scaffold brings to a folder.
 *
 * @param given answers from flags: a cluster that is named gets its folder also where Flux builds
 *   something already.
 * @throws ScaffoldError `usage` when Flux builds that cluster's folder already.
 */
export function scopeFor({ surroundings }: Destination, { cluster }: RawAnswers): Scope {
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
export function settledAnswers(destination: Destination, scope: Scope): RawAnswers {
  const settled = { ...destination.remembered, ...removedSince(destination) };
  return scope === "gate" ? { cluster: "homelab", example: false, ...settled } : settled;
}

/**
 * What was asked for once and removed since is not wanted any more: Flux would deploy an example again.
 */
function removedSince({ remembered, directory, generated }: Destination): RawAnswers {
  const places = {
    example: `clusters/${String(remembered.cluster)}/apps/demo`,
    renovate: "renovate.json",
    tasks: "mise.toml",
  };
  const brought = [...generated.ids.keys()];
  const isRemoved = (place: string) =>
    brought.some((path) => path === place || path.startsWith(`${place}/`)) &&
    !existsSync(join(directory, place));
  const names = ["example", "renovate", "tasks"] as const;
  const removed = names.filter((name) => remembered[name] === true && isRemoved(places[name]));
  return Object.fromEntries(removed.map((name) => [name, false]));
}
