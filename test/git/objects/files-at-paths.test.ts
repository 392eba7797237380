import { symlinkSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { GitError } from "../../../git/errors.ts";
import { pathFromText, type GitPath } from "../../../git/path.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { readPathAt, readPathsAt, readStagedPaths } from "../../../git/objects/files-at-paths.ts";
import { temporaryRepository } from "../../temporary-repository.ts";
import { hostileNames } from "../hostile-names.ts";

test("one file of a commit, of the index, and none", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const open = await openRepository({ cwd: dir, env });
  const name = pathFromText("sub/f");
  t.is(await readPathAt(open, "HEAD", name), null);
  write("sub/f", "committed", 0o755);
  symlinkSync("f", path.join(dir, "sub/link"));
  must("add", ".");
  must("commit", "-qm", "x");
  write("sub/f", "staged");
  must("add", ".");
  write("sub/f", "unstaged");
  t.deepEqual(await readPathAt(open, "HEAD", name), {
    mode: "100755",
    oid: must("rev-parse", "HEAD:sub/f"),
    bytes: Buffer.from("committed"),
  });
  t.is((await readStagedPaths(open, [name])).get(name)?.bytes.toString(), "staged");
  for (const other of ["sub", "sub/link", "gone", "sub/f/x"]) {
    t.is(await readPathAt(open, "HEAD", pathFromText(other)), null, other);
    t.is((await readStagedPaths(open, [pathFromText(other)])).size, 0, other);
  }
  await t.throwsAsync(readPathAt(open, "no-such", name), { instanceOf: GitError });
  t.is((await readPathsAt(open, "HEAD", [])).size, 0);
});

test("hostile names, few enough to name and all at once", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const open = await openRepository({ cwd: dir, env: { ...env, GIT_GLOB_PATHSPECS: "1" } });
  const names = hostileNames as readonly GitPath[];
  for (const name of names) write(Buffer.from(name, "latin1"), `content of ${name}`);
  must("add", "-A");
  must("commit", "-qm", "x");
  const all = await readPathsAt(open, "HEAD", names);
  for (const name of names) {
    const bytes = Buffer.from(`content of ${name}`);
    t.deepEqual(all.get(name)?.bytes, bytes, JSON.stringify(name));
    t.deepEqual((await readPathAt(open, "HEAD", name))?.bytes, bytes, JSON.stringify(name));
  }
  t.is((await readStagedPaths(open, names)).size, names.length);
});
