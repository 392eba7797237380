import { GitError } from "./errors.ts";
import { startGit, type GitContext } from "./run.ts";

/** `OID SP TYPE SP SIZE` (git-cat-file(1), "Batch output"). */
const HEADER = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/;

/**
 * Reads every blob that is stored here, each once, in the order in which it lies in its pack: one
 * `git cat-file` lists them, another reads them. That takes a quarter of the time of asking for them as
 * `git rev-list --objects` comes upon them, but there are also some among them that nothing reaches.
 * Contents are handed over as they come, without a promise for each: a history has a hundred thousand.
 *
 * @param found called with a name and its bytes: a view of a larger buffer, to be copied by who keeps it
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function eachStoredBlob(
  context: GitContext,
  found: (oid: string, bytes: Buffer) => void,
): Promise<void> {
  const list = startGit(context, [
    "cat-file",
    "--batch-all-objects",
    "--unordered",
    "--buffer",
    "--batch-check=%(objecttype) %(objectname)",
  ]);
  list.child.stdin.end();
  const batch = startGit(context, ["cat-file", "--batch", "--buffer"]);
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

/** Hands on the names of the blobs. */
async function feed(list: AsyncIterable<Buffer>, to: NodeJS.WritableStream): Promise<void> {
  let wake = (): void => undefined;
  const goOn = (): void => {
    wake();
  };
  to.on("drain", goOn);
  to.on("close", goOn);
  let rest = "";
  for await (const chunk of list) {
    const lines = (rest + chunk.toString("latin1")).split("\n");
    rest = lines.pop() ?? "";
    let names = "";
    for (const line of lines) {
      if (line.startsWith("blob ")) names += `${line.slice("blob ".length)}\n`;
    }
    if (names === "") continue;
    const waiting = new Promise<void>((resolve) => (wake = resolve));
    if (!to.write(names, "latin1")) await waiting;
  }
  to.end();
}

/** Takes objects out of chunks, at once where a chunk holds them whole. */
class BatchParser {
  readonly #found: (oid: string, bytes: Buffer) => void;
  #rest: Buffer[] = [];
  #length = 0;
  /** So many bytes are needed before it is worth looking again. */
  #needed = 0;

  constructor(found: (oid: string, bytes: Buffer) => void) {
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
      const [, oid = "", , digits = ""] = match;
      const end = newline + 1 + Number(digits);
      if (end + 1 > bytes.length) {
        this.#needed = end + 1 - at;
        break;
      }
      this.#found(oid, bytes.subarray(newline + 1, end));
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
