import { GitError } from "../../git/errors.ts";
import { writeBlobs } from "../../git/objects/blobs.ts";
import type { ChangedEntry } from "../../git/index/entries.ts";
import { refreshIndex, replaceEntries } from "../../git/index/replace-entries.ts";
import type { Repository } from "../../git/repository/open.ts";
import { compareWithStaged, type WorktreeFile } from "../../git/worktree/file.ts";
import { prepareReplacement, type PreparedReplacement } from "../../git/worktree/replacement.ts";
import type { Encrypted } from "../../sops/encrypt.ts";
import type { KeyPlaceProblem } from "../../sops/age/identities.ts";
import { openJournal, temporaryFileName } from "./replacement-journal.ts";

/** What a staged file is to hold instead. */
export interface NewContent {
  readonly entry: ChangedEntry;
  /** The encrypted text. */
  readonly text: string;
  readonly result: Encrypted;
  /** Null where a private key of this machine opens the result; else the places of keys that could not be read. */
  readonly closedFor: readonly KeyPlaceProblem[] | null;
  /** For a file that was encrypted already: the keys that were encrypted or signed anew. */
  readonly changed: readonly string[] | null;
}

/** How the worktree file fared. */
export type WorktreeOutcome = "rewritten" | "edited" | "absent" | "no-file" | "unread" | "left";

export interface Stored extends NewContent {
  /** The blob that the index entry holds now. */
  readonly oid: string;
  readonly worktree: WorktreeOutcome;
}

/**
 * Puts encrypted contents in the place of staged ones: in the object store, the index and the
 * worktree, in this order. Whatever can fail for the worktree is tried before the index changes;
 * a worktree file that does not hold what was staged is left alone.
 *
 * @throws GitError, WorktreeError: index and worktree are as before.
 */
export async function replaceStaged(
  repository: Repository,
  contents: readonly NewContent[],
): Promise<Stored[]> {
  // A result that the last commit has already needs no new blob, and one that is staged already, no new
  // entry.
  const blobs = contents.map(({ text }) => Buffer.from(text, "utf8"));
  const worktree = await compareWithStaged(
    repository,
    contents.map(({ entry }) => entry),
  );
  const oids = await writeBlobs(repository, blobs);
  const prepared = new Map<NewContent, PreparedReplacement>();
  const journal = openJournal(
    repository,
    contents.map(({ entry: { path, oid } }, index) => ({
      path,
      from: oid,
      to: oids[index] ?? "",
    })),
  );
  try {
    for (const [index, content] of contents.entries()) {
      const file = worktree.get(content.entry.path);
      const blob = blobs[index];
      if (file?.state === "as-staged" && blob !== undefined) {
        const name = temporaryFileName(journal.id, index);
        prepared.set(content, await prepareReplacement(repository, file, blob, name));
      }
    }
    await replaceEntries(
      repository,
      contents.map(({ entry }, index) => ({
        path: entry.path,
        mode: entry.mode,
        from: entry.oid,
        to: oids[index] ?? "",
      })),
    );
  } catch (error) {
    for (const replacement of prepared.values()) replacement.discard();
    journal.close();
    throw error;
  }
  const stored = contents.map((content, index): Stored => {
    const oid = oids[index] ?? "";
    const replacement = prepared.get(content);
    if (replacement === undefined) {
      return { ...content, oid, worktree: notReplaced(worktree.get(content.entry.path)) };
    }
    return { ...content, oid, worktree: putInPlace(replacement) };
  });
  journal.close();
  try {
    await refreshIndex(repository);
  } catch (error) {
    // All is done by now: git only has to compare the files itself.
    if (!(error instanceof GitError)) throw error;
  }
  return stored;
}

function notReplaced(file: WorktreeFile | undefined): WorktreeOutcome {
  if (file?.state === "missing") return "absent";
  if (file?.state === "unreadable") return "unread";
  return file?.state === "not-a-file" ? "no-file" : "edited";
}

/**
 * The commit is right by now: a file that cannot be replaced any more is left as it is, and the user
 * told.
 */
function putInPlace(replacement: PreparedReplacement): WorktreeOutcome {
  try {
    return replacement.commit() === "replaced" ? "rewritten" : "edited";
  } catch {
    return "left";
  }
}
