import { printable } from "../../git/escape.ts";
import { catFileBatch } from "../../git/objects/batch.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { runGit } from "../../git/run.ts";
import { shellCommand } from "../../git/shell-word.ts";
import { TOOL_PATH } from "../../git/tool-command.ts";
import { gitLine } from "../../scaffold/git-in-folder.ts";
import { type Diagnosis, note, someOf } from "./diagnosis.ts";

/**
 * Are there local branches from before the gate? Where one is checked out, so are its files: the hooks are
 * gone, and git says nothing.
 *
 * @throws GitError
 */
export async function diagnoseBranches(repository: OpenedRepository): Promise<Diagnosis[]> {
  const current = await gitLine(repository.cwd, ["symbolic-ref", "-q", "--short", "HEAD"]);
  const without = await refsWithoutTool(repository);
  // Where there is none in this commit either, the hooks have been looked at.
  if (current === "" || without.includes("HEAD")) return [];
  const names = without.map((ref) =>
    Buffer.from(ref.slice("refs/heads/".length), "latin1").toString("utf8"),
  );
  const [first] = names;
  if (first === undefined) return [];
  const place = await gitLine(repository.cwd, [
    ...["for-each-ref", "--format=%(worktreepath)", "--"],
    `refs/heads/${first}`,
  ]);
  const merge = (...at: readonly string[]) => shellCommand(["git", ...at, "merge", current]);
  return [
    note(
      `commits on branches from before the gate are not looked at, nor pushes from there: ${printable(someOf(names))}`,
      // git switches to no branch that another worktree has.
      place === "" ? `${shellCommand(["git", "switch", first])} && ${merge()}` : merge("-C", place),
    ),
  ];
}

/** HEAD and the local branches that do not hold the tool, one char a byte: names need not be UTF-8. */
async function refsWithoutTool(repository: OpenedRepository): Promise<string[]> {
  const args = ["for-each-ref", "--format=%(refname)", "refs/heads"];
  const { stdout } = await runGit(repository, args);
  const refs = ["HEAD", ...stdout.toString("latin1").split("\n").slice(0, -1)];
  const asked = refs.map((ref) => `${ref}:${TOOL_PATH}`);
  const without: string[] = [];
  let at = 0;
  for await (const { oid } of catFileBatch(repository, asked, { check: true })) {
    const ref = refs[at++];
    if (oid === null && ref !== undefined) without.push(ref);
  }
  return without;
}
