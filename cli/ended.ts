import type { ChildProcess } from "node:child_process";

/**
 * How a child process ends: its exit status, 1 where a signal ended it.
 *
 * @throws NodeJS.ErrnoException when it could not be started.
 */
export async function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code ?? 1);
    });
  });
}
