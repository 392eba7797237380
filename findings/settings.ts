import { RE2JS } from "re2js";
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import { LEAK_RULES, RULE_IDS, type Finding, type RuleId, type Severity } from "./finding.ts";
import { SettingsError } from "./settings-error.ts";

/** `.flux-sops.yaml` at the top of a repository. */
export interface Settings {
  readonly allow: readonly AllowedFinding[];
  readonly severity: ReadonlyMap<RuleId, Severity | "off">;
}

/** An entry under `allow:`. */
export interface AllowedFinding {
  readonly rule: RuleId;
  /** As written: an exact path, or a glob with `*`, `**` and `?`. */
  readonly path: string;
  readonly reason: string;
  /** The only content that is allowed, by its full object name; null for whatever the file holds. */
  readonly blob: string | null;
  /** 1-based. */
  readonly line: number;
  matches(rule: RuleId, path: string, blob: string | null): boolean;
}

/** Single contents can be let through by an entry with a reason; the rules themselves stand. */
const LEAKS: ReadonlySet<string> = new Set(LEAK_RULES);

const RULES: ReadonlySet<string> = new Set(RULE_IDS);

/**
 * Reads the settings. Everything unknown is an error: a misspelt entry must not seem to work.
 *
 * @throws SettingsError
 */
export function parseSettings(text: string): Settings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (node: unknown): number => {
    const range = isMap(node) || isSeq(node) || isScalar(node) ? node.range : null;
    return lines.linePos(range?.[0] ?? 0).line;
  };
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw new SettingsError(lines.linePos(problem.pos[0]).line, "it is no valid YAML");
  }
  const root = document.contents;
  const allow: AllowedFinding[] = [];
  const severity = new Map<RuleId, Severity | "off">();
  for (const [key, value] of entriesOf(root, lineOf, "it must hold allow: and severity:")) {
    const name = textOf(key);
    if (name === "allow") allow.push(...allowOf(value, lineOf));
    else if (name === "severity") {
      for (const [rule, level] of entriesOf(value, lineOf, "severity: must name rules")) {
        severity.set(
          ruleOf(rule, lineOf(rule)),
          levelOf(textOf(rule), textOf(level), lineOf(rule)),
        );
      }
    } else throw new SettingsError(lineOf(key), "it knows allow: and severity: only");
  }
  return { allow, severity };
}

function entriesOf(
  node: unknown,
  lineOf: (node: unknown) => number,
  expected: string,
): [key: Node, value: Node | null][] {
  if (node === null || (isScalar(node) && node.value === null)) return [];
  if (!isMap(node)) throw new SettingsError(lineOf(node), expected);
  return node.items.map(({ key, value }) => [key as Node, value as Node | null]);
}

function textOf(node: unknown): string {
  if (!isScalar(node)) return "";
  return typeof node.value === "string" ? node.value : (node.source ?? "");
}

function allowOf(node: unknown, lineOf: (node: unknown) => number): AllowedFinding[] {
  if (node === null || (isScalar(node) && node.value === null)) return [];
  if (!isSeq(node)) throw new SettingsError(lineOf(node), "allow: must be a list");
  return node.items.map((item) => {
    const line = lineOf(item);
    const fields = new Map<string, string>();
    for (const [key, value] of entriesOf(item, lineOf, "an entry has rule:, path: and reason:")) {
      const name = textOf(key);
      if (!["rule", "path", "reason", "blob"].includes(name)) {
        throw new SettingsError(lineOf(key), "an entry has rule:, path:, reason: and blob: only");
      }
      fields.set(name, textOf(value).trim());
    }
    const rule = fields.get("rule") ?? "";
    const path = fields.get("path") ?? "";
    const reason = fields.get("reason") ?? "";
    const blob = fields.get("blob") ?? null;
    if (!RULES.has(rule)) throw new SettingsError(line, "the entry's rule: names no rule");
    if (path === "") throw new SettingsError(line, "the entry needs a path:");
    if (reason === "") throw new SettingsError(line, "the entry needs a reason:");
    if (blob !== null && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(blob)) {
      throw new SettingsError(
        line,
        "blob: must be the full name of a content (git hash-object FILE)",
      );
    }
    const pattern = globPattern(path);
    return {
      rule: rule as RuleId,
      path,
      reason,
      blob,
      line,
      matches: (foundRule, foundPath, foundBlob) =>
        foundRule === rule &&
        (foundPath === path || pattern.matches(foundPath)) &&
        (blob === null || blob === foundBlob),
    };
  });
}

/** `*` and `?` stay within a folder, `**` goes on through folders; everything else is itself. */
function globPattern(glob: string): RE2JS {
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : RE2JS.quote(part);
  });
  return RE2JS.compile(pattern, RE2JS.DOTALL);
}

function ruleOf(node: Node, line: number): RuleId {
  const rule = textOf(node);
  if (!RULES.has(rule)) throw new SettingsError(line, "severity: names a rule that there is not");
  return rule as RuleId;
}

function levelOf(rule: string, level: string, line: number): Severity | "off" {
  if (level === "off" && rule === "inline-credential") return level;
  if (level !== "error" && level !== "warning") {
    throw new SettingsError(line, "a severity is error or warning, of inline-credential also off");
  }
  if (level === "warning" && LEAKS.has(rule)) {
    throw new SettingsError(line, `${rule} stays an error: allow single files, with a reason`);
  }
  return level;
}

/** A finding as the settings leave it. */
export interface Settled<F> {
  readonly finding: F;
  /** The entry that lets it through, or null. */
  readonly allowedBy: AllowedFinding | null;
}

/**
 * Applies the settings: other severities, entries that let a finding through. What is off is left out.
 *
 * @param place the file's repository path as text, and its content's object name
 */
export function settle<F extends Finding>(
  settings: Settings,
  findings: readonly F[],
  place: (finding: F) => { readonly path: string; readonly blob: string | null },
): Settled<F>[] {
  return findings.flatMap((finding) => {
    const level = settings.severity.get(finding.rule) ?? finding.severity;
    if (level === "off") return [];
    const { path, blob } = place(finding);
    const allowedBy = settings.allow.find((entry) => entry.matches(finding.rule, path, blob));
    return [{ finding: { ...finding, severity: level }, allowedBy: allowedBy ?? null }];
  });
}
