import { isRecord, type Metadata } from "./metadata.ts";
import type { Leaf, Replacement } from "./store.ts";
import { isToken } from "./token.ts";

/**
 * The key of the `sops` block under which spellings are recorded. sops passes over keys that it does
 * not know, and drops them when it rewrites a file: then every value takes its usual spelling.
 */
const RECORD_KEY = "flux_sops_spelling";

/** Records are padded to a multiple of this, so that their length says little. */
const PADDING = 64;

/**
 * The author's spellings that a value alone does not give back: `"\u00e9"` for é, `1.10` for 1.1, a
 * value continued over several lines.
 *
 * A spelling tells as much as the value, so it is encrypted too: as a comment, which the MAC leaves
 * out, with the value's own path. Each is one more leaf of the file; its token stands in the `sops`
 * block by the number of its value among the file's values.
 */
export class SpellingRecord {
  /** Behind the file's own leaves, so that these comments stand before no value. */
  readonly leaves: readonly Leaf[];
  private readonly byValue = new Map<Leaf, { readonly number: string; readonly leaf: Leaf }>();

  /**
   * @param values every value of the file in document order.
   * @param unusual the author's spelling of each plaintext value that has an unusual one.
   * @param rawMetadata the file's `sops` block as plain data; null for none.
   */
  constructor(values: readonly Leaf[], unusual: ReadonlyMap<Leaf, string>, rawMetadata: unknown) {
    const recorded = isRecord(rawMetadata) ? rawMetadata[RECORD_KEY] : null;
    const tokens = isRecord(recorded) ? recorded : {};
    for (const [index, value] of values.entries()) {
      const number = String(index);
      const token = Object.hasOwn(tokens, number) ? tokens[number] : undefined;
      const spelling = unusual.get(value);
      const text = isEncrypted(value)
        ? typeof token === "string" && isToken(token)
          ? token
          : null
        : spelling === undefined
          ? null
          : spelling.padEnd(Math.ceil(spelling.length / PADDING) * PADDING);
      if (text === null) continue;
      const leaf: Leaf = {
        kind: "comment",
        path: value.path,
        value: { type: "comment", text },
        line: value.line,
        form: "bare",
        alias: null,
      };
      this.byValue.set(value, { number, leaf });
    }
    this.leaves = [...this.byValue.values()].map(({ leaf }) => leaf);
  }

  /** Each value that has a leaf for its spelling, and that leaf. */
  pairs(): [Leaf, Leaf][] {
    return [...this.byValue].map(([value, { leaf }]) => [value, leaf]);
  }

  /** The recorded spelling of a value that is decrypted; null where there is none. */
  spellingOf(value: Leaf, replacements: ReadonlyMap<Leaf, Replacement>): string | null {
    const leaf = this.byValue.get(value)?.leaf;
    const replacement = leaf === undefined ? undefined : replacements.get(leaf);
    return replacement?.kind === "plaintext" ? replacement.value.text.trimEnd() : null;
  }

  /** The record for the `sops` block of a spliced file, or null where nothing is to be recorded. */
  after(replacements: ReadonlyMap<Leaf, Replacement>): ReadonlyMap<string, string> | null {
    const tokens = new Map<string, string>();
    for (const [value, { number, leaf }] of this.byValue) {
      const replacement = replacements.get(leaf);
      if (replacement?.kind === "ciphertext") tokens.set(number, replacement.token);
      else if (replacement === undefined && isEncrypted(value) && leaf.value !== null) {
        tokens.set(number, leaf.value.text);
      }
    }
    return tokens.size === 0 ? null : tokens;
  }
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

/** What a splice is to leave: a block, none, or the one that is there. */
export type MetadataAfter = Metadata | null | "keep";

function isEncrypted({ value }: Leaf): boolean {
  return value?.type === "str" && isToken(value.text);
}
