import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { recordedGit } from "./recorded-git.ts";
import { scaffolded, secret } from "./scaffolded.ts";

/** Where the machine has no room for more: a line says so, and nothing is lost. */

const DB = "clusters/homelab/secrets/db.sops.yaml";

test("where git cannot be started after files were encrypted, it is not said that nothing was changed", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "hunter2" }));
  repository.must("add", DB);
  const mark = join(repository.dir, "../refreshed");
  const { env } = recordedGit(
    repository,
    `case "$*" in *--refresh*) touch '${mark}' ;; *diff-index*) [ ! -e '${mark}' ] || exit 128 ;; esac`,
  );
  const { GIT_EXEC_PATH } = env;
  const commit = repository.run("git", ["commit", "-m", "Add"], { env: { GIT_EXEC_PATH } });
  t.is(commit.status, 1);
  t.regex(commit.stderr, /^flux-sops: encrypted clusters\/homelab\/secrets\/db\.sops\.yaml/m);
  t.regex(commit.stderr, /^flux-sops: commit refused: git .*\n {2}What was encrypted is staged/m);
  t.notRegex(commit.stderr, /nothing was changed/);
  t.true(repository.read(DB).includes("ENC["));
  t.is(repository.git("commit", "-m", "Add").status, 0);
  t.is(repository.must("status", "--porcelain"), "");
});

const UNREADABLE = "/proc/self/mem";
const onLinux = existsSync(UNREADABLE) ? test : test.skip;

onLinux("a part of the tool that cannot be read is said in a line", (t) => {
  const repository = scaffolded(t);
  const part = join(repository.dir, ".flux-sops/commands.cjs");
  rmSync(part);
  symlinkSync(UNREADABLE, part);
  const { status, stderr } = repository.tool("doctor");
  t.is(status, 2, stderr);
  t.regex(stderr, /^flux-sops: EIO.*\n$/);
});

test("init ends as in a broken environment where the hooks could not be turned on", (t) => {
  const repository = scaffolded(t);
  repository.write(".git/config.lock", "");
  const { status, stdout } = repository.tool("init", ".", "--yes", "--skip-install");
  t.regex(stdout, /^THE HOOKS ARE NOT ON, .*config/m);
  t.is(status, 2);
});
