import { pathFromText } from "../../git/path.ts";
import { withToolCommand } from "../../git/tool-command.ts";
import type { Destination } from "../destination/destination.ts";

/** A sentence with commands of the tool as they are to be pasted at the top of what was scaffolded. */
export function commandsAtTop(
  sentence: string,
  { directory }: Pick<Destination, "directory">,
): string {
  return withToolCommand(sentence, { cwd: directory, prefix: pathFromText("") });
}
