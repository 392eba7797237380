import test from "ava";
import { candidateOf } from "../../findings/candidate/candidate.ts";
import type { Example } from "../../findings/examples/example.ts";
import { EXAMPLES } from "../../findings/examples/examples.ts";
import { KEYWORDS } from "../../findings/prefilter/keywords.ts";
import { positionsOf } from "../../findings/candidate/positions.ts";
import { suspectedRules } from "../../findings/prefilter/prefilter.ts";
import { rules } from "../../findings/rules/rules.ts";
import { scan } from "../../findings/scan.ts";
import { fill, placeholders } from "./keys.ts";

const keys = await placeholders();

function scanExample(example: Example) {
  return scan(candidateOf(example.path, fill(example.content, keys)));
}

for (const rule of rules) {
  const { hits, misses } = EXAMPLES[rule.id as keyof typeof KEYWORDS];
  for (const example of hits) {
    test(`${rule.id} hits ${example.path}: ${example.content.slice(0, 40)}`, (t) => {
      const findings = scanExample(example).filter((finding) => finding.rule === rule.id);
      t.truthy(example.lines);
      t.deepEqual(
        findings.map((finding) => finding.line),
        [...(example.lines ?? [])],
      );
      for (const finding of findings) {
        t.is(finding.severity, rule.severity);
        t.notRegex(finding.message, /hunter2|aHVudGVyMg|8c1f0e7a2b|S0VZ|c2VjcmV0/);
      }
    });
    test(`${rule.id} has a keyword for ${example.path}: ${example.content.slice(0, 40)}`, (t) => {
      const bytes = fill(example.content, keys);
      t.true(suspectedRules(example.path, bytes).has(rule.id as keyof typeof KEYWORDS));
      const named = rule.paths?.test(example.path) === true;
      const candidate = candidateOf(example.path, bytes);
      t.true(
        named ||
          rule.keywords.some((word) => [...positionsOf(candidate.searchable, word)].length > 0),
      );
    });
  }
  for (const example of misses) {
    test(`${rule.id} misses ${example.path}: ${example.content.slice(0, 40)}`, (t) => {
      const findings = scanExample(example);
      t.deepEqual(
        findings.filter((one) => one.rule === rule.id || one.severity === "error"),
        [],
      );
    });
  }
}

test("every rule has examples of both kinds, one id each, and its keywords", (t) => {
  t.is(new Set(rules.map((rule) => rule.id)).size, rules.length);
  t.deepEqual(rules.map((rule) => rule.id as string).sort(), Object.keys(KEYWORDS).sort());
  for (const rule of rules) {
    const { hits, misses } = EXAMPLES[rule.id as keyof typeof KEYWORDS];
    t.true(hits.length > 2);
    t.true(misses.length > 2);
    t.deepEqual([...rule.keywords], [...KEYWORDS[rule.id as keyof typeof KEYWORDS]]);
  }
});

test("every placeholder of the examples is one that keys.ts fills in", (t) => {
  for (const { hits, misses } of Object.values(EXAMPLES)) {
    for (const example of [...hits, ...misses]) {
      t.notRegex(fill(example.content, keys).toString("utf8"), /\{\{[A-Z]/, example.path);
    }
  }
});
