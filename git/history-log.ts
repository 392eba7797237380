import { GitError } from "./errors.ts";
import type { BringingCommit } from "./range/commits.ts";
import { rangeArguments, rangeInput, type Range } from "./range/range.ts";
import type { GitPath } from "./path.ts";
import { eachChunk, runGit, type GitContext, type RunningGit } from "./run.ts";
import { tagObjects } from "./objects/tags.ts";
import { startWalk } from "./walk.ts";

/** A commit with what it brought, read from `git log`. Of most commits only the files are asked for. */
export class LoggedCommit implements BringingCommit {
  /** Contents that it brought, and where; of a merge, what no parent has. */
  readonly files: readonly LoggedFile[];
  /** Where it left no file. */
  readonly removed: readonly GitPath[];
  /** `%H SP %P LF %B`, as LOG asks for. */
  readonly #text: string;

  constructor(text: string, files: readonly LoggedFile[], removed: readonly GitPath[]) {
    if (!/^[0-9a-f]{40,64} [0-9a-f ]*\n/.test(text)) throw unexpected();
    this.#text = text;
    this.files = files;
    this.removed = removed;
  }

  get commit(): string {
    return this.#text.slice(0, this.#text.indexOf(" "));
  }

  get parents(): readonly string[] {
    const [, ...parents] = this.#text.slice(0, this.#text.indexOf("\n")).trimEnd().split(" ");
    return parents;
  }

  get isMerge(): boolean {
    const text = this.#text;
    const second = text.indexOf(" ", text.indexOf(" ") + 1);
    return second !== -1 && second < text.indexOf("\n");
  }

  get subject(): string {
    return this.message.split("\n", 1)[0] ?? "";
  }

  /** The whole message, one char per byte. */
  get message(): string {
    return this.#text.slice(this.#text.indexOf("\n") + 1);
  }
}

/** A blob where a commit has put it. */
export class LoggedFile {
  readonly oid: string;
  readonly path: GitPath;
  /** As {@link addedFile} takes it. */
  readonly #raw: string;

  constructor(oid: string, path: GitPath, raw: string) {
    this.oid = oid;
    this.path = path;
    this.#raw = raw;
  }

  /** A symbolic link: the blob is the path that it leads to. */
  get isLink(): boolean {
    return this.#raw.startsWith("120000 ", newMode(this.#raw));
  }

  /** What file the parent had there; of a merge, what each parent had, and none of them this one. */
  get replaced(): readonly string[] {
    const modes = this.#raw.match(/\b[0-7]{6}\b/g) ?? [];
    const names = this.#raw.match(/\b[0-9a-f]{40,64}\b/g) ?? [];
    // A submodule's name is a commit's.
    return names.slice(0, -1).filter((_, parent) => modes[parent]?.startsWith("100") === true);
  }
}

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
    // From now on: of what a program has written that has ended, node keeps nothing for later.
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

/** Takes commits out of chunks, one char per byte: fields that end in NUL. */
class LogParser {
  #rest = "";
  #text: string | null = null;
  #files: LoggedFile[] = [];
  #removed: GitPath[] = [];
  /** What stood before the path that comes next; null where none does. */
  #raw: string | null = null;

  take(chunk: string): LoggedCommit[] {
    const fields = (this.#rest + chunk).split("\0");
    this.#rest = fields.pop() ?? "";
    const commits: LoggedCommit[] = [];
    for (const field of fields) {
      if (this.#raw !== null) {
        const oid = addedFile(this.#raw);
        if (oid === null) this.#removed.push(field as GitPath);
        else this.#files.push(new LoggedFile(oid, field as GitPath, this.#raw));
        this.#raw = null;
        continue;
      }
      // Between the message and what follows there is a newline, or an empty field.
      const text = field.startsWith("\n") ? field.slice(1) : field;
      if (text.startsWith(":")) this.#raw = text;
      else if (text !== "") {
        commits.push(...this.#commit());
        this.#text = text;
      }
    }
    return commits;
  }

  end(): LoggedCommit[] {
    if (this.#rest !== "" || this.#raw !== null) throw unexpected();
    return this.#commit();
  }

  /** What is whole when the next one begins. */
  #commit(): LoggedCommit[] {
    if (this.#text === null) return [];
    const commit = new LoggedCommit(this.#text, this.#files, this.#removed);
    this.#text = null;
    this.#files = [];
    this.#removed = [];
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
  if (!/^:+(?:[0-7]{6} )+(?:[0-9a-f]{40,64} )+[A-Z]+$/.test(raw)) throw unexpected();
  const mode = newMode(raw);
  if (raw.startsWith("000000 ", mode) || raw.startsWith("160000 ", mode)) return null;
  const end = raw.lastIndexOf(" ");
  return raw.slice(raw.lastIndexOf(" ", end - 1) + 1, end);
}

/** Where the last of the modes stands: behind a `:` and a mode for each parent. */
function newMode(raw: string): number {
  return 8 * (raw.lastIndexOf(":") + 1);
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
