import test from "ava";
import { NumberText } from "../../../sops/data/data-tree.ts";
import { readData } from "../../../sops/data/read-data.ts";
import { plain } from "../../../sops/data/yaml-text.ts";
import { readBlockStyle } from "../../../sops/yaml/block-style/block-style.ts";
import fc from "../../seeded-fast-check.ts";
import { blockStyleDocument } from "../block-style-documents.ts";

const RUNS = 300;

/** A comment with a tab in it, and the yaml package has to read the file. */
function notInBlockStyle(text: string): string {
  return `${text.endsWith("\n") ? text : `${text}\n`}#\t\n`;
}

test("the data of a file in block style is what the yaml package reads", (t) => {
  let read = 0;
  for (const text of fc.sample(blockStyleDocument(), { numRuns: RUNS })) {
    if (readBlockStyle(text) === null) continue;
    read += 1;
    t.is(readBlockStyle(notInBlockStyle(text)), null);
    t.deepEqual(readData(text, "yaml"), readData(notInBlockStyle(text), "yaml"), text);
  }
  t.true(read > RUNS / 10, `${read} of ${RUNS}`);
});

test("the data of lists in items of lists, and of keys that only look alike", (t) => {
  const text = 'a:\n- b: 1\n  c:\n    - x\n    - "2"\n- c:\n  - z\n- y\n"a.b": true\n';
  t.not(readBlockStyle(text), null);
  t.deepEqual(readData(text, "yaml"), readData(notInBlockStyle(text), "yaml"));
});

test("a text with a sops mapping is data, too", (t) => {
  const [data] = readData("a: b\nsops:\n  mac: x\n", "yaml");
  t.deepEqual(
    data,
    new Map<string, unknown>([
      ["a", "b"],
      ["sops", new Map([["mac", "x"]])],
    ]),
  );
});

test("a tag without a name says nothing, as to go-yaml; that of texts does", (t) => {
  const [data] = readData("a: ! 1\nb: !!str 1\n", "yaml");
  t.deepEqual(
    data,
    new Map<string, unknown>([
      ["a", new NumberText("1")],
      ["b", "1"],
    ]),
  );
});

for (const [format, text] of [
  ["dotenv", "b=1\nb=2\n"],
  ["json", '{"b": "1", "b": "2"}'],
  ["ini", "[a]\nb = 1\n[c]\n[a]\nb = 2\n"],
  ["json", '{"a": [{"b": "1", "b": "2"}]}'],
] as const) {
  test(`a key that stands twice is one of the two, or refused: ${text}`, (t) => {
    const shown = (repeated: "first" | "last") =>
      JSON.stringify(plain(readData(text, format, repeated)), (_, value: unknown) =>
        value instanceof Map ? Object.fromEntries(value) : value,
      );
    t.regex(shown("first"), /"b":"1"/);
    t.is(shown("last"), shown("first").replace('"b":"1"', '"b":"2"'));
    t.throws(() => readData(text, format, "refuse"), {
      code: "cannot-hold",
      message: 'the key "b" stands twice, and one would be lost',
    });
  });
}

test("a section that stands twice is one, whose keys are all there", (t) => {
  const [data] = readData("[a]\nb = 1\n[a]\nc = 2\n", "ini", "refuse");
  t.deepEqual(data, new Map([["a", new Map(Object.entries({ b: "1", c: "2" }))]]));
});
