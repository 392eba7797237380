import { mkdirSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { GitError } from "../../../git/errors.ts";
import { emptyTree } from "../../../git/repository/head.ts";
import { changedEntries } from "../../../git/index/entries.ts";
import {
  openHookRepository,
  openRepository,
  type Repository,
} from "../../../git/repository/open.ts";
import { withoutRepository } from "../../../git/environment.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

test("an unborn branch, then a commit, seen from a folder inside", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  write("sub/dir/f", "x");
  const cwd = path.join(dir, "sub", "dir");
  const unborn = await openRepository({ cwd, env });
  t.like(unborn, {
    cwd: dir,
    prefix: "sub/dir/",
    gitDir: path.join(dir, ".git"),
    commonDir: path.join(dir, ".git"),
    indexFile: path.join(dir, ".git", "index"),
    nextIndexFile: null,
    objectFormat: "sha1",
    head: null,
  });
  t.is(await emptyTree(unborn), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  must("add", ".");
  must("commit", "-qm", "x");
  // Names that git could take for HEAD.
  must("branch", "--", "feature");
  write("HEAD", "x");
  const born = await openRepository({ cwd: dir, env });
  t.is(born.head, must("rev-parse", "HEAD"));
  t.is(born.prefix as string, "");
});

test("sha256", async (t) => {
  const { dir: cwd, env, must, write } = temporaryRepository(t, { objectFormat: "sha256" });
  write("f", "x");
  must("add", ".");
  const unborn = await openRepository({ cwd, env });
  t.is(unborn.objectFormat, "sha256");
  t.is((await emptyTree(unborn)).length, 64);
  t.is((await changedEntries(unborn)).changed.length, 1);
  must("commit", "-qm", "x");
  t.is((await openRepository({ cwd, env })).head, must("rev-parse", "HEAD"));
});

test("folders with newlines and other oddities in their names", async (t) => {
  for (const name of ["new\nline", "sha1\nx", " space ", "ünï"]) {
    const { dir: cwd, env } = temporaryRepository(t, { name });
    t.is((await openRepository({ cwd, env })).cwd, cwd);
  }
});

test("a linked worktree has its own git dir and index", async (t) => {
  const { dir, env, must } = temporaryRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "x");
  must("worktree", "add", "-q", "../linked");
  const cwd = path.join(dir, "..", "linked");
  const repository = await openRepository({ cwd, env });
  t.like(repository, {
    cwd,
    gitDir: path.join(dir, ".git/worktrees/linked"),
    commonDir: path.join(dir, ".git"),
    indexFile: path.join(dir, ".git/worktrees/linked/index"),
  });
});

test("a relative GIT_DIR, GIT_WORK_TREE and GIT_INDEX_FILE keep their meaning", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  write("f", "x");
  write("sub/.keep", "");
  must("add", ".");
  renameSync(path.join(dir, ".git"), path.join(dir, "../elsewhere"));
  const cwd = path.join(dir, "sub");
  const given = { ...env, GIT_DIR: "../../elsewhere", GIT_WORK_TREE: ".." };
  const repository = await openRepository({ cwd, env: given });
  t.like(repository, { cwd: dir, prefix: "sub/", gitDir: path.join(dir, "../elsewhere") });
  t.is((await changedEntries(repository)).changed.length, 2);
  // Relative to the top, wherever the user stands.
  const other = await openRepository({ cwd, env: { ...given, GIT_INDEX_FILE: "alt" } });
  t.is(other.indexFile, path.join(dir, "alt"));
  t.is((await changedEntries(other)).changed.length, 0);
});

test("no repository, a bare one, inside .git: one typed error", async (t) => {
  const { dir, env, must } = temporaryRepository(t);
  must("init", "-q", "--bare", "../bare.git");
  for (const cwd of [path.join(dir, ".."), path.join(dir, "../bare.git"), path.join(dir, ".git")]) {
    const error = await t.throwsAsync(openRepository({ cwd, env }), { instanceOf: GitError });
    t.is(error.code, "not-a-repository", cwd);
    t.notRegex(error.message, /\n/);
  }
});

test("a repository of another user: git's way to trust it is in the error", async (t) => {
  const { dir, env } = temporaryRepository(t);
  const others = { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
  const error = await t.throwsAsync(openRepository({ cwd: dir, env: others }));
  t.true(
    error?.message.endsWith(`git config --global --add safe.directory ${dir}`),
    error?.message,
  );
});

test("a hook's repository is known without asking git", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const noGit = { ...env, PATH: "/nonexistent" };
  const plain = await openHookRepository({
    cwd,
    env: { ...noGit, GIT_INDEX_FILE: ".git/index", GIT_PREFIX: "sub/" },
  });
  t.like(plain, {
    cwd,
    prefix: "sub/",
    indexFile: path.join(cwd, ".git/index"),
    nextIndexFile: null,
  });
  const all = path.join(cwd, ".git/index.lock");
  writeFileSync(all, "");
  t.like(await openHookRepository({ cwd, env: { ...noGit, GIT_INDEX_FILE: all } }), {
    isPartialCommit: false,
    indexFile: all,
    nextIndexFile: null,
  });
  const opened = (name: string): Promise<Repository> =>
    openHookRepository({ cwd, env: { ...noGit, GIT_INDEX_FILE: path.join(cwd, ".git", name) } });
  t.like(await opened("next-index-123.lock"), { isPartialCommit: true, nextIndexFile: all });
  t.like(await opened("next-index-x.lock"), { isPartialCommit: false, nextIndexFile: null });
  // With an index of the user's own there is no index.lock.
  unlinkSync(all);
  t.like(await opened("next-index-123.lock"), { isPartialCommit: true, nextIndexFile: null });
});

test("run by hand, a hook asks git", async (t) => {
  const { dir, env } = temporaryRepository(t);
  mkdirSync(path.join(dir, "sub"));
  const repository = await openHookRepository({ cwd: path.join(dir, "sub"), env });
  t.like(repository, { cwd: dir, prefix: "sub/" });
  // Below the top, even with GIT_INDEX_FILE set.
  const odd = { ...env, GIT_INDEX_FILE: ".git/index" };
  t.is((await openHookRepository({ cwd: path.join(dir, "sub"), env: odd })).cwd, dir);
});

test("an index file whose name was damaged on its way is no empty index", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const damaged = { ...env, GIT_INDEX_FILE: `${cwd}/\ufffd/index` };
  await t.throwsAsync(openHookRepository({ cwd, env: damaged }), { instanceOf: GitError });
  await t.throwsAsync(openRepository({ cwd, env: damaged }), { instanceOf: GitError });
});

test("calls in another repository leave this one's settings behind", async (t) => {
  const one = temporaryRepository(t);
  const other = temporaryRepository(t);
  const env = { ...one.env, GIT_DIR: path.join(one.dir, ".git"), GIT_INDEX_FILE: ".git/index" };
  const repository = await openRepository({ cwd: other.dir, env: withoutRepository(env) });
  t.is(repository.gitDir, path.join(other.dir, ".git"));
});
