import type { CST } from "yaml";
import type { Lines } from "../lines.ts";
import type { KeyPath } from "../token.ts";
import { documentMarks, type Mark } from "./marks.ts";

/**
 * To which mapping or list does a comment belong? Its path is part of what its ciphertext is bound
 * to, so the answer has to be go-yaml's: real sops reads the files that are written here.
 *
 * go-yaml looks at the innermost block collection before the comment (its column is the scanner's
 * indentation), the comment's own column, the column of what follows, and blank lines.
 *
 * @see yaml_parser_scan_comments in go-yaml v3's scannerc.go
 */
export interface Comment {
  /** Offset of the `#`. */
  readonly start: number;
  readonly end: number;
  /** What follows the `#`. */
  readonly text: string;
  readonly owner: Collection;
  /** What it stands behind on its line: an entry, the bracket that closes its owner, or nothing. */
  readonly beside: "entry" | "bracket" | null;
  /**
   * The collection that go-yaml takes it into at the end of a file, where nothing follows that would
   * keep it out; null where that is its owner. With a sops block behind it, its owner has it.
   */
  readonly endOwner: Collection | null;
  /** The collection that it is indented as part of, where its owner is one around that; else null. */
  readonly indentedIn: Collection | null;
  /** The flow collection above that go-yaml may take it into; else null. */
  readonly takenInto: Collection | null;
  /** Whether it stands beside an anchor, a tag or a `-` that is all there is of a value. */
  readonly onNothing: boolean;
  /**
   * Whether it stands where go-yaml may take it for a comment on something else, or lose it: left of what
   * follows, in several columns, around a `---` that a foot follows, behind an anchor, in brackets …
   */
  readonly astray: boolean;
}

/** Where a document ends. */
export interface DocumentEnd {
  /** With its file, there without a line break too, or before something else. */
  readonly at: "file" | "unfinished file" | "elsewhere";
  /** The line on which a `sops` block begins that is appended to it. */
  readonly blockLine: number;
  /** Whether a comment below the `---` or `...` behind it is a foot of it. */
  readonly hasFootBehind?: boolean;
}

/** A mapping or list of the document, with where it stands. */
export interface Collection {
  readonly path: KeyPath;
  /** Zero-based column of a block collection's entries; null for a flow collection. */
  readonly column: number | null;
  readonly list: boolean;
  readonly parent: Collection | null;
  /** Where the entry of the parent that holds this collection begins. */
  readonly entry: number;
}

export interface RawComment {
  readonly start: number;
  readonly source: string;
  /** Whether its line ends as on Windows. */
  readonly windows?: boolean;
}

/**
 * The comments of one document, with their owners.
 *
 * @param comments all between the end of the document before and its own; behind the last one, too.
 * @param token the document in the concrete syntax; null where there is none.
 * @param collections the collections of the document by their tokens.
 * @param top its top mapping; `previous` is that of the document before.
 * @param indicators where the `...` of the document before stands, and that of the last one.
 * @param ending where it ends.
 */
export function documentComments(
  lines: Lines,
  comments: readonly RawComment[],
  token: CST.Document | null,
  collections: ReadonlyMap<unknown, Collection>,
  { top, previous }: { readonly top: Collection; readonly previous: Collection | null },
  { before, behind }: { readonly before: number | null; readonly behind: number | null },
  ending: DocumentEnd,
): Comment[] {
  if (comments.length === 0) return [];
  const marks = token === null ? [] : documentMarks(token, previous, collections);
  const addIndicator = (start: number | null, collection: Collection | null) => {
    if (start !== null) marks.push({ start, end: start + 3, collection, ...INDICATOR });
  };
  addIndicator(before, previous);
  addIndicator(behind, top);
  marks.sort((a, b) => a.start - b.start);
  return attribute(lines, comments, marks, top, ending);
}

const INDICATOR = { opensValue: false, parts: true };

/**
 * Whom comments belong to.
 *
 * @param comments in the order of the text, as `marks`.
 * @param marks at least the last one before and the first one behind each run of comments.
 * @param root the top mapping of the document.
 */
export function attribute(
  lines: Lines,
  comments: readonly RawComment[],
  marks: readonly Mark[],
  root: Collection,
  ending: DocumentEnd,
): Comment[] {
  const gaps: Gap[] = [];
  let mark = 0;
  for (let index = 0; index < comments.length;) {
    const first = comments[index];
    if (first === undefined) break;
    while (mark < marks.length && (marks[mark]?.start ?? Infinity) < first.start) mark += 1;
    const before = marks[mark - 1];
    const after = withValue(marks, mark);
    const own: RawComment[] = [];
    for (; index < comments.length; index += 1) {
      const comment = comments[index];
      if (comment === undefined || (after !== undefined && comment.start > after.start)) break;
      own.push(comment);
    }
    const held =
      before?.parts === true
        ? heldBehindIndicator(lines, own, before, after, root, ending.blockLine)
        : followAbove(
            gaps.at(-1),
            before,
            heldInGap(lines, own, before, after, root, ending.blockLine),
          );
    // A foot of a document that has ended already, or of none, is put anywhere in the next.
    const hasLateFoot =
      before?.parts === true &&
      (before.collection === null || marks[mark - 2]?.parts === true) &&
      held.some(({ kind }) => kind === "prior");
    const isPassedOn = isBeforeScalar(lines, before, after) || isBeforeEmptyItem(marks, mark);
    gaps.push({ start: first.start, before, after, held, hasLateFoot, isPassedOn });
  }
  // Around a `? key` of its own lines, go-yaml takes comments to almost anything.
  const hasComplexKey = marks.some(({ opensKey }) => opensKey === true);
  const lastContent = marks.findLast(({ parts }) => parts !== true)?.start ?? -1;
  const firstLateFoot = gaps.findIndex(({ hasLateFoot }) => hasLateFoot);
  // What a file ends in has a foot's empty line behind it.
  const lastFoot = gaps.findLastIndex((gap) => gap.after === undefined || hasFoot(gap));
  return gaps.flatMap((gap, index) => {
    const isBelowLost =
      gap.start > lastContent
        ? ending.hasFootBehind === true || index < lastFoot
        : isLost(gap, gaps[index + 1]);
    const astray = { all: hasComplexKey, below: isBelowLost };
    const comments = commentsOf(lines, gap, astray, root, ending);
    const hasLateFootAbove = firstLateFoot !== -1 && firstLateFoot < index;
    const takenInto = hasLateFootAbove ? takenIn(lines, gap) : null;
    return takenInto === null ? comments : comments.map((one) => ({ ...one, takenInto }));
  });
}

/**
 * A comment beside the `:` of a `? key` follows those right above that `:`, into the mapping or list that
 * is the value.
 *
 * @param above the gap before.
 */
function followAbove(
  above: Gap | undefined,
  before: Mark | undefined,
  held: readonly Held[],
): readonly Held[] {
  const value = above?.after?.collection ?? null;
  if (before?.opensValue !== true || above?.after?.start !== before.start) return held;
  if (value === null || !above.held.some(({ kind, owner }) => kind === "next" && owner === value))
    return held;
  return held.map((one) => (one.kind === "beside" ? { ...one, owner: value } : one));
}

/**
 * The flow collection that comments may be taken into: right below one, with an empty line or nothing
 * behind them, where the key that they would be on has a late foot already.
 */
function takenIn(lines: Lines, { before, after, held }: Gap): Collection | null {
  const first = held.find(({ kind }) => kind !== "beside");
  if (before?.closes !== true || first === undefined) return null;
  const isBelow = lines.lineOf(first.comment.start) === lines.lineOf(before.end - 1) + 1;
  const isFoot = after === undefined || held.some(({ kind }) => kind === "prior");
  return isBelow && isFoot ? before.collection : null;
}

/** The comments between two neighbouring marks. */
interface Gap {
  readonly start: number;
  readonly before: Mark | undefined;
  readonly after: Mark | undefined;
  readonly held: readonly Held[];
  /** Whether one of them is a foot that go-yaml has nothing for. */
  readonly hasLateFoot: boolean;
  /** Whether go-yaml takes them from what they stand before to its key, or to what follows that. */
  readonly isPassedOn: boolean;
}

/** Between a key and its value, which is on a line of its own and no mapping or list. */
function isBeforeScalar(lines: Lines, before: Mark | undefined, after: Mark | undefined): boolean {
  return (
    before?.opensValue === true &&
    after?.collection === before.collection &&
    lines.columnOf(after.start) > (after.collection?.column ?? Infinity)
  );
}

/** Whether an anchor, a tag or a `-` is all there is of a value: what follows is another entry. */
function isNothing(lines: Lines, before: Mark | undefined, after: Mark | undefined): boolean {
  const own = before?.collection ?? null;
  if ((before?.property !== true && before?.opensItem !== true) || own === null) return false;
  if (after === undefined || after.parts === true) return true;
  if (after.collection === own) return lines.columnOf(after.start) <= (own.column ?? -1);
  return after.collection === null || !isWithin(after.collection, own);
}

/** Before a `-` with nothing behind it. */
function isBeforeEmptyItem(marks: readonly Mark[], index: number): boolean {
  const [dash, item] = [marks[index], marks[index + 1]];
  const list = dash?.collection ?? null;
  if (dash?.opensItem !== true || list === null) return false;
  const holder = item?.collection ?? null;
  const isInside = holder !== null && (holder === list || isWithin(holder, list));
  return !isInside || (item?.opensItem === true && holder === list);
}

/** A comment with whom it belongs to. */
interface Held {
  readonly comment: RawComment;
  readonly owner: Collection;
  readonly kind: "beside" | CommentText["kind"];
}

function hasFoot({ held }: Gap): boolean {
  return held.some(({ kind }) => kind === "prior");
}

/**
 * Whether go-yaml loses the last of a gap's comments: those that stand above a `---` or `...`, for a foot
 * of the document below that. A document without anything passes them on.
 *
 * @param next the gap behind it.
 */
function isLost({ after }: Gap, next: Gap | undefined): boolean {
  return after?.parts === true && next?.before === after && hasFoot(next);
}

function commentsOf(
  lines: Lines,
  { before, after, held, hasLateFoot, isPassedOn }: Gap,
  astray: { readonly all: boolean; readonly below: boolean },
  root: Collection,
  ending: DocumentEnd,
): Comment[] {
  const below = held.filter(({ kind }) => kind !== "beside");
  const isBelowAstray =
    astray.below || hasLateFoot || (below.length > 0 && standsAstray(lines, below, after));
  const isLast = after === undefined && ending.at !== "elsewhere";
  const atEnd = isLast ? ownersAtEnd(lines, held, before, root, ending) : null;
  const isOnNothing = isNothing(lines, before, after);
  return held.map(({ comment, owner, kind }, at) => {
    const endOwner = atEnd?.[at] ?? owner;
    const isBeside = kind === "beside";
    const looks = isBeside
      ? owner
      : indentedIn(before?.collection ?? root, lines.columnOf(comment.start));
    return {
      start: comment.start,
      end: comment.start + comment.source.length,
      text: comment.source.slice(1),
      owner,
      beside: !isBeside ? null : before?.closes === true ? "bracket" : "entry",
      astray:
        astray.all ||
        isPassedOn ||
        before?.property === true ||
        owner.column === null ||
        (isBeside
          ? before?.opensFlow === true || isOnNothing
          : isBelowAstray || owner !== endOwner),
      endOwner: owner === endOwner ? null : endOwner,
      indentedIn: looks !== owner && isWithin(looks, owner) ? looks : null,
      takenInto: null,
      onNothing: isBeside && isOnNothing,
    };
  });
}

/** Whether comments below something stand where go-yaml may take them to be on something else. */
function standsAstray(lines: Lines, below: readonly Held[], after: Mark | undefined): boolean {
  const column = after === undefined ? 0 : lines.columnOf(after.start);
  const columnsOf = (some: readonly Held[]) =>
    new Set(some.map(({ comment }) => lines.columnOf(comment.start)));
  return (
    Math.min(...columnsOf(below)) < column ||
    columnsOf(below.filter(({ kind }) => kind !== "next")).size > 1 ||
    // go-yaml takes what is left of a mapping, in a list of these, to be below the next item.
    below.some(({ owner, kind }) => kind === "dedented" && owner.list)
  );
}

/**
 * The mark at an index. Before the `:` of a key that a `?` began, a comment is part of the mapping or list
 * that is its value.
 */
function withValue(marks: readonly Mark[], index: number): Mark | undefined {
  const mark = marks[index];
  if (mark?.opensValue !== true) return mark;
  let value = index + 1;
  while (marks[value]?.property === true) value += 1;
  const collection = marks[value]?.collection ?? null;
  return collection?.parent === mark.collection ? { ...mark, collection } : mark;
}

/** The innermost of some nested collections that a column is in, to a reader. */
function indentedIn(inner: Collection, column: number): Collection {
  let open = inner;
  while (open.parent !== null) {
    const own = open.column ?? Infinity;
    // In the column of dashes that is that of their key, too, the key's other comments stand.
    if (own < column || (own === column && open.parent.column !== column)) break;
    open = open.parent;
  }
  return open;
}

function isWithin(inner: Collection, outer: Collection): boolean {
  let open = inner.parent;
  while (open !== null && open !== outer) open = open.parent;
  return open !== null;
}

/**
 * Whom go-yaml takes comments to where nothing but them follows in a file. What is no foot of the data
 * before is the document's, which sops takes for the top mapping's.
 *
 * @param held whom they belong to with a sops block behind them.
 * @see yaml_parser_fetch_stream_end in go-yaml v3's scannerc.go
 */
function ownersAtEnd(
  lines: Lines,
  held: readonly Held[],
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

/** What follows at the end of a file: it counts as an empty line, and is no data. */
const END = null;

/** Neither the end of a list nor an empty item takes a comment: the next mapping that ends does. */
function mappingAround(collection: Collection): Collection {
  let open = collection;
  while (open.list && open.parent !== null) open = open.parent;
  return open;
}

/**
 * The comments behind a `---` or `...`: they belong to the document that follows, but for lines right
 * below, with an empty line behind them. go-yaml takes those for a foot of the document before, where
 * nothing stands beside the indicator.
 */
function heldBehindIndicator(
  lines: Lines,
  comments: readonly RawComment[],
  before: Mark,
  after: Mark | undefined,
  root: Collection,
  blockLine: number,
): Held[] {
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
 * The comments between two neighbouring marks.
 *
 * @param blockLine the line of the sops key, which follows where nothing else does.
 */
function heldInGap(
  lines: Lines,
  comments: readonly RawComment[],
  before: Mark | undefined,
  after: Mark | undefined,
  root: Collection,
  blockLine: number,
): Held[] {
  const last = before?.collection ?? root;
  const inner = before?.closes === true ? (last.parent ?? last) : last;
  const next = after?.collection ?? root;
  const nextColumn = after === undefined ? 0 : lines.columnOf(after.start);
  const nextLine = after === undefined ? blockLine : lines.lineOf(after.start);
  const indent = blockColumn(inner);
  const held: Held[] = [];
  let rest = comments;
  const [first] = comments;
  if (
    before !== undefined &&
    first !== undefined &&
    lines.lineOf(before.end - 1) === lines.lineOf(first.start)
  ) {
    let owner = last;
    if (before.property === true && next.parent === last) {
      // Behind an anchor or a tag, it is part of the mapping or list that follows.
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
  const opens = before?.opensValue === true || before?.property === true;
  const isBelowKey = opens && next.parent === inner;
  if (inner.column === null || isBelowKey) {
    const owner = inner.column === null ? inner : next;
    return [...held, ...rest.map((comment) => ({ comment, owner, kind: "next" as const }))];
  }
  const texts = splitTexts(lines, rest, before, indent, { line: nextLine, column: nextColumn });
  const columns = firstInColumn(texts);
  for (const [at, { comments, kind }] of texts.entries()) {
    let owner = next;
    if (kind === "prior") owner = inner;
    if (kind === "dedented") owner = ownerOfDedented(columns, at, inner, next, nextColumn) ?? next;
    // Neither the end of a list in a list takes a comment, nor an empty item that ends one.
    const isAtEnd = kind === "dedented" ? owner !== next : before?.opensItem === true;
    if (kind !== "next" && isAtEnd && next !== inner) owner = mappingAround(owner);
    for (const comment of comments) held.push({ comment, owner, kind });
  }
  return held;
}

/** Lines of comment that share a fate, and whom they belong to. */
interface CommentText {
  readonly comments: RawComment[];
  /** The column of its first line. */
  readonly column: number;
  /** `prior`: the data before; `next`: the data behind; `dedented`: see {@link ownerOfDedented}. */
  readonly kind: "prior" | "next" | "dedented";
}

/** Splits the comments of a gap where go-yaml's scanner does. */
function splitTexts(
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
function firstInColumn(texts: readonly CommentText[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const [index, { column }] of texts.entries()) {
    if (!first.has(column)) first.set(column, index);
  }
  return first;
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

function blockColumn(collection: Collection): number {
  let current: Collection | null = collection;
  while (current !== null && current.column === null) current = current.parent;
  return current?.column ?? 0;
}
