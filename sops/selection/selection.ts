import { RE2JS } from "re2js";
import { SopsError } from "../errors.ts";
import { keySelector, wordPattern, type Pattern, type Selector } from "./key-selection.ts";
import { compilePlainPattern } from "./plain-pattern.ts";
import type { Selection } from "./selection-option.ts";
import type { CommentRun, StoreFile } from "../store.ts";

/** The same few patterns come with every file of a batch, and each takes a moment to compile. */
const compiledPatterns = new Map<string, Pattern>();
const MOST_PATTERNS = 100;

/**
 * Compiles a pattern of `.sops.yaml` or of a file's metadata. Never as JavaScript's: the patterns come
 * from whoever wrote the file, and their syntax is Go's. What is written plainly needs no RE2, which takes
 * longer to load than most of what is done with it.
 *
 * @throws SopsError `bad-config`
 */
export function compilePattern(pattern: string): Pattern {
  // A regular expression would take longer to compile than a file to decrypt.
  const words = wordPattern(pattern);
  if (words !== null) return words;
  const known = compiledPatterns.get(pattern);
  if (known !== undefined) return known;
  const compiled = compilePlainPattern(pattern) ?? compileByRe2(pattern);
  if (compiledPatterns.size >= MOST_PATTERNS) compiledPatterns.clear();
  compiledPatterns.set(pattern, compiled);
  return compiled;
}

function compileByRe2(pattern: string): Pattern {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
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
  const byKeys = keySelector(selection, matcher);
  if (byKeys !== null) return byKeys;
  const { option, pattern } = selection;
  const matches = anyOf(matcher(pattern));
  const stacks = file.commentStacks?.();
  if (option === "unencrypted_comment_regex") {
    return (leaf) => !(stacks?.get(leaf) ?? []).some(matches);
  }
  return (leaf) => {
    const stack = stacks?.get(leaf) ?? [];
    return stack.some((level, depth) => {
      // The comment that matches stays readable itself: only an earlier one encrypts it.
      const isOwn = leaf.kind === "comment" && depth === stack.length - 1;
      return matches(isOwn && level !== null ? level.earlier : level);
    });
  };
}

/** Whether a pattern matches one of a run of comments. Each of them is asked for once. */
function anyOf(matches: Pattern): (run: CommentRun | null) => boolean {
  const known = new Map<CommentRun, boolean>();
  return (run) => {
    const asked: CommentRun[] = [];
    let answer = false;
    for (let one = run; one !== null && !answer; one = one.earlier) {
      const before = known.get(one);
      if (before === undefined) asked.push(one);
      answer = before ?? matches(one.text);
      if (before === false) break;
    }
    for (const one of asked) known.set(one, answer);
    return answer;
  };
}

/** One answer a text: the same few keys come again and again. A list of words is as fast. */
function matcher(pattern: string): Pattern {
  const words = wordPattern(pattern);
  if (words !== null) return words;
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
