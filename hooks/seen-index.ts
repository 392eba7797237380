import { lstatSync, readFileSync, unlinkSync, type Stats } from "node:fs";
import path from "node:path";
import type { Repository } from "../git/repository.ts";
import { nulFields } from "../git/run.ts";
import { indexState, isSame, proofFolder, type IndexState } from "./judged-index.ts";

/** What git has said of an index before node was there. */
export interface SeenIndex {
  /** The index file that was asked about. */
  readonly judged: IndexState;
  /** How it differs from HEAD: see `changedEntriesIn`. */
  readonly fields: readonly string[];
}

/** Ends what git has said, where git ended well: no entry is of one field. */
const WHOLE = "whole";

/**
 * `.husky/pre-commit` asks git what is staged while node comes up: on standard input is the answer. It
 * asks about a second name (hard link) of the index file, `seen-NUMBER`. git never writes into that file
 * (judged-index.ts); so the answer holds for the index as long as both names are one file. Waits for git to
 * end, and takes the second name away.
 *
 * @param number of the shell that has asked
 * @returns null where there is no whole answer, or something was staged since: git has to be asked again
 */
export function takeSeenIndex(repository: Repository, number: string): SeenIndex | null {
  const folder = proofFolder(repository);
  if (folder === null || !/^\d+$/.test(number)) return null;
  const name = path.join(folder, `seen-${number}`);
  const answer = readFileSync(0);
  const seen = lstatSync(name, { throwIfNoEntry: false });
  const judged = indexState(repository);
  if (seen === undefined || judged === null) return null;
  unlinkSync(name);
  const fields = nulFields(answer);
  const holds = fields.pop() === WHOLE && isUntouched(seen) && isSame(seen, judged);
  return holds ? { judged, fields } : null;
}

/**
 * No link to a link, and not written into since it got its second name, as libraries in place of git do:
 * the name was the last change of the file (inode(7)).
 */
function isUntouched(seen: Stats): boolean {
  return seen.isFile() && seen.ctimeMs > seen.mtimeMs;
}
