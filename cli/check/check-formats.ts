import type { Finding, RuleId } from "../../findings/finding.ts";
import { ROTATIONS } from "../../findings/rotation.ts";
import { RULE_WORDS } from "../../findings/rule-words.ts";
import type { BringingCommit } from "../../git/history/commits.ts";
import { displayPath, pathBytes, pathText, type GitPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { SETTINGS_FILE } from "../../hooks/rules/gate-files.ts";
import { fixOf, mendWords } from "../../hooks/fix-of.ts";
import { shownCommit } from "../../hooks/shown-commit.ts";
import { withToolCommand } from "../../git/tool-command.ts";
import { version } from "../../scaffold/version.ts";
import { counted } from "../../hooks/words.ts";

/** A finding with the file that it is in. */
export interface CheckedFinding extends Finding {
  /** Empty for what is in no file: a tagged content, the message of a commit. */
  readonly path: GitPath;
  readonly where: "index" | "worktree" | "history";
  /** Of the history: the content, the commits that brought it, and all paths it had. */
  readonly blob?: string | null;
  readonly commits?: readonly BringingCommit[];
  readonly paths?: readonly GitPath[];
}

/** What one of the ways of checking came to. */
export interface Checked {
  readonly findings: readonly CheckedFinding[];
  /** Contents looked at. */
  readonly files: number;
  readonly unverified: number;
  /** Files of the index that were not looked at, being in conflict. */
  readonly conflicts?: readonly GitPath[];
}

/** What `check` found. */
export interface Report {
  readonly findings: readonly CheckedFinding[];
  /** The folder where the user stands: fixes are pasted there. */
  readonly repository: Pick<Repository, "cwd" | "prefix">;
  /** Commits were looked at, not files as they are now. */
  readonly isHistory: boolean;
  readonly summary: {
    readonly files: number;
    readonly findings: number;
    readonly unverified: number;
    readonly milliseconds: number;
  };
}

export type CheckFormat = "text" | "json" | "sarif" | "github";

/** The formats of `check`, each a text for standard output. */
export const FORMATS: Readonly<Record<CheckFormat, (report: Report) => string>> = {
  text,
  json,
  sarif,
  github,
};

const COMMITS_SHOWN = 3;

function text({ findings, repository, isHistory, summary }: Report): string {
  const lines = findings.flatMap((finding) => {
    const { path, line, rule, message, where } = finding;
    const place = path === "" ? "(no file)" : displayPath(path) + (line === null ? "" : `:${line}`);
    const severity = finding.severity === "warning" ? " (warning)" : "";
    return [
      `${place}  ${rule}${severity}`,
      `  ${message}`,
      ...appearances(finding),
      ...mendWords(finding, where, repository).map((sentence) => `  ${sentence}.`),
      ...fixOf(finding, where, repository).map((command) => `    ${command}`),
    ];
  });
  if (isHistory) lines.push(...rotations(findings));
  lines.push(
    `${counted(summary.files, isHistory ? "content" : "file")}, ${counted(summary.findings, "finding")}${notVerified(summary.unverified, repository)}`,
  );
  return `${lines.join("\n")}\n`;
}

/** How many could be looked at from outside only, why, and what is to be done. */
function notVerified(unverified: number, repository: Report["repository"]): string {
  if (unverified === 0) return "";
  const what = `, ${unverified} not verified: no key here opens ${unverified === 1 ? "it" : "them"}`;
  return withToolCommand(`${what} (npx flux-sops doctor says which key is missing)`, repository);
}

/** Where a content of the history came in, and its other names. */
function appearances({ path, commits = [], paths = [] }: CheckedFinding): string[] {
  const lines: string[] = [];
  const shown = commits.slice(0, COMMITS_SHOWN).map(shownCommit);
  const more = commits.length - shown.length;
  if (shown.length > 0) {
    lines.push(`  in ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`);
  }
  const others = paths.filter((other) => other !== path).map(displayPath);
  if (others.length > 0) lines.push(`  also as ${others.join(", ")}`);
  return lines;
}

/** What has to be replaced, in the order of danger. */
function rotations(findings: readonly CheckedFinding[]): string[] {
  const lines: string[] = [];
  for (const { rule, what, how } of ROTATIONS) {
    const found = findings.filter((finding) => finding.rule === rule);
    if (found.length === 0) continue;
    const files = [...new Set(found.map(({ path }) => path))].filter((path) => path !== "");
    const named = files.slice(0, FILES_SHOWN).map(displayPath).join(", ");
    const more = files.length > FILES_SHOWN ? ` and ${files.length - FILES_SHOWN} more` : "";
    lines.push(
      `  ${lines.length + 1}. ${what}${files.length === 0 ? "" : ` (${named}${more})`}: ${how}.`,
    );
  }
  if (lines.length === 0) return [];
  return [
    "",
    "Replace what leaked, in this order. What was pushed once is known: taking it out of the history does not make it secret again.",
    ...lines,
    `Once that is done, an entry under allow: in ${SETTINGS_FILE} lets it through, with rule:, path:, reason: and blob: (git rev-parse COMMIT:FILE).`,
    "",
  ];
}

const FILES_SHOWN = 5;

/** The contract's own form; version 1. */
function json({ findings, repository, summary }: Report): string {
  return `${JSON.stringify({
    version: 1,
    findings: findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      path: pathText(finding.path),
      line: finding.line,
      message: withMend(finding, repository),
      fix: fixOf(finding, finding.where, repository),
      ...jsonAppearances(finding),
    })),
    summary,
  })}\n`;
}

/** `commit` is the first that brought it; `commits` and `paths` are all. */
function jsonAppearances({ where, blob, commits = [], paths = [] }: CheckedFinding): object {
  if (where !== "history") return {};
  const [first] = commits;
  return {
    ...(first === undefined ? {} : { commit: first.commit }),
    ...(blob === undefined || blob === null ? {} : { blob }),
    commits: commits.map(({ commit }) => commit),
    paths: paths.map(pathText),
  };
}

/** What to edit goes with the message: it is no command, and so not among the fixes. */
function withMend(finding: CheckedFinding, repository: Report["repository"]): string {
  return [finding.message, ...mendWords(finding, finding.where, repository)].join(". ");
}

/** Annotations have one line of text: the first commit goes with it too. */
function annotationOf(finding: CheckedFinding, repository: Report["repository"]): string {
  const [first] = finding.commits ?? [];
  if (first !== undefined) return `${finding.message} (commit ${first.commit.slice(0, 12)})`;
  return withMend(finding, repository);
}

/** SARIF 2.1.0, for code scanning. */
function sarif({ findings, repository }: Report): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return `${JSON.stringify({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "flux-sops", version, rules: rules.map(sarifRule) } },
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          level: finding.severity,
          message: { text: annotationOf(finding, repository) },
          locations: finding.path === "" ? [] : [sarifLocation(finding)],
        })),
      },
    ],
  })}\n`;
}

/** With all that GitHub asks of a rule, to show it beside an alert. */
function sarifRule(id: RuleId): object {
  const { title, why } = RULE_WORDS[id];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: why },
  };
}

function sarifLocation({ path, line }: CheckedFinding): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: pathUri(path), uriBaseId: "%SRCROOT%" },
      ...(line === null ? {} : { region: { startLine: line } }),
    },
  };
}

/** A relative URI by bytes (RFC 3986): names need not be UTF-8. */
function pathUri(path: GitPath): string {
  return [...pathBytes(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9._~/-]/.test(character)) return character;
      return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

/** Annotations of GitHub Actions. */
function github({ findings, repository }: Report): string {
  return findings
    .map((finding) => {
      const { rule, severity, path, line } = finding;
      const place = [
        ...(path === "" ? [] : [`file=${escapeProperty(pathText(path))}`]),
        ...(line === null ? [] : [`line=${line}`]),
        `title=${escapeProperty(rule)}`,
      ];
      return `::${severity} ${place.join(",")}::${escapeData(annotationOf(finding, repository))}\n`;
    })
    .join("");
}

/** @see escapeData and escapeProperty in GitHub's toolkit (workflow commands) */
function escapeData(value: string): string {
  return value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(value: string): string {
  return escapeData(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
