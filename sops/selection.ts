import { RE2JS } from "re2js";
import { SopsError } from "./errors.ts";
import type { KeyPath } from "./token.ts";

/** The six options of which a rule or a file has at most one. */
export const SELECTION_OPTIONS = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

export type SelectionOption = (typeof SELECTION_OPTIONS)[number];

/** Which values of a document are encrypted. */
export interface Selection {
  readonly option: SelectionOption;
  readonly pattern: string;
}

/** What holds when nothing is said. */
export const DEFAULT_SELECTION: Selection = {
  option: "unencrypted_suffix",
  pattern: "_unencrypted",
};

/** Decides for one leaf. */
export type Selector = (path: KeyPath) => boolean;

/**
 * Compiles a pattern of `.sops.yaml` or of a file's metadata. Always RE2: the patterns come from
 * whoever wrote the file, and Go's syntax is not JavaScript's.
 *
 * @throws SopsError `bad-config`
 */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new SopsError(
      "bad-config",
      `"${pattern}" is no regular expression that sops accepts (RE2): ${reason}`,
    );
  }
}

/**
 * The selector of a document.
 *
 * @throws SopsError `bad-config` for a pattern that does not compile, `unsupported` for selection
 *   by comment.
 * @see shouldBeEncrypted in sops.go
 */
export function selector(selection: Selection): Selector {
  const { option, pattern } = selection;
  switch (option) {
    case "unencrypted_suffix":
      return (path) => !path.some((key) => key.endsWith(pattern));
    case "encrypted_suffix":
      return (path) => path.some((key) => key.endsWith(pattern));
    case "unencrypted_regex": {
      const matches = keyMatcher(pattern);
      return (path) => !path.some(matches);
    }
    case "encrypted_regex": {
      const matches = keyMatcher(pattern);
      return (path) => path.some(matches);
    }
    case "unencrypted_comment_regex":
    case "encrypted_comment_regex":
      throw new SopsError("unsupported", `${option} is not supported yet: use sops for this file`);
  }
}

/** One answer a key: the same few keys come again and again. */
function keyMatcher(pattern: string): (key: string) => boolean {
  const compiled = compilePattern(pattern);
  const known = new Map<string, boolean>();
  return (key) => {
    let answer = known.get(key);
    if (answer === undefined) {
      answer = compiled.matcher(key).find();
      known.set(key, answer);
    }
    return answer;
  };
}
