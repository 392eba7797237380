import test from "ava";
import { complainOfConflicts, inConflict, pathsInConflict } from "../../cli/in-conflict.ts";
import type { IndexEntry } from "../../git/index/entries.ts";
import { pathFromText } from "../../git/path.ts";

const paths = (...names: readonly string[]) => names.map(pathFromText);

test("the first file in conflict is named, and how many more there are, each once", (t) => {
  t.is(inConflict([]), null);
  const one = "a.yaml is in conflict, and not looked at";
  t.is(inConflict(paths("a.yaml")), one);
  t.is(inConflict(paths("a.yaml", "a.yaml", "a.yaml")), one, "once for each side");
  t.is(
    inConflict(paths("a.yaml", "a.yaml", "b.yaml")),
    "a.yaml and 1 other file are in conflict, and not looked at",
  );
  t.is(
    inConflict(paths("a.yaml", "b.yaml", "c.yaml")),
    "a.yaml and 2 other files are in conflict, and not looked at",
  );
});

test("it is complained of where there are any, with what to do", (t) => {
  const { write } = process.stderr;
  const said: string[] = [];
  process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
  try {
    complainOfConflicts([]);
    complainOfConflicts(paths("a.yaml"));
  } finally {
    process.stderr.write = write;
  }
  t.deepEqual(said, [
    "flux-sops: a.yaml is in conflict, and not looked at: resolve the conflict, then git add what came of it\n",
  ]);
});

test("what has one side left is in conflict too, and what is staged is not", (t) => {
  const entries = [
    [0, "staged"],
    [1, "deleted by both"],
    [2, "deleted by them"],
    [3, "added by them"],
  ] as const;
  t.deepEqual(
    pathsInConflict(
      entries.map(([stage, name]) => ({ stage, path: pathFromText(name) }) as IndexEntry),
    ),
    paths("deleted by both", "deleted by them", "added by them"),
  );
});
