import test from "ava";
import { RE2JS } from "re2js";
import { compilePattern } from "../../sops/selection.ts";

const TEXTS = [
  "",
  "data",
  "stringData",
  "xdata",
  "datax",
  "data\n",
  "\ndata",
  "Data",
  "a-b",
  "a|b",
];

for (const pattern of [
  "^(data|stringData)$",
  "^(data)$",
  "^(a-b|data)$",
  // These only look like it.
  "^data|stringData$",
  "^(data|stringData)",
  "^(da.a|stringData)$",
  "^(|data)$",
  "^(data|)$",
  "^((data))$",
  "^(?i)(data)$",
  "(?i)^(data)$",
  "(?m)^(data)$",
]) {
  test(`a list of words is the pattern that RE2 takes it for: ${pattern}`, (t) => {
    const found = compilePattern(pattern);
    const re2 = RE2JS.compile(pattern);
    for (const text of TEXTS) t.is(found(text), re2.matcher(text).find(), JSON.stringify(text));
  });
}

test("a pattern that RE2 does not take is refused", (t) => {
  t.throws(() => compilePattern("^(?!data)$"), { name: "SopsError" });
});
