import { runGit, type GitContext } from "../run.ts";
import { tagObjects } from "./tags.ts";

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
