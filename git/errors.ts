import { printable } from "./escape.ts";

/** What went wrong in a call to git. `message` is one line for the user. */
export type GitErrorCode =
  /** There is no `git` on PATH. */
  | "git-missing"
  /** The git on PATH is older than the project needs. */
  | "git-too-old"
  /** The folder lies in no repository with a worktree. */
  | "not-a-repository"
  /** git ran and ended with an exit status that means failure. */
  | "command-failed"
  /** What git printed is not what its manual promises. */
  | "unexpected-output"
  /** An object that should be there is missing, or is no blob. */
  | "missing-object"
  /** A blob has more bytes than node can hold. */
  | "too-large"
  /** An index entry is not (or no longer) in the state a replacement was made for. */
  | "entry-changed"
  /** The index could not be put back after a failure; the message says what to do. */
  | "undo-failed";

/** Everything that goes wrong in this room, but for the worktree file (see worktree/error.ts). */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly code: GitErrorCode;
  /** git's own first line of complaint, control characters escaped; null where git was not run to its end. */
  readonly complaint: string | null;

  constructor(
    code: GitErrorCode,
    message: string,
    options: { complaint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.complaint = options.complaint ?? null;
  }
}

/**
 * The error for a blob that came without its bytes.
 *
 * @param oid its full name
 * @param size in bytes; null where there is no such blob
 */
export function unreadBlob(oid: string, size: number | null): GitError {
  if (size === null) {
    const message = `blob ${oid} is missing from the repository: git fsck tells more`;
    return new GitError("missing-object", message);
  }
  const gigabytes = (size / 2 ** 30).toFixed(1);
  return new GitError(
    "too-large",
    `a file of ${gigabytes} GiB is too large to be looked into: find it by its blob, ${oid}, in what git ls-files --stage prints, and leave it out with git rm --cached`,
  );
}

/**
 * The error for a git that ran and failed.
 *
 * @param stderr what git printed there; only its first complaint is kept, since a filter program
 *   may print anything after it.
 */
export function failedCall(
  args: readonly string[],
  status: number | null,
  signal: string | null,
  stderr: Buffer,
): GitError {
  const lines = stderr
    .toString("utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const first = lines.find((line) => /^(fatal|error): /.test(line)) ?? lines[0] ?? "";
  const complaint = printable(first);
  const how = signal === null ? `exit status ${String(status)}` : `signal ${signal}`;
  const what = args.find((argument, i) => !argument.startsWith("-") && args[i - 1] !== "-c") ?? "";
  return new GitError(
    "command-failed",
    `git ${what} failed (${how})${complaint === "" ? "" : `: ${complaint}`}`,
    { complaint },
  );
}
