import { symlinkSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { readStagedPaths } from "../../../git/index/staged-files.ts";
import { pathFromText, type GitPath } from "../../../git/path.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { temporaryRepository } from "../../temporary-repository.ts";
import { hostileNames } from "../hostile-names.ts";

test("one file of the index, and none", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const open = await openRepository({ cwd: dir, env });
  const name = pathFromText("sub/f");
  write("sub/f", "committed", 0o755);
  symlinkSync("f", path.join(dir, "sub/link"));
  must("add", ".");
  must("commit", "-qm", "x");
  write("sub/f", "staged");
  must("add", ".");
  write("sub/f", "unstaged");
  const bytes = Buffer.from("staged");
  t.deepEqual((await readStagedPaths(open, [name])).get(name), {
    oid: must("rev-parse", ":sub/f"),
    bytes,
  });
  for (const other of ["sub", "sub/link", "gone", "sub/f/x"]) {
    t.is((await readStagedPaths(open, [pathFromText(other)])).size, 0, other);
  }
});

test("hostile names", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const open = await openRepository({ cwd: dir, env });
  const names = hostileNames as readonly GitPath[];
  for (const name of names) write(Buffer.from(name, "latin1"), `content of ${name}`);
  must("add", "-A");
  const found = await readStagedPaths(open, names);
  for (const name of names) {
    const bytes = Buffer.from(`content of ${name}`);
    t.deepEqual(found.get(name)?.bytes, bytes, JSON.stringify(name));
  }
  t.is(found.size, names.length);
});
