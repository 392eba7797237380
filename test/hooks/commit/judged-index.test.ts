import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { gitFolder } from "../../../git/repository/git-folder.ts";
import { openRepository } from "../../../git/repository/open.ts";
import {
  indexState,
  isProven,
  isSame,
  leaveProof,
  proofs,
  withdrawProof,
} from "../../../hooks/commit/judged-index.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

const AUTHOR = { name: "A", email: "a@example.com", date: "@0 +0000" };
const head = { oid: "1".repeat(40), parents: [], author: AUTHOR };
const moved = { ...head, oid: "2".repeat(40) };

/** A repository with an index, and how git replaces that: by another file. */
async function repositoryWithIndex(t: ExecutionContext) {
  const { dir, env } = temporaryRepository(t);
  const repository = await openRepository({ cwd: dir, env });
  const stage = (content: string) => {
    writeFileSync(`${repository.indexFile}.lock`, content);
    renameSync(`${repository.indexFile}.lock`, repository.indexFile);
  };
  stage("index");
  return { repository, stage, folder: join(repository.gitDir, "flux-sops") };
}

test("a proof is for one index file, on top of one HEAD, amended or not", async (t) => {
  const { repository, stage } = await repositoryWithIndex(t);
  t.false(isProven(repository, head, false));
  t.deepEqual(proofs(repository, head), []);
  t.true(leaveProof(repository, head, false, indexState(repository)));
  t.true(isProven(repository, head, false));
  t.is(proofs(repository, head).length, 1);
  for (const other of [moved, null]) {
    t.false(isProven(repository, other, false));
    t.deepEqual(proofs(repository, other), []);
  }
  t.false(isProven(repository, head, true));
  stage("index");
  t.false(isProven(repository, head, false));
  t.is(proofs(repository, head).length, 1);
  rmSync(repository.indexFile);
  t.false(isProven(repository, head, false));
});

test("an unborn branch and an amended commit have proofs of their own", async (t) => {
  const { repository } = await repositoryWithIndex(t);
  t.true(leaveProof(repository, null, false, indexState(repository)));
  t.true(isProven(repository, null, false));
  t.false(isProven(repository, head, false));
  t.true(leaveProof(repository, head, true, indexState(repository)));
  t.true(isProven(repository, head, true));
  t.false(isProven(repository, head, false));
});

test("what was staged while the index was judged has no proof", async (t) => {
  const { repository, stage } = await repositoryWithIndex(t);
  const judged = indexState(repository);
  stage("other");
  t.false(leaveProof(repository, head, false, judged));
  t.false(isProven(repository, head, false));
  t.deepEqual(proofs(repository, head), []);
  // There was none, and now there is one.
  t.false(leaveProof(repository, head, false, null));
  t.false(isProven(repository, head, false));
  rmSync(repository.indexFile);
  t.true(leaveProof(repository, head, false, null));
  t.false(leaveProof(repository, head, false, judged));
  t.false(isProven(repository, head, false));
});

test("one file is one device, one number and one time", (t) => {
  const one = { dev: 1, ino: 2, mtimeMs: 3 };
  t.true(isSame(one, { ...one }));
  for (const other of [{ dev: 2 }, { ino: 3 }, { mtimeMs: 4 }])
    t.false(isSame(one, { ...one, ...other }));
});

test("proofs are withdrawn, and what is others' stays", async (t) => {
  const { repository, folder } = await repositoryWithIndex(t);
  t.false(withdrawProof(repository));
  leaveProof(repository, head, false, indexState(repository));
  leaveProof(repository, moved, true, indexState(repository));
  writeFileSync(join(folder, "seen-1"), "");
  for (const name of ["ask-old", "ask-new", "old", "not-judged-1"]) {
    writeFileSync(join(folder, name), "");
  }
  symlinkSync("nowhere", join(folder, "ask-gone"));
  const hours = (count: number) => Date.now() / 1000 - count * 3600;
  utimesSync(join(folder, "ask-old"), hours(2), hours(2));
  utimesSync(join(folder, "ask-new"), hours(0.5), hours(0.5));
  utimesSync(join(folder, "old"), hours(2), hours(2));
  t.false(withdrawProof(repository));
  t.deepEqual(readdirSync(folder).sort(), ["ask-gone", "ask-new", "not-judged-1", "old"]);
  t.false(isProven(repository, head, false));
  writeFileSync(join(folder, "replacing-1"), "");
  t.true(withdrawProof(repository));
  t.true(existsSync(join(folder, "replacing-1")));
});

test("the git folder is GIT_DIR, or .git where that is a folder", async (t) => {
  const { repository } = await repositoryWithIndex(t);
  const { cwd, env } = repository;
  t.is(gitFolder(repository), join(cwd, ".git"));
  t.is(gitFolder({ ...repository, env: { ...env, GIT_DIR: "" } }), join(cwd, ".git"));
  t.is(gitFolder({ ...repository, env: { ...env, GIT_DIR: "other" } }), join(cwd, "other"));
  // git sets GIT_DIR for a hook where `.git` is a file: here there is neither.
  const linked = { ...repository, cwd: join(cwd, "linked"), env: { ...env, GIT_DIR: "" } };
  mkdirSync(linked.cwd);
  t.is(gitFolder(linked), null);
  writeFileSync(join(linked.cwd, ".git"), "gitdir: ../.git/worktrees/linked\n");
  t.is(gitFolder(linked), null);
  t.true(leaveProof(linked, head, false, indexState(repository)));
  t.false(isProven(linked, head, false));
  t.deepEqual(proofs(linked, head), []);
  t.false(withdrawProof(linked));
  t.false(isProven(repository, head, false));
});
