import { isSeq, type Node } from "yaml";
import { parseRuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import { lineStart, startWithComments } from "../../sops/text/lines.ts";
import type { WantedRule } from "../wanted-rules.ts";
import { appendTo, insertLines, readYaml, valueAt } from "./yaml-insertion.ts";

/**
 * Inserts rules into a `.sops.yaml`, each before the first rule that would take its files (the first
 * match wins), else behind the last one. Everything that is there keeps its bytes and its order.
 *
 * @returns null where only its owner can add them: no list of rules in block style.
 * @throws SopsError `bad-config` where the text is no rule file.
 */
export function insertRules(text: string, wanted: readonly WantedRule[]): string | null {
  let result = text;
  for (const rule of wanted) {
    const { rules } = parseRuleFile(result);
    if (rules?.some(({ pathRegex }) => pathRegex === rule.pathRegex) === true) continue;
    const inserted = insertRule(result, rule);
    if (inserted === null) return null;
    result = inserted;
  }
  const file = parseRuleFile(result);
  return wanted.every(({ probes, pathRegex }) =>
    probes.every((probe) => ruleFor(file, probe)?.pathRegex === pathRegex),
  )
    ? result
    : null;
}

function insertRule(text: string, { probes, lines }: WantedRule): string | null {
  const yaml = readYaml(text);
  const list = yaml === null ? null : valueAt(yaml.root, ["creation_rules"]);
  if (!isSeq(list)) return null;
  // With an empty line between it and what is there.
  const behind = appendTo(text, list, ["", ...lines]);
  const taker = parseRuleFile(text).rules?.findIndex(({ matches }) => probes.some(matches)) ?? -1;
  if (behind === null || taker === -1) return behind;
  const begin = list.range?.[0] ?? 0;
  const indent = text.slice(lineStart(text, begin), begin);
  // The dash may stand on a line of its own.
  const content = (list.items[taker] as Node).range?.[0] ?? begin;
  const at = startWithComments(text, text.lastIndexOf(`\n${indent}-`, content) + 1);
  return insertLines(text, at, [...lines, ""], indent);
}
