import { eachChunk, type GitContext, type RunningGit } from "../run.ts";
import { LogParser } from "./log-parser.ts";
import type { LoggedCommit } from "./logged-commit.ts";
import { rangeArguments, rangeInput, type Range } from "./range.ts";
import { startWalk } from "./walk.ts";

/** A log that was read to its end. */
export type ReadLog = Pick<HistoryLog, "again">;

/** Every commit that a ref or HEAD reaches, or of a range, newest first: one call to git, which begins at once. */
export class HistoryLog {
  readonly #running: RunningGit;
  readonly #chunks: string[] = [];
  readonly #ended: Promise<void>;
  #take: ((chunk: string) => void) | null = null;

  /**
   * @param context may be any folder of the worktree
   * @param range null for all
   */
  constructor(context: GitContext, range: Range | null = null) {
    this.#running = startWalk(context, [...LOG, ...(range === null ? ALL : rangeArguments(range))]);
    this.#running.child.stdin.end(range === null ? "" : rangeInput(range));
    // At once: node keeps nothing of what a program has written, once that has ended.
    this.#ended = eachChunk(this.#running, (bytes) => {
      const chunk = bytes.toString("latin1");
      this.#chunks.push(chunk);
      this.#take?.(chunk);
    });
    // Whoever reads it gets the error.
    this.#ended.catch(() => undefined);
  }

  /**
   * Hands over the commits as git finds them, some at a time; to be called once.
   *
   * @throws GitError `command-failed`, `unexpected-output`; what `found` throws
   */
  async read(found: (commits: readonly LoggedCommit[]) => void): Promise<void> {
    const parser = new LogParser();
    const take = (chunk: string): void => {
      found(parser.take(chunk));
    };
    for (const chunk of this.#chunks) take(chunk);
    this.#take = take;
    await this.#ended;
    found(parser.end());
  }

  /** Ends git, where it has not ended yet. */
  stop(): void {
    this.#running.child.kill();
  }

  /** The commits once more, when all have come. */
  *again(): Generator<LoggedCommit, void, undefined> {
    const parser = new LogParser();
    for (const chunk of this.#chunks) yield* parser.take(chunk);
    yield* parser.end();
  }
}

const LOG = [
  "-c",
  "log.showRoot=true",
  "-c",
  "log.showSignature=false",
  "log",
  "-c",
  "--raw",
  "-z",
  "--no-abbrev",
  "--no-renames",
  "--no-relative",
  "--no-color",
  "--no-notes",
  "--encoding=UTF-8",
  "--format=%H %P%n%B",
];

/** All but what Jujutsu has made anew, as jj fix does to encrypt: it pushes none of these. */
const ALL = ["--exclude=refs/jj/keep/*", "--all"];
