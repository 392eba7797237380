import { spawnSync } from "node:child_process";

/** Milliseconds that a program takes; throws when it fails. */
export function timed(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(program, args, { maxBuffer: 2 ** 30, ...options });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.toString()}`);
  return took;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** One line of a comparison: medians in milliseconds, and how ours stands to the other. */
export function report(what: string, ours: number, other: string, theirs: number): void {
  const ratio = (ours / theirs).toFixed(2);
  console.log(`${what}: ${ours.toFixed(0)} ms; ${other}: ${theirs.toFixed(0)} ms; ratio ${ratio}`);
}
