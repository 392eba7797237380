import test from "ava";
import { dataAt, sameData } from "../../sops/data-tree.ts";
import { readData, readValue } from "../../sops/read-data.ts";
import { putYaml } from "../../sops/yaml/put.ts";

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
  });
}
