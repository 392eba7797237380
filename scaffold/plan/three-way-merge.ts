import { type CommonRun, commonRuns, linesOf } from "./line-diff.ts";

/**
 * Brings what a new version of the scaffold changes in a file together with what its user changed.
 *
 * @param base what an earlier run generated, `mine` the file as it is, `theirs` what would be
 *   generated now.
 * @returns null where both changed the same lines, or lines next to each other.
 */
export function mergeThreeWay(base: string, mine: string, theirs: string): string | null {
  const [o, a, b] = [linesOf(base), linesOf(mine), linesOf(theirs)];
  const inMine = partners(commonRuns(o, a), o.length, a.length);
  const inTheirs = partners(commonRuns(o, b), o.length, b.length);
  const merged: string[] = [];
  let from = { base: 0, mine: 0, theirs: 0 };
  for (let line = 0; line <= o.length; line += 1) {
    const [x, y] = [inMine.get(line), inTheirs.get(line)];
    // A line of the base that is still in both: what lies before it is one piece to decide about.
    if (x === undefined || y === undefined) continue;
    const piece = decide(o.slice(from.base, line), a.slice(from.mine, x), b.slice(from.theirs, y));
    if (piece === null) return null;
    merged.push(...piece);
    if (line < o.length) merged.push(o[line] ?? "");
    from = { base: line + 1, mine: x + 1, theirs: y + 1 };
  }
  return merged.join("");
}

/** For each line of the base, its place in the other text; the ends of both belong together. */
function partners(
  runs: readonly CommonRun[],
  lengthOfBase: number,
  lengthOfOther: number,
): Map<number, number> {
  const places = new Map([[lengthOfBase, lengthOfOther]]);
  for (const { a, b, length } of runs) {
    for (let step = 0; step < length; step += 1) places.set(a + step, b + step);
  }
  return places;
}

function decide(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): readonly string[] | null {
  const [o, a, b] = [base, mine, theirs].map((lines) => lines.join(""));
  if (a === o) return theirs;
  if (b === o || a === b) return mine;
  return null;
}
