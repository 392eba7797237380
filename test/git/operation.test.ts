import test from "ava";
import path from "node:path";
import { ongoingOperation } from "../../git/operation.ts";
import { temporaryRepository, type TemporaryRepository } from "../temporary-repository.ts";

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
    t.deepEqual(ongoingOperation(path.join(repository.dir, ".git")), expected);
  });
}

test("what git is in the middle of: a rebase, with the commit that it applies", (t) => {
  const repository = diverged(t);
  repository.git("rebase", "main", "side");
  t.deepEqual(ongoingOperation(path.join(repository.dir, ".git")), {
    kind: "rebase",
    commit: repository.must("rev-parse", "side~2"),
    isAmend: false,
  });
});

test("what git is in the middle of: am", (t) => {
  const repository = diverged(t);
  const patch = repository.must("format-patch", "--stdout", "-1", "side~2");
  t.throws(() => repository.feed(`${patch}\n`, "am"));
  t.deepEqual(ongoingOperation(path.join(repository.dir, ".git")), { kind: "am" });
});
