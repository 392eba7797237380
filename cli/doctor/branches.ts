import type { OpenedRepository } from "../../git/repository.ts";
import { runGit } from "../../git/run.ts";
import { shellCommand } from "../../git/shell-word.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { printable } from "../../scaffold/errors.ts";
import { type Diagnosis, note, someOf } from "./diagnosis.ts";

/**
 * Are there local branches from before the gate? Where one is checked out, so are its files: the hooks are
 * gone, and git says nothing.
 *
 * @throws GitError
 */
export async function diagnoseBranches(repository: OpenedRepository): Promise<Diagnosis[]> {
  const head = await lines(repository, ["symbolic-ref", "-q", "--short", "HEAD"], [0, 1]);
  const branches = await lines(repository, ["for-each-ref", "--format=%(refname)", "refs/heads"]);
  const revisions = ["HEAD", ...branches];
  const [here, ...there] = await lines(repository, ["cat-file", "--batch-check"], [0], revisions);
  const [current] = head;
  // Where there is none in this commit either, the hooks have been looked at.
  if (current === undefined || !isThere(here)) return [];
  const names = branches
    .filter((_, index) => !isThere(there[index]))
    .map((ref) => Buffer.from(ref.slice("refs/heads/".length), "latin1").toString("utf8"));
  const [first] = names;
  if (first === undefined) return [];
  const merged = Buffer.from(current, "latin1").toString("utf8");
  return [
    note(
      `commits on branches from before the gate are not looked at, nor pushes from there: ${printable(someOf(names))}`,
      `${shellCommand(["git", "switch", first])} && ${shellCommand(["git", "merge", merged])}`,
    ),
  ];
}

/** What `git cat-file` says of an object that it has. */
function isThere(answer: string | undefined): boolean {
  return answer?.endsWith(" missing") === false;
}

/** git's lines, one char a byte: names of branches need not be UTF-8. */
async function lines(
  repository: OpenedRepository,
  args: readonly string[],
  allowed: readonly number[] = [0],
  revisions: readonly string[] = [],
): Promise<string[]> {
  const asked = revisions.map((revision) => `${revision}:${TOOL_PATH}\n`).join("");
  const input = [Buffer.from(asked, "latin1")];
  const { stdout } = await runGit(repository, args, { input, allowed });
  return stdout.toString("latin1").split("\n").slice(0, -1);
}
