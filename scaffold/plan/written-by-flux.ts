import type { PlannedFile } from "./plan.ts";

/**
 * Whether `flux bootstrap` has put Flux itself into a file by now. Replaced by what stands there until
 * then, Flux would remove itself from the cluster.
 */
export function isWrittenByFlux({ path, state }: PlannedFile): boolean {
  const isFluxs = /\/flux-system\/gotk-(?:components|sync)\.yaml$/.test(path);
  return isFluxs && (state === "edited" || state === "differs");
}
