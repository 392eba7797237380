import { rangeArguments, rangeInput, type Range } from "./range.ts";
import { runGit, type GitContext } from "../run.ts";
import { walkOutput } from "./walk.ts";

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
  for await (const lines of walkOutput(context, args, rangeInput(range))) {
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
  for await (const texts of walkOutput(context, args, rangeInput(range), "\0")) {
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
  for await (const lines of walkOutput(context, args, rangeInput(range))) {
    for (const line of lines) {
      const [commit = "", ...parents] = line.split(" ");
      commits.push({ commit, parents });
    }
  }
  return commits;
}

/**
 * Those of some commits that are in the history of no other one of them.
 *
 * @throws GitError `command-failed`
 */
export async function independentOf(
  context: GitContext,
  commits: readonly string[],
): Promise<string[]> {
  const { stdout } = await runGit(context, ["merge-base", "--independent", ...commits]);
  return stdout.toString("latin1").split("\n").filter(Boolean);
}

/**
 * The newest commit that two have in their history; null where there is none.
 *
 * @throws GitError `command-failed`
 */
export async function mergeBase(
  context: GitContext,
  one: string,
  other: string,
): Promise<string | null> {
  const { status, stdout } = await runGit(context, ["merge-base", one, other], { allowed: [0, 1] });
  return status === 0 ? stdout.toString("latin1").trimEnd() : null;
}
