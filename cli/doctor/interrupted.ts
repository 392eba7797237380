import path from "node:path";
import { leftLocks, removeLocks } from "../../git/index/left-locks.ts";
import { displayPath } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { shellText } from "../../git/shell-word.ts";
import { completeInterrupted } from "../../hooks/commit/complete-interrupted.ts";
import { leftJournals } from "../../hooks/commit/replacement-journal.ts";
import { type Diagnosis, FIX, mended, wrong } from "./diagnosis.ts";

/**
 * What a killed commit left behind: locks of the index, files that are still in plaintext on disk.
 *
 * @param fix whether to remove locks that nobody holds, and to complete what was begun.
 * @throws GitError
 */
export async function diagnoseInterrupted(
  repository: OpenedRepository,
  fix: boolean,
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  const locks = leftLocks(repository);
  const [first] = locks.names;
  if (first !== undefined) {
    const what = `${first} is in the git folder, so git cannot change the index`;
    if (locks.mayBeHeld) {
      const files = locks.names.map((name) => shellText(path.join(repository.gitDir, name)));
      return [
        wrong(
          what,
          `wait for the git that is at work here, or end it; then: rm -f -- ${files.join(" ")}`,
        ),
      ];
    }
    if (fix) removeLocks(repository, locks);
    found.push(fix ? mended(`${first}, left by a killed git, is gone`) : wrong(what, FIX));
  }
  if (leftJournals(repository).length === 0) return found;
  if (!fix) {
    const what = "a commit was killed while it encrypted files: some may be in plaintext on disk";
    return [...found, wrong(what, FIX)];
  }
  const completed = await completeInterrupted(repository);
  const names = completed.map((one) => displayPath(one)).join(", ");
  const what =
    completed.length === 0
      ? "what a killed commit left behind is gone"
      : `what a killed commit had begun is complete: ${names}`;
  return [...found, mended(what)];
}
