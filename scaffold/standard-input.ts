import { fstatSync, readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { isatty } from "node:tty";
import { ScaffoldError, systemReason } from "./errors.ts";

/**
 * All of standard input; of a terminal what is typed up to Ctrl-D. What one has to wait for may be set not to
 * wait, as some programs leave a terminal or a pipe that they share: `readFileSync` gives up there. Of a folder,
 * node's own stream is only empty.
 *
 * @param say tells whoever sits at a terminal that they are waited for.
 * @throws an error of the system
 */
export async function standardInput(say: () => void = () => undefined): Promise<Buffer> {
  const input = fstatSync(0);
  if (input.isFile() || input.isDirectory()) return readFileSync(0);
  if (!isatty(0)) return buffer(process.stdin);
  say();
  try {
    // Opened anew: node's own stream would be at its end for the prompts that follow, too.
    return readFileSync("/dev/tty");
  } catch {
    // A terminal, and another session's.
    return buffer(process.stdin);
  }
}

/**
 * Standard input for a generator, in which it is one of several values.
 *
 * @param say writes a line for whoever sits at a terminal.
 * @returns what gives all of it. It throws ScaffoldError `usage` where it cannot be read, or was before.
 */
export function standardInputOnce(say: (line: string) => void): () => Promise<Buffer> {
  let isRead = false;
  return async () => {
    if (isRead) throw new ScaffoldError("usage", "standard input can be one value only");
    isRead = true;
    try {
      return await standardInput(() => say("the value, then Enter and Ctrl-D:"));
    } catch (error) {
      const reason = systemReason(error);
      throw new ScaffoldError("usage", `standard input cannot be read: ${reason}`);
    }
  };
}
