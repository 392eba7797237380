import { readBlobMap, writeBlobs } from "../../git/objects/blobs.ts";
import { changedEntries, isFile } from "../../git/index/entries.ts";
import { refreshIndex, replaceEntries } from "../../git/index/replace-entries.ts";
import { openHookRepository } from "../../git/repository/open.ts";
import { compareWithStaged } from "../../git/worktree/file.ts";
import { prepareReplacement } from "../../git/worktree/replacement.ts";

/** A pre-commit hook that "encrypts": every staged PLAIN becomes ENC. */
const repository = await openHookRepository({ cwd: process.cwd(), env: process.env });
const { changed } = await changedEntries(repository);
const files = changed.filter((entry) => isFile(entry.mode) && !entry.intentToAdd);
const blobs = await readBlobMap(
  repository,
  files.map(({ oid }) => oid),
);
const plain = files.flatMap((entry) => {
  const text = blobs.get(entry.oid)?.toString("latin1") ?? "";
  if (!text.includes("PLAIN")) return [];
  return [{ entry, content: Buffer.from(text.replaceAll("PLAIN", "ENC"), "latin1") }];
});
const oids = await writeBlobs(
  repository,
  plain.map(({ content }) => content),
);
const worktree = await compareWithStaged(
  repository,
  plain.map(({ entry }) => entry),
);
const prepared = [];
for (const { entry, content } of plain) {
  const file = worktree.get(entry.path);
  if (file?.state === "as-staged") {
    prepared.push(await prepareReplacement(repository, file, content));
  }
}
await replaceEntries(
  repository,
  plain.map(({ entry: { path, mode, oid } }, i) => ({ path, mode, from: oid, to: oids[i] ?? "" })),
);
for (const replacement of prepared) replacement.commit();
await refreshIndex(repository);
