import { type GraphCommit } from "../../git/history/commits.ts";
import type { RangeFinding } from "../range/findings.ts";

/** The new commits, and which have something bad in them or before them. */
export class NewCommits {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #tainted = new Set<string>();

  constructor(commits: readonly GraphCommit[], errors: readonly RangeFinding[]) {
    const bad = new Set(errors.flatMap((error) => error.commits.map(({ commit }) => commit)));
    for (const { commit, parents } of [...commits].reverse()) {
      this.#parents.set(commit, parents);
      if (bad.has(commit) || parents.some((parent) => this.#tainted.has(parent))) {
        this.#tainted.add(commit);
      }
    }
  }

  has(commit: string): boolean {
    return this.#parents.has(commit);
  }

  isTainted(commit: string): boolean {
    return this.#tainted.has(commit);
  }

  parentsOf(commit: string): readonly string[] {
    return this.#parents.get(commit) ?? [];
  }

  /** On the first parents' line the newest one with nothing bad in its history; null where there is none. */
  lastCleanBefore(tip: string): string | null {
    let commit: string | null = tip;
    while (commit !== null && this.isTainted(commit)) commit = this.parentsOf(commit)[0] ?? null;
    return commit;
  }

  /** What the tainted ones in a history are made on: commits with nothing bad in theirs. */
  cleanBelow(tip: string): string[] {
    const clean = new Set<string>();
    const seen = new Set([tip]);
    for (const commit of seen) {
      if (this.isTainted(commit)) this.parentsOf(commit).forEach((parent) => seen.add(parent));
      else clean.add(commit);
    }
    return [...clean];
  }
}
