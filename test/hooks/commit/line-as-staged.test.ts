import test from "ava";
import { linesAsStaged } from "../../../hooks/commit/line-as-staged.ts";

const STAGED = "# x\na: |\n  one\n  two\n# x\n# y\nb: c\n";
const ENCRYPTED = "# x\na: |\n  ENC\n# x\n# y\nb: ENC\nsops:\n";
const lineOf = linesAsStaged(ENCRYPTED, STAGED);

test("a line stands where the staged file has it, also among others like it", (t) => {
  t.is(lineOf(1), 1);
  t.is(lineOf(4), 5);
  t.is(lineOf(5), 6);
});

test("a line that the staged file has not keeps its number", (t) => {
  t.is(lineOf(6), 6);
  t.is(lineOf(9), 9);
});

test("as many lines as a file may have take no time", (t) => {
  const left = "# x\n# y\n".repeat(50_000);
  const of = linesAsStaged(`a: ENC\n${left}`, `a: |\n  one\n${left}`);
  const lines = Array.from({ length: 100_000 }, (_, index) => index + 2);
  t.true(lines.every((line) => of(line) === line + 1));
});
