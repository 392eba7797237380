/**
 * Where the `---` stand that part a text into YAML documents. A line that begins with it is one wherever it
 * stands, inside quotes and block scalars too (YAML 1.2, 9.1.2), so this needs no parsing.
 */
export function* documentMarkers(text: string): Generator<number> {
  for (let at = text.indexOf("---"); at !== -1; at = text.indexOf("---", at + 3)) {
    const isAtStart = at === 0 || LINE_BREAKS.includes(text.charAt(at - 1));
    if (isAtStart && ` \t${LINE_BREAKS}`.includes(text.charAt(at + 3))) yield at;
  }
}

const LINE_BREAKS = "\n\r\u2028\u2029";
