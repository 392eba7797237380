import { catFileBatch } from "./batch.ts";
import { unreadBlob } from "../errors.ts";
import type { GitPath } from "../path.ts";
import type { GitContext } from "../run.ts";

/** A commit, as far as its header tells. */
export interface Commit {
  readonly oid: string;
  readonly parents: readonly string[];
  /** The author's name, address, and the moment as `@SECONDS ZONE`: how git hands it to hooks. */
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
}

/** What one call to git has read. */
export interface HeadAndBlobs {
  /** Null on an unborn branch. */
  readonly head: Commit | null;
  /** By full name. */
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** What the index has at the paths that were asked for; a symlink too, where there is one. */
  readonly indexed: readonly IndexedBlob[];
}

/** A blob at a path of the index. */
export interface IndexedBlob {
  readonly path: GitPath;
  readonly oid: string;
  readonly bytes: Buffer;
}

/**
 * The commit HEAD names, and blobs: one call to git for both.
 *
 * @param oids full names of blobs that must all be there
 * @param paths where the index may have something (without conflict); no newline in them
 * @throws GitError `missing-object`, `too-large`, `command-failed`, `unexpected-output`
 */
export async function readHeadAndBlobs(
  context: GitContext,
  oids: Iterable<string>,
  paths: readonly GitPath[] = [],
): Promise<HeadAndBlobs> {
  const unique = [...new Set(oids)];
  const blobs = new Map<string, Buffer>();
  const indexed: IndexedBlob[] = [];
  let head: Commit | null = null;
  let next = -1;
  const lines = ["HEAD", ...unique, ...paths.map((path) => `:0:${path}`)];
  for await (const { oid, type, size, content } of catFileBatch(context, lines)) {
    const asked = unique[next];
    const path = paths[next - unique.length];
    next += 1;
    if (path !== undefined) {
      if (oid !== null && type === "blob" && content !== null) {
        indexed.push({ path, oid, bytes: content });
      }
    } else if (asked === undefined) {
      if (oid !== null) head = parseCommit(oid, content ?? Buffer.alloc(0));
    } else if (content === null || type !== "blob") {
      throw unreadBlob(asked, type === "blob" ? size : null);
    } else {
      blobs.set(asked, content);
    }
  }
  return { head, blobs, indexed };
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
