import test from "ava";
import { readValue } from "../../sops/data/read-data.ts";
import type { TreePath } from "../../sops/data/tree-path.ts";
import { putJson, removeJson } from "../../sops/json/put.ts";

const LINES = '{\n  "a": 1,\n  "b": [\n    "x",\n    "y"\n  ],\n  "c": {\n    "d": null\n  }\n}\n';

for (const [text, path, left] of [
  [LINES, ["a"], LINES.replace('"a": 1,\n  ', "")],
  [LINES, ["b"], LINES.replace(/,\n {2}"b"[^\]]*\]/, "")],
  [LINES, ["c"], LINES.replace(/,\n {2}"c"[^}]*\}/, "")],
  [LINES, ["b", 0], LINES.replace('"x",\n    ', "")],
  [LINES, ["b", 1], LINES.replace(',\n    "y"', "")],
  [LINES, ["c", "d"], LINES.replace(/\n {4}"d": null\n {2}/, "")],
  ['{"a": 1, "b": 2, "c": 3}', ["a"], '{"b": 2, "c": 3}'],
  ['{"a": 1, "b": 2, "c": 3}', ["b"], '{"a": 1, "c": 3}'],
  ['{"a": 1, "b": 2, "c": 3}', ["c"], '{"a": 1, "b": 2}'],
  ['{"a":[[1]]}', ["a", 0, 0], '{"a":[[]]}'],
  ['{"a":[ {"b":1} , 2 ]}', ["a", 0], '{"a":[ 2 ]}'],
  ['{ "a" : 1 }\r\n', ["a"], "{}\r\n"],
  ['{"a,b": "},", "c": "]"}', ["a,b"], '{"c": "]"}'],
  ['{"a": 1, "sops": {"mac": "x"}}', ["a"], '{"sops": {"mac": "x"}}'],
  ['{"\\u0061": 1, "b": 2}', ["a"], '{"b": 2}'],
  [LINES, ["z"], null],
  [LINES, ["b", 2], null],
  [LINES, ["c", "d", "e"], null],
] as const satisfies readonly (readonly [string, TreePath, string | null])[]) {
  test(`taken out of JSON, all else keeps its bytes: ${JSON.stringify([text, path])}`, (t) => {
    t.is(removeJson(text, path), left);
  });
}

for (const [text, path, value, after] of [
  [LINES, ["a"], '"z"', LINES.replace("1", '"z"')],
  [LINES, ["b", 1], '{"k":1}', LINES.replace('"y"', '{\n      "k": 1\n    }')],
  [LINES, ["b", 7], "true", LINES.replace('"y"', '"y",\n    true')],
  [LINES, ["c", "e"], "[1]", LINES.replace("null", 'null,\n    "e": [\n      1\n    ]')],
  // A single value gives its place to a branch.
  [LINES, ["a", "n", "m"], "2", LINES.replace("1", '{\n    "n": {\n      "m": 2\n    }\n  }')],
  [LINES, ["new"], '"\\u2028\\""', LINES.replace("\n  }\n}", '\n  },\n  "new": "\u2028\\""\n}')],
  ['{"a": 1}', ["b", "c"], "null", '{"a": 1, "b": {"c": null}}'],
  ["{}", ["a"], "1", '{"a": 1}'],
  ['{"sops": {"mac": "x"}}', ["a"], "1", '{"a": 1, "sops": {"mac": "x"}}'],
  ['{"a": 1, "sops": {"mac": "x"}}', ["b"], "2", '{"a": 1, "b": 2, "sops": {"mac": "x"}}'],
] as const satisfies readonly (readonly [string, TreePath, string, string])[]) {
  test(`put into JSON, it is written as the file is: ${JSON.stringify([text, path])}`, (t) => {
    t.is(putJson(text, path, readValue(value)), after);
  });
}

test("an encrypted comment counts as no item of a list, and a position leads into no mapping", (t) => {
  const [iv, tag] = [32, 16].map((bytes) => Buffer.alloc(bytes).toString("base64"));
  const text = `{"l": ["ENC[AES256_GCM,data:b24=,iv:${iv},tag:${tag},type:comment]", 1, 2]}`;
  t.is(removeJson(text, ["l", 0]), text.replace(" 1,", ""));
  t.is(putJson(text, ["l", 1], readValue("3")), text.replace("2]}", "3]}"));
  t.throws(() => removeJson(LINES, [0]), { message: /a list position where the file has a map/ });
});
