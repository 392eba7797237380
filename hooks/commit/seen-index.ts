import { lstatSync, readSync, unlinkSync, type Stats } from "node:fs";
import path from "node:path";
import type { Repository } from "../../git/repository/open.ts";
import { nulFields } from "../../git/run.ts";
import { WaitingBatch } from "../../git/objects/waiting-batch.ts";
import { indexState, isSame, type IndexState } from "./judged-index.ts";
import { ownFolder } from "./own-folder.ts";

/** What git has said of an index before node was there. */
export interface SeenIndex {
  /** The index file that was asked about. */
  readonly judged: IndexState;
  /** How it differs from HEAD: see `changedEntriesIn`. */
  readonly fields: readonly string[];
  /** What reads objects next. */
  readonly waiting: WaitingBatch;
}

/**
 * The last field of git's answer, printed only if git ended well: an entry has two fields, so this is
 * none.
 */
const WHOLE = "whole";

/**
 * `.husky/pre-commit` asks git what is staged while node comes up: on standard input is the answer. It
 * asks about a second name (hard link) of the index file, `seen-NUMBER`. git never writes into that file
 * (judged-index.ts); so the answer holds for the index as long as both names are one file. Waits for the
 * answer, and takes the second name away. Another git then waits at the pipe `ask-NUMBER`.
 *
 * @param number of the shell that has asked
 * @param meanwhile what there is to do while objects are read
 * @returns null where there is no whole answer, or something was staged since: git has to be asked again
 */
export function takeSeenIndex(
  repository: Repository,
  number: string,
  meanwhile: () => void,
): SeenIndex | null {
  const folder = ownFolder(repository);
  if (folder === null || !/^\d+$/.test(number)) return null;
  const name = path.join(folder, `seen-${number}`);
  const fields = readAnswer();
  const seen = lstatSync(name, { throwIfNoEntry: false });
  const judged = indexState(repository);
  if (seen === undefined || judged === null) return null;
  unlinkSync(name);
  if (fields === null || !isUntouched(seen) || !isSame(seen, judged)) return null;
  const waiting = new WaitingBatch(path.join(folder, `ask-${number}`), meanwhile);
  return { judged, fields, waiting };
}

/** The fields on standard input before the word that ends them; null where it does not come. */
function readAnswer(): string[] | null {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(64 * 1024);
    const length = readSync(0, chunk);
    if (length === 0) return null;
    chunks.push(chunk.subarray(0, length));
    // Few chunks but the last one end with a field, so the answer is seldom put together in vain.
    if (chunk[length - 1] !== 0) continue;
    const fields = nulFields(Buffer.concat(chunks));
    // An entry is of two fields: the word stands where one would begin, so that it is no path.
    if (fields.length % 2 === 1 && fields.pop() === WHOLE) return fields;
  }
}

/**
 * Whether it is a file, and was not written into since it got its second name (libraries do that where
 * git does not): the new name was the last change of its status (inode(7)).
 */
function isUntouched(seen: Stats): boolean {
  return seen.isFile() && seen.ctimeMs > seen.mtimeMs;
}
