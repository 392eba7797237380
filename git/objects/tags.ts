import { catFileBatch } from "./batch.ts";
import type { GitContext } from "../run.ts";

/**
 * The annotated tags among some objects, and those that these tags name, at two calls to git for each
 * step of that chain.
 *
 * @param oids full names of objects of any kind
 * @returns the whole tag objects (headers, message, signature), under the name that was asked for
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function tagObjects(
  context: GitContext,
  oids: Iterable<string>,
): Promise<Map<string, Buffer[]>> {
  const tags = new Map<string, Buffer[]>();
  // From what is to be read next, to the names that led there.
  let next = new Map([...oids].map((oid) => [oid, new Set([oid])]));
  while (next.size > 0) {
    const at = next;
    next = new Map();
    const found: string[] = [];
    for await (const { oid, type } of catFileBatch(context, [...at.keys()], { check: true })) {
      if (oid !== null && type === "tag") found.push(oid);
    }
    for await (const { oid, content } of catFileBatch(context, found)) {
      if (oid === null || content === null) continue;
      const askedFor = at.get(oid) ?? [];
      for (const asked of askedFor) tags.set(asked, [...(tags.get(asked) ?? []), content]);
      const named = /^object ([0-9a-f]{40,64})\ntype tag\n/.exec(content.toString("latin1"))?.[1];
      if (named !== undefined) {
        next.set(named, new Set([...(next.get(named) ?? []), ...askedFor]));
      }
    }
  }
  return tags;
}

/**
 * The signed tags that merges hold a copy of, in a header of the commit (`mergetag`, in git's commit.c):
 * one call to git.
 *
 * @param merges full names of commits
 * @returns headers of commits that have such a tag, under the commit's name
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function mergedTags(
  context: GitContext,
  merges: readonly string[],
): Promise<Map<string, Buffer>> {
  const tags = new Map<string, Buffer>();
  for await (const { oid, content } of catFileBatch(context, merges)) {
    const header = content?.subarray(0, content.indexOf("\n\n"));
    if (oid !== null && header?.includes("\nmergetag ") === true) tags.set(oid, header);
  }
  return tags;
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
