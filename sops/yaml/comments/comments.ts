import type { CST } from "yaml";
import type { Lines } from "../../text/lines.ts";
import { isWithin, type Collection } from "../collection.ts";
import { gapsOf, hasFoot, type Gap } from "./gaps.ts";
import { ownersAtEnd, type DocumentEnd, type OwnedComment } from "./owners.ts";
import type { RawComment } from "./texts.ts";
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
  const gaps = gapsOf(lines, comments, marks, root, ending.blockLine);
  // Around a `? key` of its own lines, go-yaml takes comments to almost anything.
  const hasComplexKey = marks.some(({ opensKey }) => opensKey === true);
  const lastContent = marks.findLast(({ parts }) => parts !== true)?.start ?? -1;
  const keysWithFoot = new Set(gaps.flatMap(({ footOf }) => footOf?.start ?? []));
  // What a file ends in has a foot's empty line behind it.
  const lastFoot = gaps.findLastIndex((gap) => gap.after === undefined || hasFoot(gap));
  return gaps.flatMap((gap, index) => {
    const isBelowLost =
      gap.start > lastContent
        ? ending.hasFootBehind === true || index < lastFoot
        : isLost(gap, gaps[index + 1]);
    const astray = { all: hasComplexKey, below: isBelowLost };
    const comments = commentsOf(lines, gap, astray, root, ending);
    const takenInto = keysWithFoot.size > 0 ? takenIn(lines, gap, keysWithFoot) : null;
    return takenInto === null ? comments : comments.map((one) => ({ ...one, takenInto }));
  });
}

/**
 * The flow collection that comments may be taken into: those below one that are a foot of it, or right below
 * with nothing behind them, where the key that they would be on has a foot already.
 *
 * @param keysWithFoot where such keys begin.
 */
function takenIn(
  lines: Lines,
  { before, after, held }: Gap,
  keysWithFoot: ReadonlySet<number>,
): Collection | null {
  const first = held.find(({ kind }) => kind !== "beside");
  if (before?.closes !== true || first === undefined) return null;
  if (before.collection === null || !keysWithFoot.has(before.collection.entry)) return null;
  const isBelow = lines.lineOf(first.comment.start) === lines.lineOf(before.end - 1) + 1;
  const isFoot = hasFoot({ held }) || (after === undefined && isBelow);
  return isFoot ? before.collection : null;
}

/** Whether an anchor, a tag or a `-` is all there is of a value: what follows is another entry. */
function isNothing(lines: Lines, before: Mark | undefined, after: Mark | undefined): boolean {
  const own = before?.collection ?? null;
  if ((before?.property !== true && before?.opensItem !== true) || own === null) return false;
  if (after === undefined || after.parts === true) return true;
  if (after.collection === own) return lines.columnOf(after.start) <= (own.column ?? -1);
  return after.collection === null || !isWithin(after.collection, own);
}

/** Whether what follows is in a mapping or list inside of the one that a mark stands in. */
function opensCollection(before: Mark, after: Mark | undefined): boolean {
  const [outer, inner] = [before.collection, after?.collection ?? null];
  return outer !== null && inner !== null && isWithin(inner, outer);
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
  // Beside a dash, a comment is on the first entry of the item to go-yaml, and not on the others.
  const isOnFirst = before?.opensItem === true && opensCollection(before, after);
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
        // A foot of what the item begins with, to go-yaml: it is on what comes behind that.
        (before?.opensItem === true && kind === "prior") ||
        owner.column === null ||
        (isBeside
          ? before?.opensFlow === true || isOnNothing || isOnFirst
          : isBelowAstray || owner !== endOwner),
      endOwner: owner === endOwner ? null : endOwner,
      indentedIn: looks !== owner && isWithin(looks, owner) ? looks : null,
      takenInto: null,
      onNothing: isBeside && isOnNothing,
    };
  });
}

/** Whether comments below something stand where go-yaml may take them to be on something else. */
function standsAstray(
  lines: Lines,
  below: readonly OwnedComment[],
  after: Mark | undefined,
): boolean {
  const column = after === undefined ? 0 : lines.columnOf(after.start);
  const columnsOf = (some: readonly OwnedComment[]) =>
    new Set(some.map(({ comment }) => lines.columnOf(comment.start)));
  return (
    Math.min(...columnsOf(below)) < column ||
    columnsOf(below.filter(({ kind }) => kind !== "next")).size > 1 ||
    // go-yaml takes what is left of a mapping, in a list of these, to be below the next item.
    below.some(({ owner, kind }) => kind === "dedented" && owner.list)
  );
}

/** The innermost collection that a column is in, as a person reads it. */
function indentedIn(inner: Collection, column: number): Collection {
  let open = inner;
  while (open.parent !== null) {
    const own = open.column ?? Infinity;
    // Where dashes stand in the column of their key, so do the key's own comments.
    if (own < column || (own === column && open.parent.column !== column)) break;
    open = open.parent;
  }
  return open;
}
