import type { KeyPath } from "../../token.ts";
import type { Value } from "../../value.ts";

/** What of a value, or of the keys above it, sops makes null of. */
export function lostIn(path: KeyPath, value: Value | null): "key" | "value" | null {
  if (path.some(isUnreadableBlock)) return "key";
  return value?.type === "str" && isUnreadableBlock(value.text) ? "value" : null;
}

/**
 * Whether a text begins with a tab and has several lines, and go-yaml does not have to put it into
 * quotes: it writes a block then that it cannot read.
 */
function isUnreadableBlock(text: string): boolean {
  return text.startsWith("\t") && text.includes("\n") && !NOT_IN_BLOCK.test(text);
}

/** What go-yaml writes no block with: spaces at the end of a line, and what it cannot print. */
const NOT_IN_BLOCK = / (?:\n|$)|[^\t\n -~\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
