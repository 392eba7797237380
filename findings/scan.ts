import type { Candidate, Finding, RuleId } from "./finding.ts";
import type { SuspectedRule } from "./prefilter/prefilter.ts";
import { suspectedRules } from "./prefilter/prefilter.ts";
import { rules } from "./rules/rules.ts";

/**
 * All leak findings of one file, sorted by line, those of the whole file first; at most one a rule
 * and line. Never throws, whatever the file holds.
 *
 * @param without rules that are not asked
 */
export function scan(candidate: Candidate, without: ReadonlySet<RuleId> = new Set()): Finding[] {
  const suspected = suspectedRules(candidate.path, candidate.bytes, without);
  const findings = new Map<string, Finding>();
  for (const rule of rules) {
    if (!suspected.has(rule.id as SuspectedRule)) continue;
    for (const hit of rule.find(candidate)) {
      const place = `${rule.id} ${String(hit.line)}`;
      if (findings.has(place)) continue;
      findings.set(place, { rule: rule.id, severity: rule.severity, ...hit });
    }
  }
  return [...findings.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
