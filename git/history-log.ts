import { GitError } from "./errors.ts";
import type { BringingCommit } from "./history.ts";
import type { GitPath } from "./path.ts";
import { runGit, startGit, type GitContext } from "./run.ts";
import { tagObjects } from "./tag-objects.ts";

/** A commit with what it brought, read from `git log`. */
export interface LoggedCommit extends BringingCommit {
  /** The whole message, one char per byte. */
  readonly message: string;
  /** Contents that it brought, and where; of a merge, what no parent has. */
  readonly files: readonly LoggedFile[];
}

/** A blob where a commit has put it. */
export interface LoggedFile {
  readonly oid: string;
  readonly path: GitPath;
}

/** Every commit that a ref or HEAD reaches, newest first. */
export class HistoryLog {
  readonly #context: GitContext;
  readonly #chunks: Buffer[] = [];

  constructor(context: GitContext) {
    // Without this git writes each commit by itself (git(1), GIT_FLUSH): a tenth of all its time.
    this.#context = { ...context, env: { ...context.env, GIT_FLUSH: "0" } };
  }

  /**
   * The commits as git finds them, some at a time; to be asked for once: one call to git.
   *
   * @throws GitError `command-failed`, `unexpected-output`
   */
  async *commits(): AsyncGenerator<readonly LoggedCommit[], void, undefined> {
    const { child, ended } = startGit(this.#context, LOG);
    child.stdin.end();
    const parser = new LogParser();
    let finished = false;
    try {
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        this.#chunks.push(chunk);
        yield parser.take(chunk);
      }
      await ended;
      finished = true;
      yield parser.end();
    } finally {
      if (!finished) child.kill();
    }
  }

  /** The commits once more, when all have come. */
  *again(): Generator<LoggedCommit, void, undefined> {
    const parser = new LogParser();
    for (const chunk of this.#chunks) yield* parser.take(chunk);
    yield* parser.end();
  }
}

const LOG = [
  // Objects that are not asked for again need not be kept: git's own 96 MB take longer to fill than
  // they save.
  "-c",
  "core.deltaBaseCacheLimit=16m",
  "-c",
  "log.showRoot=true",
  "-c",
  "log.showSignature=false",
  "log",
  "--all",
  "-c",
  "--raw",
  "-z",
  "--no-abbrev",
  "--no-renames",
  "--no-color",
  "--no-notes",
  "--encoding=UTF-8",
  "--format=%H %P%n%B",
];

const NEWLINE = 10;

/** Takes commits out of chunks: fields that end in NUL. */
class LogParser {
  #rest: Buffer = Buffer.alloc(0);
  #header: string | null = null;
  #files: LoggedFile[] = [];
  /** What stood before the path that comes next; null where none does. */
  #raw: string | null = null;

  take(chunk: Buffer): LoggedCommit[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const commits: LoggedCommit[] = [];
    let start = 0;
    for (let end; (end = bytes.indexOf(0, start)) !== -1; start = end + 1) {
      if (this.#raw !== null) {
        const oid = addedFile(this.#raw);
        if (oid !== null) {
          this.#files.push({ oid, path: bytes.toString("latin1", start, end) as GitPath });
        }
        this.#raw = null;
        continue;
      }
      // Between the message and what follows there is a newline, or an empty field.
      const field = bytes.toString("latin1", bytes[start] === NEWLINE ? start + 1 : start, end);
      if (field.startsWith(":")) this.#raw = field;
      else if (field !== "") {
        commits.push(...this.#commit());
        this.#header = field;
      }
    }
    this.#rest = bytes.subarray(start);
    return commits;
  }

  end(): LoggedCommit[] {
    if (this.#rest.length > 0 || this.#raw !== null) throw unexpected();
    return this.#commit();
  }

  /** What is whole when the next one begins. */
  #commit(): LoggedCommit[] {
    if (this.#header === null) return [];
    const commit = loggedCommit(this.#header, this.#files);
    this.#header = null;
    this.#files = [];
    return [commit];
  }
}

/**
 * What stands before a path: a `:` for each parent, as many modes and one more, as many object names
 * and one more, and the status (git-diff-tree(1), "Raw output format").
 *
 * @returns the name of the blob; null for a deletion and for a submodule, which name none
 */
function addedFile(raw: string): string | null {
  let parents = 1;
  while (raw[parents] === ":") parents += 1;
  const mode = raw.slice(8 * parents, 8 * parents + 6);
  const end = raw.lastIndexOf(" ");
  const oid = raw.slice(raw.lastIndexOf(" ", end - 1) + 1, end);
  if (!/^[0-7]{6}$/.test(mode) || !/^[0-9a-f]{40,64}$/.test(oid)) throw unexpected();
  return mode === "000000" || mode === "160000" ? null : oid;
}

/** `%H SP %P LF %B`, as historyLog asks for. */
function loggedCommit(header: string, files: readonly LoggedFile[]): LoggedCommit {
  const endOfNames = header.indexOf("\n");
  const [commit = "", ...parents] = header.slice(0, endOfNames).trimEnd().split(" ");
  if (endOfNames === -1 || !/^[0-9a-f]{40,64}$/.test(commit)) throw unexpected();
  const message = header.slice(endOfNames + 1);
  return { commit, parents, subject: message.split("\n", 1)[0] ?? "", message, files };
}

function unexpected(): GitError {
  return new GitError("unexpected-output", "git log printed something unexpected");
}

/** An annotated tag. */
export interface TagObject {
  /** `refs/tags/…`, one char per byte: of a tag that another tag names, that one's. */
  readonly ref: string;
  /** The whole object: headers, message, signature. */
  readonly content: Buffer;
}

/** What the refs name, besides commits. */
export interface NamedObjects {
  readonly tags: readonly TagObject[];
  /** Full names of tags, trees and blobs that a log does not begin at. */
  readonly others: readonly string[];
}

/**
 * The annotated tags that refs name, those that these name in turn, and what else is no commit.
 *
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function namedObjects(context: GitContext): Promise<NamedObjects> {
  const { stdout } = await runGit(context, [
    "for-each-ref",
    "--format=%(objecttype):%(*objecttype) %(objectname) %(refname)",
  ]);
  const refs: { oid: string; ref: string }[] = [];
  const others = new Set<string>();
  for (const line of stdout.toString("latin1").split("\n")) {
    const [, type, tagged, oid, ref] = /^(\w+):(\w*) ([0-9a-f]+) (.*)$/.exec(line) ?? [];
    if (oid === undefined || ref === undefined) continue;
    if (type === "tag") refs.push({ oid, ref });
    if (type !== "commit" && tagged !== "commit") others.add(oid);
  }
  const objects = await tagObjects(
    context,
    refs.map(({ oid }) => oid),
  );
  const tags = refs.flatMap(({ oid, ref }) =>
    (objects.get(oid) ?? []).map((content): TagObject => ({ ref, content })),
  );
  return { tags, others: [...others] };
}
