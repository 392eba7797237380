import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** The programs that `test/cluster/build.sh` has built; see scripts/cluster.mjs. */
export const PROGRAMS = process.env["FLUX_SOPS_CLUSTER"] ?? "";

/** Starts one of the programs, until this process ends; what it says goes to `NAME.log`. */
export function start(
  name: string,
  args: readonly string[],
  { logs, env = {} }: { readonly logs: string; readonly env?: NodeJS.ProcessEnv },
): void {
  const log = openSync(join(logs, `${name}.log`), "a");
  const child = spawn(join(PROGRAMS, name), args, {
    stdio: ["ignore", log, log],
    env: { PATH: process.env["PATH"], HOME: logs, ...env },
  });
  process.on("exit", () => child.kill("SIGKILL"));
}

/** A TCP port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}

/** Asks again and again until there is an answer that is not null. */
export async function until<Answer>(
  what: string,
  ask: () => Answer | null | Promise<Answer | null>,
  seconds = 180,
): Promise<Answer> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new Error(`waited ${String(seconds)} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
