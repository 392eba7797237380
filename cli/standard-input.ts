import { fstatSync, readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";

/**
 * All of standard input. What one has to wait for may be set not to wait, as some programs leave a terminal
 * or a pipe that they share: `readFileSync` gives up there. Of a folder, node's own stream is only empty.
 */
export async function standardInput(): Promise<Buffer> {
  const input = fstatSync(0);
  return input.isFile() || input.isDirectory() ? readFileSync(0) : buffer(process.stdin);
}
