import { lastAtMost } from "../../text/last-at-most.ts";
import type { Lines } from "../../text/lines.ts";
import type { Comment } from "./comments.ts";
import type { YamlLeaf } from "../leaf.ts";
import type { SopsPair } from "../metadata-edits.ts";
import type { Place } from "../spelling.ts";

/**
 * The comments of a document as leaves: all but those inside its `sops` block.
 *
 * @param entryOf where a comment counts among the entries of its collection.
 * @param place what comments are written back by.
 */
export function commentLeaves(
  comments: readonly Comment[],
  sops: SopsPair | null,
  lines: Lines,
  entryOf: (comment: Comment) => number,
  place: Place,
): YamlLeaf[] {
  return comments
    .filter(({ start }) => sops === null || start < sops.start || start >= sops.end)
    .map((comment): YamlLeaf => {
      const { owner, start, endOwner } = comment;
      const isCut = comment.text.endsWith("\r");
      const text = isCut ? comment.text.slice(0, -1) : comment.text;
      const bare: YamlLeaf = {
        kind: "comment",
        path: owner.path,
        value: { type: "comment", text },
        line: lines.lineOf(start) + 1,
        form: "bare",
        alias: null,
        itemStart: null,
        holder: owner,
        entry: entryOf(comment),
        start: start + 1,
        end: comment.end - (isCut ? 1 : 0),
        place,
      };
      const marks = unusualIn(comment, text);
      const leaf = marks === null ? bare : { ...bare, ...marks };
      if (endOwner === null) return leaf;
      const asItem = endOwner.list && endOwner.column === lines.columnOf(comment.start);
      const moved = { ...leaf, path: endOwner.path, holder: endOwner };
      return { ...leaf, endOfFile: { leaf: moved, asItem } };
    });
}

/** What has to be known of a comment beside where it is; null for most. */
function unusualIn(
  { owner, astray, onNothing, indentedIn, takenInto }: Comment,
  text: string,
): Partial<YamlLeaf> | null {
  const becomesItem = owner.list && text === "";
  if (!becomesItem && !astray && !onNothing && indentedIn === null && takenInto === null)
    return null;
  return {
    ...(becomesItem && { becomesItem }),
    ...(astray && { astray }),
    ...(onNothing && { onNothing }),
    ...(indentedIn !== null && { indentedIn: indentedIn.path }),
    ...(takenInto !== null && { takenInto: takenInto.path }),
  };
}

/**
 * Where a comment counts: beside an entry before it, behind a bracket before all entries.
 *
 * @param entries where the entries of its collection begin, in order.
 */
export function entryOfComment({ beside, start }: Comment, entries: readonly number[]): number {
  if (beside === "bracket") return (entries[0] ?? start) - 1;
  if (beside === "entry") return entries[lastAtMost(entries, start)] ?? start;
  return start;
}

/** What comments are written back by. */
export function commentPlace(newline: string): Place {
  return {
    style: "plain",
    flow: false,
    header: "",
    indent: "",
    indentIndicator: "",
    newline,
    followed: false,
  };
}
