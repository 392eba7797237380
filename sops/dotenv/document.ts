import { SopsError } from "../errors.ts";
import { flatCommentStacks } from "../flat/flat-comment-stacks.ts";
import { flatten, unflatten } from "../flat/flat-metadata.ts";
import { flatText } from "../flat/flat-value.ts";
import { plainMetadata, type Metadata } from "../metadata/metadata.ts";
import type { CommentStack, Leaf, MetadataAfter, Replacement, StoreFile } from "../store.ts";
import { applyEdits, type TextEdit } from "../text/text-edits.ts";
import type { KeyPath } from "../token.ts";
import type { Value } from "../value.ts";

/** The keys of metadata begin with this. */
export const METADATA_PREFIX = "sops_";

interface DotenvLeaf extends Leaf {
  readonly start: number;
  readonly end: number;
}

/** A line of metadata, its line break included. */
interface MetadataLine {
  readonly start: number;
  readonly end: number;
}

/**
 * Parses a dotenv file as sops does: a line is empty, a comment that begins with `#`, or a key and
 * a value around the first `=`, neither of them trimmed. A carriage return is part of the value.
 *
 * @throws SopsError `syntax`
 * @see LoadPlainFile in sops's stores/dotenv/store.go
 */
export function parseDotenv(text: string): StoreFile {
  const leaves: DotenvLeaf[] = [];
  const metadata: [string, string][] = [];
  const metadataLines: MetadataLine[] = [];
  let start = 0;
  for (const [index, source] of text.split("\n").entries()) {
    const end = start + source.length;
    const line = index + 1;
    const equals = source.indexOf("=");
    if (source.startsWith("#")) {
      const value: Value = { type: "comment", text: source.slice(1) };
      leaves.push(leafOf("comment", TOP, value, line, start + 1, end));
    } else if (source !== "" && equals === -1) {
      throw new SopsError(
        "syntax",
        source.trim() === ""
          ? "a line that looks empty holds spaces or a carriage return, which sops does not accept"
          : "has a line without =, which sops does not accept",
        { line },
      );
    } else if (source.startsWith(METADATA_PREFIX)) {
      const key = source.slice(METADATA_PREFIX.length, equals);
      metadata.push([key, readValue(source.slice(equals + 1))]);
      metadataLines.push({ start, end: Math.min(end + 1, text.length) });
    } else if (source !== "") {
      const path = [source.slice(0, equals)];
      const value: Value = { type: "str", text: readValue(source.slice(equals + 1)) };
      leaves.push(leafOf("value", path, value, line, start + equals + 1, end));
    }
    start = end + 1;
  }
  return new DotenvFile(text, leaves, metadata, metadataLines);
}

/** Where all comments stand. */
const TOP: KeyPath = [];

/** Written out: made from others, tens of thousands of leaves take twice as long. */
function leafOf(
  kind: Leaf["kind"],
  path: KeyPath,
  value: Value,
  line: number,
  start: number,
  end: number,
): DotenvLeaf {
  return { kind, path, value, line, form: "bare", alias: null, start, end };
}

function readValue(source: string): string {
  return source.replaceAll("\\n", "\n");
}

/** The inverse of {@link readValue}: what stands on one line has no line break of its own. */
export function spellDotenv(text: string): string {
  return text.replaceAll("\n", "\\n");
}

class DotenvFile implements StoreFile {
  readonly leaves: readonly DotenvLeaf[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly metadataLines: readonly MetadataLine[];

  constructor(
    text: string,
    leaves: readonly DotenvLeaf[],
    metadata: readonly [string, string][],
    metadataLines: readonly MetadataLine[],
  ) {
    this.text = text;
    this.leaves = leaves;
    this.rawMetadata = metadata.length === 0 ? null : unflatten(metadata);
    this.metadataLines = metadataLines;
  }

  commentStacks(): ReadonlyMap<Leaf, CommentStack> {
    return flatCommentStacks(this.leaves, 0);
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    const edits: TextEdit[] = [];
    for (const leaf of this.leaves) {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) continue;
      const { start, end } = leaf;
      edits.push({ start, end, text: spell(leaf, replacement) });
    }
    const others = metadata === "keep" ? [] : this.metadataEdits(metadata);
    return applyEdits(this.text, [...edits, ...others]);
  }

  /** Whether the file's text ended with a line break is kept by whether the block's does. */
  private metadataEdits(metadata: Metadata | null): TextEdit[] {
    const { text } = this;
    const block = metadata === null ? null : formatLines(metadata);
    const last = this.metadataLines.at(-1);
    if (last === undefined) {
      if (block === null) return [];
      const at = text.length;
      const whole = text === "" || text.endsWith("\n");
      return [{ start: at, end: at, text: whole ? `${block}\n` : `\n${block}` }];
    }
    const removals = this.metadataLines.map(({ start, end }) => ({ start, end, text: "" }));
    const lastRun = removals.findLastIndex(
      ({ start }, index) => start !== (removals[index - 1]?.end ?? -1),
    );
    const unfinished = last.end === text.length && !text.endsWith("\n");
    return removals.map((edit, index) => {
      if (index !== lastRun) return edit;
      if (block !== null) return { ...edit, text: unfinished ? block : `${block}\n` };
      // The line break in front of the last run of metadata lines goes with them.
      return unfinished && edit.start > 0 ? { ...edit, start: edit.start - 1 } : edit;
    });
  }
}

function spell(leaf: DotenvLeaf, replacement: Replacement): string {
  if (replacement.kind === "ciphertext") return replacement.token;
  const { value } = replacement;
  return leaf.kind === "comment" ? value.text : spellDotenv(flatText(value));
}

function formatLines(metadata: Metadata): string {
  return flatten(plainMetadata(metadata))
    .map(([key, value]) => `${METADATA_PREFIX}${key}=${spellDotenv(value)}`)
    .join("\n");
}
