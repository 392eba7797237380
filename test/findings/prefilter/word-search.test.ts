import test from "ava";
import { WordSearch } from "../../../findings/prefilter/word-search.ts";
import fc from "../../seeded-fast-check.ts";

test("finds every place of every word, as a search for each would", (t) => {
  const letters = fc.constantFrom("a", "b", "é");
  const word = fc.string({ unit: letters, minLength: 4, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: letters, maxLength: 60 }),
      (words, text) => {
        const found: string[] = [];
        new WordSearch(words.map((one) => ({ word: one, means: one }))).search(
          Buffer.from(text, "latin1"),
          (means, end) => found.push(`${means} ${end}`),
        );
        const expected = words.flatMap((one) =>
          [...text].flatMap((_, end) =>
            text.slice(0, end + 1).endsWith(one) ? [`${one} ${end + 1}`] : [],
          ),
        );
        t.deepEqual(found.sort(), expected.sort());
      },
    ),
  );
});
