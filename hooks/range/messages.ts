import { commitsSaying } from "../../git/history/commits.ts";
import type { Range } from "../../git/history/range.ts";
import type { GitPath } from "../../git/path.ts";
import { tagObjects } from "../../git/objects/tags.ts";
import type { GitContext } from "../../git/run.ts";
import { KEY_WORDS, keysInMessage } from "../message-keys.ts";
import type { PushedRef } from "../push/push-lines.ts";
import type { RangeFinding } from "./findings.ts";

/**
 * Keys in the messages of commits, and of the tags that tips are, and how many commits there are. Settings name
 * files: none counts.
 *
 * @throws GitError
 */
export async function lookIntoMessages(
  context: GitContext,
  tips: readonly PushedRef[],
  range: Range,
): Promise<{ readonly messages: readonly RangeFinding[]; readonly commits: number }> {
  const nowhere = { path: "" as GitPath, blob: null, commitMends: false };
  const messages: RangeFinding[] = [];
  const { saying, all: commits } = await commitsSaying(context, KEY_WORDS, range);
  for (const commit of saying) {
    for (const [text, where] of [
      [commit.message, "the message of a commit"],
      [
        commit.header,
        commit.header.includes("\nmergetag ")
          ? "the message of a tag that a commit has merged"
          : "the header of a commit",
      ],
    ] as const) {
      for (const found of keysInMessage(Buffer.from(text, "latin1"), where)) {
        messages.push({ ...found, ...nowhere, tip: null, commits: [commit] });
      }
    }
  }
  const tags = await tagObjects(
    context,
    tips.map(({ localOid }) => localOid),
  );
  for (const tip of tips) {
    for (const tag of tags.get(tip.localOid) ?? []) {
      for (const found of keysInMessage(tag, "the message of a tag")) {
        messages.push({ ...found, ...nowhere, tip, commits: [] });
      }
    }
  }
  return { messages, commits };
}
