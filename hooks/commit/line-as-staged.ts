/**
 * The line of a staged file that stands at a line of its encrypted form, where a value of many lines is one of ciphertext.
 * Only lines that were left as they are have one.
 *
 * @param line 1-based
 * @returns the same line where the staged file has none like it
 */
export function lineAsStaged(line: number, encrypted: string, staged: string): number {
  const now = encrypted.split("\n");
  const text = now[line - 1];
  // What is in both is in the same order; of lines that are alike, the last ones are as many.
  const below = now.slice(line).filter((other) => other === text).length;
  const alike = staged.split("\n").flatMap((other, index) => (other === text ? [index + 1] : []));
  return alike.at(-1 - below) ?? line;
}
