import { bare, hasAlternatives } from "../../sops/creation-rules/pattern-text.ts";
import { compilePattern } from "../../sops/selection/selection.ts";

/**
 * Whether a pattern is seen to match all that another one matches. In general that cannot be told
 * cheaply; this knows the cases that people write, and never says so wrongly:
 * no pattern at all, the same one, one that matches the empty path (and so, anywhere in any path), and
 * one that stands in the other (`\.yaml$` in `secrets/.*\.yaml$`).
 *
 * @param earlier `path_regex` of a rule; empty for none. A pattern matches anywhere in a path.
 */
export function alwaysTakes(earlier: string, later: string): boolean {
  if (earlier === "" || earlier === later) return true;
  // Flags, and alternatives outside of groups, reach across what is compared here.
  if ((earlier + later).includes("(?") || hasAlternatives(earlier) || hasAlternatives(later)) {
    return false;
  }
  // Unanchored, what can be empty matches everywhere.
  if (!/[\^$\\]/.test(earlier) && compilePattern(earlier)("")) return true;
  for (let at = later.indexOf(earlier); at !== -1; at = later.indexOf(earlier, at + 1)) {
    const end = at + earlier.length;
    const isPart = isCutAt(later, at) && isCutAt(later, end);
    if (
      isPart &&
      (at === 0 || !earlier.startsWith("^")) &&
      (end === later.length || !endsAnchored(earlier))
    )
      return true;
  }
  return false;
}

/** Whether both sides of a place in a pattern are patterns of their own. */
function isCutAt(pattern: string, index: number): boolean {
  const left = pattern.slice(0, index);
  const right = pattern.slice(index);
  // An escape, a class, a group or a repetition goes across it.
  const backslashes = /\\*$/.exec(left)?.[0].length ?? 0;
  if (backslashes % 2 === 1 || /^[*+?{]/.test(right)) return false;
  return isWhole(left) && isWhole(right);
}

function isWhole(pattern: string): boolean {
  const text = bare(pattern);
  if (/[[\]]/.test(text)) return false;
  return text.split("(").length === text.split(")").length;
}

function endsAnchored(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*\$$/.test(pattern);
}
