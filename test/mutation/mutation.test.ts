import { existsSync, readFileSync } from "node:fs";
import test from "ava";
import { EQUIVALENTS } from "./equivalents.ts";
import { HELD_BY, ROOMS, testsOf } from "./held-by.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { Trial } from "./trial.ts";
import { sourcesIn } from "./try-mutants.ts";

/** A slice of `npm run mutation`: changes that would let plaintext or a forged file through. */
const KILLED: readonly { file: string; text: string; change: string; by: string }[] = [
  {
    file: "sops/mac.ts",
    text: 'hash.update(value.text, value.type === "bytes" ? "latin1" : "utf8");',
    change: 'hash.update(value.text, value.type === "bytes" ? "latin1" : "utf8"); → nothing',
    by: "test/sops/round-trip.test.ts",
  },
  {
    file: "sops/token.ts",
    text: "decipher.final();",
    change: "decipher.final(); → nothing",
    by: "test/sops/round-trip.test.ts",
  },
  {
    file: "sops/selection/key-selection.ts",
    text: "return matches === null ? null : ({ path }) => path.some(matches);",
    change: "some → every",
    by: "test/sops/round-trip.test.ts",
  },
  {
    file: "hooks/judge.ts",
    text: 'leaks.some(({ rule }) => rule === "plaintext-secret" || rule === "talos-secrets"),',
    change: '=== "plaintext-secret" → !== "plaintext-secret"',
    by: "test/hooks/judge.test.ts",
  },
];

/** ava runs in the project's folder. */
function mutantsIn(file: string): readonly Mutant[] {
  return mutantsOf(readFileSync(file, "utf8"));
}

test("what is changed, and what is not: types, imports, and words for people", (t) => {
  const source = `import { a } from "b";
type T = "x" | 1;
export async function f(one: number, other: string | null): Promise<boolean> {
  const { c } = await import("d");
  if (one < 2 && !c(other ?? "e")) throw new Error("no such thing");
  for (const f of ["g"]) {
    if (f === "h") continue;
    c(/^i$/.test(f));
  }
  try {
    k();
  } catch (error) {
    if (!(error instanceof L)) throw error;
  }
  return [one].some((j) => j * 3 > 0) ? true : false;
}`;
  t.deepEqual(
    mutantsOf(source).map(({ line, change }) => `${line}: ${change}`),
    [
      '5: one < 2 && !c(other ?? "e") → true',
      '5: one < 2 && !c(other ?? "e") → false',
      "5: < 2 → <= 2",
      "5: 2 → 3",
      '5: && !c(other ?? "e") → || !c(other ?? "e")',
      '5: !c(other ?? "e") → c(other ?? "e")',
      '5: ?? "e" → && "e"',
      '5: "e" → "~"',
      '5: throw new Error("no such thing"); → nothing',
      '6: "g" → "~"',
      '7: f === "h" → true',
      '7: f === "h" → false',
      '7: "h" → "~"',
      "7: continue; → nothing",
      "8: c(/^i$/.test(f)); → nothing",
      "8: /^i$/ → /i$/",
      "8: /^i$/ → /^i/",
      "11: k(); → nothing",
      "13: !(error instanceof L) → true",
      "13: !(error instanceof L) → (error instanceof L)",
      "15: [one].some((j) => j * 3 > 0) → true",
      "15: [one].some((j) => j * 3 > 0) → false",
      "15: some → every",
      "15: * 3 → + 3",
      "15: 3 → 4",
      "15: > 0 → >= 0",
      "15: 0 → 1",
      "15: true → false",
      "15: false → true",
    ],
  );
});

test("every equivalent that is listed is a mutant, and one alone", (t) => {
  for (const { file, mutants } of EQUIVALENTS) {
    const all = mutantsIn(file);
    for (const [text, ...changes] of mutants) {
      for (const change of changes) {
        const found = all.filter((one) => one.text === text && one.change === change);
        t.is(found.length, 1, `${file}: ${change}  in  ${text}`);
      }
    }
  }
});

test("a file is held by the test of its name, and by those of its room", (t) => {
  t.deepEqual(testsOf("sops/age/file.ts").slice(0, 2), [
    "test/sops/age/file.test.ts",
    "test/sops/age/bech32.test.ts",
  ]);
  for (const file of ROOMS.flatMap(sourcesIn)) t.not(testsOf(file).length, 0, file);
  for (const [, tests] of HELD_BY) {
    for (const name of tests) t.true(existsSync(`test/${name}.test.ts`), name);
  }
});

test("the tests notice what would let plaintext or a forged file through", async (t) => {
  const trial = new Trial();
  for (const { file, text, change, by } of KILLED) {
    const found = mutantsIn(file).filter((one) => one.text === text && one.change === change);
    t.is(found.length, 1, `${file}: ${change}`);
    for (const mutant of found) t.false(await trial.survives(file, mutant, [by]), change);
  }
  // A test that has nothing to do with it; and what was changed before is whole again.
  const [mutant] = mutantsIn("sops/mac.ts");
  if (mutant === undefined) throw new Error("no mutants");
  t.true(
    await trial.survives("sops/mac.ts", mutant, ["test/sops/creation-rules/pattern-text.test.ts"]),
  );
});
