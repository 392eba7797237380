import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type CST,
  type Document,
  type Node,
  type ParsedNode,
  type Scalar,
} from "yaml";
import type { Lines } from "../lines.ts";
import type { KeyPath } from "../token.ts";
import type { Value } from "../value.ts";
import { blockEnd, cutText, hasSpacesBelow, isCutOff } from "./block-scalar.ts";
import type { Held } from "./comment-stacks.ts";
import type { Collection } from "./collection.ts";
import type { Comment } from "./comments.ts";
import { commentPlace, entryOfComment } from "./comment-leaves.ts";
import type { YamlLeaf } from "./leaf.ts";
import { LeafPlaces } from "./leaf-places.ts";
import { bodyOffset } from "./marks.ts";
import type { SopsPair, YamlDocument } from "./metadata-edits.ts";
import { plainValue, scalarValue, type Failure } from "./scalar-value.ts";
import { canBePlain, type Place } from "./spelling.ts";
import { DEEPEST } from "./tokens.ts";
import { lostIn } from "./unreadable-block.ts";

/** The most nodes that aliases may expand a file to: real files have few, alias bombs have many. */
const MOST_LEAVES = 200_000;

/** The file that documents are read from. */
export interface Source {
  readonly text: string;
  readonly lines: Lines;
  readonly newline: string;
  /** The author's indentation. */
  readonly step: number;
}

/** The alias by which a node is read, and how many nodes lie between. */
interface Expansion {
  readonly at: ParsedNode;
  readonly depth: number;
}

/** Reads one composed document into leaves. */
export class DocumentReader {
  readonly collections = new Map<unknown, Collection>();
  /** The top mapping, which comments alone are in, too. */
  top: Collection = { path: [], column: 0, list: false, parent: null, entry: 0 };
  readonly commentPlace: Place;
  /** Mappings and lists without anything in them, and keys without a value. */
  readonly empty: Held[] = [];
  private readonly leaves: YamlLeaf[] = [];
  private readonly anchored = new Map<unknown, YamlLeaf>();
  /** Where the `-` of a list's item stands: real sops makes an item of an encrypted comment there. */
  private readonly itemStarts = new Map<unknown, number>();
  private readonly entries = new Map<Collection, number[]>();
  private readonly anchors = new Map<string, ParsedNode>();
  private readonly targets = new Map<unknown, ParsedNode>();
  /** How many nodes were read through aliases. */
  private expanded = 0;
  private readonly text: string;
  private readonly lines: Lines;
  private readonly places: LeafPlaces;
  private readonly document: Document.Parsed;
  private readonly failure: Failure;

  constructor({ text, lines, newline, step }: Source, document: Document.Parsed, failure: Failure) {
    this.text = text;
    this.lines = lines;
    this.places = new LeafPlaces(text, newline, step);
    this.document = document;
    this.failure = failure;
    this.commentPlace = commentPlace(newline);
  }

  read(): { leaves: YamlLeaf[]; flow: YamlDocument["flow"]; sops: SopsPair | null } {
    const root = this.document.contents;
    const isEmpty =
      isScalar(root) &&
      (root.source === undefined || (root.type === "PLAIN" && root.source === ""));
    if (root === null || isEmpty) return { leaves: [], flow: null, sops: null };
    if (!isMap(root)) {
      throw this.failure(
        "unsupported",
        root.range[0],
        isSeq(root)
          ? "a document that is a list cannot be encrypted: it needs a mapping at the top"
          : "a document that is a single value cannot be encrypted: it needs a mapping at the top",
      );
    }
    const top = this.enter(root, [], null, 0);
    this.top = top;
    let sops: SopsPair | null = null;
    const keys = new Set<string>();
    for (const [index, pair] of root.items.entries()) {
      const key = this.newKeyOf(pair.key as ParsedNode | null, keys);
      if (key !== "sops") {
        const entry = this.entryIn(top, (pair.key as ParsedNode).range[0]);
        this.refuseOtherMerge(pair.key as ParsedNode, pair.value as ParsedNode | null);
        this.readValue(pair.value as ParsedNode | null, [key], top, entry, null);
        continue;
      }
      if (!isMap(pair.value)) {
        throw this.failure(
          "unsupported",
          (pair.key as Node).range?.[0] ?? 0,
          "the key sops is reserved for SOPS metadata",
        );
      }
      const value = pair.value as ParsedNode;
      sops = {
        start: (pair.key as Node).range?.[0] ?? 0,
        end: value.range[1],
        previousEnd: root.flow ? this.endOf(root.items[index - 1]) : null,
        nextStart: root.flow
          ? (((root.items[index + 1]?.key ?? null) as Node | null)?.range?.[0] ?? null)
          : null,
        raw: this.plainData(value),
      };
    }
    const flow = root.flow
      ? {
          insert: this.endOf(root.items[root.items.length - 1]) ?? root.range[0] + 1,
          empty: root.items.length === 0,
        }
      : null;
    return { leaves: this.leaves, flow, sops };
  }

  private endOf(pair: { key: unknown; value: unknown } | undefined): number | null {
    if (pair === undefined) return null;
    const node = (pair.value ?? pair.key) as Node | null;
    return node?.range?.[1] ?? null;
  }

  /** The `sops` mapping as plain data, numbers and booleans resolved as go-yaml does. */
  private plainData(node: ParsedNode | null): unknown {
    if (node === null) return null;
    if (isMap(node)) {
      const keys = new Set<string>();
      return Object.fromEntries(
        node.items.map((pair) => [
          this.newKeyOf(pair.key as ParsedNode | null, keys),
          this.plainData(pair.value as ParsedNode | null),
        ]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => this.plainData(item as ParsedNode | null));
    if (!isScalar(node)) return null;
    return plainValue(scalarValue(node as Scalar.Parsed, this.failure));
  }

  /** Remembers where an entry of a collection begins. */
  private entryIn(collection: Collection | null, offset: number): number {
    if (collection !== null) {
      const entries = this.entries.get(collection);
      if (entries === undefined) this.entries.set(collection, [offset]);
      else entries.push(offset);
    }
    return offset;
  }

  /** Where a comment counts among the entries of its collection. */
  entryOfComment(comment: Comment): number {
    return entryOfComment(comment, this.entries.get(comment.owner) ?? []);
  }

  private enter(
    node: ParsedNode,
    path: KeyPath,
    parent: Collection | null,
    entry: number,
  ): Collection {
    const flow = (isMap(node) || isSeq(node)) && node.flow === true;
    const offset = node.srcToken?.offset ?? node.range[0];
    const collection: Collection = {
      path,
      column: flow ? null : this.blockColumn(node, offset),
      list: isSeq(node),
      parent,
      entry,
    };
    this.collections.set(node.srcToken, collection);
    return collection;
  }

  /** The column of a block collection's first entry; its token may begin with comments. */
  private blockColumn(node: ParsedNode, offset: number): number {
    const token = node.srcToken;
    if (token !== undefined && "indent" in token && typeof token.indent === "number") {
      return token.indent;
    }
    return this.lines.columnOf(offset);
  }

  private readValue(
    node: ParsedNode | null,
    path: KeyPath,
    parent: Collection | null,
    entry: number,
    expansion: Expansion | null,
  ): void {
    if (node === null) {
      this.empty.push({ holder: parent, entry });
      return;
    }
    if ((expansion?.depth ?? 0) > DEEPEST) {
      throw this.failure("unsupported", node.range[0], "expands to too much: too many aliases");
    }
    const deeper = expansion === null ? null : { at: expansion.at, depth: expansion.depth + 1 };
    if (expansion !== null) this.expanded += 1;
    if (this.expanded > MOST_LEAVES) {
      throw this.failure("unsupported", node.range[0], "expands to too much: too many aliases");
    }
    if (!isAlias(node) && node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (isAlias(node)) {
      const target = this.targets.get(node) ?? this.anchors.get(node.source);
      if (target === undefined) {
        throw this.failure("syntax", node.range[0], "an alias without an anchor");
      }
      // An anchor may be given anew further down: an expansion of this alias keeps to this one.
      this.targets.set(node, target);
      const at = expansion?.at ?? node;
      this.readValue(target, path, parent, entry, { at, depth: (expansion?.depth ?? 0) + 1 });
      return;
    }
    if ((isMap(node) || isSeq(node)) && node.items.length === 0) {
      this.empty.push({ holder: parent, entry });
    }
    if (isMap(node)) {
      const own = expansion === null ? this.enter(node, path, parent, entry) : parent;
      const keys = new Set<string>();
      for (const pair of node.items) {
        const key = this.newKeyOf(pair.key as ParsedNode | null, keys);
        const start = expansion === null ? (pair.key as ParsedNode).range[0] : entry;
        this.refuseOtherMerge(pair.key as ParsedNode, pair.value as ParsedNode | null);
        if (expansion === null) this.entryIn(own, start);
        this.readValue(pair.value as ParsedNode | null, [...path, key], own, start, deeper);
      }
      return;
    }
    if (isSeq(node)) {
      const own = expansion === null ? this.enter(node, path, parent, entry) : parent;
      const entries =
        node.srcToken !== undefined && "items" in node.srcToken ? node.srcToken : null;
      for (const [index, item] of node.items.entries()) {
        const dash = entries?.items[index]?.start.find(({ type }) => type === "seq-item-ind");
        if (dash !== undefined) this.itemStarts.set(item, dash.offset);
        const start =
          expansion === null ? (dash?.offset ?? (item as ParsedNode | null)?.range[0] ?? 0) : entry;
        if (expansion === null) this.entryIn(own, start);
        this.readValue(item as ParsedNode | null, path, own, start, deeper);
      }
      return;
    }
    const scalar = node as Scalar.Parsed;
    if (expansion !== null) {
      this.leaves.push(this.leafOfAlias(scalar, path, parent, entry, expansion));
      return;
    }
    const leaf = this.leafOf(scalar, path, parent, entry);
    // An anchor may stand on it or around it.
    if (this.anchors.size > 0) this.anchored.set(node, leaf);
    this.leaves.push(leaf);
  }

  /** A key that its mapping does not have yet; go-yaml refuses one that it has. */
  private newKeyOf(node: ParsedNode | null, keys: Set<string>): string {
    const key = this.keyOf(node);
    if (keys.has(key)) {
      throw this.failure("syntax", node?.range[0] ?? 0, "a key of a mapping has to be unique");
    }
    keys.add(key);
    return key;
  }

  /** Of a merge key, go-yaml accepts mappings alone, and lists of them. */
  private refuseOtherMerge(key: ParsedNode, value: ParsedNode | null): void {
    if (!isScalar(key) || key.type !== "PLAIN" || key.source !== "<<") return;
    const isMapping = (node: ParsedNode | null) =>
      isMap(isAlias(node) ? this.anchors.get(node.source) : node);
    if (
      isSeq(value)
        ? value.items.every((item) => isMapping(item as ParsedNode | null))
        : isMapping(value)
    )
      return;
    throw this.failure(
      "unsupported",
      key.range[0],
      "has a merge key (<<) without a mapping to merge",
    );
  }

  private keyOf(node: ParsedNode | null): string {
    if (node !== null && isScalar(node) && node.anchor !== undefined) {
      this.anchors.set(node.anchor, node);
    }
    if (node !== null && isScalar(node)) {
      const value =
        node.source === undefined ? null : scalarValue(node as Scalar.Parsed, this.failure);
      if (value?.type === "str") return value.text;
    }
    throw this.failure(
      "unsupported",
      node?.range[0] ?? 0,
      "has a key that is no string, which sops does not accept: quote it",
    );
  }

  /** The leaf of a value that an alias stands for, at the place of the alias. */
  private leafOfAlias(
    node: Scalar.Parsed,
    path: KeyPath,
    holder: Collection | null,
    entry: number,
    { at, depth }: Expansion,
  ): YamlLeaf {
    return {
      kind: "value",
      path,
      value: this.valueOf(node, holder).value,
      line: this.lines.lineOf(at.range[0]) + 1,
      form: "bare",
      alias: { of: this.anchored.get(node) ?? null, whole: depth === 1 },
      start: at.range[0],
      end: at.range[1],
      itemStart: null,
      holder,
      entry,
      place: this.places.placeOf(null, undefined, holder, at.range[1]),
    };
  }

  private leafOf(
    node: Scalar.Parsed,
    path: KeyPath,
    holder: Collection | null,
    entry: number,
  ): YamlLeaf {
    const token = node.srcToken;
    const { value, cut } = this.valueOf(node, holder);
    const start = token?.offset ?? node.range[0];
    const end =
      token?.type === "block-scalar"
        ? blockEnd(this.text, token, node)
        : start + (token !== undefined && "source" in token ? token.source.length : 0);
    const place = this.places.placeOf(node, token, holder, end);
    const lost = lostIn(path, value);
    if (token?.type === "block-scalar") this.refuseSpacesBelow(token, place, end);
    const leaf: YamlLeaf = {
      kind: "value",
      path,
      value,
      line: this.lines.lineOf(start) + 1,
      form:
        node.type === "PLAIN"
          ? "bare"
          : token?.type === "block-scalar" || !canBePlain(value?.text ?? "", false)
            ? "forced"
            : "quoted",
      alias: null,
      start,
      end,
      itemStart: this.itemStarts.get(node) ?? null,
      holder,
      entry,
      place,
    };
    if (cut === null && lost === null) return leaf;
    return {
      ...leaf,
      ...(cut !== null && { cutOff: true as const }),
      ...(cut?.gainsBreak === true && { gainsBreak: true as const }),
      ...(lost !== null && { becomesNull: lost }),
    };
  }

  /** What a scalar is to go-yaml, and how it is cut off where the file ends in it. */
  private valueOf(
    node: Scalar.Parsed,
    holder: Collection | null,
  ): { value: Value | null; cut: ReturnType<typeof cutText> | null } {
    const token = node.srcToken;
    const whole = scalarValue(node, this.failure);
    if (whole === null || !isCutOff(token)) return { value: whole, cut: null };
    const { indent } = this.places.placeOf(node, token, holder, 0);
    const cut = cutText(this.text, token, whole.text, indent.length);
    return { value: { ...whole, text: cut.text }, cut };
  }

  private refuseSpacesBelow(token: CST.BlockScalar, place: Place, end: number): void {
    const isBlank = token.source.trim() === "";
    if (isBlank && token.source.includes("\t")) {
      throw this.failure(
        "unsupported",
        bodyOffset(token),
        "has a block of text with nothing but spaces and tabs in it: write it in double quotes",
      );
    }
    const isEmpty = isBlank && /\d/.test(place.header);
    const below = isEmpty ? bodyOffset(token) : end;
    if (!hasSpacesBelow(this.text, below, place)) return;
    throw this.failure(
      "unsupported",
      below,
      "has spaces below a block of text that may be part of it: take them out",
    );
  }
}
