/** What the words of all hooks have in common. */

export const NAME = "flux-sops";

/** The way out that mends nothing. */
export const ONLY_IF_WRONG =
  "Only if a finding is wrong: allow it under allow: in .flux-sops.yaml, with rule:, path: and reason:";

/** `1 file`, `2 files` */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Where the command lines stand, so that people and scripts find them. */
export function indented(commands: readonly string[]): string[] {
  return commands.map((command) => `      ${command}`);
}

/**
 * A failure of the environment: what happened, in one line.
 *
 * @param isUnchanged whether all is as it was before the hook ran
 */
export function broken(hook: string, message: string, isUnchanged: boolean): string {
  const what = hook === "pre-push" ? "push refused, nothing was sent" : "commit refused";
  const unchanged = hook !== "pre-push" && isUnchanged ? ", nothing was changed" : "";
  return `${NAME}: ${what}${unchanged}: ${message}\n`;
}
