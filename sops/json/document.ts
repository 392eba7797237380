import { SopsError } from "../errors.ts";
import { Lines, newlineOf } from "../text/lines.ts";
import { plainMetadata } from "../metadata/metadata.ts";
import { SpellingRecord, withRecord } from "../metadata/spelling-record.ts";
import type { Leaf, MetadataAfter, Replacement, StoreFile } from "../store.ts";
import { applyEdits, type TextEdit } from "../text/text-edits.ts";
import type { KeyPath } from "../token.ts";
import { formatObject, type BlockLayout } from "./metadata-block.ts";
import { parseJson, type JsonMember, type JsonNode } from "./parse.ts";
import { spellJson, spells } from "./spelling.ts";

type JsonObject = Extract<JsonNode, { kind: "object" }>;

interface JsonLeaf extends Leaf {
  readonly start: number;
  readonly end: number;
  /** The list that the value is an item of. */
  readonly list: { readonly items: readonly JsonNode[]; readonly index: number } | null;
}

/**
 * Parses a JSON file: an object at the top, as sops has it.
 *
 * @throws SopsError `syntax`, `unsupported`
 */
export function parseJsonFile(text: string): StoreFile {
  const root = parseJson(text);
  const lines = new Lines(text);
  const failure = (offset: number, message: string) =>
    new SopsError("unsupported", message, lines.placeOf(offset));
  if (root.kind !== "object") {
    throw failure(
      root.start,
      root.kind === "list"
        ? "a file that is a list cannot be encrypted: it needs an object at the top"
        : "a file that is a single value cannot be encrypted: it needs an object at the top",
    );
  }
  let sops: JsonMember | null = null;
  const leaves: JsonLeaf[] = [];
  for (const member of root.members) {
    if (member.key !== "sops") {
      collect(member.value, [member.key], null, lines, leaves);
      continue;
    }
    if (sops !== null) throw failure(member.keyStart, "has two sops blocks");
    if (member.value.kind !== "object") {
      throw failure(member.keyStart, "the key sops is reserved for SOPS metadata");
    }
    sops = member;
  }
  return new JsonFile(text, root, leaves, sops);
}

function collect(
  node: JsonNode,
  path: KeyPath,
  list: JsonLeaf["list"],
  lines: Lines,
  leaves: JsonLeaf[],
): void {
  if (node.kind === "object") {
    for (const { key, value } of node.members) collect(value, [...path, key], null, lines, leaves);
  } else if (node.kind === "list") {
    const { items } = node;
    for (const [index, item] of items.entries()) {
      collect(item, path, { items, index }, lines, leaves);
    }
  } else {
    const { value, start, end } = node;
    const line = lines.lineOf(start) + 1;
    leaves.push({ kind: "value", path, value, line, form: "bare", alias: null, start, end, list });
  }
}

class JsonFile implements StoreFile {
  readonly leaves: readonly Leaf[];
  readonly rawMetadata: unknown;
  private readonly text: string;
  private readonly root: JsonObject;
  private readonly values: readonly JsonLeaf[];
  private readonly sops: JsonMember | null;
  private readonly record: SpellingRecord;

  constructor(
    text: string,
    root: JsonObject,
    values: readonly JsonLeaf[],
    sops: JsonMember | null,
  ) {
    this.text = text;
    this.root = root;
    this.values = values;
    this.sops = sops;
    this.rawMetadata = sops === null ? null : plainData(sops.value);
    const unusual = new Map<Leaf, string>();
    for (const leaf of values) {
      if (leaf.value === null) continue;
      const source = text.slice(leaf.start, leaf.end);
      if (source !== spellJson(leaf.value, leaf.path)) unusual.set(leaf, source);
    }
    this.record = new SpellingRecord(values, unusual, this.rawMetadata);
    this.leaves = [...values, ...this.record.leaves];
  }

  splice(replacements: ReadonlyMap<Leaf, Replacement>, metadata: MetadataAfter): string {
    const edits: TextEdit[] = [];
    /** How many items of a list are taken out. */
    const removed = new Map<readonly JsonNode[], number>();
    for (const leaf of this.values) {
      const replacement = replacements.get(leaf);
      if (replacement === undefined) continue;
      const { start, end, list } = leaf;
      if (
        list !== null &&
        replacement.kind === "plaintext" &&
        replacement.value.type === "comment"
      ) {
        // What was a comment in YAML: JSON has none, and sops drops it too.
        const count = removed.get(list.items) ?? 0;
        removed.set(list.items, count + 1);
        edits.push(itemRemoval(list.items, list.index, count === list.index));
      } else edits.push({ start, end, text: this.spell(leaf, replacement, replacements) });
    }
    if (metadata !== "keep") {
      const plain =
        metadata === null
          ? null
          : withRecord(plainMetadata(metadata), this.record.after(replacements));
      edits.push(...this.metadataEdits(plain));
    }
    return applyEdits(this.text, edits);
  }

  private spell(
    leaf: JsonLeaf,
    replacement: Replacement,
    replacements: ReadonlyMap<Leaf, Replacement>,
  ): string {
    if (replacement.kind === "ciphertext") return JSON.stringify(replacement.token);
    const { value } = replacement;
    const recorded = this.record.spellingOf(leaf, replacements);
    return recorded !== null && spells(recorded, value) ? recorded : spellJson(value, leaf.path);
  }

  /**
   * The block goes right behind the last member, so that what the author wrote between it and the
   * bracket stays there, and removing it gives the author's bytes back.
   */
  private metadataEdits(plain: Record<string, unknown> | null): TextEdit[] {
    const { sops } = this;
    const { members } = this.root;
    const layout = this.layout();
    if (sops === null) {
      if (plain === null) return [];
      const at = members.at(-1)?.value.end ?? this.root.start + 1;
      const comma = members.length === 0 ? "" : ",";
      const lead = layout === null ? "" : layout.newline + layout.indent;
      const colon = layout === null ? ":" : ": ";
      const text = `${comma}${lead}"sops"${colon}${formatObject(plain, layout, layout?.indent ?? "")}`;
      return [{ start: at, end: at, text }];
    }
    const { start, end } = sops.value;
    if (plain !== null)
      return [{ start, end, text: formatObject(plain, layout, layout?.indent ?? "") }];
    const index = members.indexOf(sops);
    const before = members[index - 1];
    if (before !== undefined) return [{ start: before.value.end, end, text: "" }];
    const after = members[index + 1];
    if (after !== undefined) return [{ start: sops.keyStart, end: after.keyStart, text: "" }];
    return [{ start: this.root.start + 1, end, text: "" }];
  }

  /** The author's: the indentation of the first key that stands on a line of its own. */
  private layout(): BlockLayout | null {
    const { members } = this.root;
    const newline = newlineOf(this.text);
    if (members.length === 0) return { indent: "\t", newline };
    const sops = this.sops === null ? [] : [members.indexOf(this.sops)];
    for (const index of [...sops, ...members.keys()]) {
      // From the key before on: in a file of one line, whole lines would be looked through again and again.
      const from = members[index - 1]?.value.end ?? this.root.start;
      const before = this.text.slice(from, members[index]?.keyStart);
      const indent = /\n([ \t]*)$/.exec(before)?.[1];
      if (indent !== undefined) return { indent, newline };
    }
    return null;
  }
}

/**
 * The edit that takes an item out of its list with one comma.
 *
 * @param first whether those before it are taken out, too.
 */
function itemRemoval(items: readonly JsonNode[], index: number, first: boolean): TextEdit {
  const own = items[index];
  const before = items[index - 1];
  const after = items[index + 1];
  const start = own?.start ?? 0;
  const end = own?.end ?? 0;
  if (!first && before !== undefined) return { start: before.end, end, text: "" };
  return { start, end: after?.start ?? end, text: "" };
}

/** The `sops` object as plain data, numbers as their text. */
function plainData(node: JsonNode): unknown {
  if (node.kind === "list") return node.items.map(plainData);
  if (node.kind === "scalar") {
    return node.value?.type === "bool" ? node.value.text === "True" : (node.value?.text ?? null);
  }
  // Without a prototype, so that a key `__proto__` is one like any other.
  const data = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.members) data[key] = plainData(value);
  return data;
}
