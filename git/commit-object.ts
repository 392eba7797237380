import { catFileBatch } from "./batch.ts";
import { GitError } from "./errors.ts";
import type { GitContext } from "./run.ts";

/** A commit, as far as its header tells. */
export interface Commit {
  readonly oid: string;
  readonly parents: readonly string[];
  /** The author's name, address, and the moment as `@SECONDS ZONE`: how git hands it to hooks. */
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
}

/**
 * The commit HEAD names (null on an unborn branch), and blobs that must all be there: one call to
 * git for both.
 *
 * @param oids full names of blobs
 * @throws GitError `missing-object`, `command-failed`, `unexpected-output`
 */
export async function readHeadAndBlobs(
  context: GitContext,
  oids: Iterable<string>,
): Promise<{ head: Commit | null; blobs: Map<string, Buffer> }> {
  const unique = [...new Set(oids)];
  const blobs = new Map<string, Buffer>();
  let head: Commit | null = null;
  let next = -1;
  for await (const object of catFileBatch(context, ["HEAD", ...unique])) {
    const oid = unique[next++];
    if (oid === undefined) {
      if (object.oid !== null) head = parseCommit(object.oid, object.content ?? Buffer.alloc(0));
    } else if (object.content === null || object.type !== "blob") {
      throw new GitError(
        "missing-object",
        `blob ${oid} is missing from the repository: git fsck tells more`,
      );
    } else {
      blobs.set(oid, object.content);
    }
  }
  return { head, blobs };
}

/**
 * Whether all of some objects are in the repository. The parents of a commit are not where a shallow
 * clone ends.
 *
 * @param oids full names
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function areHere(context: GitContext, oids: readonly string[]): Promise<boolean> {
  let all = true;
  for await (const { oid } of catFileBatch(context, oids, { check: true })) all &&= oid !== null;
  return all;
}

/** The header of a commit object ends at the first empty line (gitformat-commit, "commit"). */
function parseCommit(oid: string, content: Buffer): Commit {
  const end = content.indexOf("\n\n");
  const header = content.toString("utf8", 0, end === -1 ? content.length : end).split("\n");
  const author = header.find((line) => line.startsWith("author ")) ?? "";
  const [, name = "", email = "", seconds = "", zone = ""] =
    /^author (.*?) ?<(.*)> (\d+) ([+-]\d{4})$/.exec(author) ?? [];
  return {
    oid,
    parents: header
      .filter((line) => line.startsWith("parent "))
      .map((line) => line.slice("parent ".length)),
    author: { name, email, date: `@${seconds} ${zone}` },
  };
}
