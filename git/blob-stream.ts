import { GitError } from "./errors.ts";
import { drained, startGit, type GitContext } from "./run.ts";

/** A blob that is wanted, by its full name; the caller's own object, which comes back with the bytes. */
interface WantedBlob {
  readonly oid: string;
}

/** Blobs that are wanted, some at a time: they may still be looked for while the first are read. */
type WantedBlobs<B extends WantedBlob> = AsyncIterable<readonly B[]> | Iterable<readonly B[]>;

/**
 * Reads blobs in the order in which they are wanted: one call to git. Contents are handed over as they
 * come, without a promise for each: a history has a hundred thousand.
 *
 * @param found called with the bytes: a view of a larger buffer, to be copied by who keeps it
 * @throws GitError `missing-object`, `command-failed`, `unexpected-output`; what `wanted` and `found` throw
 */
export async function streamBlobs<B extends WantedBlob>(
  context: GitContext,
  wanted: WantedBlobs<B>,
  found: (blob: B, bytes: Buffer) => void,
): Promise<void> {
  const { child, ended } = startGit(context, ["cat-file", "--batch", "--buffer"]);
  const asked: B[] = [];
  const read = async (): Promise<void> => {
    const parser = new BatchParser(asked, found);
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) parser.take(chunk);
    await ended;
    parser.end();
  };
  let finished = false;
  try {
    await Promise.all([read(), ask(wanted, asked, child.stdin)]);
    finished = true;
  } finally {
    if (!finished) child.kill();
  }
}

/** So many characters are worth waking git for. */
const WORTH_WRITING = 16 * 1024;

/** Writes down the names, and hands them on, never more than git takes. */
async function ask<B extends WantedBlob>(
  wanted: WantedBlobs<B>,
  asked: B[],
  to: NodeJS.WritableStream & { readonly destroyed: boolean },
): Promise<void> {
  let lines = "";
  for await (const some of wanted) {
    for (const blob of some) {
      asked.push(blob);
      lines += `${blob.oid}\n`;
    }
    // Git has ended, or was ended: then nothing more need be looked for.
    if (to.destroyed) return;
    if (lines.length < WORTH_WRITING) continue;
    if (!to.write(lines, "latin1")) await drained(to);
    lines = "";
  }
  to.end(lines, "latin1");
}

/** Takes contents out of chunks, at once where a chunk holds them whole. */
class BatchParser<B extends WantedBlob> {
  readonly #asked: readonly B[];
  readonly #found: (blob: B, bytes: Buffer) => void;
  /** Which of those that were asked for comes next. */
  #next = 0;
  #rest: Buffer[] = [];
  #length = 0;
  /** So many bytes are needed before it is worth looking again. */
  #needed = 0;

  constructor(asked: readonly B[], found: (blob: B, bytes: Buffer) => void) {
    this.#asked = asked;
    this.#found = found;
  }

  take(chunk: Buffer): void {
    this.#rest.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return;
    const bytes = this.#rest.length === 1 ? chunk : Buffer.concat(this.#rest);
    let at = 0;
    this.#needed = 0;
    for (;;) {
      const newline = bytes.indexOf(10, at);
      if (newline === -1) break;
      const blob = this.#asked[this.#next];
      const start = newline + 1;
      const end = start + sizeIn(bytes.toString("latin1", at, newline), blob?.oid ?? "");
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

  end(): void {
    if (this.#length > 0 || this.#next < this.#asked.length) {
      throw new GitError("unexpected-output", "git cat-file stopped early: run the command again");
    }
  }
}

/** From `OID SP blob SP SIZE` (git-cat-file(1), "Batch output"). */
function sizeIn(header: string, oid: string): number {
  const before = `${oid} blob `;
  if (header.startsWith(before)) return Number(header.slice(before.length));
  if (header === `${oid} missing`) {
    throw new GitError(
      "missing-object",
      `blob ${oid} is missing from the repository: git fsck tells more`,
    );
  }
  throw new GitError(
    "unexpected-output",
    "git could not read an object of the history: git fsck tells more",
  );
}
