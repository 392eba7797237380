import test from "ava";
import type { Data } from "../../../sops/data/data-tree.ts";
import type { Format } from "../../../sops/format.ts";
import { readComments, type DataComments } from "../../../sops/data/read-comments.ts";
import { readData } from "../../../sops/data/read-data.ts";
import { writeData } from "../../../sops/data/write-data.ts";

function converted(text: string, from: Format, to: Format): string {
  const documents = readData(text, from);
  return writeData(documents, to, null, readComments(documents, text, from));
}

const CONVERSIONS: readonly [what: string, from: Format, to: Format, text: string, is: string][] = [
  [
    "above, beside and behind values",
    "yaml",
    "dotenv",
    "# head\n\n# above\na: x # beside\n#\nb: |\n  y\n# behind\n",
    "# head\n# above\n# beside\na=x\n#\nb=y\\n\n# behind\n",
  ],
  ["from dotenv", "dotenv", "yaml", "# a\r\na=x\n#b: y\n", "# a\na: x\n#b: y\n"],
  ["of a file without a value", "dotenv", "yaml", "# a\n#b\n", "# a\n#b\n{}\n"],
  [
    "of sections, as far as INI has a place for them",
    "yaml",
    "ini",
    "# head\n# on s\ns:\n  # above\n  a: x # beside\n  # ;marks\n  b: y\n  # behind\n",
    "[s]\n; above\n; beside\na = x\n; marks\n; behind\nb = y\n",
  ],
  [
    "from INI, each line",
    "ini",
    "yaml",
    "; one\n# two\n[s] ; three\n; four\na = x ; five\n\n; six\nb = y\n; seven\n",
    's:\n    #one\n    #two\n    #three\n    #four\n    #five\n    a: x\n    #six\n    b: "y"\n    #seven\n',
  ],
  ["of which JSON has none", "yaml", "json", "# note\na: x\n", '{\n\t"a": "x"\n}\n'],
  [
    "of lists, which only YAML has",
    "yaml",
    "yaml",
    "# a\nl:\n  # b\n  - x # c\n  # d\n  - k: 1 # e\n    # f\n  - # g\n    - y\n    - {}\n    # h\n  -\n  # i\nm: z\n",
    '# a\nl:\n    # b\n    # c\n    - x\n    # d\n    - # e\n      k: 1\n      # f\n    - # g\n      - "y"\n      - {}\n      # h\n    - null\n# i\nm: z\n',
  ],
  [
    "of the first document, where a format holds that one",
    "yaml",
    "dotenv",
    "# a\na: x\n# b\n---\n# c\nb: y\n",
    "# a\na=x\n# b\n",
  ],
  [
    "of an empty first document, and no other",
    "yaml",
    "dotenv",
    "{}\n# a\n---\n# b\nb: y\n",
    "# a\n",
  ],
  [
    "of a first document without a leaf",
    "yaml",
    "yaml",
    "l: []\n---\n# b\nb: y\n",
    'l: []\n---\nb: "y"\n',
  ],
  [
    "of all documents, where a format holds them",
    "yaml",
    "ini",
    "# a\ns:\n  # b\n  a: x\n---\nt:\n  # c\n  b: y\n  # d\n",
    "[s]\n; b\na = x\n\n[t]\n; c\n; d\nb = y\n",
  ],
  [
    "in lists and mappings beside empty ones",
    "yaml",
    "yaml",
    "l:\n  - []\n  - {}\n  - # a\n    k:\n      # b\n      - x\n  # c\n",
    "l:\n    - []\n    - {}\n    - # a\n      k:\n          # b\n          - x\n          # c\n",
  ],
];
for (const [what, from, to, text, expected] of CONVERSIONS) {
  test(`comments ${what}: ${from} to ${to}`, (t) => {
    t.is(converted(text, from, to), expected);
  });
}

/** As only somebody who made the ciphertext himself could put it there. */
const HOSTILE = [
  "x\ninjected: 1",
  "x\ninjected=1",
  "x\r[injected]",
  "x\u2028injected: 1",
  "x\u0085injected: 1",
  "x\0",
  "\ufeff",
  "",
  "\n\n",
  " \\",
  "]\n[t]\na = 1",
];
for (const format of ["yaml", "dotenv", "ini"] as const) {
  test(`whatever is in a comment, it becomes no data: ${format}`, (t) => {
    for (const text of HOSTILE) {
      for (const above of ["a", "gone", null]) {
        const section = new Map<string, Data>([["a", "x"]]);
        const root = format === "ini" ? new Map<string, Data>([["s", section]]) : section;
        const comments: DataComments = new Map([[section, [{ text, above }]]]);
        const written = writeData([root], format, null, comments);
        t.deepEqual(readData(written, format), [root], JSON.stringify(written));
        t.notRegex(written, /^(?:injected|\[injected|\[t)/m);
      }
    }
  });
}

test("as many comments as a file may have take no time", (t) => {
  const text = `${"# note\n".repeat(50_000)}a: x\n`;
  t.is(converted(text, "yaml", "dotenv"), text.replace("a: x", "a=x"));
  const list = `l:\n${"    # note\n    - # on\n      k: x\n".repeat(3_000)}`;
  t.is(converted(list, "yaml", "yaml"), list);
});
