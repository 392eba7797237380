import { unlinkSync } from "node:fs";
import { blobsHere } from "../../git/objects/blobs.ts";
import { indexEntries } from "../../git/index/entries.ts";
import type { GitPath } from "../../git/path.ts";
import { refreshIndex } from "../../git/index/replace-entries.ts";
import type { Repository } from "../../git/repository/open.ts";
import { withIndexFile } from "../../git/environment.ts";
import type { GitContext } from "../../git/run.ts";
import { WorktreeError } from "../../git/worktree/error.ts";
import { compareWithStaged, worktreeLocation } from "../../git/worktree/file.ts";
import { prepareReplacement } from "../../git/worktree/replacement.ts";
import { leftJournals, temporaryFileName, type Journal } from "./replacement-journal.ts";

/**
 * Completes what a killed commit left half done: where the index has the encrypted content and the
 * file on disk is still what its author staged, the file is replaced; temporary files go. A file that
 * was edited since is left alone.
 *
 * @returns the files that were rewritten
 * @throws GitError
 */
export async function completeInterrupted(repository: Repository): Promise<GitPath[]> {
  // The index of a partial commit is HEAD with its paths changed: the other one has what is staged.
  const index = repository.isPartialCommit ? repository.nextIndexFile : repository.indexFile;
  if (index === null) return [];
  const staged = withIndexFile(repository, index);
  const completed: GitPath[] = [];
  for (const { journal, remove } of leftJournals(repository)) {
    if (journal !== null) {
      removeTemporaryFiles(repository, journal);
      completed.push(...(await complete(repository, staged, journal)));
    }
    remove();
  }
  if (completed.length > 0) await refreshIndex(repository);
  return completed;
}

function removeTemporaryFiles(repository: Repository, { id, entries }: Journal): void {
  for (const [index, { path }] of entries.entries()) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const name = `${folder}${temporaryFileName(id, index)}` as GitPath;
    try {
      unlinkSync(worktreeLocation(repository, name));
    } catch {
      // It was put in its place, or was never made.
    }
  }
}

async function complete(
  repository: Repository,
  index: GitContext,
  { entries }: Journal,
): Promise<GitPath[]> {
  const staged = new Map(
    (await indexEntries(index, new Set(entries.map(({ path }) => path)))).map((entry) => [
      entry.path,
      entry.oid,
    ]),
  );
  const open = entries.filter(({ path, to }) => staged.get(path) === to);
  if (open.length === 0) return [];
  const onDisk = await compareWithStaged(
    repository,
    open.map(({ path, from }) => ({ path, oid: from })),
  );
  const blobs = await blobsHere(
    repository,
    open.map(({ to }) => to),
  );
  const completed: GitPath[] = [];
  for (const { path, to } of open) {
    const file = onDisk.get(path);
    const blob = blobs.get(to);
    if (file?.state !== "as-staged" || blob === undefined) continue;
    try {
      const replacement = await prepareReplacement(repository, file, blob);
      if (replacement.commit() === "replaced") completed.push(path);
    } catch (error) {
      // Read-only by now, say: it stays as it is, and git status shows it.
      if (!(error instanceof WorktreeError)) throw error;
    }
  }
  return completed;
}
