import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openRepository } from "../../../git/repository/open.ts";
import { leftJournals, openJournal } from "../../../hooks/commit/replacement-journal.ts";
import { spawnSync } from "../../bounded-programs.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

test("a journal that cannot be written or removed never stops a commit", async (t) => {
  const { dir, env } = temporaryRepository(t);
  const repository = await openRepository({ cwd: dir, env });
  const folder = join(dir, ".git/flux-sops");
  writeFileSync(folder, "no folder");
  t.notThrows(openJournal(repository, []).close);
  t.deepEqual(leftJournals(repository), []);

  const other = await openRepository({ cwd: temporaryRepository(t).dir, env });
  const { pid } = spawnSync("true");
  mkdirSync(join(other.gitDir, "flux-sops", `replacing-${String(pid)}`), { recursive: true });
  const [left] = leftJournals(other);
  t.is(left?.journal, null);
  t.notThrows(() => left?.remove());
});

test("a journal is left behind where its gate runs no more, whoever has its number by now", async (t) => {
  const { dir, env } = temporaryRepository(t);
  const repository = await openRepository({ cwd: dir, env });
  mkdirSync(join(dir, ".git/flux-sops"));
  for (const [program, count] of [
    ["flux-sops.cjs", 0],
    ["another.cjs", 1],
  ] as const) {
    const running = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)", program]);
    t.teardown(() => running.kill());
    const name = `replacing-${String(running.pid)}`;
    writeFileSync(join(dir, ".git/flux-sops", name), '{"id": "00", "entries": []}');
    t.is(leftJournals(repository).length, count, program);
  }
});
