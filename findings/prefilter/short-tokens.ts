import { SHORT_TOKENS } from "./keywords.ts";

/** No token of `SHORT_TOKENS` is longer. */
const LONGEST = 80;

/** Whether a token of `SHORT_TOKENS` stands in the bytes of a text. */
export function holdsShortToken(text: Buffer, tokens = SHORT_TOKENS): boolean {
  return tokens.some(([mark, shape]) => {
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
      if (hasShape(text, at, shape)) return true;
    }
    return false;
  });
}

/** Whether what begins at a place in the bytes of a text has the shape of a token. */
export function hasShape(text: Buffer, at: number, shape: RegExp): boolean {
  return shape.test(text.toString("latin1", at, at + LONGEST));
}
