import { withToolHere } from "../terminal/tool-here.ts";

/** The end of a command's help: lines to paste. */
export function examples(...lines: readonly string[]): string {
  return withToolHere(`\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
