import type { OpenedLeaf } from "./open.ts";
import { additionalData, type KeyPath } from "./token.ts";
import type { Value } from "./value.ts";

/** A token of an earlier version, and whether it stood there as sops writes it. */
export interface KnownToken {
  readonly token: string;
  readonly bare: boolean;
}

/** The tokens of an earlier version, by path, type and plaintext, as sops keeps IVs for them. */
export class KnownTokens {
  /** Each list in reverse: the token to be taken next stands last. */
  readonly #tokens = new Map<string, KnownToken[]>();

  constructor(opened: readonly OpenedLeaf[]) {
    for (const { leaf, value, token, isDisplaced } of opened.toReversed()) {
      // sops could not decrypt a comment that keeps what was made for another path.
      if (token === null || value === null || isDisplaced === true) continue;
      const key = keyOf(leaf.path, value);
      const tokens = this.#tokens.get(key) ?? [];
      tokens.push({ token, bare: leaf.form === "bare" });
      this.#tokens.set(key, tokens);
    }
  }

  /**
   * The next token for a value: equal values take theirs in order, and share the last one.
   *
   * @returns null where there is none.
   */
  take(path: KeyPath, value: Pick<Value, "type" | "text">): KnownToken | null {
    if (this.#tokens.size === 0) return null;
    const tokens = this.#tokens.get(keyOf(path, value));
    if (tokens === undefined) return null;
    return (tokens.length > 1 ? tokens.pop() : tokens[0]) ?? null;
  }
}

function keyOf(path: KeyPath, { type, text }: Pick<Value, "type" | "text">): string {
  return `${additionalData(path)}\0${type}\0${text}`;
}
