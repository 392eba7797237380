import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Scalar } from "yaml";
import type { YAMLMap, YAMLSeq } from "yaml";
import { type CreationRule, parseRuleFile } from "./creation-rules.ts";
import { withoutName } from "./key-names.ts";
import { cutItem, putItem, type ListItem } from "./list-items.ts";
import { cutWord, putWord } from "./word-list.ts";

/** What happens to a recipient in creation rules. */
export interface RecipientChange {
  readonly recipient: string;
  readonly kind: "add" | "remove";
  /** By their place in the file, from 0. */
  readonly rules: ReadonlySet<number>;
}

/** One stretch of a text, and what takes its place. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/**
 * A `.sops.yaml` with a recipient more, or one fewer, in some of its rules. Everything else keeps its bytes: comments,
 * order, quotes; but the comment that says whose a key is goes with it. What comes of it is read once more, and must say
 * just that.
 *
 * @param whole a `.sops.yaml` that can be read.
 * @returns null where that takes a person: aliases that other rules share, a comment that may be about several keys.
 */
export function editRecipients(whole: string, change: RecipientChange): string | null {
  const before = parseRuleFile(whole).rules ?? [];
  const isGone = before.every(
    ({ recipients }, index) => change.rules.has(index) || !recipients.includes(change.recipient),
  );
  const text = change.kind === "remove" && isGone ? withoutName(whole, change.recipient) : whole;
  // Without merging: `<<` is a key as any other then.
  const document = parseDocument(text);
  const lists = new Map<Scalar | YAMLSeq, YAMLMap>();
  for (const index of change.rules) {
    const holder = holderOf(document, index);
    const list = holder === null ? null : recipientsIn(document, holder);
    if (holder === null || list === null) return null;
    lists.set(list, holder);
  }
  const splices = [...lists].map(([list, holder]) =>
    isScalar(list)
      ? editedText(text, list, holder.flow === true, change)
      : editedList(text, document, list, change),
  );
  const edits = splices.flatMap((some) => some ?? []);
  if (splices.includes(null)) return null;
  const after = spliced(text, edits);
  return isWanted(before, after, change) ? after : null;
}

/** The mapping whose `age` names the recipients of a rule: the rule itself, its key group, or one that is merged in. */
function holderOf(document: Document, index: number): YAMLMap | null {
  const rule = at(document, document.contents, "creation_rules", index);
  const groups = at(document, rule, "key_groups");
  const own = isSeq(groups) && groups.items.length > 0 ? at(document, groups, 0) : rule;
  return isMap(own) ? mapWith(document, own, "age") : null;
}

/** A text with commas, or a list. Null where it is another mapping's. */
function recipientsIn(document: Document, holder: YAMLMap): Scalar | YAMLSeq | null {
  const own = holder.get("age", true) as unknown;
  const list = resolved(document, own);
  // A key that has a name of its own stays one key.
  if (isScalar(list)) return isAlias(own) ? null : list;
  return isSeq(list) ? list : null;
}

function at(document: Document, node: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inside, key) => {
    const here = resolved(document, inside);
    if (isSeq(here)) return resolved(document, here.get(key, true));
    const holder = isMap(here) ? mapWith(document, here, key) : null;
    return holder === null ? null : resolved(document, holder.get(key, true));
  }, node);
}

/** A mapping that has a key, or the first of those merged into it (`<<`) that has. */
function mapWith(document: Document, map: YAMLMap, key: unknown): YAMLMap | null {
  if (map.has(key)) return map;
  const merged = resolved(document, map.get("<<", true));
  for (const one of isSeq(merged) ? merged.items : [merged]) {
    const from = resolved(document, one);
    const found = isMap(from) ? mapWith(document, from, key) : null;
    if (found !== null) return found;
  }
  return null;
}

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function editedText(
  text: string,
  list: Scalar,
  isInFlow: boolean,
  { recipient, kind }: RecipientChange,
): readonly Splice[] | null {
  const place = placeOf(list);
  if (kind === "remove") return cutWord(text, place, recipient);
  const splices = putWord(text, place, recipient);
  if (splices === null || splices.length === 0 || !isInFlow || list.type !== "PLAIN") {
    return splices;
  }
  // Between braces a comma without quotes is that of the mapping.
  return [{ ...place, by: `"${text.slice(place.from, place.to)},${recipient}"` }];
}

function editedList(
  text: string,
  document: Document,
  list: YAMLSeq,
  { recipient, kind }: RecipientChange,
): readonly Splice[] | null {
  const items = list.items.map((item) => itemOf(document, item));
  const known = items.filter((item) => item !== null);
  if (known.length !== items.length) return null;
  if (kind === "add") {
    if (known.some(({ words }) => words.includes(recipient))) return [];
    return putItem(text, { isFlow: list.flow === true, items: known }, recipient);
  }
  const parts = known.map((item, index) => {
    if (!item.words.includes(recipient)) return [];
    if (item.words.some((one) => one !== recipient)) return cutWord(text, item, recipient);
    return cutItem(text, { isFlow: list.flow === true, items: known }, index);
  });
  return parts.includes(null) ? null : parts.flatMap((some) => some ?? []);
}

function itemOf(document: Document, item: unknown): ListItem | null {
  const scalar = resolved(document, item);
  if (!isScalar(scalar) || typeof scalar.value !== "string") return null;
  const words = scalar.value.split(",").map((one) => one.trim());
  return { ...placeOf(item as Scalar), words };
}

function placeOf({ range }: Pick<Scalar, "range">): { readonly from: number; readonly to: number } {
  const [from = 0, to = 0] = range ?? [];
  return { from, to };
}

function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, { from, to, by }) => whole.slice(0, from) + by + whole.slice(to), text);
}

/** Whether a text says what was wanted, and of everything else what it said before. */
function isWanted(
  before: readonly CreationRule[],
  text: string,
  { recipient, kind, rules }: RecipientChange,
): boolean {
  const wanted = before.map((rule, index) => {
    if (!rules.has(index)) return said(rule);
    const others = rule.recipients.filter((one) => one !== recipient);
    if (kind === "remove") return said({ ...rule, recipients: others });
    return rule.recipients.includes(recipient)
      ? said(rule)
      : said({ ...rule, recipients: [...others, recipient] });
  });
  try {
    const after = (parseRuleFile(text).rules ?? []).map(said);
    return after.length === wanted.length && after.every((one, index) => one === wanted[index]);
  } catch {
    return false;
  }
}

function said({
  pathRegex,
  recipients,
  foreign,
  selection,
  macOnlyEncrypted,
}: CreationRule): string {
  return JSON.stringify([pathRegex, recipients, foreign, selection, macOnlyEncrypted]);
}
