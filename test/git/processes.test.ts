import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { readBlobMap, writeBlobs } from "../../git/objects/blobs.ts";
import { changedEntries } from "../../git/index/entries.ts";
import { replaceEntries } from "../../git/index/replace-entries.ts";
import { openHookRepository } from "../../git/repository/open.ts";
import { compareWithStaged } from "../../git/worktree/file.ts";
import { prepareReplacement } from "../../git/worktree/replacement.ts";
import { temporaryRepository } from "../temporary-repository.ts";

test("a commit without secrets costs two calls to git; one with many, six", async (t) => {
  const { dir: cwd, env, must, write } = temporaryRepository(t);
  must("commit", "-q", "--allow-empty", "-m", "x");
  for (let i = 0; i < 20; i++) write(`f${String(i)}`, `content ${String(i)}`);
  must("add", ".");
  const log = path.join(cwd, "../log");
  write(
    "../bin/git",
    `#!/bin/sh\necho "$@" >>"${log}"\nPATH="${env["PATH"] ?? ""}" exec git "$@"\n`,
  );
  chmodSync(path.join(cwd, "../bin/git"), 0o755);
  writeFileSync(log, "");
  const calls = (): string[] => readFileSync(log, "utf8").trimEnd().split("\n");

  const repository = await openHookRepository({
    cwd,
    env: { ...env, GIT_INDEX_FILE: ".git/index", PATH: `${cwd}/../bin:${env["PATH"] ?? ""}` },
  });
  const { changed } = await changedEntries(repository);
  const blobs = await readBlobMap(
    repository,
    changed.map(({ oid }) => oid),
  );
  t.is(blobs.size, 20);
  t.is(calls().length, 2, calls().join("\n"));

  const contents = changed.map(({ path: name }) => Buffer.from(`encrypted ${name}`));
  const oids = await writeBlobs(repository, contents);
  const files = await compareWithStaged(repository, changed);
  for (const [i, entry] of changed.entries()) {
    const file = files.get(entry.path);
    if (file?.state !== "as-staged") return t.fail();
    (await prepareReplacement(repository, file, contents[i] ?? Buffer.alloc(0))).discard();
  }
  await replaceEntries(
    repository,
    changed.map(({ path: name, mode, oid }, i) => ({
      path: name,
      mode,
      from: oid,
      to: oids[i] ?? "",
    })),
  );
  t.is(calls().length, 6, calls().join("\n"));
});
