import { fixCommands, type FixPlace } from "../findings/fix.ts";
import type { Mend } from "../findings/finding.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { Repository } from "../git/repository.ts";
import { pathspec, shellPath } from "../git/shell-word.ts";
import { withToolCommand } from "../git/tool-command.ts";

/** What mends a finding and is no command: sentences, without their full stops. */
export function mendWords(
  { mend }: { readonly mend: Mend },
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  return mend.kind === "edit" ? [`To mend it, ${withToolCommand(mend.what, repository)}`] : [];
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
