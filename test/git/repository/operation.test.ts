import test from "ava";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { ongoingOperation } from "../../../git/repository/operation.ts";
import type { GitContext } from "../../../git/run.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

/** `main` and `side` both change `a`; `side` then adds `b` and `c`. */
function diverged(t: Parameters<typeof temporaryRepository>[0]): TemporaryRepository {
  const repository = temporaryRepository(t);
  const commit = (name: string, content: string): void => {
    repository.write(name, content);
    repository.must("add", ".");
    repository.must("commit", "-q", "-m", `${name} ${content}`);
  };
  commit("a", "0");
  repository.must("switch", "-q", "-c", "side");
  commit("a", "side");
  commit("b", "1");
  commit("c", "1");
  repository.must("switch", "-q", "main");
  commit("a", "main");
  return repository;
}

function contextOf({ dir, env }: TemporaryRepository): GitContext {
  return { cwd: dir, env };
}

const cases: readonly [string, (repository: TemporaryRepository) => unknown, unknown][] = [
  ["nothing", () => null, null],
  ["a merge", ({ git }) => git("merge", "side"), { kind: "merge" }],
  ["one pick", ({ git }) => git("cherry-pick", "side~2"), { kind: "cherry-pick", more: false }],
  [
    "three picks",
    ({ git }) => git("cherry-pick", "side~2", "side~1", "side"),
    { kind: "cherry-pick", more: true },
  ],
  ["a revert", ({ git }) => git("revert", "--no-edit", "main~1"), { kind: "revert", more: false }],
  ["a squashed merge", ({ git }) => git("merge", "--squash", "side~3"), null],
  [
    "a pick that is not committed",
    ({ git }) => git("cherry-pick", "-n", "side"),
    { kind: "message" },
  ],
  [
    "a rebase by patches",
    ({ git }) => git("rebase", "--apply", "main", "side"),
    { kind: "rebase-apply" },
  ],
];

for (const [name, arrange, expected] of cases) {
  test(`what git is in the middle of: ${name}`, (t) => {
    const repository = diverged(t);
    arrange(repository);
    t.deepEqual(
      ongoingOperation(contextOf(repository), path.join(repository.dir, ".git")),
      expected,
    );
  });
}

for (const [file, command, kind] of [
  ["CHERRY_PICK_HEAD", ["cherry-pick", "side~2"], "cherry-pick"],
  ["REVERT_HEAD", ["revert", "--no-edit", "main~1"], "revert"],
] as const) {
  test(`what git is in the middle of, with reftables: a ${kind}`, (t) => {
    const repository = diverged(t);
    repository.git(...command);
    const gitDir = path.join(repository.dir, ".git");
    if (existsSync(path.join(gitDir, file))) {
      // As with reftables, but for a git before 2.45, too: no file to look for, but a ref that git finds.
      mkdirSync(path.join(gitDir, "reftable"));
      renameSync(path.join(gitDir, file), path.join(gitDir, "refs", file));
    }
    t.deepEqual(ongoingOperation(contextOf(repository), gitDir), { kind, more: false });
    for (const ref of [file, `refs/${file}`]) repository.git("update-ref", "-d", ref);
    t.deepEqual(ongoingOperation(contextOf(repository), gitDir), { kind: "message" });
  });
}

test("what git is in the middle of: a rebase, with the commit that it applies", (t) => {
  const repository = diverged(t);
  repository.git("rebase", "main", "side");
  t.deepEqual(ongoingOperation(contextOf(repository), path.join(repository.dir, ".git")), {
    kind: "rebase",
    commit: repository.must("rev-parse", "side~2"),
    isAmend: false,
    folding: null,
    hasMessage: true,
  });
});

test("what git is in the middle of: am", (t) => {
  const repository = diverged(t);
  const patch = repository.must("format-patch", "--stdout", "-1", "side~2");
  t.throws(() => repository.feed(`${patch}\n`, "am"));
  t.deepEqual(ongoingOperation(contextOf(repository), path.join(repository.dir, ".git")), {
    kind: "am",
  });
});
