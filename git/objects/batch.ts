import { GitError } from "../errors.ts";
import { runGitBlocking, startGit, writeAll, type GitContext } from "../run.ts";

/**
 * The largest content that is read, in bytes: what a Buffer of Node 20 can hold. Later ones have no bound but
 * the machine's memory.
 */
export const MOST_BYTES = 2 ** 32;

/** Takes lines and counted bytes out of a stream of chunks. */
class ChunkReader {
  readonly #source: AsyncIterator<Buffer>;
  readonly #ended: Promise<unknown>;
  /** What was read and not taken: from `#at` on. */
  #rest: Buffer = Buffer.alloc(0);
  #at = 0;

  /** @param ended rejects with the reason when the stream ends before it should */
  constructor(source: AsyncIterable<Buffer>, ended: Promise<unknown>) {
    this.#source = source[Symbol.asyncIterator]();
    this.#ended = ended;
  }

  /** Says why the stream ended too early. */
  async cutShort(): Promise<never> {
    await this.#ended;
    throw new GitError("unexpected-output", "git cat-file stopped early: run the command again");
  }

  /** The bytes up to the next newline, without it, where they are here already; else null. */
  lineHere(): string | null {
    const newline = this.#rest.indexOf(10, this.#at);
    if (newline === -1) return null;
    const line = this.#rest.toString("latin1", this.#at, newline);
    this.#at = newline + 1;
    return line;
  }

  /** This many bytes, where they are here already; else null. */
  bytesHere(count: number): Buffer | null {
    const end = this.#at + count;
    if (end > this.#rest.length) return null;
    const bytes = this.#rest.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** The bytes up to the next newline, without it; null at the end of the stream. */
  async line(): Promise<string | null> {
    for (;;) {
      const line = this.lineHere();
      if (line !== null) return line;
      if (!(await this.#more(1))) return this.#at === this.#rest.length ? null : this.cutShort();
    }
  }

  /** Exactly this many bytes. */
  async bytes(count: number): Promise<Buffer> {
    for (;;) {
      const bytes = this.bytesHere(count);
      if (bytes !== null) return bytes;
      if (!(await this.#more(count - (this.#rest.length - this.#at)))) await this.cutShort();
    }
  }

  /** Passes over this many bytes without keeping them. */
  async skip(count: number): Promise<void> {
    let left = count;
    while (left > 0) {
      const here = Math.min(left, this.#rest.length - this.#at);
      this.#at += here;
      left -= here;
      if (left > 0 && !(await this.#more(1))) await this.cutShort();
    }
  }

  /** Reads at least so many bytes more, or to the end of the stream; false where it has ended. */
  async #more(least: number): Promise<boolean> {
    const chunks = this.#at === this.#rest.length ? [] : [this.#rest.subarray(this.#at)];
    let read = 0;
    while (read < least) {
      const next = await this.#source.next();
      if (next.done === true) break;
      chunks.push(next.value);
      read += next.value.length;
    }
    const [only = Buffer.alloc(0)] = chunks;
    this.#rest = chunks.length > 1 ? Buffer.concat(chunks) : only;
    this.#at = 0;
    return read > 0;
  }
}

/** What `cat-file` said of one line. */
export interface BatchObject {
  /** Null when there is no such object. */
  readonly oid: string | null;
  readonly type: string;
  readonly size: number;
  /** Null when missing, or larger than asked for. */
  readonly content: Buffer | null;
}

export interface BatchOptions {
  /** `--batch` reads contents, `--batch-check` only types and sizes. Default: contents. */
  readonly check?: boolean;
  /** Contents above this size are passed over. Default: {@link MOST_BYTES}. */
  readonly maxBytes?: number;
}

/**
 * Asks one `git cat-file --batch --buffer` about many objects, in order. Lines go in while answers
 * come out, and answers are read only as fast as they are used: neither side can block the other,
 * and one object at a time is in memory.
 *
 * @param lines one object each, one char per byte, no newline
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function* catFileBatch(
  context: GitContext,
  lines: readonly string[],
  { check = false, maxBytes = MOST_BYTES }: BatchOptions = {},
): AsyncGenerator<BatchObject, void, undefined> {
  if (lines.length === 0) return;
  const { stdout, ended, kill } = startBatch(context, check, lines);
  const reader = new ChunkReader(stdout, ended);
  let finished = false;
  try {
    for (const line of lines) {
      // What is here already is taken without a promise for each: there may be ten thousand of them.
      const header = reader.lineHere() ?? (await reader.line());
      if (header === null) return await reader.cutShort();
      // `OID SP TYPE SP SIZE`, the line itself and ` missing`, or, since git 2.49, `OID SP submodule`
      // (git-cat-file(1), "Batch output").
      const match = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(header);
      if (match === null) {
        const isNothing = header === `${line} missing` || header === `${line} ambiguous`;
        if (!isNothing && !/^[0-9a-f]{40,64} submodule$/.test(header)) {
          throw new GitError("unexpected-output", "git cat-file printed something unexpected");
        }
        yield { oid: null, type: "", size: 0, content: null };
        continue;
      }
      const [, oid = "", type = "", digits] = match;
      const size = Number(digits);
      let content: Buffer | null = null;
      if (!check) {
        if (size > maxBytes) await reader.skip(size);
        else content = reader.bytesHere(size) ?? (await reader.bytes(size));
        if (reader.bytesHere(1) === null) await reader.skip(1);
      }
      yield { oid, type, size, content };
    }
    if ((await reader.line()) !== null) {
      throw new GitError("unexpected-output", "git cat-file printed more than was asked for");
    }
    await ended;
    finished = true;
  } finally {
    // The consumer stopped early, or something failed.
    if (!finished) kill();
  }
}

/** A `cat-file` that is being fed, or one that has ended and whose whole output is here. */
function startBatch(
  context: GitContext,
  check: boolean,
  lines: readonly string[],
): { stdout: AsyncIterable<Buffer>; ended: Promise<unknown>; kill: () => void } {
  const args = ["cat-file", check ? "--batch-check" : "--batch", "--buffer"];
  const answered = check ? null : (context.waiting?.ask(lines) ?? null);
  if (answered !== null || context.blocks === true) {
    const stdout = answered ?? runGitBlocking(context, args, { input: [...batches(lines)] }).stdout;
    return { stdout: once(stdout), ended: Promise.resolve(), kill: () => undefined };
  }
  const { child, ended } = startGit(context, args);
  const finished = Promise.all([ended, writeAll(child.stdin, batches(lines))]);
  // Whoever awaits it gets the error, as with startGit.
  finished.catch(() => undefined);
  return {
    stdout: child.stdout,
    ended: finished,
    kill: () => child.kill(),
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes;
}

/** Lines in chunks of a size that pipes like. */
function* batches(lines: readonly string[]): Generator<Buffer> {
  for (let start = 0; start < lines.length; start += 500) {
    const part = lines.slice(start, start + 500);
    yield Buffer.from(`${part.join("\n")}\n`, "latin1");
  }
}
