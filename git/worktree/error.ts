import { displayPath, type GitPath } from "../path.ts";

/** Why a worktree file cannot be replaced. */
export type WorktreeProblem =
  | "read-only-file"
  /** The same, and only its owner can change that. */
  | "of-another-user"
  | "read-only-folder"
  | "disk-full"
  /** It, or a folder on the way to it, is gone, a symlink, or no regular file. */
  | "not-a-file"
  /** Its name cannot be handed to the filters its attributes ask for. */
  | "unusual-name"
  | "failed";

const explanations: Readonly<Record<WorktreeProblem, string>> = {
  "read-only-file": "is read-only: make it writable (chmod u+w) and try again",
  "of-another-user":
    "is another user's, and you may not write to it: have it given to you (chown), or put a copy of your own in its place, and try again",
  "read-only-folder": "cannot be replaced, its folder is read-only: make the folder writable",
  "disk-full": "cannot be written, the disk is full: make room and try again",
  "not-a-file": "is no regular file in the worktree any more: stage it again",
  "unusual-name": "has filter attributes and a name they cannot be given: rename it",
  failed: "cannot be replaced in the worktree",
};

/** A worktree file that cannot be replaced. The file itself is as it was. */
export class WorktreeError extends Error {
  override readonly name = "WorktreeError";
  readonly problem: WorktreeProblem;

  constructor(problem: WorktreeProblem, path: GitPath, cause?: unknown) {
    const code = errorCode(cause);
    const detail = problem === "failed" && code !== "" ? ` (${code})` : "";
    super(
      `${displayPath(path)} ${explanations[problem]}${detail}`,
      cause === undefined ? {} : { cause },
    );
    this.problem = problem;
  }
}

/** `ENOSPC` and the like, or nothing. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "";
}

const problems: Readonly<Record<string, WorktreeProblem>> = {
  EACCES: "read-only-folder",
  EPERM: "read-only-folder",
  EROFS: "read-only-folder",
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EFBIG: "disk-full",
  ENOENT: "not-a-file",
  ENOTDIR: "not-a-file",
  ELOOP: "not-a-file",
};

/** The error for a failed file system call that writes beside the file. */
export function writeProblem(path: GitPath, error: unknown): WorktreeError {
  return new WorktreeError(problems[errorCode(error)] ?? "failed", path, error);
}
