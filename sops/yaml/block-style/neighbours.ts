import type { Collection } from "../collection.ts";
import type { RawComment } from "../comments/texts.ts";
import type { Mark } from "../comments/marks.ts";

/** What a mark is beside a word. */
export type MarkKind = "opensValue" | "property" | "parts" | null;

/**
 * The comments of a text that is read from its top, and of its marks those on both sides of a comment: to
 * whom a comment belongs, no other says.
 */
export class Neighbours {
  readonly comments: RawComment[] = [];
  readonly marks: Mark[] = [];
  /** The last mark. */
  private start = -1;
  private end = -1;
  private collection: Collection | null = null;
  private kind: MarkKind = null;
  private isKept = true;
  /** Whether a comment waits for the mark behind it. */
  private isWanted = false;

  mark(start: number, end: number, collection: Collection | null, kind: MarkKind = null): void {
    this.start = start;
    this.end = end;
    this.collection = collection;
    this.kind = kind;
    this.isKept = false;
    if (this.isWanted) this.keep();
    this.isWanted = false;
  }

  comment(start: number, source: string): void {
    this.keep();
    this.isWanted = true;
    this.comments.push({ start, source });
  }

  private keep(): void {
    if (this.isKept) return;
    this.isKept = true;
    this.marks.push({
      start: this.start,
      end: this.end,
      collection: this.collection,
      opensValue: this.kind === "opensValue",
      property: this.kind === "property",
      parts: this.kind === "parts",
    });
  }
}
