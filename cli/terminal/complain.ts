import { withToolHere } from "./tool-here.ts";

/** Prints one line of complaint to standard error; commands in it name the tool `npx flux-sops`. */
export function complain(message: string): void {
  const line = message.includes("npx flux-sops") ? withToolHere(message) : message;
  process.stderr.write(`flux-sops: ${line}\n`);
}
