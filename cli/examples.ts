/** The end of a command's help: lines to paste, as they are run in a scaffolded repository. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
