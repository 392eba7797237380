import { existsSync, mkdirSync, readFileSync, unlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { temporaryRepository, type TemporaryRepository } from "../temporary-repository.ts";
import { WITH_TYPESCRIPT } from "../with-typescript.ts";
import { hostileNames } from "./hostile-names.ts";
import { openedRepository, type Opened } from "./opened-repository.ts";

const hook = fileURLToPath(new URL("replace-plain-hook.ts", import.meta.url));
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A repository whose pre-commit hook turns PLAIN into ENC, as the gate encrypts. */
async function armed(t: ExecutionContext): Promise<Opened> {
  const repository = await openedRepository(t);
  repository.write(
    ".git/hooks/pre-commit",
    `#!/bin/sh\nexec ${[process.execPath, WITH_TYPESCRIPT, hook].map(quoted).join(" ")}\n`,
    0o755,
  );
  return repository;
}

type Step = (repository: TemporaryRepository) => void;

interface Form {
  /** Before the commit; `b` is staged as PLAIN b beside it unless said otherwise. */
  readonly prepare: Step;
  readonly commit: readonly string[];
  /** The file in HEAD, index and worktree afterwards. Default: `ENC a` everywhere. */
  readonly worktree?: string;
  /** What git status then says. Default: nothing. */
  readonly status?: string;
  readonly unborn?: boolean;
}

const stage: Step = ({ write, must }) => {
  write("a", "PLAIN a");
  write("b", "PLAIN b");
  must("add", "a", "b");
};

const forms: Readonly<Record<string, Form>> = {
  commit: { prepare: stage, commit: [] },
  "commit -a": {
    prepare: ({ write, must }) => {
      must("commit", "-qm", "kept", "--allow-empty", "--no-verify");
      write("a", "PLAIN a");
    },
    commit: ["-a"],
  },
  "commit -i path": {
    prepare: ({ write, must }) => {
      write("b", "PLAIN b");
      must("add", "b");
      write("a", "PLAIN a");
    },
    commit: ["-i", "--", "a"],
  },
  "commit -- path, another file staged": {
    prepare: stage,
    commit: ["--", "a"],
    status: "M  b",
  },
  "commit -- path, not staged": {
    prepare: ({ write }) => {
      write("a", "PLAIN a");
    },
    commit: ["--", "a"],
  },
  "commit -- path, staged and edited since": {
    prepare: (repository) => {
      stage(repository);
      repository.write("a", "PLAIN a, edited");
    },
    commit: ["--", "a"],
    worktree: "ENC a, edited",
    status: "M  b",
  },
  "commit -- path, a removed file among the paths": {
    prepare: ({ write, must, dir }) => {
      write("a", "PLAIN a");
      must("add", "a");
      unlinkSync(path.join(dir, "gone"));
    },
    commit: ["--", "a", "gone"],
  },
  "commit -- path, intent to add beside it": {
    prepare: (repository) => {
      stage(repository);
      repository.write("intended", "PLAIN intended");
      repository.must("add", "-N", "intended");
    },
    commit: ["--", "a"],
    status: "M  b\n A intended",
  },
  "commit --amend -- path": {
    prepare: (repository) => {
      repository.must("commit", "-qm", "to amend", "--allow-empty", "--no-verify");
      stage(repository);
    },
    commit: ["--amend", "--", "a"],
    status: "M  b",
  },
  "commit --pathspec-from-file": {
    prepare: (repository) => {
      stage(repository);
      repository.write("../paths", "a\n");
    },
    commit: ["--pathspec-from-file=../paths"],
    status: "M  b",
  },
  "commit -- path on an unborn branch": {
    prepare: stage,
    commit: ["--", "a"],
    status: "A  b",
    unborn: true,
  },
  "commit on an unborn branch": { prepare: stage, commit: [], unborn: true },
  "commit -- path with a split index": {
    prepare: (repository) => {
      repository.must("update-index", "--split-index");
      stage(repository);
    },
    commit: ["--", "a"],
    status: "M  b",
  },
  "commit -- path from a folder": {
    prepare: (repository) => {
      stage(repository);
      mkdirSync(path.join(repository.dir, "sub"));
    },
    commit: ["-C", "sub", "--", "../a"],
    status: "M  b",
  },
};

for (const [name, form] of Object.entries(forms)) {
  test(`${name}: HEAD, index and worktree agree`, async (t) => {
    const repository = await armed(t);
    const { must, write, dir } = repository;
    if (form.unborn !== true) {
      for (const file of ["a", "b", "gone"]) write(file, "base");
      must("add", ".");
      must("commit", "-qm", "base", "--no-verify");
    }
    form.prepare(repository);
    const [option, folder, ...rest] = form.commit;
    if (option === "-C" && folder !== undefined) must("-C", folder, "commit", "-qm", "x", ...rest);
    else must("commit", "-qm", "x", ...form.commit);
    const expected = form.worktree ?? "ENC a";
    t.is(must("show", "HEAD:a"), expected);
    t.is(must("show", ":a"), expected);
    t.is(readFileSync(path.join(dir, "a"), "utf8"), expected);
    t.is(must("status", "--porcelain"), form.status ?? "");
    t.deepEqual(
      ["index.lock", "index.lock.lock"].filter((lock) => existsSync(path.join(dir, ".git", lock))),
      [],
    );
  });
}

test("commit -- path in a linked worktree", async (t) => {
  const { must, write, dir } = await armed(t);
  must("commit", "-qn", "--allow-empty", "-m", "base");
  must("worktree", "add", "-q", "../linked");
  write("../linked/a", "PLAIN a");
  write("../linked/b", "PLAIN b");
  must("-C", "../linked", "add", ".");
  must("-C", "../linked", "commit", "-qm", "x", "--", "a");
  t.is(must("-C", "../linked", "show", "HEAD:a"), "ENC a");
  t.is(readFileSync(path.join(dir, "../linked/a"), "utf8"), "ENC a");
  t.is(must("-C", "../linked", "status", "--porcelain"), "A  b");
});

test("commit in a submodule", async (t) => {
  const outer = temporaryRepository(t);
  const inner = temporaryRepository(t);
  inner.write("a", "base");
  inner.must("add", ".");
  inner.must("commit", "-qm", "base");
  outer.must(
    "-c",
    "protocol.file.allow=always",
    "submodule",
    "--quiet",
    "add",
    inner.dir,
    "module",
  );
  outer.must("commit", "-qm", "module");
  const { write } = outer;
  write(
    ".git/modules/module/hooks/pre-commit",
    `#!/bin/sh\nexec ${[process.execPath, WITH_TYPESCRIPT, hook].map(quoted).join(" ")}\n`,
    0o755,
  );
  write("module/a", "PLAIN a");
  outer.must("-C", "module", "commit", "-qm", "x", "--", "a");
  t.is(outer.must("-C", "module", "show", "HEAD:a"), "ENC a");
  t.is(outer.must("-C", "module", "status", "--porcelain"), "");
});

test("a partly staged file keeps its unstaged edit", async (t) => {
  const { must, write, dir } = await armed(t);
  write("a", "PLAIN a");
  must("add", ".");
  write("a", "PLAIN a, edited");
  must("commit", "-qm", "x");
  t.is(must("show", "HEAD:a"), "ENC a");
  t.is(must("show", ":a"), "ENC a");
  t.is(readFileSync(path.join(dir, "a"), "utf8"), "PLAIN a, edited");
});

test("hostile names, by commit and by commit -- path", async (t) => {
  const repository = await armed(t);
  const { must, write, feed } = repository;
  for (const name of hostileNames) write(Buffer.from(name, "latin1"), `PLAIN ${name}`);
  must("add", "-A");
  const some = [...hostileNames].slice(0, 20);
  const list = Buffer.from(some.map((name) => `:(literal)${name}\0`).join(""), "latin1");
  feed(list, "commit", "-qm", "x", "--pathspec-from-file=-", "--pathspec-file-nul");
  t.is(must("ls-files", "-z").split("\0").length - 1, hostileNames.length);
  t.is(must("ls-tree", "-rz", "--name-only", "HEAD").split("\0").length - 1, some.length);
  must("commit", "-qm", "y");
  t.is(must("status", "--porcelain"), "");
  t.is(
    must("grep", "-c", "--cached", "-e", "PLAIN", "--or", "-e", "ENC").split("\n").length,
    hostileNames.length,
  );
  t.is(repository.git("grep", "-q", "--cached", "PLAIN").status, 1);
});
