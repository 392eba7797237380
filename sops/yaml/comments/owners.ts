import type { Lines } from "../../text/lines.ts";
import { blockColumn, isWithin, mappingAround, type Collection } from "../collection.ts";
import { END, firstInColumn, splitTexts, type CommentText, type RawComment } from "./texts.ts";
import type { Mark } from "./marks.ts";
import type { SopsPair } from "../metadata-edits.ts";

/** Where a document ends. */
export interface DocumentEnd {
  /** With its file, there without a line break too, or before something else. */
  readonly at: "file" | "unfinished file" | "elsewhere";
  /** The line on which a `sops` block begins that is appended to it. */
  readonly blockLine: number;
  /** Whether a comment below the `---` or `...` behind it is a foot of it. */
  readonly hasFootBehind?: boolean;
}

/** Where a document ends whose text ends at an offset. */
export function documentEnd(
  text: string,
  lines: Lines,
  end: number,
  sops: SopsPair | null,
): DocumentEnd {
  const isBroken = end === 0 || text[end - 1] === "\n";
  const blockLine = lines.lineOf(end) + (isBroken ? 0 : 1);
  if (sops !== null || end < text.length) return { at: "elsewhere", blockLine };
  return { at: isBroken ? "file" : "unfinished file", blockLine };
}

/** A comment with whom it belongs to. */
export interface OwnedComment {
  readonly comment: RawComment;
  readonly owner: Collection;
  readonly kind: "beside" | CommentText["kind"];
}

/**
 * The comments between two neighbouring marks.
 *
 * @param blockLine the line of the sops key, which follows where nothing else does.
 */
export function heldInGap(
  lines: Lines,
  comments: readonly RawComment[],
  before: Mark | undefined,
  after: Mark | undefined,
  root: Collection,
  blockLine: number,
): OwnedComment[] {
  const last = before?.collection ?? root;
  const inner = before?.closes === true ? (last.parent ?? last) : last;
  const next = after?.collection ?? root;
  const nextColumn = after === undefined ? 0 : lines.columnOf(after.start);
  const nextLine = after === undefined ? blockLine : lines.lineOf(after.start);
  const indent = blockColumn(inner);
  const held: OwnedComment[] = [];
  let rest = comments;
  const [first] = comments;
  if (
    before !== undefined &&
    first !== undefined &&
    lines.lineOf(before.end - 1) === lines.lineOf(first.start)
  ) {
    let owner = last;
    const isOnFirst = before.opensItem === true && next.column !== null;
    if ((before.property === true || isOnFirst) && next.parent === last) {
      // Behind an anchor, a tag or the dash of an item, it is part of the mapping or list that follows.
      owner = next;
    } else if (
      (before.opensItem === true || before.property === true) &&
      last.list &&
      !(next === last || (next.list && next === last.parent) || isWithin(next, last))
    ) {
      // Behind the dash of an empty item that ends its list, it is a foot of that.
      owner = mappingAround(last);
    }
    held.push({ comment: first, owner, kind: "beside" });
    rest = comments.slice(1);
  }
  if (rest.length === 0) return held;
  if (inner.column === null) {
    // Between a key and the mapping or list that is its value, it is part of that also in brackets.
    const isOnValue =
      before?.opensValue === true ||
      after?.opensValue === true ||
      (before?.property === true && !inner.list);
    const owner = isOnValue && isWithin(next, inner) ? next : inner;
    return [...held, ...rest.map((comment) => ({ comment, owner, kind: "next" as const }))];
  }
  const texts = splitTexts(lines, rest, before, indent, { line: nextLine, column: nextColumn });
  const opens = before?.opensValue === true || before?.property === true;
  if (opens && next.parent === inner) {
    const below = texts.flatMap(({ comments, kind }) =>
      comments.map((comment) => ({ comment, owner: next, kind })),
    );
    return [...held, ...below];
  }
  const columns = firstInColumn(texts);
  for (const [at, { comments, kind }] of texts.entries()) {
    let owner = next;
    if (kind === "prior") owner = inner;
    if (kind === "dedented") owner = ownerOfDedented(columns, at, inner, next, nextColumn) ?? next;
    // Right below a dash, it is a foot of what the item begins with.
    if (kind === "prior" && before?.opensItem === true && isWithin(next, inner)) owner = next;
    // Neither the end of a list in a list takes a comment, nor an empty item that ends one.
    const isAtEnd = kind === "dedented" || before?.opensItem === true ? owner !== next : false;
    if (kind !== "next" && isAtEnd && next !== inner && owner.list) {
      owner = next.list && isWithin(owner, next) ? next : mappingAround(owner);
    }
    for (const comment of comments) held.push({ comment, owner, kind });
  }
  return held;
}

/**
 * The comments behind a `---` or `...`: they belong to the document that follows, but for lines right
 * below, with an empty line behind them. go-yaml takes those for a foot of the document before, where
 * nothing stands beside the indicator.
 */
export function heldBehindIndicator(
  lines: Lines,
  comments: readonly RawComment[],
  before: Mark,
  after: Mark | undefined,
  root: Collection,
  blockLine: number,
): OwnedComment[] {
  const next = after === undefined || after.parts === true ? root : (after.collection ?? root);
  const isBehindAll = after === undefined && before.collection === root;
  const line = after === undefined ? blockLine : lines.lineOf(after.start);
  // The first line of a file has no foot.
  const above = lines.lineOf(before.start) === 0 ? undefined : before;
  const end = isBehindAll ? END : { line, column: 0 };
  return splitTexts(lines, comments, above, 0, end).flatMap(({ comments, kind }) =>
    comments.map((comment) => ({
      comment,
      owner: kind === "prior" ? (before.collection ?? root) : next,
      kind,
    })),
  );
}

/**
 * To whom go-yaml gives comments if nothing else follows in the file. What is no foot of the data
 * before is the document's, and so the top mapping's to sops.
 *
 * @param held to whom they belong with a sops block behind them.
 * @see yaml_parser_fetch_stream_end in go-yaml v3's scannerc.go
 */
export function ownersAtEnd(
  lines: Lines,
  held: readonly OwnedComment[],
  before: Mark | undefined,
  root: Collection,
  ending: DocumentEnd,
): readonly Collection[] | null {
  if (before === undefined) return null;
  const last = before.collection ?? root;
  const inner = before.closes === true ? (last.parent ?? root) : last;
  const beside = held.filter(({ kind }) => kind === "beside");
  const below = held.slice(beside.length).map(({ comment }) => comment);
  const texts = splitTexts(lines, below, before, blockColumn(inner), END);
  // What stands right of where the text ends is closed before the comments, the rest behind them.
  const final = held[held.length - 1]?.comment;
  const endColumn =
    ending.at === "file" || final === undefined
      ? 0
      : lines.columnOf(final.start) + final.source.length;
  const columns = firstInColumn(texts);
  const own = texts.flatMap((text, at) => {
    let owner = root;
    if (text.kind === "prior") owner = before.opensItem === true ? mappingAround(inner) : inner;
    if (text.kind === "dedented") {
      owner = mappingAround(ownerOfDedented(columns, at, inner, null, endColumn) ?? root);
    }
    return text.comments.map(() => owner);
  });
  return [...beside.map(({ owner }) => owner), ...own];
}

/**
 * The owner of a text that stands left of the data before it. A collection ends with the first text in
 * exactly its column: the innermost one has it that has not ended before it.
 *
 * @param columns {@link firstInColumn} of the texts of the gap; `index` is that of the text.
 * @param next what follows; null at the end of a file, where the text is for what ends last of all.
 * @param nextColumn where that begins: what stands left of it stays open.
 * @see yaml_parser_unroll_indent in go-yaml v3's scannerc.go
 */
function ownerOfDedented(
  columns: ReadonlyMap<number, number>,
  index: number,
  inner: Collection,
  next: Collection | null,
  nextColumn: number,
): Collection | null {
  for (let open: Collection | null = inner; open !== null; open = open.parent) {
    if (open.column === null) continue;
    if (open.column <= nextColumn) return next ?? mappingAround(open);
    // A list may stand in its key's own column; go-yaml then keeps no indentation of its own for it.
    if (open.column === open.parent?.column) continue;
    // What ends with a list is taken to the key that the list belongs to.
    if ((columns.get(open.column) ?? -1) >= index) {
      return open.list ? (open.parent ?? open) : open;
    }
  }
  return next;
}
