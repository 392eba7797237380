import type { Finding } from "../finding.ts";

/** A finding with the file in which it is to be mended. */
export interface FluxFinding extends Finding {
  /** Repository-relative. */
  readonly path: string;
  /** The encrypted files that it is about. */
  readonly about: readonly string[];
}

/** An error that an edit mends: `what`, in the imperative. */
export function fluxError(
  place: Pick<FluxFinding, "path" | "line" | "about">,
  message: string,
  what: string,
): FluxFinding {
  return {
    rule: "flux-ciphertext",
    severity: "error",
    ...place,
    message,
    mend: { kind: "edit", what },
  };
}
