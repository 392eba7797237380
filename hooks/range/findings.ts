import type { Finding } from "../../findings/finding.ts";
import type { BringingCommit } from "../../git/history/commits.ts";
import type { GitPath } from "../../git/path.ts";
import type { PushedRef } from "../push/push-lines.ts";

/** A finding in what is new in a range, as in what would leave the machine. */
export interface RangeFinding extends Finding {
  /** Empty for a tagged blob and for a message. */
  readonly path: GitPath;
  /** The content it is in; null for the message of a commit or a tag. */
  readonly blob: string | null;
  readonly commitMends: boolean;
  /** A pushed ref that has it at its tip; null when it only stands in the history. */
  readonly tip: PushedRef | null;
  /** The commits that bring it, oldest first; none for a tagged blob and the message of a tag. */
  readonly commits: readonly BringingCommit[];
}

/** One in a content, before it is traced to the commits that bring it. */
export type Found = Omit<RangeFinding, "commits" | "blob"> & { readonly blob: string };

/** Findings, each once: those at a tip go before the same ones of the history. */
export class Findings {
  readonly #byPlace = new Map<string, Found>();

  add(found: Found): void {
    const { rule, line, path, blob, tip } = found;
    const key = [rule, line, path, blob].join("\0");
    if (tip !== null || !this.#byPlace.has(key)) this.#byPlace.set(key, found);
  }

  /** Whether the same is known of a content already, on whichever line: at a tip, where this is. */
  isKnown({ rule, path, blob, tip }: Found): boolean {
    return this.all.some(
      (one) =>
        one.rule === rule &&
        one.path === path &&
        one.blob === blob &&
        (one.tip !== null || tip === null),
    );
  }

  /** Whether a content is known as a secret in plaintext under this path: anywhere, or at a tip. */
  isPlaintextSecret({ path, blob }: Pick<Found, "path" | "blob">, atTip = false): boolean {
    return this.all.some(
      (one) =>
        one.path === path &&
        one.blob === blob &&
        (one.tip !== null || !atTip) &&
        one.rule === "plaintext-secret" &&
        one.severity === "error",
    );
  }

  get all(): Found[] {
    return [...this.#byPlace.values()];
  }
}
