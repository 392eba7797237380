import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { runGitBlocking, type GitContext } from "../run.ts";

/**
 * What git is in the middle of, beyond an ordinary commit. `message` is a commit that git prepared
 * the message for: a clean revert, or what `cherry-pick -n`, `revert -n` and `merge --squash` leave.
 */
export type Operation =
  | { readonly kind: "merge" }
  | { readonly kind: "cherry-pick"; readonly more: boolean }
  | { readonly kind: "revert"; readonly more: boolean }
  | {
      readonly kind: "rebase";
      /** The commit that is being applied, or null where git has not written it down. */
      readonly commit: string | null;
      /** It goes into the commit before it: `fixup`, `squash`, what was staged after `edit`. */
      readonly isAmend: boolean;
      /** What has begun to be folded: git keeps the message that is to come of it in a file of that name. */
      readonly folding: "fixup" | "squash" | null;
      /** git has the message ready, as for a commit of the list that was stopped. */
      readonly hasMessage: boolean;
    }
  | { readonly kind: "rebase-apply" }
  | { readonly kind: "am" }
  | { readonly kind: "message" };

const TAKING_OVER = new Set(["merge", "cherry-pick", "revert", "rebase", "rebase-apply", "am"]);

/** Whether a file that is reset to HEAD would lose what was to be taken over, and nothing would say so. */
export function takesOver(during: { readonly kind: string } | null): boolean {
  return during !== null && TAKING_OVER.has(during.kind);
}

/**
 * What git is in the middle of, told from the files that it keeps (git's `wt-status.c`,
 * `sequencer.c`, `builtin/am.c`), or null for an ordinary commit.
 *
 * @param gitDir absolute; of this worktree
 * @throws GitError
 */
export function ongoingOperation(context: GitContext, gitDir: string): Operation | null {
  const has = (name: string): boolean => existsSync(path.join(gitDir, name));
  // A rebase first: it writes the other files for each of its commits.
  if (has("rebase-merge")) {
    const { commit, folds } = stepOfRebase(gitDir);
    return {
      kind: "rebase",
      commit,
      isAmend: has("rebase-merge/amend") || folds,
      folding: !has("rebase-merge/current-fixups")
        ? null
        : has("rebase-merge/message-fixup")
          ? "fixup"
          : "squash",
      hasMessage: has("MERGE_MSG"),
    };
  }
  if (has("rebase-apply")) return { kind: has("rebase-apply/applying") ? "am" : "rebase-apply" };
  if (has("MERGE_HEAD")) return { kind: "merge" };
  const todo = todoOf(gitDir);
  const hasMessage = has("MERGE_MSG");
  // With reftables they are no files. No pick is without its message, and most commits are no picks.
  const hasRef = (name: string): boolean =>
    has(name) || (hasMessage && has("reftable") && isRef(context, name));
  if (todo?.action === "pick" || hasRef("CHERRY_PICK_HEAD")) {
    return { kind: "cherry-pick", more: todo?.more ?? false };
  }
  if (todo?.action === "revert" || hasRef("REVERT_HEAD")) {
    return { kind: "revert", more: todo?.more ?? false };
  }
  return hasMessage || has("SQUASH_MSG") ? { kind: "message" } : null;
}

function isRef(context: GitContext, name: string): boolean {
  const args = ["rev-parse", "--verify", "--quiet", name];
  return runGitBlocking(context, args, { allowed: [0, 1] }).status === 0;
}

function textOf(gitDir: string, name: string): string {
  try {
    return readFileSync(path.join(gitDir, name), "utf8");
  } catch {
    return "";
  }
}

/** The steps that are left of several picks or reverts; the first is the one at work. */
function todoOf(gitDir: string): { action: string; more: boolean } | null {
  const lines = textOf(gitDir, "sequencer/todo").split("\n").filter(Boolean);
  const action = lines[0]?.split(" ")[0];
  return action === undefined ? null : { action, more: lines.length > 1 };
}

/**
 * The step of a rebase that is at work: the one that git stopped at, else the last in its list of what
 * is done. In that, git before 2.43 repeats the step before one that a hook has refused.
 */
function stepOfRebase(gitDir: string): { commit: string | null; folds: boolean } {
  const done = textOf(gitDir, "rebase-merge/done").trimEnd().split("\n");
  const stopped = textOf(gitDir, "rebase-merge/stopped-sha").trimEnd();
  const commits = done.map(
    (step) => /^[a-z]+ (?:-[cC] )?([0-9a-f]{7,64})\b/.exec(step)?.[1] ?? null,
  );
  const at = stopped === "" ? -1 : commits.lastIndexOf(stopped);
  const step = at === -1 ? done.length - 1 : at;
  return {
    commit: commits[step] ?? null,
    folds: /^(?:fixup|squash|f|s)\b/.test(done[step] ?? ""),
  };
}
