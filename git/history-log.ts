import type { BringingCommit } from "./history.ts";
import type { GitPath } from "./path.ts";
import { runGit, type GitContext } from "./run.ts";
import { catFileBatch } from "./batch.ts";

/** A commit with what it brought, read from `git log`. */
export interface LoggedCommit extends BringingCommit {
  /** The whole message, one char per byte. */
  readonly message: string;
  /** Contents that it brought, and where; of a merge, what no parent has. */
  readonly files: readonly { readonly oid: string; readonly path: GitPath }[];
}

/** Every commit that a ref or HEAD reaches, as bytes that `loggedCommits` reads: one call to git. */
export async function historyLog(context: GitContext): Promise<Buffer> {
  const { stdout } = await runGit(context, [
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
  ]);
  return stdout;
}

/**
 * The commits in git's order, newest first.
 *
 * @param log what historyLog returned
 */
export function* loggedCommits(log: Buffer): Generator<LoggedCommit, void, undefined> {
  let at: { commit: BringingCommit; message: string } | null = null;
  let files: { oid: string; path: GitPath }[] = [];
  let oid: string | null = null;
  for (let start = 0; start < log.length;) {
    const nul = log.indexOf(0, start);
    const end = nul === -1 ? log.length : nul;
    const field = log.toString("latin1", start, end);
    start = end + 1;
    if (oid !== null) {
      // Of a deletion the name is zeros.
      if (!/^0+$/.test(oid)) files.push({ oid, path: field as GitPath });
      oid = null;
      continue;
    }
    // `:` once for each parent, modes, names, the status (git-diff-tree(1), "Raw output format").
    const raw = /^\n?:+[0-7 ]*(?: ?[0-9a-f]{40,64})* ([0-9a-f]{40,64}) [A-Z]+$/.exec(field);
    if (raw !== null) {
      oid = raw[1] ?? null;
      continue;
    }
    const header = /^\n?([0-9a-f]{40,64}) ([0-9a-f ]*)\n(.*)$/s.exec(field);
    if (header === null) continue;
    if (at !== null) yield { ...at.commit, message: at.message, files };
    const [, commit = "", parents = "", message = ""] = header;
    at = {
      commit: {
        commit,
        parents: parents.split(" ").filter(Boolean),
        subject: message.split("\n", 1)[0] ?? "",
      },
      message,
    };
    files = [];
  }
  if (at !== null) yield { ...at.commit, message: at.message, files };
}

/** An annotated tag. */
export interface TagObject {
  /** `refs/tags/…`, one char per byte. */
  readonly ref: string;
  readonly oid: string;
  /** The whole object: headers, message, signature. */
  readonly content: Buffer;
}

/** The annotated tags that refs name: two calls to git. */
export async function annotatedTags(context: GitContext): Promise<TagObject[]> {
  const { stdout } = await runGit(context, [
    "for-each-ref",
    "--format=%(objecttype) %(objectname) %(refname)",
  ]);
  const refs: { oid: string; ref: string }[] = [];
  for (const line of stdout.toString("latin1").split("\n")) {
    const [, oid, ref] = /^tag ([0-9a-f]+) (.*)$/.exec(line) ?? [];
    if (oid !== undefined && ref !== undefined) refs.push({ oid, ref });
  }
  const tags: TagObject[] = [];
  let next = 0;
  for await (const { content } of catFileBatch(
    context,
    refs.map(({ oid }) => oid),
  )) {
    const ref = refs[next++];
    if (ref !== undefined && content !== null) tags.push({ ...ref, content });
  }
  return tags;
}
