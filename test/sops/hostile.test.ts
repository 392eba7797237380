import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import test from "ava";
import { HOSTILE_FILES } from "./hostile-files.ts";
import { WITH_TYPESCRIPT } from "../with-typescript.ts";

/** User time that one command may take with a file; less than a second where nothing else runs. */
const MOST_SECONDS = 3.5;
/** When a file is given up, where nothing moves at all: a busy machine takes its time. */
const PATIENCE_SECONDS = 100;
/** The most memory that the process has ever held, Node itself and the compiler of its tests with it. */
const MOST_MEGABYTES = 300;
/** What V8 is given: Node 24 needs 100 MB more than Node 20 beside it. */
const HEAP_MEGABYTES = 160;

interface Result {
  readonly outcome: string;
  readonly seconds: number;
  readonly polluted: boolean;
  readonly megabytes: number;
}

/** What became of each file, read in a process with little memory: a new one where one is lost. */
async function readAll(): Promise<ReadonlyMap<number, Result>> {
  const results = new Map<number, Result>();
  let next = 0;
  while (next < HOSTILE_FILES.length) next = await readFrom(next, results);
  return results;
}

async function readFrom(start: number, results: Map<number, Result>): Promise<number> {
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${HEAP_MEGABYTES}`,
      "--max-semi-space-size=8",
      WITH_TYPESCRIPT,
      fileURLToPath(new URL("./hostile-child.ts", import.meta.url)),
      String(start),
    ],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let at = start;
  const giveUp = () => child.kill("SIGKILL");
  let timer = setTimeout(giveUp, PATIENCE_SECONDS * 1000);
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(giveUp, PATIENCE_SECONDS * 1000);
    const { begin, end, ...result } = JSON.parse(line) as Result & { begin?: number; end?: number };
    if (begin !== undefined) at = begin;
    if (end !== undefined) results.set(end, result);
  }
  clearTimeout(timer);
  return at + 1;
}

const results = await readAll();

for (const [index, { name, outcome }] of HOSTILE_FILES.entries()) {
  test(`hostile: ${name}`, (t) => {
    const result = results.get(index);
    if (result === undefined) {
      t.fail(`the process ended or was ended after ${PATIENCE_SECONDS} s`);
      return;
    }
    t.log(`${result.seconds.toFixed(2)} s, ${result.megabytes} MB`);
    t.is(result.outcome, outcome);
    t.true(result.seconds < MOST_SECONDS, `${result.seconds} s`);
    t.true(result.megabytes < MOST_MEGABYTES, `${result.megabytes} MB so far`);
    t.false(result.polluted);
  });
}
