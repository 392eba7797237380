import { newlineOf } from "../../sops/text/lines.ts";
import type { Addition } from "../plan/plan.ts";

/**
 * Adds the lines of a list, such as `.gitignore`, that are missing in one that is there: at its end,
 * in their order.
 *
 * @param wanted text whose lines count one by one; comments and empty lines do not.
 * @param reason a comment above them.
 */
export function appendLines(present: Buffer, wanted: Buffer, reason: string): Addition {
  const text = present.toString("latin1");
  const there = new Set(text.split(/\r?\n/).map((line) => line.trimEnd()));
  const missing = wanted
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && !there.has(line.trimEnd()));
  if (missing.length === 0) return { content: present };
  const lineBreak = newlineOf(text);
  const gap = text === "" ? "" : text.endsWith("\n") ? lineBreak : lineBreak + lineBreak;
  const block = [`# ${reason}`, ...missing].map((line) => line + lineBreak).join("");
  return { content: Buffer.from(text + gap + block, "latin1") };
}
