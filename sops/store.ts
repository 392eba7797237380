import type { Metadata } from "./metadata/metadata.ts";
import type { KeyPath } from "./token.ts";
import type { Value } from "./value.ts";

/**
 * One value or comment of a file, in document order. The text of an encrypted one is still its
 * token (`value.text`); a store knows nothing of keys.
 */
export interface Leaf {
  readonly kind: "value" | "comment";
  readonly path: KeyPath;
  /** Null for YAML's and JSON's null. */
  readonly value: Value | null;
  /** 1-based. */
  readonly line: number;
  /**
   * How it stands: `bare` without quotes or a block header, as sops writes its tokens; `quoted`; or
   * `forced` into quotes or a block, as it could not stand bare.
   */
  readonly form: "bare" | "quoted" | "forced";
  /**
   * Set where the leaf is seen through an alias: the leaf that the anchor stands on, and whether
   * the alias as a whole can be replaced (it names a single value, not a mapping or list).
   */
  readonly alias: { readonly of: Leaf | null; readonly whole: boolean } | null;
  /**
   * Set for a comment at the end of a YAML file that sops takes to be elsewhere once a `sops` block
   * follows it. `commentStacks` knows that place too.
   */
  readonly endOfFile?: EndOfFile;
  /**
   * Set for a comment that is indented as part of one mapping or list, while to sops it belongs to one
   * around that: the path of the inner one.
   */
  readonly indentedIn?: KeyPath;
  /** Set for a comment that sops may take into a mapping or list above it: the path of that. */
  readonly takenInto?: KeyPath;
  /** Set for a value that ends with its file, and gets a line break once a `sops` block follows. */
  readonly gainsBreak?: true;
  /** Set for a comment without text in a list: where the list is encrypted, sops makes an item of it. */
  readonly becomesItem?: true;
  /** Set where sops makes null of a value, or of a key above it, when it decrypts the file. */
  readonly becomesNull?: "key" | "value";
  /** Set for a comment that sops may take to be about something else. */
  readonly astray?: true;
  /** Set for a comment beside an empty value that sops does not take to be about that value. */
  readonly onNothing?: true;
  /** Set where this is no comment of the file's, but the recorded spelling of one of its values. */
  readonly recordsSpelling?: true;
}

/** Where sops takes a comment at the end of a file to be. */
export interface EndOfFile {
  /** The comment as if it were there. */
  readonly leaf: Leaf;
  /** Whether it can be kept there as an item of a list, as sops writes it. */
  readonly asItem: boolean;
}

/** What stands in a leaf's place after an edit. */
export type Replacement =
  | {
      readonly kind: "ciphertext";
      readonly token: string;
      /** Whether it is to stand bare, as sops writes it, whatever stood in its place. */
      readonly bare: boolean;
      /** Whether a comment is to become an item of the list that it stands behind. */
      readonly asItem?: boolean;
    }
  | { readonly kind: "plaintext"; readonly value: Value };

/** A comment with those before it, up to the last entry: shared by all that stand behind them. */
export interface CommentRun {
  readonly text: string;
  readonly earlier: CommentRun | null;
}

/**
 * The comments that stand before a leaf, by level from the root: those since the last entry of each
 * mapping or list around it. A comment's own stack ends with itself.
 */
export type CommentStack = readonly (CommentRun | null)[];

/** The comments of a mapping or list, its entries counted from 0. */
export interface PlacedComments {
  /** Where the mapping or list stands: the document, and the position in each one around it from there. */
  readonly at: readonly number[];
  /** Each comment, with the position of the entry that it stands above or beside, where there is one. */
  readonly comments: readonly { readonly leaf: Leaf; readonly above: number }[];
}

/** What a splice is to leave: a block, none, or the one that is there. */
export type MetadataAfter = Metadata | null | "keep";

/** A parsed file of one format. It is never changed: {@link StoreFile.splice} makes a new text. */
export interface StoreFile {
  readonly leaves: readonly Leaf[];
  /**
   * The comments before each leaf, for selections by comment. Missing where the format has no
   * comments.
   */
  commentStacks?(): ReadonlyMap<Leaf, CommentStack>;
  /**
   * Where some comments stand among the data. Missing where the format has no lists.
   *
   * @param comments also those that sops has made items of lists, which are no data.
   */
  placedComments?(comments: ReadonlySet<Leaf>): readonly PlacedComments[];
  /**
   * The mappings and lists that hold empty ones, and so may have no leaf. Missing where the format has
   * no comments.
   */
  pathsAroundEmpty?(): readonly KeyPath[];
  /** The sections of an INI file in their order, each once: one may be without a key. */
  readonly sections?: readonly string[];
  /** The `sops` block as plain data, or null where the file has none. */
  readonly rawMetadata: unknown;
  /**
   * Set for a binary file, whose whole content is one value. It has no keys to select by: selection
   * options and `mac_only_encrypted` mean nothing for it. Its plaintext is bytes: what
   * `splice(…, null)` gives holds one byte a character.
   */
  readonly singleValue?: true;
  /**
   * The file's text with some leaves replaced. Everything else keeps its bytes.
   */
  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string;
}
