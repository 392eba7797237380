import { spawn } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import test from "ava";
import { leftLocks, removeLocks } from "../../../git/index/left-locks.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { nodeFs, withOtherFs } from "../../other-fs.ts";
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
  for (const name of [...names, "HEAD.lock", "index.locked", "my-index.lock"])
    write(`.git/${name}`, "");
  const locks = leftLocks(repository);
  t.deepEqual([...locks.names].sort(), names);
  t.false(locks.mayBeHeld);
  removeLocks(repository, locks);
  t.deepEqual(leftLocks(repository).names, []);
  t.true(existsSync(path.join(dir, ".git/HEAD.lock")));
  t.true(existsSync(path.join(dir, ".git/index.locked")));
  t.true(existsSync(path.join(dir, ".git/my-index.lock")));
});

test.serial(
  "where git works is told by /proc, else by lsof, and where neither does, locks may be held",
  async (t) => {
    const { dir, env, write } = temporaryRepository(t);
    const repository = await openRepository({ cwd: dir, env });
    write(".git/index.lock", "");
    const { PATH = "" } = process.env;
    t.teardown(() => {
      process.env["PATH"] = PATH;
    });
    const lsof = (answer: string) => {
      // lsof(8): of processes named git…, and of those alone, the working directories, a field a line.
      write(
        "../bin/lsof",
        `#!/bin/sh\ntest "$*" = "-a -c /^git/ -d cwd -Fn" && printf '%s\\n' ${answer}\n`,
        0o755,
      );
    };
    const bin = path.join(dir, "../bin");
    process.env["PATH"] = bin;
    if (existsSync("/proc/self/cwd")) t.false(leftLocks(repository).mayBeHeld, "no lsof is needed");
    const statSync = ((place: string, options?: object) =>
      nodeFs.statSync(place === "/proc/self/cwd" ? `${dir}/none` : place, options)) as never;
    await withOtherFs({ statSync }, () => {
      t.true(leftLocks(repository).mayBeHeld);
      for (const [answer, held] of [
        ["p12 fcwd n/elsewhere", false],
        [`p12 fcwd n/elsewhere p13 fcwd 'n${dir}'`, true],
        [`p12 fcwd 'n${dir}/.git'`, true],
        [`p12 fcwd 'x${dir}'`, false],
      ] as const) {
        lsof(answer);
        t.is(leftLocks(repository).mayBeHeld, held, answer);
      }
    });
  },
);

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
  const atWork = await openRepository({ cwd: dir, env });
  t.true(leftLocks(atWork).mayBeHeld);
  renameSync(lock, `${lock}ed`);
  t.deepEqual(leftLocks(atWork), { names: [], mayBeHeld: false }, "where there is no lock");
  renameSync(`${lock}ed`, lock);
  const other = temporaryRepository(t);
  other.write(".git/index.lock", "");
  // A shell or an editor holds no lock.
  const sleeping = spawn("sleep", ["60"], { cwd: other.dir, stdio: "ignore" });
  t.false(leftLocks(await openRepository({ cwd: other.dir, env: other.env })).mayBeHeld);
  sleeping.kill();
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
