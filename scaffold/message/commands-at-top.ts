import { pathFromText } from "../../git/path.ts";
import { withToolCommand } from "../../git/tool-command.ts";
import type { Target } from "../target/target.ts";

/** A sentence with commands of the tool as they are to be pasted at the top of what was scaffolded. */
export function commandsAtTop(sentence: string, { directory }: Pick<Target, "directory">): string {
  return withToolCommand(sentence, { cwd: directory, prefix: pathFromText("") });
}
