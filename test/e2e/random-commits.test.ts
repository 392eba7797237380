import { setImmediate } from "node:timers/promises";
import test from "ava";
import fc from "../seeded-fast-check.ts";
import { RandomRepository } from "./random-repository.ts";
import { story } from "./random-steps.ts";
import { scaffolded } from "./scaffolded.ts";

/**
 * Random repositories, edits, staging and ways of committing. After every step: no secret in any
 * object that a ref reaches, none left in the index by a commit, nothing lost on disk, what was
 * meant is what was committed, and every encrypted file verifies. `npm run fuzz` runs more of them, by the clock.
 */
const RUNS = Number(process.env["FLUX_SOPS_FUZZ_RUNS"] ?? 6);
const SEED = process.env["FLUX_SOPS_FUZZ_SEED"] ?? process.env["FLUX_SOPS_SEED"];

test(`random repositories and commits (${String(RUNS)})`, async (t) => {
  const seed = SEED === undefined ? Date.now() % 2 ** 31 : Number(SEED);
  t.log(`FLUX_SOPS_FUZZ_SEED=${String(seed)}`);
  await fc.assert(
    fc.asyncProperty(story, async ({ config, steps }) => {
      const cleanUps: (() => void)[] = [];
      const scaffold = scaffolded({ teardown: (cleanUp) => void cleanUps.push(cleanUp) });
      const repository = new RandomRepository(scaffold, config);
      try {
        await repository.start();
        for (const step of steps) {
          await repository.take(step);
          // The test runner's own messages.
          await setImmediate();
        }
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`${message}\nafter:\n${repository.log.join("\n")}`, { cause: error });
      } finally {
        for (const cleanUp of cleanUps) cleanUp();
      }
    }),
    {
      seed,
      numRuns: RUNS,
      endOnFailure: process.env["FLUX_SOPS_FUZZ_SHRINK"] === undefined,
      includeErrorInReport: true,
    },
  );
  t.pass();
});
