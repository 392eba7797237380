import type { Alias, Document, Node, Scalar } from "yaml";
import { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";

/** A node on a walk, with the key of the mapping entry it stands under (list items: the list's). */
export interface Step {
  readonly node: Node;
  readonly key: string | null;
  readonly keyOffset: number | null;
}

/** Every node below and including `root`, in document order. Aliases are not followed. */
export function* walk(root: unknown): Generator<Step> {
  const open: { node: unknown; key: string | null; keyOffset: number | null }[] = [
    { node: root, key: null, keyOffset: null },
  ];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { node, key, keyOffset } = step;
    if (isPair(node)) {
      const name = isScalar(node.key) ? scalarText(node.key) : null;
      open.push({ node: node.value, key: name, keyOffset: startOf(node.key) });
      if (!isScalar(node.key)) open.push({ node: node.key, key: null, keyOffset: null });
      continue;
    }
    if (isMap(node) || isSeq(node)) {
      yield { node, key, keyOffset };
      for (let index = node.items.length - 1; index >= 0; index -= 1) {
        open.push({ node: node.items[index], key, keyOffset: isMap(node) ? null : keyOffset });
      }
      continue;
    }
    if (isScalar(node) || isAlias(node)) yield { node, key, keyOffset };
  }
}

/** An entry of a mapping, its value with aliases resolved. */
export interface Entry {
  readonly key: string;
  /** Offset of the key. */
  readonly offset: number;
  /** Null for an empty value and for an alias to nothing. */
  readonly value: Node | null;
  /** The value as it is written: an alias where there is one. */
  readonly written: unknown;
}

/** Mappings merged into one: far more than anyone writes, few enough that a chain of them stays cheap. */
const MOST_MERGED = 50;

/**
 * The mappings of one document, with aliases and merge keys (`<<`) resolved as Kubernetes' YAML reader
 * does. Alias bombs cost nothing: nothing is copied, and a mapping is merged into another once.
 */
export class Mappings {
  readonly #document: Document.Parsed;
  #anchors: Map<string, Node[]> | null = null;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  /** The node itself, or what an alias stands for: the last anchor of its name before it. */
  resolve(node: unknown): Node | null {
    if (isAlias(node)) return this.#target(node);
    return isMap(node) || isSeq(node) || isScalar(node) ? node : null;
  }

  /** The entries of a mapping, merged ones after its own; empty for anything else. */
  entries(node: unknown): Entry[] {
    const entries: Entry[] = [];
    const merged = new Set<Node>();
    const open: unknown[] = [node];
    while (open.length > 0 && merged.size < MOST_MERGED) {
      const map = this.resolve(open.shift());
      if (map === null || merged.has(map)) continue;
      merged.add(map);
      if (isSeq(map)) for (const item of map.items) open.push(item);
      if (!isMap(map)) continue;
      for (const pair of map.items) {
        const key = this.resolve(pair.key);
        if (!isScalar(key)) continue;
        const name = scalarText(key);
        const value = this.resolve(pair.value);
        // In quotes or with a tag too, as some readers have it; a scalar cannot be merged.
        if (name === "<<" && !isScalar(value)) open.push(value);
        else
          entries.push({ key: name, offset: startOf(pair.key) ?? 0, value, written: pair.value });
      }
    }
    return isMap(this.resolve(node)) ? entries : [];
  }

  /** The last entry of a name, as YAML readers that allow duplicates take it. */
  entry(node: unknown, name: string): Entry | null {
    return this.entries(node).findLast((entry) => entry.key === name) ?? null;
  }

  /** The mapping, list or scalar at a path of keys, or null. */
  at(node: unknown, ...path: readonly string[]): Node | null {
    let current = this.resolve(node);
    for (const name of path) current = this.entry(current, name)?.value ?? null;
    return current;
  }

  /** The text of the scalar at a path of keys, or null where none is. */
  textAt(node: unknown, ...path: readonly string[]): string | null {
    const found = this.at(node, ...path);
    return isScalar(found) ? scalarText(found) : null;
  }

  /** The texts of all scalars under a name: where a `---` was forgotten, one `kind:` follows another. */
  texts(node: unknown, name: string): string[] {
    return this.entries(node).flatMap(({ key, value }) =>
      key === name && isScalar(value) ? [scalarText(value)] : [],
    );
  }

  /** The items of a list, aliases resolved; empty for anything else. */
  items(node: unknown): Node[] {
    const list = this.resolve(node);
    if (!isSeq(list)) return [];
    return list.items.map((item) => this.resolve(item)).filter((item) => item !== null);
  }

  #target(alias: Alias): Node | null {
    if (this.#anchors === null) {
      this.#anchors = new Map();
      for (const { node } of walk(this.#document.contents)) {
        const name = isAlias(node) ? undefined : anchorOf(node);
        if (name === undefined) continue;
        const nodes = this.#anchors.get(name) ?? [];
        nodes.push(node);
        this.#anchors.set(name, nodes);
      }
    }
    const place = startOf(alias) ?? 0;
    // In a hostile document one name may be anchored very often; binary search keeps it linear.
    const nodes = this.#anchors.get(alias.source) ?? [];
    let low = -1;
    let high = nodes.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((startOf(nodes[middle]) ?? 0) < place) low = middle;
      else high = middle;
    }
    return nodes[low] ?? null;
  }
}

function anchorOf(node: Node): string | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
}

/** Offset at which a node begins, or null for none. */
export function startOf(node: unknown): number | null {
  if (isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)) return node.range?.[0] ?? null;
  return null;
}

/** A scalar as text: numbers and booleans as they are spelled, null as nothing. */
export function scalarText(node: Scalar): string {
  const { value } = node;
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return node.source ?? String(value);
}
