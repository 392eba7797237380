import test from "ava";
import { RE2JS } from "re2js";
import { keySelector } from "../../../sops/selection/key-selection.ts";
import type { SelectionOption } from "../../../sops/selection/selection-option.ts";
import type { Leaf } from "../../../sops/store.ts";
import { parseFile } from "../../../sops/format.ts";
import { compilePattern, selector } from "../../../sops/selection/selection.ts";

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
  "^(data)$|b",
  "a|^(data)$",
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

test("without a regular expression, keys decide by suffixes and lists of words alone", (t) => {
  const selects = (option: SelectionOption, pattern: string, ...path: string[]) => {
    const leaf = { path } as unknown as Leaf;
    return keySelector({ option, pattern })?.(leaf) ?? null;
  };
  for (const [option, pattern] of [
    ["encrypted_regex", "^(a|data)$"],
    ["encrypted_suffix", "ata"],
  ] as const) {
    for (const inverse of [false, true]) {
      const name = inverse ? (`un${option}` as const) : option;
      t.is(selects(name, pattern, "data"), !inverse);
      t.is(selects(name, pattern, "x", "data", "y"), !inverse);
      t.is(selects(name, pattern, "x", "datax"), inverse);
      t.is(selects(name, pattern), inverse);
    }
  }
  for (const name of ["encrypted_regex", "unencrypted_regex"] as const) {
    t.is(selects(name, "^data", "data"), null, name);
  }
  for (const name of ["encrypted_comment_regex", "unencrypted_comment_regex"] as const) {
    t.is(selects(name, "^(data)$", "data"), null, name);
  }
});

for (const item of ["- b\n    - c", "b: x\n    c: y", "- b: x\n    - c", "- - b\n    - c"]) {
  test(`beside a dash, a comment is on the first entry of the item alone: ${item}`, (t) => {
    const file = parseFile(`a:\n  - # plain\n    ${item}\n  - d\n`, "yaml", null);
    const selects = selector({ option: "unencrypted_comment_regex", pattern: "plain" }, file);
    const values = file.leaves.filter(({ kind }) => kind === "value");
    t.deepEqual(values.map(selects), [false, true, true]);
  });
}
