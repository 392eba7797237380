import type { Finding } from "../finding.ts";

/** A finding with the file in which it is to be mended. */
export interface FluxFinding extends Finding {
  /** Repository-relative. */
  readonly path: string;
  /** The encrypted files that it is about. */
  readonly about: readonly string[];
}

type Place = Pick<FluxFinding, "path" | "line" | "about">;

/** An error that an edit mends: `what`, in the imperative. */
export function fluxError(place: Place, message: string, what: string): FluxFinding {
  return { ...fluxWarning(place, message, what), severity: "error" };
}

/** What the user may mean, and an edit mends if not. */
export function fluxWarning(place: Place, message: string, what: string): FluxFinding {
  return {
    rule: "flux-ciphertext",
    severity: "warning",
    ...place,
    message,
    mend: { kind: "edit", what },
  };
}
