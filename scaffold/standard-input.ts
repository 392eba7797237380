import { readFileSync } from "node:fs";
import { isatty } from "node:tty";

/**
 * All of standard input; of a terminal what is typed up to Ctrl-D.
 *
 * @param say tells whoever sits there that they are waited for.
 */
export function readStandardInput(say: (line: string) => void): Buffer {
  if (!isatty(0)) return readFileSync(0);
  say("the value, then Enter and Ctrl-D:");
  // Opened anew: once somebody was asked something, node has set its own not to wait.
  return readFileSync("/dev/tty");
}
