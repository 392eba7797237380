import * as childProcess from "node:child_process";

/**
 * When a test gives up a program that it started: one that waits for ever would keep the whole run
 * waiting, and nobody would learn which it was.
 */
export const LIMIT = { timeout: 240_000, killSignal: "SIGKILL" } as const;

/** As node's; throws when the program took too long, and names it. */
export const spawnSync = ((
  program: string,
  args: readonly string[],
  options?: childProcess.SpawnSyncOptions,
) => {
  const ended = childProcess.spawnSync(program, args, { ...LIMIT, ...options });
  if ((ended.error as NodeJS.ErrnoException | undefined)?.code === "ETIMEDOUT") {
    throw new Error(
      `given up after ${String(LIMIT.timeout / 1000)} s: ${[program, ...args].join(" ")}`,
    );
  }
  return ended;
}) as typeof childProcess.spawnSync;

/** As node's, which names the program that took too long by itself. */
export const execFileSync = ((
  program: string,
  args: readonly string[],
  options?: childProcess.ExecFileSyncOptions,
) =>
  childProcess.execFileSync(program, args, {
    ...LIMIT,
    ...options,
  })) as typeof childProcess.execFileSync;
