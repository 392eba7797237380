import type { ChildProcess } from "node:child_process";
import { systemReason } from "../../git/system-reason.ts";
import { SOPS_EXIT } from "./codes.ts";
import { ExitError } from "./error.ts";

/** What ends a program that does not see to it: Ctrl-C, Ctrl-\, `kill`, a terminal that is closed. */
export const ENDING_SIGNALS = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const;

/**
 * How a shell ends: its exit status, and sops's where a signal has ended it.
 *
 * @throws ExitError when it could not be started.
 */
export async function ended(start: () => ChildProcess): Promise<number> {
  try {
    return await endOf(start());
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new ExitError(
      SOPS_EXIT.generic,
      `the command cannot be started: ${systemReason(code) ?? code}`,
    );
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? SOPS_EXIT.endedBySignal);
    });
  });
}
