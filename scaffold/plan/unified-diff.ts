import { printable } from "../../git/escape.ts";
import { commonRuns, linesOf } from "./line-diff.ts";

const CONTEXT = 3;

interface Edit {
  readonly sign: " " | "-" | "+";
  readonly line: string;
}

/**
 * The change of a file as `git diff` shows it, without its header; control characters are escaped.
 *
 * @returns lines without line breaks.
 */
export function unifiedDiff(before: string, after: string): string[] {
  const edits = editsBetween(linesOf(before), linesOf(after));
  const shown: string[] = [];
  let skipped = true;
  for (const [index, { sign, line }] of edits.entries()) {
    const near = edits
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some((edit) => edit.sign !== " ");
    if (near) {
      if (skipped) shown.push(headerAt(edits, index));
      shown.push(sign + printable(line.replace(/\r?\n$/, "")));
    }
    skipped = !near;
  }
  return shown;
}

function editsBetween(a: readonly string[], b: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [0, 0];
  for (const run of [...commonRuns(a, b), { a: a.length, b: b.length, length: 0 }]) {
    for (; x < run.a; x += 1) edits.push({ sign: "-", line: a[x] ?? "" });
    for (; y < run.b; y += 1) edits.push({ sign: "+", line: b[y] ?? "" });
    for (let step = 0; step < run.length; step += 1, x += 1, y += 1) {
      edits.push({ sign: " ", line: a[x] ?? "" });
    }
  }
  return edits;
}

function headerAt(edits: readonly Edit[], index: number): string {
  const before = edits.slice(0, index);
  const lineIn = (other: string) => before.filter(({ sign }) => sign !== other).length + 1;
  return `@@ -${lineIn("+")} +${lineIn("-")} @@`;
}
