import { escapeForDisplay } from "../git/escape.ts";
import type { BringingCommit } from "../git/history/commits.ts";

/** A commit for people: its name, and its subject without the age key that may stand in it. */
export function shownCommit({ commit, subject }: BringingCommit): string {
  const text = subject.replace(/(AGE-SECRET-KEY-)[0-9A-Z-]+/gi, "$1...");
  return `${commit.slice(0, 12)} (${escapeForDisplay(text)})`;
}
