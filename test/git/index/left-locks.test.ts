import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import test from "ava";
import { leftLocks, removeLocks } from "../../../git/index/left-locks.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

test("locks of the index that a killed git left are found and removed, no other files", async (t) => {
  const { dir, env, write } = temporaryRepository(t);
  const repository = await openRepository({ cwd: dir, env });
  t.deepEqual(leftLocks(repository), { names: [], mayBeHeld: false });
  const names = [
    "index.lock",
    "index.lock.lock",
    "next-index-123.lock",
    "next-index-123.lock.lock",
  ];
  for (const name of [...names, "HEAD.lock", "index.locked"]) write(`.git/${name}`, "");
  const locks = leftLocks(repository);
  t.deepEqual([...locks.names].sort(), names);
  t.false(locks.mayBeHeld);
  removeLocks(repository, locks);
  t.deepEqual(leftLocks(repository).names, []);
  t.true(existsSync(path.join(dir, ".git/HEAD.lock")));
  t.true(existsSync(path.join(dir, ".git/index.locked")));
});

test("a lock is never taken from a git that is at work: git commit -a with its editor open", async (t) => {
  const { dir, env, write, must } = temporaryRepository(t);
  write("a", "1");
  must("add", "a");
  must("commit", "-qm", "a");
  write("a", "2");
  write("sub/b", "2");
  const commit = spawn("git", ["commit", "-a"], {
    cwd: path.join(dir, "sub"),
    env: { ...env, GIT_EDITOR: "sleep 60; false" },
    stdio: "ignore",
    detached: true,
  });
  const lock = path.join(dir, ".git/index.lock");
  while (!existsSync(lock) && commit.exitCode === null) await setTimeout(10);
  t.true(leftLocks(await openRepository({ cwd: dir, env })).mayBeHeld);
  const other = temporaryRepository(t);
  other.write(".git/index.lock", "");
  t.false(leftLocks(await openRepository({ cwd: other.dir, env: other.env })).mayBeHeld);
  const closed = new Promise((resolve) => commit.on("close", resolve));
  process.kill(-(commit.pid ?? 0), "SIGKILL");
  await closed;
  const repository = await openRepository({ cwd: dir, env });
  // What it has started may take a moment longer to be gone.
  for (let round = 0; leftLocks(repository).mayBeHeld && round < 1000; round += 1) {
    await setTimeout(10);
  }
  t.deepEqual(leftLocks(repository), { names: ["index.lock"], mayBeHeld: false });
});
