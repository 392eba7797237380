import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shellCommand } from "../../git/shell-word.ts";
import { TOOL_PATH, withToolFromHere } from "../../git/tool-command.ts";

/**
 * A text for the user with the tool named so that it works where they stand, for what is said before git
 * is asked, or without it: help, and complaints about arguments.
 *
 * @param text with `npx flux-sops`.
 */
export function withToolHere(text: string): string {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, TOOL_PATH))) return withToolFromHere(text, folder);
    if (folder === dirname(folder)) break;
  }
  // A repository's copy that is run from elsewhere: npx would not look there.
  const tool = process.argv[1] ?? "";
  return basename(dirname(tool)) === dirname(TOOL_PATH)
    ? text.replaceAll("npx flux-sops", () => shellCommand(["node", tool]))
    : withToolFromHere(text, process.cwd());
}
