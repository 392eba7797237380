import test from "ava";
import type { Data } from "../../sops/data/data-tree.ts";
import type { TreePath } from "../../sops/data/tree-path.ts";
import { checkChange } from "../../sops/yaml/set/change-check.ts";
import { putYaml } from "../../sops/yaml/set/put.ts";
import { removeYaml } from "../../sops/yaml/set/remove.ts";

const TEXT = "a: x\nm:\n  k: 1\nl:\n  - x\n  - y: z\nsops:\n  mac: m\n";

/** What is to be at a path, undefined for nothing, and the text that an edit has made. */
type Case = readonly [path: TreePath, value: Data | undefined, after: string];

const RIGHT: readonly Case[] = [
  [["a"], "new", TEXT.replace("a: x", "a: new")],
  [["a", "b", 0], "new", TEXT.replace("a: x", "a: {b: [new]}")],
  [["n"], null, TEXT.replace("sops:", "n:\nsops:")],
  [["m", "k"], "1", TEXT.replace("k: 1", 'k: "1"')],
  [["l", 0], "new", TEXT.replace("- x", "- new")],
  [["l", 1, "y"], "new", TEXT.replace("y: z", "y: new")],
  [["l", 7], "new", TEXT.replace("sops:", "  - new\nsops:")],
  [["m"], undefined, TEXT.replace("m:\n  k: 1\n", "")],
  [["m", "k"], undefined, TEXT.replace("m:\n  k: 1", "m: {}")],
  [["l", 0], undefined, TEXT.replace("  - x\n", "")],
];

const WRONG: readonly Case[] = [
  // Not what it was to be.
  [["a"], "new", TEXT],
  [["a"], "1", TEXT.replace("a: x", "a: 1")],
  [["l"], ["x"], TEXT.replace("l:\n  - x\n  - y: z\n", "l: {x: x}\n")],
  [["m"], undefined, TEXT],
  // Something beside it.
  [["a"], "new", TEXT.replace("a: x", "a: new\nb: y")],
  [["a"], "new", TEXT.replace("a: x\nm:\n  k: 1", "a: new")],
  [["a"], "new", TEXT.replace("a: x", "a: new").replace("y: z", "y: zz")],
  [["l", 0], "new", TEXT.replace("  - x\n  - y: z", "  - new")],
  [["l", 0], "new", TEXT.replace("  - x\n  - y: z", "  - new\n  - y: z\n  - x")],
  [["l", 0], undefined, TEXT.replace("  - x\n  - y: z", "  - x")],
  [["l", 1, "y"], "new", TEXT.replace("  - x\n  - y: z", "  y: new")],
  [["m", "k"], "2", TEXT.replace("m:\n  k: 1", "m: 2")],
  // No YAML any more.
  [["m", "k"], undefined, TEXT.replace("m:\n  k: 1", "m: {} !!map")],
  // A document more.
  [["a"], "new", `${TEXT.replace("a: x", "a: new")}---\nb: y\n`],
];

test("a change of what was to be changed, and of nothing else", (t) => {
  for (const [path, value, after] of RIGHT) {
    t.notThrows(() => {
      checkChange(TEXT, after, path, value);
    }, after);
  }
  for (const [path, value, after] of WRONG) {
    t.throws(
      () => {
        checkChange(TEXT, after, path, value);
      },
      { code: "unsupported", message: /without changing something else: use edit$/ },
      after,
    );
  }
});

test("what an alias would bring to another place is neither set nor taken out", (t) => {
  const text = "a: &m\n  b: x\n  c: z\nd: *m\n";
  t.throws(() => putYaml(text, ["a", "b"], "y"), { code: "unsupported" });
  t.throws(() => removeYaml(text, ["a", "b"]), { code: "unsupported" });
  t.is(putYaml(text, ["d"], "new"), "a: &m\n  b: x\n  c: z\nd: new\n");
});
