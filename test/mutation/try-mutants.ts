import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { isEquivalent } from "./equivalents.ts";
import { ROOMS, testsOf } from "./held-by.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { Trial } from "./trial.ts";

/**
 * Milliseconds: unchanged tests end by themselves. On a busy machine those of whole commands take longer than a mutant
 * that loops for ever is given.
 */
const UNCHANGED_LIMIT = 3_600_000;

interface Candidate {
  readonly file: string;
  readonly mutant: Mutant;
}

/**
 * Changes one thing at a time in a copy of the checkout, and prints what no test has noticed.
 *
 * @param count how many mutants are tried.
 * @param files source files, as paths from the project's folder; none for all that tests are known of.
 * @param seed chooses the mutants.
 * @param parent where the copy is made.
 * @returns whether every mutant was killed.
 */
export async function tryMutants(
  count: number,
  files: readonly string[],
  seed: string,
  parent: string,
): Promise<boolean> {
  const all = (files.length === 0 ? ROOMS.flatMap(sourcesIn) : files).flatMap((file) =>
    mutantsOf(readFileSync(file, "utf8")).map((mutant) => ({ file, mutant })),
  );
  const open = all.filter(({ file, mutant }) => !isEquivalent(file, mutant));
  const chosen = choose(open, count, seed);
  console.log(
    `${all.length} mutants, ${all.length - open.length} of them equivalent; trying ${chosen.length}`,
  );
  const trial = new Trial(parent);
  const limits = new Map<string, number>();
  let survived = 0;
  for (const { file, mutant } of chosen) {
    const tests = testsOf(file);
    const limit = limits.get(tests.join()) ?? (await limitFor(trial, tests));
    limits.set(tests.join(), limit);
    if (!(await trial.survives(file, mutant, tests, limit))) {
      process.stdout.write(".");
      continue;
    }
    survived += 1;
    console.log(`\nSURVIVED ${file}:${mutant.line}: ${mutant.change}  in  ${mutant.text}`);
  }
  console.log(`\n${chosen.length - survived} killed, ${survived} survived`);
  return survived === 0;
}

/** The source files of a room, or of a part of one: a folder, or a file. */
export function sourcesIn(room: string): readonly string[] {
  if (room.endsWith(".ts")) return [room];
  return readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${room}/${name}`);
}

/** The same ones for a seed, whatever the order of the files, in the order of their places. */
function choose(candidates: readonly Candidate[], count: number, seed: string) {
  const rank = ({ file, mutant: { text, start, change } }: Candidate): string =>
    createHash("sha256").update([seed, file, text, start, change].join("\0")).digest("hex");
  const ranks = new Map(candidates.map((one) => [one, rank(one)]));
  const ranked = [...candidates].sort((one, other) =>
    (ranks.get(one) ?? "") < (ranks.get(other) ?? "") ? -1 : 1,
  );
  const chosen = new Set(ranked.slice(0, count));
  return candidates.filter((one) => chosen.has(one));
}

/** Longer than the tests take on a machine that has become much slower since. */
async function limitFor(trial: Trial, tests: readonly string[]): Promise<number> {
  const start = Date.now();
  if (!(await trial.passes(tests, UNCHANGED_LIMIT)))
    throw new Error(`fail unchanged: ${tests.join(" ")}`);
  return 60_000 + 10 * (Date.now() - start);
}
