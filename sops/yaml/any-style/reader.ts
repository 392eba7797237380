import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { Anchors } from "./anchors.ts";
import type { Collection, InCollection } from "../collection.ts";
import { entryOfComment } from "../comments/leaves.ts";
import type { Comment } from "../comments/comments.ts";
import type { YamlLeaf } from "../leaf.ts";
import { MappingKeys } from "./mapping-keys.ts";
import type { SopsPair, YamlDocument } from "../metadata-edits.ts";
import { ScalarLeaves, type Seat } from "./scalar-leaves.ts";
import { plainValue, scalarValue, type Failure } from "../scalar-value.ts";
import type { Source } from "./source.ts";
import { DEEPEST } from "./tokens.ts";

/** The most nodes that aliases may expand a file to: real files have few, alias bombs have many. */
const MOST_LEAVES = 200_000;

type Mapping = YAMLMap.Parsed;
type List = YAMLSeq.Parsed;

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
  /** Mappings and lists without anything in them, and keys without a value. */
  readonly empty: InCollection[] = [];
  private readonly leaves: YamlLeaf[] = [];
  private readonly anchored = new Map<unknown, YamlLeaf>();
  private readonly entries = new Map<Collection, number[]>();
  /** How many nodes were read through aliases. */
  private expanded = 0;
  private readonly source: Source;
  private readonly document: Document.Parsed;
  private readonly failure: Failure;
  private readonly anchors: Anchors;
  private readonly keys: MappingKeys;
  private readonly scalars: ScalarLeaves;

  constructor(source: Source, document: Document.Parsed, failure: Failure) {
    this.source = source;
    this.document = document;
    this.failure = failure;
    this.anchors = new Anchors(failure);
    this.keys = new MappingKeys(this.anchors, failure);
    this.scalars = new ScalarLeaves(source, failure);
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
    this.top = this.enter(root, { path: [], holder: null, entry: 0, itemStart: null });
    let sops: SopsPair | null = null;
    const keys = new Set<string>();
    for (const [index, pair] of root.items.entries()) {
      const key = this.keys.next(pair.key, keys);
      if (key === "sops") sops = this.sopsPair(root, index);
      else this.readPair(pair, key, this.top);
    }
    const flow = root.flow
      ? { insert: endOf(root.items.at(-1)) ?? root.range[0] + 1, empty: root.items.length === 0 }
      : null;
    return { leaves: this.leaves, flow, sops };
  }

  /** Where a comment counts among the entries of its collection. */
  entryOfComment(comment: Comment): number {
    return entryOfComment(comment, this.entries.get(comment.owner) ?? []);
  }

  private sopsPair(root: Mapping, index: number): SopsPair {
    const { items } = root;
    const { key, value } = items[index] as Pair<ParsedNode, ParsedNode | null>;
    const [start] = key.range;
    if (!isMap(value)) {
      throw this.failure("unsupported", start, "the key sops is reserved for SOPS metadata");
    }
    return {
      start,
      end: value.range[1],
      previousEnd: root.flow ? endOf(items[index - 1]) : null,
      nextStart: root.flow ? startOf(items[index + 1]) : null,
      raw: this.plainData(value),
    };
  }

  /** The `sops` mapping as plain data, numbers and booleans resolved as go-yaml does. */
  private plainData(node: ParsedNode | null): unknown {
    if (isMap(node)) {
      const keys = new Set<string>();
      return Object.fromEntries(
        node.items.map(({ key, value }) => [this.keys.next(key, keys), this.plainData(value)]),
      );
    }
    if (isSeq(node)) return node.items.map((item) => this.plainData(item));
    if (!isScalar(node)) return null;
    return plainValue(scalarValue(node as Scalar.Parsed, this.failure));
  }

  private enter(node: Mapping | List, { path, holder, entry }: Seat): Collection {
    const collection: Collection = {
      path,
      column: node.flow === true ? null : this.blockColumn(node),
      list: isSeq(node),
      parent: holder,
      entry,
    };
    this.collections.set(node.srcToken, collection);
    return collection;
  }

  /** The column of a block collection's first entry; its token may begin with comments. */
  private blockColumn(node: Mapping | List): number {
    const token = node.srcToken;
    return token !== undefined && "indent" in token && typeof token.indent === "number"
      ? token.indent
      : this.source.lines.columnOf(token?.offset ?? node.range[0]);
  }

  /** Remembers where an entry of a collection begins. */
  private enterAt(collection: Collection, offset: number): void {
    const entries = this.entries.get(collection);
    if (entries === undefined) this.entries.set(collection, [offset]);
    else entries.push(offset);
  }

  private readValue(node: ParsedNode | null, seat: Seat, expansion: Expansion | null): void {
    if (node === null) {
      this.leaveEmpty(seat);
      return;
    }
    if (expansion !== null) this.countExpansion(node, expansion);
    if (isAlias(node)) {
      const target = this.anchors.targetOf(node);
      const { at, depth } = expansion ?? { at: node, depth: 0 };
      this.readValue(target, seat, { at, depth: depth + 1 });
      return;
    }
    this.anchors.note(node);
    if (isScalar(node)) {
      this.readScalar(node as Scalar.Parsed, seat, expansion);
      return;
    }
    if (node.items.length === 0) this.leaveEmpty(seat);
    const inside = expansion === null ? null : { ...expansion, depth: expansion.depth + 1 };
    if (isMap(node)) this.readMapping(node, seat, inside);
    else this.readList(node, seat, inside);
  }

  private leaveEmpty({ holder, entry }: Seat): void {
    this.empty.push({ holder, entry });
  }

  private countExpansion(node: ParsedNode, { depth }: Expansion): void {
    this.expanded += 1;
    if (depth <= DEEPEST && this.expanded <= MOST_LEAVES) return;
    const what = "expands to too much: too many aliases";
    throw this.failure("unsupported", node.range[0], what);
  }

  private readMapping(node: Mapping, seat: Seat, expansion: Expansion | null): void {
    const own = expansion === null ? this.enter(node, seat) : null;
    const keys = new Set<string>();
    for (const pair of node.items) {
      const key = this.keys.next(pair.key, keys);
      if (own !== null) this.readPair(pair, key, own);
      else {
        this.keys.refuseOtherMerge(pair.key, pair.value);
        this.readValue(pair.value, { ...seat, path: [...seat.path, key] }, expansion);
      }
    }
  }

  private readPair(
    { key, value }: Pair<ParsedNode, ParsedNode | null>,
    name: string,
    holder: Collection,
  ): void {
    const [entry] = key.range;
    this.keys.refuseOtherMerge(key, value);
    this.enterAt(holder, entry);
    const path = [...holder.path, name];
    this.readValue(value, { path, holder, entry, itemStart: null }, null);
  }

  private readList(node: List, seat: Seat, expansion: Expansion | null): void {
    const own = expansion === null ? this.enter(node, seat) : null;
    const { srcToken } = node;
    const tokens = srcToken !== undefined && "items" in srcToken ? srcToken.items : [];
    for (const [index, item] of node.items.entries()) {
      if (own === null) {
        this.readValue(item, seat, expansion);
        continue;
      }
      const dash = tokens[index]?.start.find(({ type }) => type === "seq-item-ind");
      const itemStart = dash?.offset ?? null;
      const entry = itemStart ?? item?.range[0] ?? 0;
      this.enterAt(own, entry);
      this.readValue(item, { path: seat.path, holder: own, entry, itemStart }, null);
    }
  }

  private readScalar(node: Scalar.Parsed, seat: Seat, expansion: Expansion | null): void {
    if (expansion !== null) {
      const { at, depth } = expansion;
      const alias = { of: this.anchored.get(node) ?? null, whole: depth === 1 };
      this.leaves.push(this.scalars.ofAlias(node, seat, at, alias));
      return;
    }
    const leaf = this.scalars.of(node, seat);
    // An anchor may stand on it or around it.
    if (this.anchors.any) this.anchored.set(node, leaf);
    this.leaves.push(leaf);
  }
}

type AnyPair = { readonly key: unknown; readonly value: unknown } | undefined;

function startOf(pair: AnyPair): number | null {
  const node = (pair?.key ?? null) as Node | null;
  return node?.range?.[0] ?? null;
}

function endOf(pair: AnyPair): number | null {
  const node = (pair?.value ?? pair?.key ?? null) as Node | null;
  return node?.range?.[1] ?? null;
}
