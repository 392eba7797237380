import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { openRepository } from "../../git/repository.ts";
import { leftJournals, openJournal } from "../../hooks/replacement-journal.ts";
import { spawnSync } from "../bounded-programs.ts";
import { temporaryRepository } from "../temporary-repository.ts";

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
