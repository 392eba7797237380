import { SHORT_TOKENS } from "./keywords.ts";

/** No token of `SHORT_TOKENS` is longer. */
const LONGEST = 80;

/** Whether a token stands in the bytes of a text whose beginning is too short for `WordSearch`. */
export function holdsShortToken(text: Buffer): boolean {
  return SHORT_TOKENS.some(([beginning, shape]) => {
    for (let at = text.indexOf(beginning); at !== -1; at = text.indexOf(beginning, at + 1)) {
      if (shape.test(text.toString("latin1", at, at + LONGEST))) return true;
    }
    return false;
  });
}
