import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { pathFromText } from "../../../git/path.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { completeInterrupted } from "../../../hooks/commit/complete-interrupted.ts";
import { openJournal, temporaryFileName } from "../../../hooks/commit/replacement-journal.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

const [READABLE, ENCRYPTED, OTHER] = ["readable\n", "encrypted\n", "other\n"];

for (const [what, staged, onDisk, after] of [
  ["what is as it was staged is replaced", ENCRYPTED, READABLE, ENCRYPTED],
  ["what was edited since is left", ENCRYPTED, OTHER, OTHER],
  ["what was replaced already is left", ENCRYPTED, ENCRYPTED, ENCRYPTED],
  ["what was deleted since is left", ENCRYPTED, null, null],
  ["what is staged anew is left", OTHER, READABLE, READABLE],
  ["what had not come to the index is left", READABLE, READABLE, READABLE],
] as const) {
  test(`after a kill, ${what}`, async (t) => {
    const { dir, env, feed, must, write } = temporaryRepository(t);
    const oidOf = (text: string) => feed(text, "hash-object", "-w", "--stdin").toString().trim();
    const name = "sub/a.yaml";
    must("update-index", "--add", "--cacheinfo", `100644,${oidOf(staged)},${name}`);
    write("sub/note.md", "note\n");
    if (onDisk !== null) write(name, onDisk);
    const repository = await openRepository({ cwd: dir, env });
    const path = pathFromText(name);
    const entry = { path, from: oidOf(READABLE), to: oidOf(ENCRYPTED) };
    const { id } = openJournal(repository, [entry]);
    write(`sub/${temporaryFileName(id, 0)}`, ENCRYPTED);
    const isReplaced = onDisk === READABLE && after === ENCRYPTED;
    t.deepEqual(await completeInterrupted(repository), isReplaced ? [path] : []);
    t.is(existsSync(join(dir, name)) ? readFileSync(join(dir, name), "utf8") : null, after);
    t.deepEqual(
      readdirSync(join(dir, "sub")).filter((one) => one !== "a.yaml"),
      ["note.md"],
    );
    t.deepEqual(readdirSync(join(dir, ".git/flux-sops")), []);
  });
}
