/** yo reads `--branch 1.0` as the number 1; what was typed is in the process's arguments. */
export function optionText(answer: unknown, flag: string): string {
  return typeof answer === "number" ? (typedText(flag) ?? String(answer)) : String(answer);
}

/** What was typed for a flag; null where it is not on the command line. */
export function typedText(flag: string): string | null {
  const at = process.argv.findIndex(
    (word) => word === `--${flag}` || word.startsWith(`--${flag}=`),
  );
  const word = process.argv[at];
  if (at === -1 || word === undefined) return null;
  return word.includes("=") ? word.slice(word.indexOf("=") + 1) : (process.argv[at + 1] ?? "");
}
