import type { Lines } from "../../text/lines.ts";

/** The file that documents are read from. */
export interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly newline: string;
  /** The author's indentation. */
  readonly step: number;
}
