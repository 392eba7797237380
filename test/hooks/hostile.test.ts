import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import test from "ava";
import { HOSTILE_FILES } from "../sops/hostile-files.ts";
import { WITH_TYPESCRIPT } from "../with-typescript.ts";

/** Processor time that one file may take; less than a second where nothing else runs. */
const MOST_SECONDS = 3.5;
/** The most memory that the process has ever held, Node itself and the compiler of its tests with it. */
const MOST_MEGABYTES = 300;
/** What V8 is given: Node 24 needs 100 MB more than Node 20 beside it. */
const HEAP_MEGABYTES = 160;

interface Result {
  readonly name: string;
  readonly outcome: string;
  readonly seconds: number;
  readonly megabytes: number;
}

test("check judges every hostile file in little time and memory", async (t) => {
  const child = fileURLToPath(new URL("./hostile-child.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      `--max-old-space-size=${String(HEAP_MEGABYTES)}`,
      "--max-semi-space-size=8",
      WITH_TYPESCRIPT,
      child,
    ],
    { timeout: 500_000, killSignal: "SIGKILL" },
  );
  const results = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Result);
  t.is(results.length, HOSTILE_FILES.length);
  for (const { name, outcome, seconds, megabytes } of results) {
    t.true(["judged", "BrokenRulesError"].includes(outcome), `${name}: ${outcome}`);
    t.true(seconds < MOST_SECONDS, `${name}: ${String(seconds)} s`);
    t.true(megabytes < MOST_MEGABYTES, `${name}: ${String(megabytes)} MB so far`);
  }
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds)[0];
  t.log(`slowest: ${slowest?.name ?? ""}, ${String(slowest?.seconds)} s`);
});
