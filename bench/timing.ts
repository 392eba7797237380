import { spawnSync } from "node:child_process";

/** Milliseconds that a program takes, its output thrown away; throws when it fails. */
export function timed(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string },
): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(program, args, {
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "ignore", "pipe"],
    ...options,
  });
  const took = performance.now() - began;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr.toString()}`);
  return took;
}

/**
 * Times programs side by side. Each finds the processor's caches as the one before has left them, so that
 * in every round another one begins.
 *
 * @param programs what each takes, in milliseconds, when it is run once
 * @returns the median of each
 */
export function sideBySide(runs: number, programs: readonly (() => number)[]): number[] {
  const times = programs.map((): number[] => []);
  for (let run = 0; run < runs; run += 1) {
    for (let turn = 0; turn < programs.length; turn += 1) {
      const which = (run + turn) % programs.length;
      times[which]?.push(programs[which]?.() ?? NaN);
    }
  }
  return times.map(median);
}

/** The middle of some numbers. */
function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/**
 * One line of a comparison: medians in milliseconds, and how ours stands to the other.
 *
 * @param most the ratio that it is to have at most; null where nothing is asked of it
 */
export function report(
  what: string,
  ours: number,
  other: string,
  theirs: number,
  most: number | null,
): void {
  const ratio = ours / theirs;
  const wanted = most === null ? "" : `, wanted at most ${most.toFixed(2)}`;
  const missed = most !== null && ratio > most ? ": missed" : "";
  console.log(
    `${what}: ${ours.toFixed(0)} ms; ${other}: ${theirs.toFixed(0)} ms; ` +
      `ratio ${ratio.toFixed(2)}${wanted}${missed}`,
  );
}
