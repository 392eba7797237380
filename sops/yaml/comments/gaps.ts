import type { Lines } from "../../text/lines.ts";
import { isWithin, type Collection } from "../collection.ts";
import type { Mark } from "./marks.ts";
import { heldBehindIndicator, heldInGap, type DocumentEnd, type OwnedComment } from "./owners.ts";
import type { RawComment } from "./texts.ts";

/** The comments between two neighbouring marks. */
export interface Gap {
  readonly start: number;
  readonly before: Mark | undefined;
  readonly after: Mark | undefined;
  readonly held: readonly OwnedComment[];
  /** Whether one of them is a foot that go-yaml has nothing for. */
  readonly hasLateFoot: boolean;
  /** The first key of a mapping that go-yaml gives one of them to as its foot; else null. */
  readonly footOf: Mark | null;
  /** Whether go-yaml takes them from what they stand before to its key, or to what follows that. */
  readonly isPassedOn: boolean;
}

/**
 * The runs of comments of a document, and whom each of them belongs to.
 *
 * @param comments in the order of the text, as `marks`.
 * @param marks at least the last one before and the first one behind each run of comments.
 * @param root the top mapping of the document.
 */
export function gapsOf(
  lines: Lines,
  comments: readonly RawComment[],
  marks: readonly Mark[],
  root: Collection,
  blockLine: DocumentEnd["blockLine"],
): readonly Gap[] {
  const gaps: Gap[] = [];
  let mark = 0;
  for (let index = 0; index < comments.length;) {
    const first = comments[index];
    if (first === undefined) break;
    while (mark < marks.length && (marks[mark]?.start ?? Infinity) < first.start) mark += 1;
    const before = withBracket(marks, mark - 1, gaps.at(-1));
    const after = withValue(marks, mark);
    const own: RawComment[] = [];
    for (; index < comments.length; index += 1) {
      const comment = comments[index];
      if (comment === undefined || (after !== undefined && comment.start > after.start)) break;
      own.push(comment);
    }
    const held =
      before?.parts === true
        ? heldBehindIndicator(lines, own, before, after, root, blockLine)
        : followAbove(gaps.at(-1), before, heldInGap(lines, own, before, after, root, blockLine));
    // A foot of a document that has ended already, or of none, is put anywhere in the next. With Windows
    // line ends go-yaml takes what stands above the `:` of a `? key` for a foot, too, or below a `-`, an anchor
    // or a tag.
    const isTakenForFoot = after?.opensValue === true || standsBelowOpen(lines, before, own);
    const hasLateFoot =
      (before?.parts === true &&
        (before.collection === null || marks[mark - 2]?.parts === true) &&
        held.some(({ kind }) => kind === "prior")) ||
      (isTakenForFoot && own.some(({ windows }) => windows === true));
    const isPassedOn = isBeforeScalar(lines, before, after) || isBeforeEmptyItem(marks, mark);
    const footOf = keyWithFoot(marks, mark, held, hasLateFoot);
    gaps.push({ start: first.start, before, after, held, hasLateFoot, footOf, isPassedOn });
  }
  return gaps;
}

/**
 * The first key of a mapping that go-yaml gives comments to as a foot, though they stand before it, or
 * before its `:`. Feet wait for the next scalar, or end of a mapping, that go-yaml comes to.
 *
 * @param index of the mark behind them.
 */
function keyWithFoot(
  marks: readonly Mark[],
  index: number,
  held: readonly OwnedComment[],
  hasLateFoot: boolean,
): Mark | null {
  const before = marks[index - 1];
  if (marks[index]?.opensValue === true) {
    return hasFoot({ held }) && isFirstKey(marks, index - 1) ? (before ?? null) : null;
  }
  let key = index;
  while (isIndicator(marks[key])) key += 1;
  if (!isFirstKey(marks, key)) return null;
  const next = marks[index]?.collection ?? null;
  const waits = held.some(
    ({ kind, owner }) =>
      (kind === "prior" && (isIndicator(before) || before?.opensValue === true)) ||
      (kind === "dedented" && (owner === next || (next !== null && isWithin(next, owner)))),
  );
  return waits || (before?.parts === true && hasLateFoot) ? (marks[key] ?? null) : null;
}

/** A `-`, a `?`, an anchor or a tag. */
function isIndicator(mark: Mark | undefined): boolean {
  return mark?.opensItem === true || mark?.opensKey === true || mark?.property === true;
}

/** Whether a mark is the first key of a mapping in block style. */
function isFirstKey(marks: readonly Mark[], index: number): boolean {
  const mapping = marks[index]?.collection ?? null;
  if (mapping === null || mapping.list || mapping.column === null) return false;
  let above = index - 1;
  while (marks[above]?.opensKey === true || marks[above]?.property === true) above -= 1;
  const before = marks[above];
  if (before === undefined || before.parts === true) return true;
  return (
    before.collection !== mapping &&
    !(before.collection !== null && isWithin(before.collection, mapping))
  );
}

/** Whether some of them stand below a `-`, an anchor or a tag: one beside it is on what follows. */
function standsBelowOpen(
  lines: Lines,
  before: Mark | undefined,
  comments: readonly RawComment[],
): boolean {
  if (before === undefined || (before.opensItem !== true && before.property !== true)) return false;
  const line = lines.lineOf(before.end - 1);
  return comments.some(({ start }) => lines.lineOf(start) > line);
}

/** Whether one of them is on what stands before them. */
export function hasFoot({ held }: Pick<Gap, "held">): boolean {
  return held.some(({ kind }) => kind === "prior");
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
  held: readonly OwnedComment[],
): readonly OwnedComment[] {
  const value = above?.after?.collection ?? null;
  if (before?.opensValue !== true || above?.after?.start !== before.start) return held;
  if (value === null || !above.held.some(({ kind, owner }) => kind === "next" && owner === value))
    return held;
  return held.map((one) => (one.kind === "beside" ? { ...one, owner: value } : one));
}

/** Between a key and its value, which is on a line of its own and no mapping or list. */
function isBeforeScalar(lines: Lines, before: Mark | undefined, after: Mark | undefined): boolean {
  return (
    before?.opensValue === true &&
    after?.collection === before.collection &&
    lines.columnOf(after.start) > (after.collection?.column ?? Infinity)
  );
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

/**
 * The mark at an index. Behind a comma, a comment is beside the bracket that the comma is behind, if no line
 * of a comment stands between the two.
 */
function withBracket(
  marks: readonly Mark[],
  index: number,
  above: Gap | undefined,
): Mark | undefined {
  const [bracket, mark] = [marks[index - 1], marks[index]];
  if (mark?.comma !== true || bracket?.closes !== true) return mark;
  const isApart = above?.after === mark && above.held.some(({ kind }) => kind !== "beside");
  return isApart ? mark : { ...bracket, end: mark.end };
}

/**
 * The mark at an index. Before the `:` of a key that a `?` began, a comment is part of the mapping or list
 * that is its value; so it is in brackets before an anchor or a tag on that.
 */
function withValue(marks: readonly Mark[], index: number): Mark | undefined {
  const mark = marks[index];
  const isOnValue =
    mark?.property === true &&
    mark.collection?.column === null &&
    marks[index - 1]?.opensValue === true;
  if (mark === undefined || (mark.opensValue !== true && !isOnValue)) return mark;
  let value = index + 1;
  while (marks[value]?.property === true) value += 1;
  const collection = marks[value]?.collection ?? null;
  return collection?.parent === mark.collection ? { ...mark, collection } : mark;
}
