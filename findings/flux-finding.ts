import type { Finding } from "./finding.ts";

/** A finding with the file in which it is to be mended. */
export interface FluxFinding extends Finding {
  /** Repository-relative. */
  readonly path: string;
  /** The encrypted files that it is about. */
  readonly about: readonly string[];
}
