import type { Leaf } from "../store.ts";
import type { InCollection } from "./collection.ts";
import type { Refusal } from "./go-yaml/go-yaml-word.ts";
import type { YamlDocument } from "./metadata-edits.ts";
import type { Place } from "./spelling.ts";

/** Where a leaf stands, beside what it is. */
export interface YamlLeaf extends Leaf, InCollection {
  readonly start: number;
  readonly end: number;
  /** For an item of a block list: the offset of its `-`. */
  readonly itemStart: number | null;
  readonly place: Place;
  readonly endOfFile?: { readonly leaf: YamlLeaf; readonly asItem: boolean };
  /** Set for a block that the file ends in without a line break. */
  readonly cutOff?: true;
}

/** What a reader finds in a file. */
export interface YamlContent {
  /** In the order of the text. */
  readonly leaves: readonly YamlLeaf[];
  /** Mappings and lists without anything in them. */
  readonly empty: readonly InCollection[];
  readonly documents: readonly YamlDocument[];
  /** The `sops` block of the first document as plain data, or null. */
  readonly rawMetadata: unknown;
  readonly newline: string;
  /** What go-yaml refuses. */
  readonly refusals: readonly Refusal[];
}
