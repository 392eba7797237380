import { RE2JS } from "re2js";
import { SopsError } from "./errors.ts";
import type { Leaf, StoreFile } from "./store.ts";

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

/** Decides for one leaf of a file. */
export type Selector = (leaf: Leaf) => boolean;

/** Whether a pattern is found in a text. */
export type Pattern = (text: string) => boolean;

/** The same few patterns come with every file of a batch, and each takes a moment to compile. */
const compiledPatterns = new Map<string, RE2JS>();
const MOST_PATTERNS = 100;

/**
 * Compiles a pattern of `.sops.yaml` or of a file's metadata. Always RE2: the patterns come from
 * whoever wrote the file, and Go's syntax is not JavaScript's.
 *
 * @throws SopsError `bad-config`
 */
export function compilePattern(pattern: string): Pattern {
  // What most rules say, `^(data|stringData)$`: a regular expression would take longer to compile
  // than a file to decrypt.
  const words = /^\^\(([\w-]+(?:\|[\w-]+)*)\)\$$/.exec(pattern)?.[1]?.split("|");
  if (words !== undefined) return (text) => words.includes(text);
  const compiled = compiledPatterns.get(pattern) ?? compileAnew(pattern);
  return (text) => compiled.matcher(text).find();
}

function compileAnew(pattern: string): RE2JS {
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiledPatterns.size >= MOST_PATTERNS) compiledPatterns.clear();
    compiledPatterns.set(pattern, compiled);
    return compiled;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new SopsError(
      "bad-config",
      `"${pattern}" is no regular expression that sops accepts (RE2): ${reason}`,
    );
  }
}

/**
 * The selector of a file.
 *
 * @throws SopsError `bad-config` for a pattern that does not compile.
 * @see shouldBeEncrypted in sops.go
 */
export function selector(selection: Selection, file: StoreFile): Selector {
  const { option, pattern } = selection;
  switch (option) {
    case "unencrypted_suffix":
      return ({ path }) => !path.some((key) => key.endsWith(pattern));
    case "encrypted_suffix":
      return ({ path }) => path.some((key) => key.endsWith(pattern));
    case "unencrypted_regex": {
      const matches = matcher(pattern);
      return ({ path }) => !path.some(matches);
    }
    case "encrypted_regex": {
      const matches = matcher(pattern);
      return ({ path }) => path.some(matches);
    }
    case "unencrypted_comment_regex": {
      const matches = matcher(pattern);
      const stacks = file.commentStacks?.();
      return (leaf) => !(stacks?.get(leaf) ?? []).some((level) => level.some(matches));
    }
    case "encrypted_comment_regex": {
      const matches = matcher(pattern);
      const stacks = file.commentStacks?.();
      return (leaf) => {
        const stack = stacks?.get(leaf) ?? [];
        return stack.some((level, depth) => {
          // The comment that matches stays readable itself: only an earlier one encrypts it.
          const isOwn = leaf.kind === "comment" && depth === stack.length - 1;
          return (isOwn ? level.slice(0, -1) : level).some(matches);
        });
      };
    }
  }
}

/** One answer a text: the same few keys come again and again. */
function matcher(pattern: string): (text: string) => boolean {
  const compiled = compilePattern(pattern);
  const known = new Map<string, boolean>();
  return (key) => {
    let answer = known.get(key);
    if (answer === undefined) {
      answer = compiled(key);
      known.set(key, answer);
    }
    return answer;
  };
}
