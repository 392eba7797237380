import type { Lines } from "../../text/lines.ts";
import type { Mark } from "./marks.ts";

export interface RawComment {
  readonly start: number;
  readonly source: string;
  /** Whether its line ends as on Windows. */
  readonly windows?: boolean;
}

/** Lines of comment that share a fate, and whom they belong to. */
export interface CommentText {
  readonly comments: RawComment[];
  /** The column of its first line. */
  readonly column: number;
  /** `prior`: the data before; `next`: the data behind; `dedented`: see {@link ownerOfDedented}. */
  readonly kind: "prior" | "next" | "dedented";
}

/** What follows at the end of a file: it counts as an empty line, and is no data. */
export const END = null;

/** Splits the comments of a gap where go-yaml's scanner does. */
export function splitTexts(
  lines: Lines,
  comments: readonly RawComment[],
  before: Mark | undefined,
  indent: number,
  next: { readonly line: number; readonly column: number } | typeof END,
): CommentText[] {
  const texts: CommentText[] = [];
  const contentLine = before === undefined ? -1 : lines.lineOf(before.end - 1);
  let open: RawComment[] = [];
  let column = 0;
  let sawBlank = false;
  let previousLine = contentLine;
  const close = (kind: CommentText["kind"]) => {
    texts.push({ comments: open, column, kind });
    open = [];
  };
  // Only the first text that is split off still belongs to the token before the gap.
  const foot = () => (texts.length === 0 ? "prior" : "dedented");
  const advance = (line: number) => {
    if (before !== undefined && line - previousLine > 1) {
      const [first] = open;
      if (first !== undefined && !sawBlank) {
        if (column < indent) close("dedented");
        else if (!before.opensValue && lines.lineOf(first.start) === contentLine + 1) close(foot());
      }
      sawBlank = true;
    }
    previousLine = line;
  };
  for (const comment of comments) {
    const own = lines.columnOf(comment.start);
    advance(lines.lineOf(comment.start));
    if (open.length > 0 && own < indent && own !== column) close(foot());
    if (open.length === 0) column = own;
    open.push(comment);
    // Behind a comment, go-yaml takes a Windows line end for two, and so for an empty line.
    if (comment.windows === true) previousLine -= 1;
  }
  if (open.length > 0) advance(next === END ? previousLine + 2 : next.line);
  const isFoot = next !== END && next.column < indent && next.column !== column;
  if (open.length > 0) close(isFoot ? foot() : "next");
  return texts;
}

/** Which of some texts is the first in its column, by column. */
export function firstInColumn(texts: readonly CommentText[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const [index, { column }] of texts.entries()) {
    if (!first.has(column)) first.set(column, index);
  }
  return first;
}
