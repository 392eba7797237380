import type { Finding } from "../findings/finding.ts";
import { displayPath, pathText, type GitPath } from "../git/path.ts";
import { fixOf } from "../hooks/fix-of.ts";
import { version } from "../scaffold/version.ts";

/** A finding with the file that it is in. */
export interface CheckedFinding extends Finding {
  readonly path: GitPath;
  readonly where: "index" | "worktree";
}

/** What `check` found. */
export interface Report {
  readonly findings: readonly CheckedFinding[];
  /** The folder where the user stands: fixes are pasted there. */
  readonly prefix: GitPath;
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

function text({ findings, prefix, summary }: Report): string {
  const lines = findings.flatMap((finding) => {
    const place = displayPath(finding.path) + (finding.line === null ? "" : `:${finding.line}`);
    const severity = finding.severity === "warning" ? " (warning)" : "";
    return [
      `${place}  ${finding.rule}${severity}`,
      `  ${finding.message}`,
      ...(finding.mend.kind === "edit" ? [`  To mend it, ${finding.mend.what}.`] : []),
      ...fixOf(finding, finding.where, prefix).map((command) => `    ${command}`),
    ];
  });
  const unverified = summary.unverified === 0 ? "" : `, ${summary.unverified} not verified`;
  lines.push(`${summary.files} files, ${summary.findings} findings${unverified}`);
  return `${lines.join("\n")}\n`;
}

/** The contract's own form; version 1. */
function json({ findings, prefix, summary }: Report): string {
  return `${JSON.stringify({
    version: 1,
    findings: findings.map((finding) => ({
      rule: finding.rule,
      severity: finding.severity,
      path: pathText(finding.path),
      line: finding.line,
      message: finding.message,
      fix: fixOf(finding, finding.where, prefix),
    })),
    summary,
  })}\n`;
}

/** SARIF 2.1.0, for code scanning. */
function sarif({ findings }: Report): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  return `${JSON.stringify({
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "flux-sops", version, rules: rules.map((id) => ({ id })) } },
        results: findings.map(({ rule, severity, path, line, message }) => ({
          ruleId: rule,
          level: severity,
          message: { text: message },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: pathText(path).split("/").map(encodeURIComponent).join("/"),
                },
                ...(line === null ? {} : { region: { startLine: line } }),
              },
            },
          ],
        })),
      },
    ],
  })}\n`;
}

/** Annotations of GitHub Actions. */
function github({ findings }: Report): string {
  return findings
    .map(({ rule, severity, path, line, message }) => {
      const place = [
        `file=${escapeProperty(pathText(path))}`,
        ...(line === null ? [] : [`line=${line}`]),
        `title=${escapeProperty(rule)}`,
      ];
      return `::${severity} ${place.join(",")}::${escapeData(message)}\n`;
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
