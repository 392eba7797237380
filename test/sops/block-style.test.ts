import test, { type ExecutionContext } from "ava";
import { readBlockStyle } from "../../sops/yaml/block-style/block-style.ts";
import { readAnyStyle } from "../../sops/yaml/any-style/any-style.ts";
import { tidyYamlDocument, yamlDocument } from "../conformance/yaml-documents.ts";
import fc from "../seeded-fast-check.ts";
import { blockStyleDocument, damagedBlockStyleDocument } from "./block-style-documents.ts";

/** Some more by hand: `FLUX_SOPS_BLOCK_STYLE_RUNS=20000 npx ava test/sops/block-style.test.ts`. */
const RUNS = Number(process.env["FLUX_SOPS_BLOCK_STYLE_RUNS"] ?? "600");

/** What the block style's reader reads, it reads as the yaml package; a few it has to take. */
function readsAlike(t: ExecutionContext, documents: fc.Arbitrary<string>, least: number): void {
  let taken = 0;
  for (const text of fc.sample(documents, { numRuns: RUNS })) {
    const read = readBlockStyle(text);
    if (read === null) continue;
    taken += 1;
    // Throws for what the yaml package refuses.
    t.deepEqual(read, readAnyStyle(text), JSON.stringify(text));
  }
  t.true(taken > least * RUNS, `${taken} of ${RUNS}`);
}

test("block style is read as the yaml package reads it", (t) => {
  readsAlike(t, blockStyleDocument(), 0.1);
});

test("damaged block style is read as the yaml package reads it, or not at all", (t) => {
  readsAlike(t, damagedBlockStyleDocument(), 0.01);
});

test("any YAML is read as the yaml package reads it, or not at all", (t) => {
  readsAlike(t, yamlDocument(), 0.1);
  readsAlike(t, tidyYamlDocument(), 0.1);
});

/** Each for one reason. */
const ORDINARY: Readonly<Record<string, string>> = {
  "a Secret":
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\nstringData:\n  user: admin\n  password: \"correct horse\"\n  url: 'postgres://x'\n",
  "a document marker below a comment": "# note\n---\na: b\n",
  "comments on every side": "# top\na: # beside\n  # above\n  b: c # beside\n  # below\n# end\n",
  "a literal block": "a:\n  b: |\n    one\n\n      two\n  c: |-\n    three\n\nd: e\n",
  "lists in their key's column, deeper, and of mappings":
    "a:\n- b\n- c\nd:\n  - e: f\n    g: h\n  -   i: j\n",
  "a file that sops encrypted":
    'data:\n    a: ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str]\n    #ENC[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:comment]\n    b: c\nsops:\n    age:\n        - recipient: age1\n          enc: |\n            -----BEGIN\n            -----END\n    lastmodified: "2026-01-01T00:00:00Z"\n    encrypted_regex: ^(data|stringData)$\n    version: 3.13.3\n',
  "anchors that nothing names": "a: &x b # note\nc:\n  - &y 'd'\n  - &z |\n    e\n",
  "letters of other languages": "a: Grüße, こ\n",
};

for (const [name, text] of Object.entries(ORDINARY)) {
  test(`the yaml package is not needed for ${name}`, (t) => {
    const read = readBlockStyle(text);
    t.not(read, null);
    t.deepEqual(read, readAnyStyle(text));
  });
}

/** What is for the yaml package, whether it is right or wrong. */
const OTHERS: Readonly<Record<string, string>> = {
  "nothing at all": "",
  "a comment alone": "# a\n",
  "flow collections": "a: {b: c}\nd: []\n",
  "an escape": 'a: "\\n"\n',
  "a doubled quote": "a: 'it''s'\n",
  aliases: "a: &x b\nc: *x\n",
  "an anchor on a mapping": "a: &x\n  b: c\n",
  "an anchor on nothing": "a: &x\nb: c\n",
  "an anchor before a key": "&x a: b\n",
  tags: "a: !!str 1\n",
  "a value over two lines": "a: b\n  c\n",
  "a quoted value over two lines": 'a: "b\n  c"\n',
  "a missing value": "a:\nb: c\n",
  "a missing item": "a:\n  -\n  - b\n",
  "a folded block": "a: >\n  b\n",
  "a block that keeps its line ends": "a: |+\n  b\n\n",
  "a block with an indentation indicator": "a: |2\n   b\n",
  "two documents": "a: b\n---\nc: d\n",
  "the end of a document": "a: b\n...\n",
  "a directive": "%YAML 1.2\n---\na: b\n",
  "a byte order mark": "\ufeffa: b\n",
  "Windows line ends": "a: b\r\n",
  "a tab": "a:\tb\n",
  "a no-break space": "a: b\u00a0\n",
  "a control character": "a: b\u0007\n",
  "half a character": "a: b\ud800\n",
  "a key twice": "a: b\na: c\n",
  "a key that is no string": "1: b\n",
  "a merge key": "<<: b\n",
  "a list at the top": "- a\n",
  "a mapping in the middle of a line": "a: b: c\n",
  "an indentation that fits nothing": "a:\n    b: c\n  d: e\n",
  "an integer that sops cannot hold": "a: 18446744073709551615\n",
  "a sops key that is no mapping": "sops: a\n",
  "a comment inside the sops block": "sops:\n  a: b\n  # c\n",
};

for (const [name, text] of Object.entries(OTHERS)) {
  test(`the yaml package is asked about ${name}`, (t) => {
    t.is(readBlockStyle(text), null);
  });
}

test("the deepest nesting is for the yaml package", (t) => {
  const nested = (depth: number) =>
    Array.from({ length: depth }, (_, level) => `${" ".repeat(level)}a:`).join("\n") + " b\n";
  t.not(readBlockStyle(nested(40)), null);
  t.is(readBlockStyle(nested(60)), null);
  t.is(readBlockStyle(nested(10_000)), null);
});
