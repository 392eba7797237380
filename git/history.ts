import { catFileBatch } from "./batch.ts";
import { GitError } from "./errors.ts";
import { runGit, writeAll, type GitContext } from "./run.ts";
import type { GitPath } from "./path.ts";
import { formatOf } from "./object-id.ts";
import { startWalk } from "./walk.ts";

/** A remote, and which of the branches in the folder of those that track it say nothing of it. */
export interface Remote {
  readonly name: string;
  /** Patterns of them, as `git rev-list --exclude` takes them: without `refs/remotes/`. */
  readonly without: readonly string[];
}

/** A part of the history: what some objects reach and others do not. */
export interface Range {
  /** Full names of commits, tags, trees or blobs that are here. */
  readonly include: readonly string[];
  /** Full names of commits that need not be here. */
  readonly exclude: readonly string[];
  /**
   * Leaves out what this remote's tracking branches reach; `null`: those of every remote; `false`:
   * nothing.
   */
  readonly remote: Remote | null | false;
}

/** For git's stdin. `^OID` leaves out what it reaches (gitrevisions(7)); the remote's branches need no listing. */
export function rangeInput({ include, exclude }: Omit<Range, "remote">): Buffer {
  for (const oid of [...include, ...exclude]) formatOf(oid);
  return Buffer.from([...include, ...exclude.map((oid) => `^${oid}`), ""].join("\n"));
}

/** The last arguments of a `git log` or `git rev-list` that is given {@link rangeInput}. */
export function rangeArguments({ remote }: Range): string[] {
  const start = ["--ignore-missing", "--stdin"];
  if (remote === false) return start;
  return [...start, "--not", ...trackingBranches(remote)];
}

function trackingBranches(remote: Remote | null): string[] {
  if (remote === null) return ["--remotes"];
  const { name, without } = remote;
  return [...without.map((pattern) => `--exclude=${pattern}`), `--remotes=${name}`];
}

/** The parts of git's output, those that come together at a time, one char per byte, without what ends each. */
async function* outputParts(
  context: GitContext,
  args: readonly string[],
  input: Buffer,
  end: "\n" | "\0" = "\n",
): AsyncGenerator<readonly string[], void, undefined> {
  const { child, ended } = startWalk(context, args);
  const written = writeAll(child.stdin, [input]);
  let finished = false;
  try {
    // Not put together before its end is here: a part may be long.
    let begun: string[] = [];
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const [first = "", ...more] = chunk.toString("latin1").split(end);
      begun.push(first);
      const last = more.pop();
      if (last === undefined) continue;
      yield [begun.join(""), ...more];
      begun = [last];
    }
    await Promise.all([ended, written]);
    finished = true;
    const rest = begun.join("");
    if (rest !== "") yield [rest];
  } finally {
    if (!finished) child.kill();
  }
}

/**
 * Every blob in a range, each once, with the path it was first seen under (cut at a newline; empty
 * for a blob that was named itself): one call to git.
 *
 * @throws GitError `command-failed`
 */
export async function blobsIn(context: GitContext, range: Range): Promise<Map<string, GitPath>> {
  const blobs = new Map<string, GitPath>();
  const args = [
    "rev-list",
    "--objects",
    "--filter=object:type=blob",
    "--filter-provided-objects",
    ...rangeArguments(range),
  ];
  for await (const lines of outputParts(context, args, rangeInput(range))) {
    for (const line of lines) {
      const space = line.indexOf(" ");
      const oid = space === -1 ? line : line.slice(0, space);
      blobs.set(oid, (space === -1 ? "" : line.slice(space + 1)) as GitPath);
    }
  }
  return blobs;
}

/**
 * Which of some blobs a remote has, anywhere in the history of what tracks it or of other commits: one walk
 * over all of it, so only for what is suspicious already. Where a part of it is not here, as in a damaged repository,
 * git tells of none, and none counts as held.
 *
 * @param remote as in Range
 * @param commits full names of those that it has, too; they need not be here
 * @throws GitError `git-missing`, `not-a-repository`
 */
export async function heldByRemotes(
  context: GitContext,
  oids: Iterable<string>,
  remote: Remote | null = null,
  commits: readonly string[] = [],
): Promise<Set<string>> {
  const wanted = new Set(oids);
  const held = new Set<string>();
  if (wanted.size === 0) return held;
  const args = [
    "rev-list",
    "--objects",
    "--no-object-names",
    "--filter=object:type=blob",
    "--filter-provided-objects",
    // In a partial clone git would fetch each old blob by itself; none of those is asked about.
    "--missing=allow-promisor",
    "--ignore-missing",
    "--stdin",
    ...trackingBranches(remote),
  ];
  const input = rangeInput({ include: commits, exclude: [] });
  try {
    for await (const some of outputParts(context, args, input)) {
      for (const oid of some) if (wanted.has(oid)) held.add(oid);
      if (held.size === wanted.size) break;
    }
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== "command-failed") throw error;
  }
  return held;
}

/** A commit that brings a blob. */
export interface BringingCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  /** The first line of its message, one char per byte. */
  readonly subject: string;
}

/**
 * The commits in a range that bring some blobs, oldest first: one call to git. Blobs that no commit
 * brings (tagged ones) are left out.
 *
 * @throws GitError `command-failed`
 */
export async function commitsBringing(
  context: GitContext,
  oids: readonly string[],
  range: Range,
): Promise<Map<string, BringingCommit[]>> {
  const bringing = new Map<string, BringingCommit[]>();
  if (oids.length === 0) return bringing;
  const wanted = new Set(oids);
  const args = [
    "-c",
    "log.showRoot=true",
    "-c",
    "log.showSignature=false",
    "log",
    "--topo-order",
    "--reverse",
    // `-m` is what log.diffMerges makes of it.
    "--diff-merges=separate",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "--no-color",
    "--no-notes",
    "--encoding=UTF-8",
    "--format=commit %H%x09%P%x09%s",
    ...oids.map((oid) => `--find-object=${oid}`),
    ...rangeArguments(range),
  ];
  let at: BringingCommit | null = null;
  for await (const lines of outputParts(context, args, rangeInput(range))) {
    for (const line of lines) {
      const header = /^commit ([0-9a-f]+)\t([0-9a-f ]*)\t(.*)$/.exec(line);
      if (header !== null) {
        const [, commit = "", parents = "", subject = ""] = header;
        at = { commit, parents: parents.split(" ").filter(Boolean), subject };
        continue;
      }
      const oid = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /.exec(line)?.[1];
      if (oid === undefined || at === null || !wanted.has(oid)) continue;
      const commits = bringing.get(oid) ?? [];
      if (commits.at(-1)?.commit !== at.commit) commits.push(at);
      bringing.set(oid, commits);
    }
  }
  return bringing;
}

/** A commit in words. */
export interface CommitText extends BringingCommit {
  /** The whole message, one char per byte. */
  readonly message: string;
  /** What stands before it: names, signatures, the message of a signed tag that was merged. */
  readonly header: string;
}

/**
 * The commits in a range that hold one of some words, in either case, newest first, and how many there are in
 * all: one call to git.
 *
 * @throws GitError `command-failed`
 */
export async function commitsSaying(
  context: GitContext,
  words: readonly string[],
  range: Range,
): Promise<{ readonly saying: readonly CommitText[]; readonly all: number }> {
  const args = ["rev-list", "--header", "--encoding=UTF-8", ...rangeArguments(range)];
  const wanted = words.map((word) => word.toLowerCase());
  const saying: CommitText[] = [];
  let all = 0;
  // One by one: those of a million commits together are longer than a string can be.
  for await (const texts of outputParts(context, args, rangeInput(range), "\0")) {
    for (const text of texts) {
      const lower = text.toLowerCase();
      if (wanted.some((word) => lower.includes(word))) saying.push(commitText(text));
    }
    all += texts.length;
  }
  return { saying, all };
}

/** `OID LF`, the commit object (gitformat-commit), each line of its message four blanks to the right. */
function commitText(text: string): CommitText {
  const start = text.indexOf("\n") + 1;
  const end = text.indexOf("\n\n", start);
  const message = text.slice(end + 2).replace(/^ {4}/gm, "");
  return {
    commit: text.slice(0, start - 1),
    parents: [...text.slice(0, end).matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, oid = ""]) => oid),
    subject: message.split("\n", 1)[0] ?? "",
    message,
    // A header of several lines has a blank before each but the first.
    header: text.slice(start, end).replace(/^ /gm, ""),
  };
}

/** A commit with its parents, for walks over what is new. */
export interface GraphCommit {
  readonly commit: string;
  readonly parents: readonly string[];
}

/**
 * The commits of a range, children before their parents: one call to git.
 *
 * @throws GitError `command-failed`
 */
export async function commitsIn(context: GitContext, range: Range): Promise<GraphCommit[]> {
  const commits: GraphCommit[] = [];
  const args = ["rev-list", "--topo-order", "--parents", ...rangeArguments(range)];
  for await (const lines of outputParts(context, args, rangeInput(range))) {
    for (const line of lines) {
      const [commit = "", ...parents] = line.split(" ");
      commits.push({ commit, parents });
    }
  }
  return commits;
}

/** Whether a commit is in the history of another; false where it is not here at all. */
export async function isAncestor(
  context: GitContext,
  ancestor: string,
  commit: string,
): Promise<boolean> {
  const { status } = await runGit(context, ["merge-base", "--is-ancestor", ancestor, commit], {
    // 128: no such commit here (git-merge-base(1) promises only "non-zero").
    allowed: [0, 1, 128],
  });
  return status === 0;
}

/**
 * What tags name in the end, by the name that was asked for; other objects name themselves: one call
 * to git.
 *
 * @param oids full names
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function peel(
  context: GitContext,
  oids: readonly string[],
): Promise<Map<string, string>> {
  const peeled = new Map<string, string>();
  const lines = oids.map((oid) => `${oid}^{}`);
  let next = 0;
  for await (const { oid } of catFileBatch(context, lines, { check: true })) {
    const asked = oids[next++];
    if (asked !== undefined && oid !== null) peeled.set(asked, oid);
  }
  return peeled;
}
