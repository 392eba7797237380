import type { Metadata } from "../metadata/metadata.ts";
import { lineStart, nextLine } from "../text/lines.ts";
import type { TextEdit } from "../text/text-edits.ts";
import type { Collection } from "./collection.ts";
import { formatBlock, formatFlow, type Spellings } from "./metadata-block.ts";

/** The `sops` key of a document with its value. */
export interface SopsPair {
  /** Offset of the key. */
  readonly start: number;
  /** End of the value's content. */
  readonly end: number;
  /** In a flow mapping: the end of the pair before it, or null where it is the first. */
  readonly previousEnd: number | null;
  /** In a flow mapping: the offset of the key of the pair behind it, or null where it is the last. */
  readonly nextStart: number | null;
  readonly raw: unknown;
}

/** One document of a file: where its top mapping ends and where its `sops` block stands. */
export interface YamlDocument {
  /** The end of the text of the document, before a `...` or the next `---`. */
  readonly end: number;
  /** Its top mapping. */
  readonly top: Collection;
  /**
   * Null where the top mapping is in block style. In flow style (`{…}`): where a further pair can
   * be put, and whether it would be the first.
   */
  readonly flow: { readonly insert: number; readonly empty: boolean } | null;
  readonly sops: SopsPair | null;
  /** Set where nothing but its `sops` block makes a document of what stands before another: no data, no `---` above. */
  readonly isBlockAlone?: true;
}

/**
 * The edits that give a document another `sops` block, its first one, or none.
 *
 * A block is appended behind everything the author wrote. Whether the author's text ended with a
 * line break is kept by whether the block does, so that decrypting gives the same bytes back.
 */
export function metadataEdits(
  text: string,
  document: YamlDocument,
  metadata: Metadata | null,
  spellings: Spellings,
  indent: number,
  newline: string,
): TextEdit[] {
  if (document.flow !== null) return flowEdits(document, document.flow, metadata, spellings);
  const { sops } = document;
  if (sops === null) {
    if (metadata === null) return [];
    const block = formatBlock(metadata, spellings, indent, newline);
    const before = text.slice(0, document.end);
    const endsWithBreak = before === "" || before.endsWith("\n");
    return [
      {
        start: document.end,
        end: document.end,
        text: endsWithBreak ? block + newline : newline + block,
      },
    ];
  }
  const start = lineStart(text, sops.start);
  const end = nextLine(text, sops.end);
  const hasBreak = text.slice(start, end).endsWith("\n");
  if (metadata !== null) {
    const block = formatBlock(
      metadata,
      spellings,
      blockIndent(text.slice(start)) ?? indent,
      newline,
    );
    return [{ start, end, text: hasBreak ? block + newline : block }];
  }
  // An empty text, or no document at all, was never encrypted: an empty mapping is left, as in sops.
  const isEmpty = start === 0 && text.slice(end, document.end).trim() === "";
  if (isEmpty || document.isBlockAlone === true) {
    return [{ start, end, text: hasBreak ? `{}${newline}` : "{}" }];
  }
  if (hasBreak || start === 0) return [{ start, end, text: "" }];
  const breakStart = text[start - 2] === "\r" ? start - 2 : start - 1;
  return [{ start: breakStart, end, text: "" }];
}

/**
 * The indentation of the `sops` block in a text, or null where there is none: a block that is written
 * anew keeps it.
 */
export function blockIndent(text: string): number | null {
  return /^sops:[ \t]*\r?\n( +)\S/m.exec(text)?.[1]?.length ?? null;
}

function flowEdits(
  { sops }: YamlDocument,
  flow: NonNullable<YamlDocument["flow"]>,
  metadata: Metadata | null,
  spellings: Spellings,
): TextEdit[] {
  if (sops === null) {
    if (metadata === null) return [];
    // Right behind the last pair: what the author wrote between it and the bracket stays there.
    const comma = flow.empty ? "" : ", ";
    return [
      { start: flow.insert, end: flow.insert, text: comma + formatFlow(metadata, spellings) },
    ];
  }
  if (metadata !== null)
    return [{ start: sops.start, end: sops.end, text: formatFlow(metadata, spellings) }];
  if (sops.previousEnd !== null) return [{ start: sops.previousEnd, end: sops.end, text: "" }];
  return [{ start: sops.start, end: sops.nextStart ?? sops.end, text: "" }];
}
