/**
 * Finds the line of a staged file by its line in the encrypted form, in which a value of many lines is
 * one line of ciphertext. Only lines that were left as they are can be found.
 *
 * @returns for a line, 1-based: the same where the staged file has none like it
 */
export function linesAsStaged(encrypted: string, staged: string): (line: number) => number {
  const now = linesByText(encrypted.split("\n"));
  const alike = linesByText(staged.split("\n"));
  // What is in both is in the same order; of lines that are alike, the last ones are as many.
  const own = new Map<number, number>();
  for (const [text, lines] of now) {
    const others = alike.get(text) ?? [];
    for (const [index, line] of lines.entries()) {
      const other = others[others.length - lines.length + index];
      if (other !== undefined) own.set(line, other);
    }
  }
  return (line) => own.get(line) ?? line;
}

function linesByText(all: readonly string[]): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const [index, text] of all.entries()) {
    const alike = lines.get(text);
    if (alike === undefined) lines.set(text, [index + 1]);
    else alike.push(index + 1);
  }
  return lines;
}
