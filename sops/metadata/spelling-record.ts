import { isRecord } from "./metadata-fields.ts";
import type { CommentStack, Leaf, Replacement } from "../store.ts";
import { isToken, readToken } from "../token.ts";
import type { Value } from "../value.ts";

/**
 * The key of the `sops` block under which spellings are recorded. sops passes over keys that it does
 * not know, and drops them when it rewrites a file: then every value takes its usual spelling.
 */
const RECORD_KEY = "flux_sops_spelling";

/** Whether a `sops` block, as plain data, records spellings. */
export function hasRecord(rawMetadata: unknown): boolean {
  return isRecord(rawMetadata) && Object.hasOwn(rawMetadata, RECORD_KEY);
}

/** Records are padded to a multiple of this, so that their length says little. */
const PADDING = 64;

/**
 * The author's spellings that a value alone does not give back: `"\u00e9"` for é, `1.10` for 1.1, a
 * value over several lines that are one.
 *
 * A spelling tells as much as the value, so it is encrypted too: as a comment, which the MAC leaves
 * out, with the value's own path. Each is one more leaf of the file; its token stands in the `sops`
 * block under a name that the value's token gives it.
 */
export class SpellingRecord {
  /** Behind the file's own leaves, so that these comments stand before no value. */
  readonly leaves: readonly Leaf[];
  private readonly values: readonly Leaf[];
  private readonly byValue = new Map<Leaf, Leaf>();

  /**
   * @param values every value of the file in document order.
   * @param unusual the author's spelling of each plaintext value that has an unusual one.
   * @param rawMetadata the file's `sops` block as plain data; null for none.
   */
  constructor(values: readonly Leaf[], unusual: ReadonlyMap<Leaf, string>, rawMetadata: unknown) {
    this.values = values;
    const recorded = isRecord(rawMetadata) ? rawMetadata[RECORD_KEY] : null;
    const tokens = isRecord(recorded) ? recorded : null;
    if (tokens === null && unusual.size === 0) {
      this.leaves = [];
      return;
    }
    const nameOf = namer();
    for (const value of values) {
      const own = tokenOf(value);
      let text: string | undefined;
      if (own !== null) {
        const name = nameOf(own);
        const token = tokens !== null && Object.hasOwn(tokens, name) ? tokens[name] : undefined;
        if (typeof token === "string" && isToken(token)) text = token;
      } else {
        const spelling = unusual.get(value);
        text = spelling === undefined ? undefined : withPadding(spelling);
      }
      if (text === undefined) continue;
      const { path, line } = value;
      const comment: Value = { type: "comment", text };
      this.byValue.set(value, {
        kind: "comment",
        path,
        value: comment,
        line,
        form: "bare",
        alias: null,
        recordsSpelling: true,
      });
    }
    this.leaves = [...this.byValue.values()];
  }

  /** The stacks of comments with those of this record: a spelling is selected as its value is. */
  addStacks(stacks: ReadonlyMap<Leaf, CommentStack>): ReadonlyMap<Leaf, CommentStack> {
    const all = new Map(stacks);
    for (const [value, leaf] of this.byValue) {
      const stack = stacks.get(value) ?? [];
      // A comment's own stack ends with itself.
      all.set(leaf, [...stack.slice(0, -1), { text: "", earlier: stack.at(-1) ?? null }]);
    }
    return all;
  }

  /** Whether a recorded spelling is among what is decrypted. */
  isDecrypted(replacements: ReadonlyMap<Leaf, Replacement>): boolean {
    return this.leaves.some((leaf) => replacements.get(leaf)?.kind === "plaintext");
  }

  /** The recorded spelling of a value that is decrypted; null where there is none. */
  spellingOf(value: Leaf, replacements: ReadonlyMap<Leaf, Replacement>): string | null {
    const leaf = this.byValue.get(value);
    const replacement = leaf === undefined ? undefined : replacements.get(leaf);
    return replacement?.kind === "plaintext" ? withoutPadding(replacement.value.text) : null;
  }

  /** The record for the `sops` block of a spliced file, or null where nothing is to be recorded. */
  after(replacements: ReadonlyMap<Leaf, Replacement>): ReadonlyMap<string, string> | null {
    if (this.byValue.size === 0) return null;
    const nameOf = namer();
    const record = new Map<string, string>();
    const tokenAfter = (leaf: Leaf): string | null => {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) return tokenOf(leaf);
      return replacement.kind === "ciphertext" ? replacement.token : null;
    };
    for (const value of this.values) {
      const own = tokenAfter(value);
      if (own === null) continue;
      const name = nameOf(own);
      const leaf = this.byValue.get(value);
      const token = leaf === undefined ? null : tokenAfter(leaf);
      if (token !== null) record.set(name, token);
    }
    return record.size === 0 ? null : record;
  }
}

/** Ends a spelling that ends with spaces of its own, or with this. */
const MARK = "\0";

function withPadding(spelling: string): string {
  const text = /[ \0]$/.test(spelling) ? spelling + MARK : spelling;
  return text.padEnd(Math.ceil(text.length / PADDING) * PADDING);
}

function withoutPadding(text: string): string {
  let end = text.length;
  while (text[end - 1] === " ") end -= 1;
  return text.slice(0, text[end - 1] === MARK ? end - 1 : end);
}

/** Names tokens by their tags; equal tokens, of equal values in a list, by their order. */
function namer(): (token: string) => string {
  const seen = new Map<string, number>();
  return (token) => {
    const name = readToken(token)?.tag.toString("hex", 0, 8) ?? "";
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  };
}

/** The token that a leaf consists of; null where it is none. */
function tokenOf({ value }: Leaf): string | null {
  return value !== null && isToken(value.text) ? value.text : null;
}

/** A `sops` block as plain data, in the order of its keys, with a record of spellings. */
export function withRecord(
  plain: Readonly<Record<string, unknown>>,
  record: ReadonlyMap<string, string> | null,
): Record<string, unknown> {
  const all: Record<string, unknown> = { ...plain };
  if (record !== null) all[RECORD_KEY] = Object.fromEntries(record);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
