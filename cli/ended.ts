import type { ChildProcess } from "node:child_process";
import { SOPS_EXIT } from "./exit-codes.ts";

/** What ends a program that does not see to it: Ctrl-C, Ctrl-\, `kill`, a terminal that is closed. */
export const ENDING_SIGNALS = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const;

/**
 * How a child process ends: its exit status, and sops's for one that a signal has ended.
 *
 * @throws NodeJS.ErrnoException when it could not be started.
 */
export async function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? SOPS_EXIT.endedBySignal);
    });
  });
}
