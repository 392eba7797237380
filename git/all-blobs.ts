import { GitError } from "./errors.ts";
import type { GitPath } from "./path.ts";
import { startGit, type GitContext } from "./run.ts";

/** `OID SP TYPE SP SIZE SP REST`: what is asked for below. */
const HEADER = /^([0-9a-f]{40,64}) ([a-z]+) (\d+) ?(.*)$/s;

/**
 * Reads every blob that any ref or HEAD reaches, each once: `git rev-list --objects` tells
 * `git cat-file --batch` which, and the path goes along with the name. Contents are handed over as they
 * come, without a promise for each: a history has a hundred thousand.
 *
 * @param found called with the path a blob was first seen under (cut at a newline, empty for a tagged
 *   blob) and its bytes, which are only good until it returns
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function eachReachableBlob(
  context: GitContext,
  found: (oid: string, path: GitPath, bytes: Buffer) => void,
): Promise<void> {
  const list = startGit(context, [
    "rev-list",
    "--objects",
    "--filter=object:type=blob",
    "--filter-provided-objects",
    "--all",
  ]);
  list.child.stdin.end();
  const batch = startGit(context, [
    "cat-file",
    "--batch=%(objectname) %(objecttype) %(objectsize) %(rest)",
    "--buffer",
  ]);
  const fed = feed(list.child.stdout as AsyncIterable<Buffer>, batch.child.stdin);
  let finished = false;
  try {
    const parser = new BatchParser(found);
    for await (const chunk of batch.child.stdout as AsyncIterable<Buffer>) parser.take(chunk);
    await Promise.all([list.ended, batch.ended, fed]);
    parser.end();
    finished = true;
  } finally {
    if (!finished) {
      list.child.kill();
      batch.child.kill();
    }
  }
}

async function feed(from: AsyncIterable<Buffer>, to: NodeJS.WritableStream): Promise<void> {
  let wake = (): void => undefined;
  const goOn = (): void => {
    wake();
  };
  to.on("drain", goOn);
  to.on("close", goOn);
  for await (const chunk of from) {
    const waiting = new Promise<void>((resolve) => (wake = resolve));
    if (!to.write(chunk)) await waiting;
  }
  to.end();
}

/** Takes objects out of chunks, at once where a chunk holds them whole. */
class BatchParser {
  readonly #found: (oid: string, path: GitPath, bytes: Buffer) => void;
  #rest: Buffer[] = [];
  #length = 0;
  /** So many bytes are needed before it is worth looking again. */
  #needed = 0;

  constructor(found: (oid: string, path: GitPath, bytes: Buffer) => void) {
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
      const match = HEADER.exec(bytes.toString("latin1", at, newline));
      if (match === null) {
        throw new GitError(
          "unexpected-output",
          "git could not read an object of the history: git fsck tells more",
        );
      }
      const [, oid = "", type = "", digits = "", path = ""] = match;
      const end = newline + 1 + Number(digits);
      if (end + 1 > bytes.length) {
        this.#needed = end + 1 - at;
        break;
      }
      if (type === "blob") this.#found(oid, path as GitPath, bytes.subarray(newline + 1, end));
      at = end + 1;
    }
    this.#rest = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#length = bytes.length - at;
  }

  end(): void {
    if (this.#length > 0) {
      throw new GitError("unexpected-output", "git cat-file stopped early: run the command again");
    }
  }
}
