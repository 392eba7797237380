import { existsSync } from "node:fs";
import { fixCommands, type FixPlace } from "../findings/fix.ts";
import type { Mend, UnderARule } from "../findings/finding.ts";
import { shownFile } from "../findings/wording.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { Repository } from "../git/repository.ts";
import { pathspec, shellPath } from "../git/shell-word.ts";
import { withToolCommand } from "../git/tool-command.ts";
import { worktreeLocation } from "../git/worktree-file.ts";

/** What mends a finding and is no command: sentences, without their full stops. */
export function mendWords(
  { path, mend }: { readonly path: GitPath; readonly mend: Mend },
  where: FixPlace["where"],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  if (where === "history" || (mend.kind !== "edit" && mend.kind !== "leave-out")) return [];
  if (mend.orUnderARule) {
    const move = { path, mend: { kind: "rename", to: mend.orUnderARule.to } } as const;
    return underARule(mend.orUnderARule, fixOf(move, where, repository).join(" && "));
  }
  if (mend.kind === "edit") return [`To mend it, ${withToolCommand(mend.what, repository)}`];
  return mend.orUnderARule === null
    ? ["To have it encrypted, add a creation rule for it to .sops.yaml, and stage that too"]
    : [];
}

function underARule({ rules, line, pathRegex, name }: UnderARule, move: string): string[] {
  return [
    `To have it encrypted, move it to where a creation rule takes it (${move})`,
    `Or copy the rule in line ${line} of ${shownFile(rules)}, with path_regex: ${shownFile(pathRegex)}, ` +
      (name === null ? "and stage that too" : `name the file ${shownFile(name)}, and stage both`),
  ];
}

/** What mends an error where the file is on disk: git moves none to where another is already. */
export function mendOnDisk(mend: Mend, repository: Pick<Repository, "cwd" | "env">): Mend {
  const isTaken =
    mend.kind === "rename" && existsSync(worktreeLocation(repository, pathFromText(mend.to)));
  return isTaken ? { kind: "leave-out" } : mend;
}

/**
 * What mends a finding, as lines to paste into a shell.
 *
 * @param where where the file was found.
 * @param repository where the user stands.
 */
export function fixOf(
  { path, mend }: { readonly path: GitPath; readonly mend: Mend },
  where: FixPlace["where"],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  const { prefix } = repository;
  // The finding's own path keeps its bytes; another, made from its text, has text only.
  const own = (text: string) => (text === pathText(path) ? path : pathFromText(text));
  return fixCommands(mend, {
    path: pathText(path),
    where,
    shellPath: (text) => shellPath(own(text), prefix),
    pathspec: (text) => pathspec(own(text), prefix),
    withTool: (command) => withToolCommand(command, repository),
  });
}
