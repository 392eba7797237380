import {
  isMap,
  isScalar,
  isSeq,
  type CST,
  type Pair,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { SopsError } from "../../errors.ts";
import { isCommentToken } from "../../token.ts";
import { readBlockStyle } from "../block-style/block-style.ts";
import type { Collection } from "../collection.ts";
import { composeTokens } from "../any-style/any-style.ts";
import type { YamlContent } from "../leaf.ts";
import { problemWords } from "../problem-words.ts";
import { readTokens } from "../any-style/tokens.ts";

/** A single value, and where it stands, without an anchor and a tag. */
export interface OutlinedValue {
  readonly kind: "value";
  readonly start: number;
  readonly end: number;
  /** Whether it is an encrypted comment, of which sops makes an item of a list. */
  readonly isComment: boolean;
}

/** A mapping or list. */
export interface OutlinedCollection {
  readonly kind: "mapping" | "list";
  /** Where its brackets stand; null in block style. */
  readonly flow: { readonly start: number; readonly end: number } | null;
  readonly entries: readonly OutlinedEntry[];
}

/** An entry of a mapping or list. */
export interface OutlinedEntry {
  /** A mapping's key; null for an item of a list, and for a key that is no text. */
  readonly name: string | null;
  /** Where its key, the `?`, anchor or tag before that, or its `-` begins; in a list in brackets, its value. */
  readonly start: number;
  /** Right behind its `:` or `-`; where it has no `:`, behind its key. */
  readonly slot: number;
  /** Whether it is a key without a `:`. */
  readonly lacksColon: boolean;
  /** Null where nothing stands there. */
  readonly value: OutlinedValue | OutlinedCollection | null;
}

/**
 * The mappings and lists of the first document, with where their entries stand: what it takes to find
 * a place in them.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function outline(text: string): OutlinedCollection {
  const plain = readBlockStyle(text);
  return plain === null ? composedOutline(text) : outlineOfLeaves(text, plain);
}

/**
 * {@link outline} by the yaml package.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function composedOutline(text: string): OutlinedCollection {
  const { tokens } = readTokens(text, (code, _, message) => new SopsError(code, message));
  const [document] = composeTokens(tokens, false, text.length);
  const problem = document?.errors[0];
  if (problem !== undefined) {
    throw new SopsError("syntax", problemWords(problem), {
      line: problem.linePos?.[0].line ?? null,
    });
  }
  const root = document?.contents;
  if (!isMap(root)) throw new SopsError("unsupported", "has no mapping at its top");
  return new ComposedCollection(root as YAMLMap.Parsed);
}

/** A file in block style, in which every mapping and list has a value. */
function outlineOfLeaves(text: string, { leaves, documents }: YamlContent): OutlinedCollection {
  const root: OutlinedEntry[] = [];
  const made = new Map<Collection, OutlinedEntry[]>();
  const put = (
    holder: Collection,
    start: number,
    name: string,
    value: OutlinedEntry["value"],
  ): void => {
    const slot = holder.list ? start + 1 : behindColon(text, start, name);
    entriesOf(holder).push({
      name: holder.list ? null : name,
      start,
      slot,
      lacksColon: false,
      value,
    });
  };
  const entriesOf = (holder: Collection): OutlinedEntry[] => {
    if (holder.parent === null) return root;
    let entries = made.get(holder);
    if (entries === undefined) {
      entries = [];
      made.set(holder, entries);
      const kind = holder.list ? "list" : "mapping";
      put(holder.parent, holder.entry, holder.path.at(-1) ?? "", { kind, flow: null, entries });
    }
    return entries;
  };
  for (const { kind, holder, entry, path, value, start, end } of leaves) {
    if (kind === "comment" || holder === null) continue;
    const isComment = value !== null && isCommentToken(value.text);
    put(holder, entry, path.at(-1) ?? "", { kind: "value", start, end, isComment });
  }
  const sops = documents[0]?.sops ?? null;
  if (sops !== null) {
    const { start, end } = sops;
    const slot = behindColon(text, start, "sops");
    const value: OutlinedValue = { kind: "value", start: slot, end, isComment: false };
    const index = root.findIndex((entry) => entry.start > start);
    const own = { name: "sops", start, slot, lacksColon: false, value };
    root.splice(index === -1 ? root.length : index, 0, own);
  }
  return { kind: "mapping", flow: null, entries: root };
}

/** Of a key in block style, without escapes. */
function behindColon(text: string, start: number, name: string): number {
  const isQuoted = text[start] === '"' || text[start] === "'";
  return start + name.length + (isQuoted ? 3 : 1);
}

/** A collection of the yaml package. Most are on the way to no place: their entries are not looked at. */
class ComposedCollection implements OutlinedCollection {
  readonly kind: "mapping" | "list";
  readonly flow: { readonly start: number; readonly end: number } | null;
  private readonly node: YAMLMap.Parsed | YAMLSeq.Parsed;
  private read: readonly OutlinedEntry[] | null = null;

  constructor(node: YAMLMap.Parsed | YAMLSeq.Parsed) {
    this.node = node;
    this.kind = isMap(node) ? "mapping" : "list";
    this.flow = node.flow === true ? { start: node.range[0], end: node.range[1] } : null;
  }

  get entries(): readonly OutlinedEntry[] {
    const { node } = this;
    this.read ??= isSeq(node)
      ? node.items.map((item, index) => itemOf(node, item as ParsedNode, index))
      : (node as YAMLMap.Parsed).items.map(pairOf);
    return this.read;
  }
}

function itemOf(list: YAMLSeq.Parsed, item: ParsedNode, index: number): OutlinedEntry {
  const token = list.srcToken as CST.BlockSequence | CST.FlowCollection | undefined;
  const dash = token?.items[index]?.start.find(({ type }) => type === "seq-item-ind");
  const start = dash?.offset ?? item.range[0];
  return { name: null, start, slot: start + 1, lacksColon: false, value: valueOf(item) };
}

/** What may stand before a key. */
const KEY_MARKS: ReadonlySet<string> = new Set(["explicit-key-ind", "anchor", "tag"]);

function pairOf(pair: Pair): OutlinedEntry {
  const key = pair.key as ParsedNode;
  const token = pair.srcToken as CST.CollectionItem | undefined;
  const mark = token?.start.find(({ type }) => KEY_MARKS.has(type));
  const colon = token?.sep?.find(({ type }) => type === "map-value-ind");
  return {
    name: isScalar(key) ? String(key.value) : null,
    start: mark?.offset ?? key.range[0],
    slot: colon === undefined ? key.range[1] : colon.offset + 1,
    lacksColon: colon === undefined,
    value: valueOf(pair.value as ParsedNode | null),
  };
}

function valueOf(node: ParsedNode | null): OutlinedEntry["value"] {
  if (isMap(node) || isSeq(node)) {
    return new ComposedCollection(node as YAMLMap.Parsed | YAMLSeq.Parsed);
  }
  if (node === null || (isScalar(node) && node.source === "" && node.type === "PLAIN")) return null;
  const isComment = isScalar(node) && isCommentToken(String(node.value));
  const [start, end] = node.range;
  return { kind: "value", start, end, isComment };
}
