import type { Finding } from "../../findings/finding.ts";
import type { GitPath } from "../../git/path.ts";
import type { Place } from "./staged.ts";

/** A finding in one file. */
export interface FileFinding extends Finding {
  readonly path: GitPath;
  /** The content it was found in. */
  readonly blob: string;
  readonly place: Place;
}
