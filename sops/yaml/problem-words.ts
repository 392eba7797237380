import type { YAMLError } from "yaml";

/** Behind these words of the yaml package stands a piece of the text. */
const QUOTING =
  /^(Block scalar header includes extra characters|Invalid escape sequence|Unexpected \S+ token in YAML \w+|Unexpected \S+ on same line with key)\b.*$/;

/** What a value with a tag of its own is, mostly: a password. */
export const OWN_TAG = "has a tag of its own: put a text that begins with ! in quotes";

/**
 * What the yaml package finds wrong in a text, without any of it: it may be a password that wants quotes.
 */
export function problemWords({ code, message }: Pick<YAMLError, "code" | "message">): string {
  if (code === "TAG_RESOLVE_FAILED") return OWN_TAG;
  const [first = ""] = message.split("\n");
  const words = QUOTING.exec(first)?.[1] ?? first;
  return words.startsWith("Block scalar")
    ? `${words}: put a text that begins with | or > in quotes`
    : words;
}
