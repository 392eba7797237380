import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import type { Mend } from "../../findings/finding.ts";
import { fixCommands } from "../../findings/fix.ts";
import type { TemporaryRepository } from "../temporary-repository.ts";
import { temporaryRepository } from "../temporary-repository.ts";

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

function commands(mend: Mend, path: string, where: "index" | "worktree" | "history" = "index") {
  return fixCommands(mend, {
    path,
    where,
    shellPath: quoted,
    pathspec: (name) => quoted(`:(top,literal)${name}`),
    withTool: (command) => command,
  });
}

/** Pastes commands into a shell; throws when one fails or says anything. */
function paste(repository: TemporaryRepository, lines: readonly string[]): void {
  for (const line of lines) {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", line], {
      cwd: repository.dir,
      env: repository.env,
      encoding: "utf8",
    });
    if (status !== 0 || stdout !== "" || stderr !== "") {
      throw new Error(`${line}: ${String(status)} ${stdout}${stderr}`);
    }
  }
}

const inIndex = (repository: TemporaryRepository): string[] =>
  repository
    .must("ls-files", "-z")
    .split("\0")
    .filter((name) => name !== "");

const staged = (repository: TemporaryRepository): string =>
  repository.must("diff", "--cached", "--name-status", "-z", "--no-renames");

const read = (repository: TemporaryRepository, name: string): string =>
  readFileSync(join(repository.dir, name), "utf8");

const NAMES = [
  "secret.yaml",
  "clusters/home/apps/a b.yaml",
  "-rf.yaml",
  'it\'s $HOME `x` "q".yaml',
  "*.yaml",
  ":(exclude)a.yaml",
  "new\nline.yaml",
];

const LEAVE_OUT: Mend = { kind: "leave-out" };
const EDIT: Mend = { kind: "edit", what: "edit it" };

for (const name of NAMES) {
  for (const mend of [LEAVE_OUT, EDIT]) {
    for (const isUnborn of [true, false]) {
      for (const isEdited of [true, false]) {
        const title = `${mend.kind}: ${JSON.stringify(name)}${isUnborn ? ", unborn branch" : ""}${isEdited ? ", edited further" : ""}`;
        test(title, (t) => {
          const repository = temporaryRepository(t);
          if (!isUnborn) {
            repository.write("first.txt", "1\n");
            repository.must("add", "first.txt");
            repository.must("commit", "-q", "-m", "first");
          }
          repository.write(name, "secret\n");
          repository.write("other.yaml", "a: 1\n");
          repository.must("add", "-A");
          if (isEdited) appendFileSync(join(repository.dir, name), "more\n");

          paste(repository, commands(mend, name));

          t.false(inIndex(repository).includes(name));
          t.true(inIndex(repository).includes("other.yaml"));
          t.is(read(repository, name), isEdited ? "secret\nmore\n" : "secret\n");
          t.is(repository.git("commit", "-q", "-m", "second").status, 0);
        });
      }
    }
  }

  for (const state of ["staged new", "staged new, unborn", "modified", "edited further"]) {
    test(`rename: ${JSON.stringify(name)}, ${state}`, (t) => {
      const repository = temporaryRepository(t);
      if (state !== "staged new, unborn") {
        repository.write("first.txt", "1\n");
        if (state === "modified") repository.write(name, "old\n");
        repository.must("add", "-A");
        repository.must("commit", "-q", "-m", "first");
      }
      repository.write(name, "secret\n");
      repository.must("add", "-A");
      if (state === "edited further") appendFileSync(join(repository.dir, name), "more\n");
      const to = `clusters/home/secrets/${name.slice(name.lastIndexOf("/") + 1)}.sops.yaml`;

      paste(repository, commands({ kind: "rename", to }, name));

      t.false(inIndex(repository).includes(name));
      t.true(inIndex(repository).includes(to));
      t.is(repository.must("cat-file", "blob", `:0:${to}`), "secret");
      t.is(read(repository, to), state === "edited further" ? "secret\nmore\n" : "secret\n");
      t.false(existsSync(join(repository.dir, name)));
      t.is(repository.git("commit", "-q", "-m", "second").status, 0);
    });
  }
}

test("leave-out of a changed file keeps the committed version in the index", (t) => {
  const repository = temporaryRepository(t);
  repository.write("a.yaml", "old\n");
  repository.must("add", "-A");
  repository.must("commit", "-q", "-m", "first");
  repository.write("a.yaml", "secret\n");
  repository.must("add", "-A");
  paste(repository, commands(LEAVE_OUT, "a.yaml"));
  t.is(staged(repository), "");
  t.is(read(repository, "a.yaml"), "secret\n");
});

test("rename within the same folder makes no folder", (t) => {
  t.deepEqual(commands({ kind: "rename", to: "a/b.sops.yaml" }, "a/b.yaml"), [
    "git mv -- 'a/b.yaml' 'a/b.sops.yaml'",
  ]);
  t.deepEqual(commands({ kind: "rename", to: "b.sops.yaml" }, "b.yaml"), [
    "git mv -- 'b.yaml' 'b.sops.yaml'",
  ]);
});

test("in the worktree, a committed file is taken out of git and stays on disk", (t) => {
  const repository = temporaryRepository(t);
  repository.write("age.agekey", "secret\n");
  repository.must("add", "-A");
  repository.must("commit", "-q", "-m", "first");
  repository.write("age.agekey", "secret 2\n");
  repository.must("add", "-A");
  repository.write("age.agekey", "secret 3\n");
  paste(repository, commands(LEAVE_OUT, "age.agekey", "worktree"));
  t.is(staged(repository), "D\0age.agekey\0");
  t.is(read(repository, "age.agekey"), "secret 3\n");
});

test("in the worktree, a file that git does not know is left alone or moved", (t) => {
  const repository = temporaryRepository(t);
  repository.write("a.yaml", "secret\n");
  paste(repository, commands(LEAVE_OUT, "a.yaml", "worktree"));
  t.is(read(repository, "a.yaml"), "secret\n");
  paste(repository, commands({ kind: "rename", to: "s/a.sops.yaml" }, "a.yaml", "worktree"));
  t.is(read(repository, "s/a.sops.yaml"), "secret\n");
  t.false(existsSync(join(repository.dir, "a.yaml")));
});

test("in the worktree, renaming a file that git knows moves its index entry too", (t) => {
  const repository = temporaryRepository(t);
  repository.write("a.yaml", "secret\n");
  repository.must("add", "-A");
  paste(repository, commands({ kind: "rename", to: "s/a.sops.yaml" }, "a.yaml", "worktree"));
  t.deepEqual(inIndex(repository), ["s/a.sops.yaml"]);
});

test("an edit is no command outside the index, and history has none at all", (t) => {
  t.deepEqual(commands(EDIT, "a.yaml", "worktree"), []);
  for (const mend of [EDIT, LEAVE_OUT, { kind: "rename", to: "b" } as const]) {
    t.deepEqual(commands(mend, "a.yaml", "history"), []);
  }
});

test("commands on a file get its quoted name", (t) => {
  const mend: Mend = { kind: "on-file", commands: ["sops encrypt -i FILE", "git add -- FILE"] };
  t.deepEqual(commands(mend, "a $& b.yaml"), [
    "sops encrypt -i 'a $& b.yaml'",
    "git add -- 'a $& b.yaml'",
  ]);
});

test("commands that are right anywhere are passed on", (t) => {
  t.deepEqual(commands({ kind: "run", commands: ["git merge --abort"] }, "a", "history"), [
    "git merge --abort",
  ]);
});
