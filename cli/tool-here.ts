import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathFromText } from "../git/path.ts";
import { TOOL_PATH, withToolCommand } from "../git/tool-command.ts";

/**
 * A text for the user with the tool named so that it works where they stand, for what is said before git
 * is asked, or without it: help, and complaints about arguments.
 *
 * @param text with `npx flux-sops`, which stays where no folder above has a copy of the tool.
 */
export function withToolHere(text: string): string {
  const here = process.cwd();
  for (let folder = here; ; folder = dirname(folder)) {
    if (existsSync(join(folder, TOOL_PATH))) {
      const below = relative(folder, here);
      const prefix = pathFromText(below === "" ? "" : `${below}/`);
      return withToolCommand(text, { cwd: folder, prefix });
    }
    if (folder === dirname(folder)) return text;
  }
}
