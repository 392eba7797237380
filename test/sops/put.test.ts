import test from "ava";
import { dataAt, sameData } from "../../sops/data/data-tree.ts";
import { readData, readValue } from "../../sops/data/read-data.ts";
import type { TreePath } from "../../sops/data/tree-path.ts";
import { putYaml } from "../../sops/yaml/set/put.ts";
import { removeYaml } from "../../sops/yaml/set/remove.ts";

const TEXT = `# top
a: one # behind a
b: "two"   # behind b
list:
  - x # behind x
  - y
  - z: 1
block: |
  line
nothing:
last: end
`;

const PATHS = [
  ["a"],
  ["a", "below"],
  ["b"],
  ["list"],
  ["list", 0],
  ["list", 1, "below"],
  ["list", 2, "z"],
  ["list", 3],
  ["block"],
  ["nothing"],
  ["last"],
  ["new"],
  ["new", "below"],
] as const;

const VALUES = [
  String.raw`"x\ny\n"`,
  String.raw`"x\ny\n\n"`,
  String.raw`"x\u00a0"`,
  String.raw`{"k":"x\ny"}`,
  String.raw`{"k":"x\n\n\n"}`,
  String.raw`{"k":"x\ny  "}`,
  String.raw`{"k":"x\ny\u3000"}`,
  String.raw`{"k":"x\u00a0"}`,
  String.raw`{"k":"x\n","l":""}`,
  String.raw`{"k":"x\n","l":[]}`,
  String.raw`{"\u00a0k":"x\ny"}`,
  String.raw`["x\n\n"]`,
  String.raw`[{"k":["x\n\n"]},{"l":" x\n"}]`,
  String.raw`[[["x\ny"]]]`,
  String.raw`"x\n\u2028y"`,
  String.raw`["\u0085x", "\u007f", "\ufeffx", "\u0007", "x\r"]`,
  String.raw`{"x\u2029y":{"\u0007":"x\n\u2028y"}}`,
  "1e19",
  '{"k":[1e19,-1e19,1e300]}',
];

/** Where what is put must not touch what stands before it, or count it. */
const PLACES: readonly [text: string, path: TreePath][] = [
  ["l:\n  -\n    a: x\n  -\n    - y\n", ["l", 0]],
  ["l:\n  -\n    a: x\n  -\n    - y\n", ["l", 1]],
  ["l:\n-\n- x\n", ["l", 0]],
  ["\ufeffa: x\n", ["new"]],
  ["\ufeffa: x\nb: y\n", ["a"]],
  ["\ufeffa:\n  b: y\n", ["a", "new"]],
  // What a block of text would take in, or lose.
  ["a: x\n\n# note\nb: y\n", ["a"]],
  ["a: x\n   \nb: y\n", ["a"]],
  ["a: x\n   # note\nb: y\n", ["a", "new"]],
  ["a:\n  b: x\n       # note\n  c: y\n", ["a", "b"]],
  ["a:\n  b: x\n\n     # note\nc: y\n", ["a", "new"]],
  ["a:\n- x\n\n  # note\n- y\n", ["a", 0]],
  ["a: x\n\n", ["new"]],
  ["a: {b: y}\n", ["a", "b"]],
  ["a: {b: y}\n", ["a", "x\u2028y"]],
];

for (const json of VALUES) {
  test(`put into YAML, ${json} is what is read there`, (t) => {
    const value = readValue(json);
    for (const path of PATHS) {
      const text = putYaml(TEXT, path, value);
      const [root = null] = readData(text, "yaml");
      t.true(sameData(value, dataAt(root, path)), text);
      const others = ["a", "b", "list", "block", "nothing", "last"].filter(
        (key) => key !== path[0],
      );
      const [before = null] = readData(TEXT, "yaml");
      for (const key of others)
        t.true(sameData(dataAt(before, [key]) ?? null, dataAt(root, [key])), text);
    }
    for (const [before, path] of PLACES) {
      const text = putYaml(before, path, value);
      const [root = null] = readData(text, "yaml");
      t.true(sameData(value, dataAt(root, path)), text);
    }
  });
}

test("a byte order mark stays where the first key goes", (t) => {
  t.is(removeYaml("\ufeffa: x\nb: y\n", ["a"]), "\ufeffb: y\n");
});

test("a new entry in brackets stands apart from a key without a value", (t) => {
  t.is(putYaml("a: {b: }\n", ["a", "c"], "z"), 'a: {b: , "c": "z" }\n');
  t.is(putYaml("a: {b}\n", ["a", "c"], "z"), 'a: {b, "c": "z"}\n');
});

test("comments between a key and its value stay, and those beside the header of a block", (t) => {
  const put = (text: string) => putYaml(text, ["a"], "z");
  t.is(put("a: # note\n  x\nb: y\n"), 'a: # note\n  "z"\nb: y\n');
  t.is(put("a:\n  # note\n  x\nb: y\n"), 'a:\n  # note\n  "z"\nb: y\n');
  t.is(put("a: &m # note\n  x\nb: y\n"), 'a: &m # note\n  "z"\nb: y\n');
  t.is(put("a: |- # note\n  x\nb: y\n"), 'a: "z" # note\nb: y\n');
  t.is(put("a:\n  # one\n  >+2 # two\n  x\n\nb: y\n"), 'a:\n  # one\n  "z" # two\nb: y\n');
  t.is(put("a: # note\r\n  |\r\n  x\r\nb: y\r\n"), 'a: # note\r\n  "z"\r\nb: y\r\n');
  t.is(putYaml("a:\n- # note\n  x\n", ["a", 0], "z"), 'a:\n- # note\n  "z"\n');
  t.is(putYaml("a: {b: # note\n  x}\n", ["a", "b"], "z"), 'a: {b: # note\n  "z"}\n');
});

for (const [text, path, left] of [
  ["a: &m\n  b: x\nc: y\n", ["a", "b"], "a: &m {}\nc: y\n"],
  ["a: &m # note\n  b: x\nc: y\n", ["a", "b"], "a: &m # note\n  {}\nc: y\n"],
  ["a:\n  !!map\n  b: x\n", ["a", "b"], "a:\n  !!map {}\n"],
  ["a: &m\n- x\nc: y\n", ["a", 0], "a: &m []\nc: y\n"],
  ["l:\n  - &m\n    b: x\n  - y\n", ["l", 0, "b"], "l:\n  - &m {}\n  - y\n"],
  ["b: |+\n  y\n\na: x\n\n \nc: z\n", ["a"], "b: |+\n  y\n\nc: z\n"],
  ["m:\n  b: >2+\n    y\n  a: x\n\nc: z\n", ["m", "a"], "m:\n  b: >2+\n    y\nc: z\n"],
  ["m:\n  - |+\n    y\na: x\n\n# n\nc: z\n", ["a"], "m:\n  - |+\n    y\n# n\nc: z\n"],
  ["b: |\n  y\n\na: x\n\nc: z\n", ["a"], "b: |\n  y\n\n\nc: z\n"],
  ["b: |\n  y\na: x\n\n    # n\n# m\n", ["a"], "b: |\n  y\n\n# n\n# m\n"],
  ["m:\n  b:\n  - >-\n    y\n  a: x\n    # n", ["m", "a"], "m:\n  b:\n  - >-\n    y\n  # n"],
  [
    "m:\r\n  b: |+\r\n    y\r\n  a: x\r\n\r\n    # n\r\n",
    ["m", "a"],
    "m:\r\n  b: |+\r\n    y\r\n  # n\r\n",
  ],
  ["b: y\na: x\n    # n\n", ["a"], "b: y\n    # n\n"],
  ["a:\n  b: x # n\n  # m\n# p\nc: y\n", ["a"], "# p\nc: y\n"],
  ["m:\n  a:\n  - x\n  # n\n# p\n", ["m", "a"], "m: {}\n# p\n"],
  ["m:\n  a:\n    b: x\n    # n\n  # p\n  c: y\n", ["m", "a"], "m:\n  # p\n  c: y\n"],
  ["a:\n  b: x\n---\na:\n  # n\n  c: y\n", ["a"], "{}\n---\na:\n  # n\n  c: y\n"],
  [
    "l:\n- a:\n    b: x\n- a:\n    # n\n    b: y\n",
    ["l", 0, "a"],
    "l:\n- {}\n- a:\n    # n\n    b: y\n",
  ],
  ["l:\n  - a: x # n\n    # m\n    b: y\n", ["l", 0, "a"], "l:\n  - # m\n    b: y\n"],
  ["l:\n  - a:\n      - x\n      # n\n\n    b: y\n", ["l", 0, "a"], "l:\n  - b: y\n"],
  ["l:\n  - - x\n\n    # m\n    - y\n", ["l", 0, 0], "l:\n  - # m\n    - y\n"],
  ["&k a: x\n&m b: y\n", ["b"], "&k a: x\n"],
  ["a:\n  &k b: x\n  c: y\n", ["a", "b"], "a:\n  c: y\n"],
  ["a: [x,]\nb: y\n", ["a", 0], "a: []\nb: y\n"],
  ["a: [x,]\nb: {c: y , }\n", ["b", "c"], "a: [x,]\nb: { }\n"],
  ["a: [x, y,]\n", ["a", 1], "a: [x,]\n"],
] as const) {
  test(`taken out, nothing else is another thing: ${JSON.stringify(text)}`, (t) => {
    t.is(removeYaml(text, path), left);
  });
}

/** As sops writes a merge key. */
const MERGED: readonly [text: string, at: TreePath, removed: string, added: string | null][] = [
  ["b:\n    !!merge <<:\n        c: 1\n    e: 3\n", ["b"], "b:\n    e: 3\n", null],
  ["b:\n    !!merge <<: {c: 1}\n", ["b"], "b: {}\n", null],
  ["!!merge <<: {c: 1}\ne: 3\n", [], "e: 3\n", null],
  [
    "b: {!!merge <<: {c: 1}, e: 3}\n",
    ["b"],
    "b: {e: 3}\n",
    'b: {!!merge <<: {c: 1}, e: 3, "new": "v"}\n',
  ],
  ["b:\n    - !!merge <<: {c: 1}\n      e: 3\n", ["b", 0], "b:\n    - e: 3\n", null],
];
for (const [text, at, removed, added] of MERGED) {
  test(`a key with a tag is taken out with it, and others stand in its column: ${text}`, (t) => {
    t.is(removeYaml(text, [...at, "<<"]), removed);
    const indent = " ".repeat(at.length === 0 ? 0 : at.length === 1 ? 4 : 6);
    t.is(putYaml(text, [...at, "new"], "v", null), added ?? `${text}${indent}new: v\n`);
  });
}
