import { readSync } from "node:fs";

/**
 * The next line of standard input, without its end; null where there is none. It is read byte by byte:
 * what follows is for whoever asks next.
 */
export function lineOfInput(): string | null {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  while (readSync(0, byte) === 1 && byte[0] !== 0x0a) bytes.push(byte[0] ?? 0);
  return bytes.length === 0 && byte[0] !== 0x0a ? null : Buffer.from(bytes).toString("utf8");
}
