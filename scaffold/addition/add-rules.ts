import { printable } from "../../git/escape.ts";
import { parseRuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import type { EncryptedTo } from "../recipients/encrypted-to.ts";
import type { Addition } from "../plan/plan.ts";
import type { WantedRule } from "../wanted-rules.ts";
import { appendAtEnd, appendTo, readYaml, valueAt, type YamlLines } from "./yaml-insertion.ts";

/**
 * Adds rules to a `.sops.yaml`, behind those that are there: these keep their meaning, since the first
 * rule that takes a path counts. If they take all that a wanted rule is for, it is not added; otherwise
 * it takes what they leave. But no file that was encrypted to others without a rule may fall under a
 * new one, which would have it encrypted anew.
 *
 * @param recipients whom the wanted rules name
 * @param encrypted the files that are encrypted already
 */
export function addRules(
  present: Buffer,
  wanted: readonly WantedRule[],
  recipients: readonly string[] = [],
  encrypted: EncryptedTo = new Map(),
): Addition {
  const text = present.toString("utf8");
  const rules = parseRuleFile(text);
  const untaken = (probe: string) => ruleFor(rules, probe) === null;
  const missing = wanted.filter(({ probes }) => probes.some(untaken));
  if (missing.length === 0) return { content: present };
  for (const [path, theirs] of encrypted) {
    const taker = missing.find(({ pathRegex }) => new RegExp(pathRegex).test(path));
    if (taker === undefined || !untaken(path) || areSame(theirs, recipients)) continue;
    return {
      content: null,
      byHand: `${printable(path)} is encrypted to other keys than a rule for ${taker.pathRegex} would have it: add rules for what else is to be encrypted`,
    };
  }
  const lines = missing.flatMap((rule) => rule.lines);
  const added = inserted(text, lines);
  // A rule behind others may never be reached: the new text is read again to see.
  const paths = missing.flatMap(({ probes }) => probes.filter(untaken));
  if (added !== null && paths.every((path) => takes(added, path))) {
    return { content: Buffer.from(added) };
  }
  return {
    content: null,
    byHand: `no rule in it takes all of ${missing.map(({ pathRegex }) => pathRegex).join(", ")}: add such rules to creation_rules`,
  };
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  const [a, b] = [new Set(one), new Set(other)];
  return a.size === b.size && [...a].every((recipient) => b.has(recipient));
}

function inserted(text: string, lines: YamlLines): string | null {
  const yaml = readYaml(text);
  if (yaml === null) return isEmpty(text) ? appendAtEnd(text, atTop(lines)) : null;
  if (!yaml.root.has("creation_rules")) return appendAtEnd(text, atTop(lines));
  return appendTo(text, valueAt(yaml.root, ["creation_rules"]), lines);
}

/** Whether nothing but comments stands in it, behind the mark that begins a document or not. */
function isEmpty(text: string): boolean {
  return text.split(/\r?\n/).every((line) => /^(?:---)?\s*(?:#.*)?$/.test(line));
}

function atTop(lines: YamlLines): YamlLines {
  return ["creation_rules:", ...lines.map((line) => `  ${line}`)];
}

function takes(text: string, probe: string): boolean {
  try {
    const rule = ruleFor(parseRuleFile(text), probe);
    return rule !== null && rule.recipients.length > 0;
  } catch (error) {
    if (error instanceof SopsError) return false;
    throw error;
  }
}
