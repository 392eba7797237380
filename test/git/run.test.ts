import { EventEmitter } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { GitError } from "../../git/errors.ts";
import { withoutRepository } from "../../git/environment.ts";
import { nulFields, runGit } from "../../git/run.ts";
import { isAtLeast, parseGitVersion, requireGit } from "../../git/version.ts";
import { temporaryRepository } from "../temporary-repository.ts";

/** Puts a program named git first on PATH. */
function fakeGit(dir: string, env: NodeJS.ProcessEnv, script: string): NodeJS.ProcessEnv {
  const bin = path.join(dir, "..", "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, "git"), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(bin, "git"), 0o755);
  return { ...env, PATH: `${bin}:${env["PATH"] ?? ""}` };
}

test("a failure names the command, the status and git's complaint, on one line", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const error = await t.throwsAsync(
    runGit({ cwd, env }, ["rev-parse", "--verify", "no\x1b[31m\nsuch"], {
      input: [Buffer.from("SECRET")],
    }),
    { instanceOf: GitError },
  );
  t.is(error.code, "command-failed");
  t.is(error.complaint, "fatal: Needed a single revision");
  t.is(error.message, "git rev-parse failed (exit status 128): fatal: Needed a single revision");
  t.notRegex(JSON.stringify(error), /SECRET/);
});

test("control characters in a complaint are escaped, and what filters print is passed over", async (t) => {
  const { dir, env } = temporaryRepository(t);
  const fake = fakeGit(
    dir,
    env,
    `printf 'noise\\nfatal: bad \\033[31m name\\nmore\\n' >&2; exit 3`,
  );
  const error = await t.throwsAsync(runGit({ cwd: dir, env: fake }, ["x"]), {
    instanceOf: GitError,
  });
  t.is(error.message, String.raw`git x failed (exit status 3): fatal: bad \033[31m name`);
});

test("git that is missing, and a folder that is missing, are told apart", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const noGit = await t.throwsAsync(
    runGit({ cwd, env: { ...env, PATH: "/nonexistent" } }, ["version"]),
    {
      instanceOf: GitError,
    },
  );
  t.is(noGit.code, "git-missing");
  const noFolder = await t.throwsAsync(runGit({ cwd: path.join(cwd, "gone"), env }, ["version"]), {
    instanceOf: GitError,
  });
  t.is(noFolder.code, "not-a-repository");
});

test("a git that dies of a signal or stops reading does not hang or pass", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const killed = await t.throwsAsync(
    runGit({ cwd, env: fakeGit(cwd, env, "kill -9 $$") }, ["x"], {
      input: [Buffer.alloc(5_000_000)],
    }),
    { instanceOf: GitError },
  );
  t.regex(killed.message, /SIGKILL/);
  const early = await t.throwsAsync(
    runGit({ cwd, env: fakeGit(cwd, env, "exit 4") }, ["x"], { input: [Buffer.alloc(5_000_000)] }),
    { instanceOf: GitError },
  );
  t.is(early.message, "git x failed (exit status 4)");
});

test.serial("where no program can be started any more, it is an error with a reason", async (t) => {
  const repository = temporaryRepository(t);
  const childProcess = process.getBuiltinModule("node:child_process");
  const { spawn } = childProcess;
  // What node gives then: a child without streams, and later its error.
  const full = (code: string) => () => {
    const child = new EventEmitter();
    process.nextTick(() => child.emit("error", Object.assign(new Error(code), { code })));
    return child;
  };
  t.teardown(() => {
    childProcess.spawn = spawn;
  });
  childProcess.spawn = full("EMFILE") as unknown as typeof spawn;
  const { message } =
    (await t.throwsAsync(runGit({ cwd: repository.dir, env: repository.env }, ["status"]), {
      instanceOf: GitError,
    })) ?? {};
  t.regex(message ?? "", /^git cannot be started: too many files are open/);
  childProcess.spawn = (() => {
    throw Object.assign(new Error("spawn ENOMEM"), { code: "ENOMEM" });
  }) as unknown as typeof spawn;
  await t.throwsAsync(runGit({ cwd: repository.dir, env: repository.env }, ["status"]), {
    message: /not enough memory/,
  });
});

test("the environment policy", async (t) => {
  const { dir: cwd, env } = temporaryRepository(t);
  const fake = fakeGit(
    cwd,
    { ...env, LC_ALL: "de_DE.UTF-8", GIT_INDEX_FILE: "alt" },
    `echo "$LC_ALL,$GIT_NO_REPLACE_OBJECTS,$GIT_OPTIONAL_LOCKS,$GIT_INDEX_FILE"`,
  );
  const seen = async (options: object): Promise<string> =>
    (await runGit({ cwd, env: fake }, ["x"], options)).stdout.toString().trim();
  t.is(await seen({}), "C,1,0,alt");
  t.is(await seen({ filters: true }), "de_DE.UTF-8,1,0,alt");
  t.deepEqual(
    withoutRepository({
      GIT_DIR: "a",
      GIT_INDEX_FILE: "b",
      GIT_WORK_TREE: "c",
      GIT_PREFIX: "d",
      PATH: "e",
    }),
    { PATH: "e" },
  );
});

test("output that was cut short is no short list", (t) => {
  t.deepEqual(nulFields(Buffer.from("a\0b\xff\0", "latin1")), ["a", "b\xff"]);
  t.deepEqual(nulFields(Buffer.alloc(0)), []);
  t.throws(() => nulFields(Buffer.from("a\0b")), { instanceOf: GitError });
});

test("versions are read and compared", async (t) => {
  t.deepEqual(parseGitVersion("git version 2.39.5 (Apple Git-154)\n"), [2, 39, 5]);
  t.deepEqual(parseGitVersion("git version 2.45.1.windows.1"), [2, 45, 1]);
  t.deepEqual(parseGitVersion("git version 2.40.GIT"), [2, 40, 0]);
  t.is(parseGitVersion("hub version 1"), null);
  t.true(isAtLeast([2, 34, 0], [2, 34, 0]));
  t.true(isAtLeast([3, 0, 0], [2, 34, 0]));
  t.false(isAtLeast([2, 33, 9], [2, 34, 0]));
  t.false(isAtLeast([1, 99, 0], [2, 34, 0]));
  const { dir: cwd, env } = temporaryRepository(t);
  t.true(isAtLeast(await requireGit({ cwd, env }), [2, 34, 0]));
  const old = fakeGit(cwd, env, "echo git version 2.33.8");
  const error = await t.throwsAsync(requireGit({ cwd, env: old }), { instanceOf: GitError });
  t.is(error.code, "git-too-old");
  t.regex(error.message, /git 2\.34 or later is needed, and 2\.33\.8/);
});
