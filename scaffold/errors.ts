import { GitError } from "../git/errors.ts";
import { printable } from "../git/escape.ts";
import { systemReason as reasonOf } from "../git/system-reason.ts";
import { SopsError } from "../sops/errors.ts";

/** Wrong use (a flag, an answer), or a machine or folder the scaffold cannot work with. */
export type ScaffoldErrorCode = "usage" | "environment";

/**
 * Why nothing was scaffolded. `message` is one line for the user: what happened, where, and what to
 * do next. Thrown before anything is written, or after everything written was taken back; what could not be is named.
 */
export class ScaffoldError extends Error {
  override readonly name = "ScaffoldError";
  readonly code: ScaffoldErrorCode;

  constructor(code: ScaffoldErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether an error is one whose message was written for the user. */
export function isExplained(error: unknown): error is Error {
  return error instanceof ScaffoldError || error instanceof GitError || error instanceof SopsError;
}

/** Whether an error is Ctrl-C at a prompt. */
export function isInterruption(error: unknown): error is Error {
  return error instanceof Error && error.name === "ExitPromptError";
}

/** The words of a system error without the `ENOENT: … open '/path'` around them. */
export function systemReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasonOf(code ?? "") ?? printable(message);
}
