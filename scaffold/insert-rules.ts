import { isMap, isScalar, isSeq, type Node, parseDocument } from "yaml";
import { parseRuleFile, ruleFor } from "../sops/creation-rules.ts";

/** A creation rule to add. */
export interface NewRule {
  readonly pathRegex: string;
  /** A path that it must take, before any other rule does. */
  readonly probe: string;
  /** The rule as an item of a list at the left margin, comments above it included. */
  readonly lines: readonly string[];
}

/**
 * Inserts rules into a `.sops.yaml`, each before the first rule that would take its files (the first
 * match wins), else behind the last one. Everything that is there keeps its bytes and its order.
 *
 * @returns null where only its owner can add them: no list of rules in block style.
 * @throws SopsError `bad-config` where the text is no rule file.
 */
export function insertRules(text: string, wanted: readonly NewRule[]): string | null {
  let result = text;
  for (const rule of wanted) {
    const { rules } = parseRuleFile(result);
    if (rules?.some(({ pathRegex }) => pathRegex === rule.pathRegex) === true) continue;
    const inserted = insertRule(result, rule);
    if (inserted === null) return null;
    result = inserted;
  }
  const file = parseRuleFile(result);
  return wanted.every(({ probe, pathRegex }) => ruleFor(file, probe)?.pathRegex === pathRegex)
    ? result
    : null;
}

function insertRule(text: string, rule: NewRule): string | null {
  const root = parseDocument(text).contents;
  if (!isMap(root)) return null;
  const list = root.get("creation_rules", true) as Node | undefined;
  if (!isSeq(list) || list.flow === true || list.items.length === 0) return null;
  const begin = list.range?.[0] ?? 0;
  const indent = text.slice(text.lastIndexOf("\n", begin - 1) + 1, begin);
  if (!/^ *$/.test(indent)) return null;
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const block = rule.lines.map((line) => (line === "" ? "" : indent + line) + lineBreak).join("");
  const taker = parseRuleFile(text).rules?.findIndex(({ matches }) => matches(rule.probe)) ?? -1;
  if (taker !== -1) {
    const at = startWithComments(text, (list.items[taker] as Node).range?.[0] ?? begin);
    return text.slice(0, at) + block + lineBreak + text.slice(at);
  }
  const last = list.items.at(-1) as Node;
  const end = endOf(last);
  if (end === null) return null;
  const lineEnd = text[end - 1] === "\n" ? end : text.indexOf("\n", end) + 1 || text.length;
  const gap = text.slice(0, lineEnd).endsWith("\n") ? lineBreak : lineBreak + lineBreak;
  return text.slice(0, lineEnd) + gap + block + text.slice(lineEnd);
}

/** Behind the last value of a rule; comments below it are not part of it. */
function endOf(node: Node): number | null {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    if (last === undefined) return node.range?.[1] ?? null;
    return endOf(
      (isMap(node)
        ? ((last as { value: Node | null; key: Node }).value ?? (last as { key: Node }).key)
        : last) as Node,
    );
  }
  return isScalar(node) && node.value === null
    ? (node.range?.[0] ?? null)
    : (node.range?.[1] ?? null);
}

/** The line of an item, or of the comments that stand right above it. */
function startWithComments(text: string, at: number): number {
  let start = text.lastIndexOf("\n", at - 1) + 1;
  for (;;) {
    const before = text.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^[ \t]*#/.test(text.slice(before, start))) return start;
    start = before;
  }
}
