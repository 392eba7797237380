import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { changedEntries } from "../../../git/index/entries.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { replaceStaged, type NewContent } from "../../../hooks/commit/replace-staged.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

const NAME = "sub/a.yaml";

/** One file is staged, and something may happen before it is replaced. */
async function replaced(t: ExecutionContext, onDisk: string, isStagedAnew: boolean) {
  const { dir, env, feed, must, write } = temporaryRepository(t);
  write(NAME, "readable\n");
  must("add", ".");
  const repository = await openRepository({ cwd: dir, env });
  const [entry] = (await changedEntries(repository)).changed;
  write(NAME, onDisk);
  if (isStagedAnew) {
    const oid = feed("other\n", "hash-object", "-w", "--stdin").toString().trim();
    must("update-index", "--cacheinfo", `100644,${oid},${NAME}`);
  }
  const content = { entry, text: "encrypted\n", closedFor: null, changed: null };
  const contents = [content as unknown as NewContent];
  const outcome = await replaceStaged(repository, contents).then(
    ([stored]) => stored?.worktree,
    () => "refused",
  );
  return {
    outcome,
    staged: must("show", `:${NAME}`),
    onDisk: readFileSync(join(dir, NAME), "utf8"),
    left: [...readdirSync(join(dir, "sub")), ...readdirSync(join(dir, ".git/flux-sops"))],
  };
}

test("what is on disk as it was staged is replaced, and an edit is left", async (t) => {
  t.deepEqual(await replaced(t, "readable\n", false), {
    outcome: "rewritten",
    staged: "encrypted",
    onDisk: "encrypted\n",
    left: ["a.yaml"],
  });
  t.deepEqual(await replaced(t, "edited\n", false), {
    outcome: "edited",
    staged: "encrypted",
    onDisk: "edited\n",
    left: ["a.yaml"],
  });
});

test("where something else was staged meanwhile, all is as before, and nothing is left behind", async (t) => {
  t.deepEqual(await replaced(t, "readable\n", true), {
    outcome: "refused",
    staged: "other",
    onDisk: "readable\n",
    left: ["a.yaml"],
  });
});
