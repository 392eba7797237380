import path from "node:path";
import { leftLocks, removeLocks } from "../git/left-locks.ts";
import { displayPath } from "../git/path.ts";
import type { OpenedRepository } from "../git/repository.ts";
import { shellText } from "../git/shell-word.ts";
import { completeInterrupted } from "./complete-interrupted.ts";
import { leftJournals } from "./replacement-journal.ts";

/** As Diagnosis in scaffold/diagnosis.ts. */
export interface InterruptedDiagnosis {
  readonly state: "wrong" | "mended";
  readonly what: string;
  readonly remedy: string | null;
}

const FIX = "node .flux-sops/flux-sops.mjs doctor --fix";

/**
 * What a killed commit left behind: locks of the index, files that are still in plaintext on disk.
 *
 * @param fix whether to remove locks that nobody holds, and to complete what was begun.
 * @throws GitError
 */
export async function diagnoseInterrupted(
  repository: OpenedRepository,
  fix: boolean,
): Promise<InterruptedDiagnosis[]> {
  const found: InterruptedDiagnosis[] = [];
  const locks = leftLocks(repository);
  const [first] = locks.names;
  if (first !== undefined) {
    const what = `${first} is in the git folder, so git cannot change the index`;
    if (locks.mayBeHeld) {
      const files = locks.names.map((name) => shellText(path.join(repository.gitDir, name)));
      const remedy = `wait for the git that is at work here, or end it; then: rm -f -- ${files.join(" ")}`;
      return [{ state: "wrong", what, remedy }];
    }
    if (fix) removeLocks(repository, locks);
    const state = fix ? "mended" : "wrong";
    found.push({
      state,
      what: fix ? `${first}, left by a killed git, is gone` : what,
      remedy: fix ? null : FIX,
    });
  }
  if (leftJournals(repository).length === 0) return found;
  if (!fix) {
    const what = "a commit was killed while it encrypted files: some may be in plaintext on disk";
    return [...found, { state: "wrong", what, remedy: FIX }];
  }
  const completed = await completeInterrupted(repository);
  const names = completed.map((one) => displayPath(one)).join(", ");
  const what =
    completed.length === 0
      ? "what a killed commit left behind is gone"
      : `what a killed commit had begun is complete: ${names}`;
  return [...found, { state: "mended", what, remedy: null }];
}
