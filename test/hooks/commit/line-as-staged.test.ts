import test from "ava";
import { lineAsStaged } from "../../../hooks/commit/line-as-staged.ts";

const STAGED = "# x\na: |\n  one\n  two\n# x\n# y\nb: c\n";
const ENCRYPTED = "# x\na: |\n  ENC\n# x\n# y\nb: ENC\nsops:\n";

test("a line stands where the staged file has it, also among others like it", (t) => {
  t.is(lineAsStaged(1, ENCRYPTED, STAGED), 1);
  t.is(lineAsStaged(4, ENCRYPTED, STAGED), 5);
  t.is(lineAsStaged(5, ENCRYPTED, STAGED), 6);
});

test("a line that the staged file has not keeps its number", (t) => {
  t.is(lineAsStaged(6, ENCRYPTED, STAGED), 6);
  t.is(lineAsStaged(9, ENCRYPTED, STAGED), 9);
});
