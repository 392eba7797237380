import test from "ava";
import { NumberText, sameData, TimeText, type Data } from "../../../sops/data/data-tree.ts";
import { readData } from "../../../sops/data/read-data.ts";
import { writeData, writeValue } from "../../../sops/data/write-data.ts";
import { toFlow } from "../../../sops/data/yaml-text.ts";

/** Numbers to go-yaml, and texts to the yaml package. */
const GO_NUMBERS = ["0X1F", "0B1", "0b+11", "0o-7", "+0o7", "1e1_0"];

for (const text of [...GO_NUMBERS, "0x1F", "1_000", "2001-12-14", "~", "", "\tx\ny", "\n\tx"]) {
  test(`written as YAML, ${JSON.stringify(text)} is that text, as a key too`, (t) => {
    const data = new Map<string, Data>([
      ["a", text],
      ["b", [text]],
      [text, "x"],
    ]);
    const yaml = writeData([data], "yaml", null);
    t.deepEqual(readData(yaml, "yaml"), [data], yaml);
  });
}

test("no block of text begins with a tab, which go-yaml could not read", (t) => {
  t.is(writeData([new Map([["a", "\tx\ny"]])], "yaml", null), 'a: "\\tx\\ny"\n');
});

test("infinite numbers are written as YAML has them", (t) => {
  const data = new Map(["+Inf", "-Inf", "NaN"].map((text) => [text, new NumberText(text)]));
  t.deepEqual(readData(writeData([data], "yaml", null), "yaml"), [data]);
});

/** Of whole numbers, go-yaml reads those from 2^63 to 2^64-1 as integers that sops does not take. */
const FLOATS = ["10000000000000000000", "9223372036854775808", "18446744073709552000", "1e-7"];
for (const json of [...FLOATS, "-10000000000000000000", "9223372036854775807", "1e300"]) {
  test(`written as YAML, on lines of its own and among others, ${json} is that number`, (t) => {
    const [data = new Map()] = readData(`{"a": ${json}, "b": [${json}]}`, "json");
    for (const yaml of [writeData([data], "yaml", null), toFlow(data)]) {
      t.deepEqual(readData(yaml, "yaml"), [data], yaml);
    }
  });
}

test("a time is one in YAML, and a text in other formats", (t) => {
  const [data = new Map()] = readData("a: 2001-12-14\n", "yaml");
  const time = new TimeText("2001-12-14T00:00:00Z");
  t.deepEqual(data, new Map([["a", time]]));
  t.is(writeData([data], "yaml", null), "a: 2001-12-14T00:00:00Z\n");
  t.is(writeData([data], "json", null), '{\n\t"a": "2001-12-14T00:00:00Z"\n}\n');
  t.is(writeData([data], "dotenv", null), "a=2001-12-14T00:00:00Z\n");
  t.false(sameData(time, time.text));
  t.is(writeValue(time, "yaml", null), "2001-12-14T00:00:00Z\n");
  for (const format of ["json", "ini"] as const) {
    t.is(writeValue(time, format, null), '"2001-12-14T00:00:00Z"');
  }
});
