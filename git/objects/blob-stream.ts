import { MOST_BYTES } from "./batch.ts";
import { GitError, unreadBlob } from "../errors.ts";
import { eachChunk, startGit, type GitContext, type RunningGit } from "../run.ts";

/** A blob that is wanted, by its full name; the caller's own object, which comes back with the bytes. */
export interface WantedBlob {
  readonly oid: string;
}

/** How many characters are worth waking git for. */
const WORTH_WRITING = 16 * 1024;

/**
 * Reads blobs in the order in which they are wanted, while others are still looked for: one call to
 * git. Contents are handed over as they come, without a promise for each: a history has a hundred
 * thousand.
 */
export class BlobStream<B extends WantedBlob> {
  /**
   * Settles when all have come.
   *
   * @throws GitError `missing-object`, `too-large`, `command-failed`, `unexpected-output`; what `found` throws
   */
  readonly ended: Promise<void>;
  readonly #running: RunningGit;
  readonly #asked: B[] = [];
  #lines = "";

  /** @param found called with the bytes: a view of a larger buffer, to be copied by who keeps it */
  constructor(context: GitContext, found: (blob: B, bytes: Buffer) => void) {
    this.#running = startGit(context, ["cat-file", "--batch", "--buffer"]);
    const parser = new BatchParser(this.#asked, found);
    this.ended = eachChunk(this.#running, (chunk) => {
      parser.take(chunk);
    }).then(() => {
      parser.end();
    });
  }

  /** Asks for some more. */
  want(blobs: Iterable<B>): void {
    for (const blob of blobs) {
      this.#asked.push(blob);
      this.#lines += `${blob.oid}\n`;
    }
    if (this.#lines.length >= WORTH_WRITING) this.#write();
  }

  /** No more are wanted. */
  end(): void {
    this.#write();
    this.#running.child.stdin.end();
  }

  /** Ends git, where it has not ended yet. */
  stop(): void {
    this.#running.child.kill();
  }

  #write(): void {
    this.#running.child.stdin.write(this.#lines, "latin1");
    this.#lines = "";
  }
}

/**
 * Reads blobs that are all known.
 *
 * @throws as BlobStream
 */
export async function streamBlobs<B extends WantedBlob>(
  context: GitContext,
  wanted: Iterable<B>,
  found: (blob: B, bytes: Buffer) => void,
): Promise<void> {
  const blobs = new BlobStream<B>(context, found);
  blobs.want(wanted);
  blobs.end();
  await blobs.ended;
}

/** Takes contents out of chunks, at once where a chunk holds them whole. */
class BatchParser<B extends WantedBlob> {
  readonly #asked: readonly B[];
  readonly #found: (blob: B, bytes: Buffer) => void;
  /** Which of those that were asked for comes next. */
  #next = 0;
  #rest: Buffer[] = [];
  #length = 0;
  /** How many bytes are needed before it is worth looking again. */
  #needed = 0;

  constructor(asked: readonly B[], found: (blob: B, bytes: Buffer) => void) {
    this.#asked = asked;
    this.#found = found;
  }

  take(chunk: Buffer): void {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    // No more is copied than the content that was cut.
    const more = this.#needed === 0 ? 0 : this.#length - this.#needed;
    this.#parse(this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest, this.#length - more));
    if (more > 0) this.#parse(chunk.subarray(chunk.length - more));
  }

  end(): void {
    if (this.#length > 0 || this.#next < this.#asked.length) {
      throw new GitError("unexpected-output", "git cat-file stopped early: run the command again");
    }
  }

  #parse(bytes: Buffer): void {
    let at = 0;
    this.#needed = 0;
    for (;;) {
      const newline = bytes.indexOf(10, at);
      if (newline === -1) break;
      const blob = this.#asked[this.#next];
      const start = newline + 1;
      const size = sizeIn(bytes.toString("latin1", at, newline), blob?.oid ?? "");
      if (size > MOST_BYTES) throw unreadBlob(blob?.oid ?? "", size);
      const end = start + size;
      if (blob === undefined || end + 1 > bytes.length) {
        this.#needed = end + 1 - at;
        break;
      }
      this.#next += 1;
      this.#found(blob, bytes.subarray(start, end));
      at = end + 1;
    }
    this.#rest = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#length = bytes.length - at;
  }
}

/** From `OID SP blob SP SIZE` (git-cat-file(1), "Batch output"). */
function sizeIn(header: string, oid: string): number {
  const before = `${oid} blob `;
  if (header.startsWith(before)) return Number(header.slice(before.length));
  if (header === `${oid} missing`) throw unreadBlob(oid, null);
  throw new GitError(
    "unexpected-output",
    "git could not read an object of the history: git fsck tells more",
  );
}
