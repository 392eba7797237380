import { shellText } from "../../git/shell-word.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";

/** How to make a ref fit to be pushed. */
export interface RefMend {
  readonly ref: PushedRef;
  /** What the commands do, in words. */
  readonly what: string;
  /** Lines for a POSIX shell. */
  readonly commands: readonly string[];
  /** The worktree in which they make a commit of what is in the index; null where they make none. */
  readonly commitsIn: PushResult["repository"] | null;
}

/** Of a tag, which always names the same: it goes, and is made again on what was mended. */
export function tagMend(ref: PushedRef, name: string): RefMend {
  return {
    ref,
    what: "remove the tag, mend what it names, and tag it again",
    commands: [`git tag -d -- ${shellText(name)}`],
    commitsIn: null,
  };
}

/** Of notes, a stash, replacements, a file by its name. */
export function noBranchMend(ref: PushedRef): RefMend {
  return {
    ref,
    what: "which is no branch, leave it out of what you push, or take the secret out of it",
    commands: [],
    commitsIn: null,
  };
}

/**
 * While a git command is in the middle of something. It may end with another commit, whose mend is told
 * then.
 */
export function laterMend(ref: PushedRef, command: string): RefMend {
  return {
    ref,
    what: `conclude the ${command} first (git ${command} --continue, or --abort) and push again: then its commands are printed`,
    commands: [],
    commitsIn: null,
  };
}
