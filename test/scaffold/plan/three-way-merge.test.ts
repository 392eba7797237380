import test from "ava";
import { commonRuns } from "../../../scaffold/plan/line-diff.ts";
import { mergeThreeWay } from "../../../scaffold/plan/three-way-merge.ts";
import { unifiedDiff } from "../../../scaffold/plan/unified-diff.ts";
import fc from "../../seeded-fast-check.ts";

const line = fc.constantFrom("a\n", "b\n", "c\n", "d\n");
const lines = fc.array(line, { maxLength: 12 });

test("the runs are common to both, in order, and as many lines as any subsequence has", (t) => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const runs = commonRuns(a, b);
      let [x, y, total] = [0, 0, 0];
      for (const run of runs) {
        if (run.a < x || run.b < y) return false;
        for (let step = 0; step < run.length; step += 1) {
          if (a[run.a + step] !== b[run.b + step]) return false;
        }
        [x, y, total] = [run.a + run.length, run.b + run.length, total + run.length];
      }
      return total === longestCommon(a, b);
    }),
  );
  t.pass();
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const table = [...a, ""].map(() => [...b, ""].map(() => 0));
  for (let x = a.length - 1; x >= 0; x -= 1) {
    for (let y = b.length - 1; y >= 0; y -= 1) {
      const row = table[x] ?? [];
      row[y] =
        a[x] === b[y]
          ? 1 + (table[x + 1]?.[y + 1] ?? 0)
          : Math.max(table[x + 1]?.[y] ?? 0, row[y + 1] ?? 0);
    }
  }
  return table[0]?.[0] ?? 0;
}

test("a merge where one side changed nothing is the other side", (t) => {
  fc.assert(
    fc.property(lines, lines, (base, other) => {
      const [o, x] = [base.join(""), other.join("")];
      return (
        mergeThreeWay(o, o, x) === x && mergeThreeWay(o, x, o) === x && mergeThreeWay(o, x, x) === x
      );
    }),
  );
  t.pass();
});

test("a file that has become a long one has room", (t) => {
  // As flux bootstrap makes of one line in gotk-components.yaml.
  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
  t.deepEqual(commonRuns(["one\n", "\n"], [...long, "\n", "two\n"]), [
    { a: 1, b: 20_000, length: 1 },
  ]);
  t.is(mergeThreeWay("one\n", long.join(""), "two\n"), null);
});

const base = "one\ntwo\nthree\nfour\nfive\n";

test("changes of different lines come together, of the same line do not", (t) => {
  t.is(
    mergeThreeWay(base, base.replace("one", "ONE"), base.replace("four", "4")),
    "ONE\ntwo\nthree\n4\nfive\n",
  );
  t.is(
    mergeThreeWay(base, `${base}mine\n`, base.replace("one\n", "")),
    "two\nthree\nfour\nfive\nmine\n",
  );
  t.is(mergeThreeWay(base, base.replace("two", "2"), base.replace("two", "II")), null);
  t.is(mergeThreeWay(base, base.replace("two", "2"), base.replace("two\nthree", "x\ny")), null);
});

test("a diff shows what changed with three lines around it, and no control characters", (t) => {
  const before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  t.deepEqual(unifiedDiff(before, before.replace("8", "eight\u001b[2J")), [
    "@@ -5 +5 @@",
    " 5",
    " 6",
    " 7",
    "-8",
    "+eight\\033[2J",
    " 9",
  ]);
  t.deepEqual(unifiedDiff(before, before), []);
});
