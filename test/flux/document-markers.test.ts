import test from "ava";
import { documentMarkers } from "../../flux/document-markers.ts";
import fc from "../seeded-fast-check.ts";

test("a line that begins with three dashes, and nothing or a blank behind them, is a marker", (t) => {
  const piece = fc.constantFrom("-", "---", " ", "\t", "\n", "\r", "\u2028", "a", "#");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const expected = [...text.matchAll(/^---(?=[ \t]|$)/gm)].map(({ index }) => index);
      t.deepEqual([...documentMarkers(text)], expected);
    }),
  );
});
