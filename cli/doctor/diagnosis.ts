/** One thing that `doctor` looked at. */
export interface Diagnosis {
  readonly state: "ok" | "note" | "wrong" | "mended";
  /** What was found, one line. */
  readonly what: string;
  /**
   * What to run or do, one line, this tool named `npx flux-sops` in it, and below that the lines that are to be
   * copied into files, if any; null where nothing.
   */
  readonly remedy: string | null;
}

/** The command that mends what a machine can mend. */
export const FIX = "npx flux-sops doctor --fix";

/** What is as it should be. */
export function ok(what: string): Diagnosis {
  return { state: "ok", what, remedy: null };
}

/** Nothing is wrong, but somebody may be surprised later. */
export function note(what: string, remedy: string): Diagnosis {
  return { state: "note", what, remedy };
}

/** What has to be mended, and how. */
export function wrong(what: string, remedy: string): Diagnosis {
  return { state: "wrong", what, remedy };
}

/** It was wrong, and `--fix` has put it right. */
export function mended(what: string): Diagnosis {
  return { state: "mended", what, remedy: null };
}

/** The first names of many, for one line. */
export function someOf(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${String(more)} more` : "");
}

const SHOWN = 3;
