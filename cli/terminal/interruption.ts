/** Whether an error is Ctrl-C at a prompt. */
export function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === "ExitPromptError";
}
