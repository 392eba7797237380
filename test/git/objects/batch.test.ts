import { chmodSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { catFileBatch } from "../../../git/objects/batch.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

test("a submodule is no object, in the words of every git", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const oid = "1".repeat(40);
  must("update-index", "--add", "--cacheinfo", `160000,${oid},sub`);
  must("commit", "-q", "-m", "Add a submodule");
  const ask = async (context: { cwd: string; env: NodeJS.ProcessEnv }) => {
    const found: string[] = [];
    for await (const { type } of catFileBatch(context, ["HEAD:sub", "HEAD"], { check: true })) {
      found.push(type);
    }
    return found;
  };
  t.deepEqual(await ask({ cwd: dir, env }), ["", "commit"]);

  // As git says it since 2.49.
  const answers = `${oid} submodule\\n${"2".repeat(40)} commit 5\\n`;
  write("bin/git", `#!/bin/sh\ncat >/dev/null\nprintf '${answers}'\n`);
  chmodSync(join(dir, "bin/git"), 0o755);
  const newer = { ...env, PATH: `${join(dir, "bin")}:/usr/bin:/bin` };
  t.deepEqual(await ask({ cwd: dir, env: newer }), ["", "commit"]);
});
