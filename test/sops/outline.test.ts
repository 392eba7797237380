import test, { type ExecutionContext } from "ava";
import { readBlockStyle } from "../../sops/yaml/block-style/block-style.ts";
import { composedOutline, outline, type OutlinedCollection } from "../../sops/yaml/set/outline.ts";
import { putYaml } from "../../sops/yaml/set/put.ts";
import { removeYaml } from "../../sops/yaml/set/remove.ts";
import { tidyYamlDocument, yamlDocument } from "../conformance/yaml-documents.ts";
import fc from "../seeded-fast-check.ts";
import { blockStyleDocument, damagedBlockStyleDocument } from "./block-style-documents.ts";

const RUNS = 600;

/** What is there to compare: of the `sops` block at the top nothing is looked at but where it begins. */
function plain({ kind, flow, entries }: OutlinedCollection, isTop = true): unknown {
  return {
    kind,
    flow,
    entries: entries.map(({ value, ...entry }) => {
      if (isTop && entry.name === "sops") return entry;
      const isSingle = value === null || value.kind === "value";
      return { ...entry, value: isSingle ? value : plain(value, false) };
    }),
  };
}

function areAlike(t: ExecutionContext, documents: fc.Arbitrary<string>, least: number): void {
  let taken = 0;
  for (const text of fc.sample(documents, { numRuns: RUNS })) {
    if (readBlockStyle(text) === null) continue;
    taken += 1;
    t.deepEqual(plain(outline(text)), plain(composedOutline(text)), JSON.stringify(text));
  }
  t.true(taken > least * RUNS, `${taken} of ${RUNS}`);
}

test("the places of entries are the same by the block style's reader and by the yaml package", (t) => {
  areAlike(t, blockStyleDocument(), 0.1);
  areAlike(t, damagedBlockStyleDocument(), 0.01);
  areAlike(t, yamlDocument(), 0.1);
  areAlike(t, tidyYamlDocument(), 0.1);
});

test("keys behind a `?`, as sops writes long ones, are taken out and changed like others", (t) => {
  const text = "? a\n: b\n? c\n: d\n";
  t.is(removeYaml(text, ["a"]), "? c\n: d\n");
  t.is(removeYaml(text, ["c"]), "? a\n: b\n");
  t.is(putYaml(text, ["c"], "x"), "? a\n: b\n? c\n: x\n");
  t.is(putYaml(text, ["e"], "x"), "? a\n: b\n? c\n: d\ne: x\n");
});

test("a key is taken out with the anchor before it, where no alias names that", (t) => {
  t.is(removeYaml("&x a: b\nc: d\n", ["a"]), "c: d\n");
  t.is(removeYaml("c: d\n&x a: b\n", ["a"]), "c: d\n");
  t.is(putYaml("&x a: b\n", ["c"], "d"), "&x a: b\nc: d\n");
  t.throws(() => removeYaml("&x a: b\nc: *x\n", ["a"]), { code: "unsupported" });
});
