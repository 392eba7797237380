/** Where two lists of lines agree: `length` lines from `a` in the one and from `b` in the other. */
export interface CommonRun {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/** A text as lines, each with its line break; the last may have none. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * The runs of equal lines of a shortest edit from one list to the other, in order.
 *
 * Myers' algorithm; time and memory grow with the square of the number of lines that both have and that have
 * moved, which for the files of a scaffold are few.
 */
export function commonRuns(a: readonly string[], b: readonly string[]): CommonRun[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail += 1;
  }
  const [inA, inB] = [sharedLines(a, b, head, tail), sharedLines(b, a, head, tail)];
  const middle = shortestEdit(
    inA.map((at) => a[at] ?? ""),
    inB.map((at) => b[at] ?? ""),
  );
  const runs = [
    { a: 0, b: 0, length: head },
    ...middle.flatMap((run) =>
      Array.from({ length: run.length }, (_, step) => ({
        ...{ a: inA[run.a + step] ?? 0, b: inB[run.b + step] ?? 0 },
        length: 1,
      })),
    ),
    { a: a.length - tail, b: b.length - tail, length: tail },
  ];
  return joined(runs.filter(({ length }) => length > 0));
}

/** The places of lines that the other list has as well, between the ends that are equal: no other can be kept. */
function sharedLines(
  lines: readonly string[],
  others: readonly string[],
  head: number,
  tail: number,
): number[] {
  const known = new Set(others.slice(head, others.length - tail));
  const places: number[] = [];
  for (let at = head; at < lines.length - tail; at += 1) {
    if (known.has(lines[at] ?? "")) places.push(at);
  }
  return places;
}

function shortestEdit(a: readonly string[], b: readonly string[]): CommonRun[] {
  if (a.length === 0 || b.length === 0) return [];
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; ; edits += 1) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOn(furthest, diagonal, edits);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
}

/** Where the path with one edit more begins on a diagonal: one step down, or one to the right. */
function startOn(furthest: ReadonlyMap<number, number>, diagonal: number, edits: number): number {
  const above = furthest.get(diagonal + 1) ?? -1;
  const left = furthest.get(diagonal - 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && left < above) ? above : left + 1;
}

function walkBack(
  trace: readonly ReadonlyMap<number, number>[],
  lengthOfA: number,
  lengthOfB: number,
): CommonRun[] {
  const runs: CommonRun[] = [];
  let [x, y] = [lengthOfA, lengthOfB];
  for (let edits = trace.length - 1; edits >= 0; edits -= 1) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const begin = startOn(furthest, diagonal, edits);
    if (x > begin) runs.push({ a: begin, b: begin - diagonal, length: x - begin });
    const isDown = begin === (furthest.get(diagonal + 1) ?? -1);
    [x, y] = isDown ? [begin, begin - diagonal - 1] : [begin - 1, begin - diagonal];
  }
  return runs.reverse();
}

/** Neighbouring runs as one. */
function joined(runs: readonly CommonRun[]): CommonRun[] {
  const whole: CommonRun[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last !== undefined && last.a + last.length === run.a && last.b + last.length === run.b) {
      whole[whole.length - 1] = { ...last, length: last.length + run.length };
    } else whole.push(run);
  }
  return whole;
}
