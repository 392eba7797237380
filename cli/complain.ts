import { escapeForDisplay } from "../git/escape.ts";

/** Prints one line of complaint to standard error. */
export function complain(message: string): void {
  process.stderr.write(`flux-sops: ${message}\n`);
}

/** A name from outside, control characters escaped, for messages. */
export function shown(name: string): string {
  return escapeForDisplay(Buffer.from(name, "utf8").toString("latin1"));
}
