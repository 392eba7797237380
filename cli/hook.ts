import { GitError } from "../git/errors.ts";
import { WorktreeError } from "../git/worktree-error.ts";
import { preCommit } from "../hooks/pre-commit.ts";
import { BrokenRulesError } from "../hooks/rules-in-force.ts";

/**
 * `flux-sops hook NAME`: what git's hooks call.
 *
 * @returns the exit status: 0, 1 for findings, 2 for a broken environment. git refuses the commit
 *   for anything but 0.
 */
export async function hook([name]: readonly string[]): Promise<number> {
  if (name !== "pre-commit") {
    process.stderr.write(`flux-sops: there is no hook ${JSON.stringify(name ?? "")}\n`);
    return 2;
  }
  const context = { cwd: process.cwd(), env: process.env };
  try {
    const { repository, findings, stored } = await preCommit(context);
    if (findings.length === 0 && stored.length === 0) return 0;
    const words = await import("../hooks/words.ts");
    if (findings.some(({ severity }) => severity === "error")) {
      process.stderr.write(words.refusal(repository, findings));
      return 1;
    }
    process.stderr.write(words.warnings(repository, findings));
    process.stderr.write(words.encrypted(repository, stored));
    return 0;
  } catch (error) {
    const { broken } = await import("../hooks/words.ts");
    const expected =
      error instanceof GitError ||
      error instanceof WorktreeError ||
      error instanceof BrokenRulesError;
    process.stderr.write(broken(expected ? error.message : unexpected(error)));
    return 2;
  }
}

/** A bug: name its kind and place, never its text, which may quote a file. */
function unexpected(error: unknown): string {
  const name = error instanceof Error ? error.name : "unknown";
  const place = error instanceof Error ? /at .*$/m.exec(error.stack ?? "")?.[0] : undefined;
  return `an internal error (${name}${place === undefined ? "" : ` ${place}`}): please report it`;
}
