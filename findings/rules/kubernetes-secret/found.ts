import type { Mend } from "../../finding.ts";

/** What is wrong at one place of a document. */
export interface Found {
  /** In what the ranges of the document's nodes count from. */
  readonly offset: number;
  readonly message: string;
  readonly mend: Mend;
}
