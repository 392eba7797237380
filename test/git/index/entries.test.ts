import { symlinkSync, unlinkSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { GitError } from "../../../git/errors.ts";
import {
  changedEntries,
  changedEntriesIn,
  indexEntries,
  intentToAddPaths,
  isFile,
} from "../../../git/index/entries.ts";
import { pathFromText, type GitPath } from "../../../git/path.ts";
import { hostileNames } from "../hostile-names.ts";
import { openedRepository } from "../opened-repository.ts";

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`added, modified, executable, deleted and type-changed entries (${objectFormat})`, async (t) => {
    const { dir, must, write, open } = await openedRepository(t, { objectFormat });
    for (const name of ["modified", "deleted", "renamed", "same", "mode"])
      write(name, `old ${name}`);
    symlinkSync("target", path.join(dir, "was-link"));
    must("add", ".");
    must("commit", "-qm", "x");
    write("modified", "new");
    write("added", "added", 0o755);
    write("mode", "old mode", 0o755);
    unlinkSync(path.join(dir, "was-link"));
    write("was-link", "now a file");
    must("rm", "-q", "deleted");
    must("mv", "renamed", "renamed-to");
    must("add", ".");
    // User settings that change what `git diff` shows.
    must("config", "diff.renames", "copies");
    must("config", "diff.relative", "true");
    must("config", "core.quotePath", "true");
    must("config", "core.abbrev", "5");
    const { changed, deleted, unmerged } = await changedEntries(open);
    const oid = (spec: string): string => must("rev-parse", spec);
    t.deepEqual(
      changed,
      [
        { path: "added", mode: "100755", headMode: null },
        { path: "mode", mode: "100755", headMode: "100644" },
        { path: "modified", mode: "100644", headMode: "100644" },
        { path: "renamed-to", mode: "100644", headMode: null },
        { path: "was-link", mode: "100644", headMode: "120000" },
      ].map(({ path: name, mode, headMode }) => ({
        path: name as GitPath,
        mode: mode as "100644",
        oid: oid(`:${name}`),
        headMode: headMode as "100644" | null,
        headOid: headMode === null ? null : oid(`HEAD:${name}`),
        intentToAdd: false,
      })),
    );
    t.deepEqual(deleted.map(String), ["deleted", "renamed"]);
    t.deepEqual(unmerged, []);
    must("commit", "-qm", "y");
    t.deepEqual(await changedEntries(open), { changed: [], deleted: [], unmerged: [] });
    t.is((await changedEntries(open, "HEAD~")).changed.length, 5);
    await t.throwsAsync(changedEntries(open, "no-such"), { instanceOf: GitError });
    await t.throwsAsync(changedEntries(open, "--cached"), { instanceOf: GitError });
  });
}

test("hostile names, also on an unborn branch", async (t) => {
  const { must, write, open } = await openedRepository(t);
  for (const name of hostileNames) write(Buffer.from(name, "latin1"), "x");
  must("add", "-A");
  const { changed } = await changedEntries(open);
  t.deepEqual(changed.map((entry) => entry.path as string).sort(), [...hostileNames].sort());
  const all = await indexEntries(open);
  t.deepEqual(all.map((entry) => entry.path as string).sort(), [...hostileNames].sort());
});

test("an index against a broken HEAD is no empty list", async (t) => {
  const { dir, must, write, open } = await openedRepository(t);
  write("f", "x");
  must("add", ".");
  write("../repository/.git/refs/heads/main", `${"1".repeat(40)}\n`);
  t.truthy(dir);
  await t.throwsAsync(changedEntries(open), { instanceOf: GitError });
});

test("entries of git add -N are told from empty files", async (t) => {
  const { must, write, open } = await openedRepository(t);
  write("empty", "");
  write("intended", "content");
  write("kept", "x");
  must("add", "empty", "kept");
  must("add", "-N", "intended");
  const flags = async (): Promise<unknown> =>
    Object.fromEntries(
      (await changedEntries(open)).changed.map((entry) => [entry.path, entry.intentToAdd]),
    );
  t.deepEqual(await flags(), { empty: false, intended: true, kept: false });
  t.deepEqual(
    [...(await intentToAddPaths(open, await indexEntries(open)))],
    [pathFromText("intended")],
  );
  const alone = (await indexEntries(open)).filter(({ path: name }) => name === "intended");
  t.is((await intentToAddPaths(open, alone)).size, 1);
  must("commit", "-qm", "x");
  t.deepEqual(await flags(), { intended: true });
  // One that HEAD has, with content and without.
  for (const name of ["kept", "empty"]) {
    must("rm", "-q", "--cached", name);
    must("add", "-N", name);
  }
  t.deepEqual(await flags(), { intended: true, kept: true });
  t.deepEqual([...(await intentToAddPaths(open, await indexEntries(open)))].sort(), [
    "empty",
    "intended",
    "kept",
  ] as GitPath[]);
});

test("symlinks and submodules are no files", async (t) => {
  const { dir, must, write, open } = await openedRepository(t);
  symlinkSync("target", path.join(dir, "link"));
  write("file", "x");
  must("add", ".");
  must("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},module`);
  const { changed } = await changedEntries(open);
  t.deepEqual(
    changed.map((entry) => [entry.path as string, entry.mode, isFile(entry.mode)]),
    [
      ["file", "100644", true],
      ["link", "120000", false],
      ["module", "160000", false],
    ],
  );
});

test("conflicts are reported as such, with their stages", async (t) => {
  const { must, git, write, open } = await openedRepository(t);
  write("f", "base");
  must("add", ".");
  must("commit", "-qm", "base");
  must("switch", "-qc", "other");
  write("f", "theirs");
  must("commit", "-qam", "theirs");
  must("switch", "-q", "main");
  write("f", "ours");
  must("commit", "-qam", "ours");
  t.is(git("merge", "other").status, 1);
  t.deepEqual(await changedEntries(open), {
    changed: [],
    deleted: [],
    unmerged: [pathFromText("f")],
  });
  t.deepEqual(
    (await indexEntries(open)).map(({ stage }) => stage),
    [1, 2, 3],
  );
});

test("the bits git keeps for an entry", async (t) => {
  const { must, write, open } = await openedRepository(t);
  for (const name of ["assumed", "both", "normal", "skipped"]) write(name, name);
  must("add", ".");
  must("update-index", "--assume-unchanged", "assumed", "both");
  must("update-index", "--skip-worktree", "skipped", "both");
  t.deepEqual(
    (await indexEntries(open)).map((entry) => [
      entry.path as string,
      entry.assumeUnchanged,
      entry.skipWorktree,
    ]),
    [
      ["assumed", true, false],
      ["both", true, true],
      ["normal", false, false],
      ["skipped", false, true],
    ],
  );
  const some = await indexEntries(open, new Set([pathFromText("normal"), pathFromText("gone")]));
  t.deepEqual(
    some.map((entry) => entry.path as string),
    ["normal"],
  );
});

test("a sparse index shows what is staged outside its cone", async (t) => {
  const { must, write, open } = await openedRepository(t);
  write("in/f", "x");
  write("out/f", "x");
  must("add", ".");
  must("commit", "-qm", "x");
  must("sparse-checkout", "set", "--cone", "--sparse-index", "in");
  t.regex(must("ls-files", "--sparse", "-s"), /^040000 /m);
  t.deepEqual(
    (await indexEntries(open)).map((entry) => entry.path as string),
    ["in/f", "out/f"],
  );
  write("out/f", "y");
  must("add", "--sparse", "out/f");
  t.deepEqual(
    (await changedEntries(open)).changed.map((entry) => [entry.path as string, entry.oid]),
    [["out/f", must("rev-parse", ":out/f")]],
  );
});

test("a tree that is not there is no empty one, on an unborn branch neither", async (t) => {
  const { must, write, open } = await openedRepository(t);
  write("f", "x");
  must("add", ".");
  t.is((await changedEntries(open)).changed.length, 1);
  const error = await t.throwsAsync(changedEntries(open, "nope"), { instanceOf: GitError });
  t.is(error.code, "command-failed");
});

test("an index that git cannot read is what is complained of", async (t) => {
  const { must, write, open } = await openedRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "x");
  write(".git/index", "no index\n");
  await t.throwsAsync(changedEntries(open), { instanceOf: GitError, message: /index file/ });
});

test("what somebody else has asked git comes to the same", async (t) => {
  const { must, feed, write, open } = await openedRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "x");
  for (const name of ["intended", "empty", "full"]) write(name, name === "empty" ? "" : "x");
  must("add", "-N", "intended");
  must("add", "empty", "full");
  const raw = feed("", "diff-index", "--cached", "--raw", "-z", "--no-abbrev", "HEAD").toString();
  const asked = await changedEntriesIn(open, raw.split("\0").slice(0, -1));
  t.deepEqual(asked, await changedEntries(open));
  t.deepEqual(
    asked.changed.map((entry) => [entry.path, entry.intentToAdd]),
    [
      ["empty", false],
      ["full", false],
      ["intended", true],
    ],
  );
});

test("only what is a file is one", (t) => {
  t.deepEqual((["100644", "100755", "120000", "160000"] as const).filter(isFile), [
    "100644",
    "100755",
  ]);
});

test("what git has never printed so far is no list of entries", async (t) => {
  const { open, env, write, dir } = await openedRepository(t);
  const oid = "1".repeat(40);
  const raw = `:100644 100644 ${oid} ${oid} M`;
  const printing = (text: string) => {
    write("../bin/git", `#!/bin/sh\nprintf '${text}'\n`, 0o755);
    return { ...open, env: { ...env, PATH: `${dir}/../bin:${env["PATH"] ?? ""}` } };
  };
  t.is((await changedEntries(printing(`${raw}\\0p\\0`))).changed.length, 1);
  for (const text of [
    `x${raw}\\0p\\0`,
    `${raw}50\\0p\\0`,
    `${raw}\\0`,
    `:100644 100600 ${oid} ${oid} M\\0p\\0`,
    `:100644 100644 ${oid} ${oid} X\\0p\\0`,
  ]) {
    const error = await t.throwsAsync(changedEntries(printing(text)), { instanceOf: GitError });
    t.is(error.code, "unexpected-output", text);
  }
  t.is((await indexEntries(printing(`H 100644 ${oid} 0\\tp\\0`))).length, 1);
  for (const text of [
    `xH 100644 ${oid} 0\\tp\\0`,
    `H 100644 ${oid} 0\\t\\0`,
    `H 100600 ${oid} 0\\tp\\0`,
  ]) {
    const error = await t.throwsAsync(indexEntries(printing(text)), { instanceOf: GitError });
    t.is(error.code, "unexpected-output", text);
  }
});
