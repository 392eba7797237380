import { parseRuleFile, ruleFor } from "../sops/creation-rules.ts";
import { SopsError } from "../sops/errors.ts";
import type { Addition } from "./plan.ts";
import { appendAtEnd, appendTo, readYaml, valueAt, type YamlLines } from "./yaml-insertion.ts";

/** A creation rule that a repository should have. */
export interface WantedRule {
  /** A path that it takes. Where a rule that is there takes it, that one decides and this one is not added. */
  readonly probe: string;
  readonly lines: YamlLines;
}

/** The rules of a cluster's folder, and of `talos/`, which all clusters share. */
export function rulesFor(cluster: string, recipients: readonly string[]): WantedRule[] {
  const folder = `^clusters/${cluster}/`;
  return [
    rule(
      "talos/a.sops.yaml",
      "Talos machine secrets: the whole file.",
      String.raw`^talos/.*\.sops\.ya?ml$`,
      recipients,
    ),
    rule(
      `clusters/${cluster}/apps/a.sops.env`,
      `Files of cluster ${cluster} that are no YAML: the whole file.`,
      String.raw`${folder}.*\.sops\.([^/]*\.)?[^y./][^./]*$`,
      recipients,
    ),
    rule(
      `clusters/${cluster}/secrets/a.sops.yaml`,
      `Kubernetes Secrets of cluster ${cluster}: only their values.`,
      String.raw`${folder}(secrets/.*|.*\.sops)\.ya?ml$`,
      recipients,
      ["encrypted_regex: ^(data|stringData)$"],
    ),
  ];
}

/** The rules of a repository with a layout of its own: files named `*.sops.*`, wherever they lie. */
export function rulesForAnyLayout(recipients: readonly string[]): WantedRule[] {
  return [
    rule(
      "talos/a.sops.yaml",
      "Talos machine secrets: the whole file.",
      String.raw`(^|/)talos/.*\.sops\.ya?ml$`,
      recipients,
    ),
    rule(
      "a.sops.env",
      "Files that are no YAML: the whole file.",
      String.raw`\.sops\.([^/]*\.)?[^y./][^./]*$`,
      recipients,
    ),
    rule(
      "a.sops.yaml",
      "Kubernetes Secrets: only their values.",
      String.raw`\.sops\.ya?ml$`,
      recipients,
      ["encrypted_regex: ^(data|stringData)$"],
    ),
  ];
}

function rule(
  probe: string,
  comment: string,
  pathRegex: string,
  recipients: readonly string[],
  selection: readonly string[] = [],
): WantedRule {
  return {
    probe,
    lines: [
      `# ${comment}`,
      `- path_regex: ${pathRegex}`,
      ...selection.map((line) => `  ${line}`),
      "  mac_only_encrypted: true",
      "  age: >-",
      ...recipients.map(
        (recipient, index) => `    ${recipient}${index + 1 < recipients.length ? "," : ""}`,
      ),
    ],
  };
}

/**
 * Adds rules to a `.sops.yaml`, behind those that are there: these keep their meaning, since the
 * first rule that takes a path counts.
 */
export function addRules(present: Buffer, wanted: readonly WantedRule[]): Addition {
  const text = present.toString("utf8");
  const rules = parseRuleFile(text);
  const missing = wanted.filter(({ probe }) => ruleFor(rules, probe) === null);
  if (missing.length === 0) return { content: present };
  const lines = missing.flatMap((rule) => rule.lines);
  const added = inserted(text, lines);
  // A rule that cannot be reached is no rule: looked at again as it will be read.
  if (added !== null && missing.every(({ probe }) => takes(added, probe))) {
    return { content: Buffer.from(added) };
  }
  return {
    content: null,
    byHand: `no rule in it takes ${missing.map(({ probe }) => probe.replace(/(^|\/)a\./, "$1NAME.")).join(", ")}: add one to creation_rules`,
  };
}

function inserted(text: string, lines: YamlLines): string | null {
  const yaml = readYaml(text);
  if (yaml === null) {
    return /^\s*(#.*\s*)*$/.test(text) ? appendAtEnd(text, atTop(lines)) : null;
  }
  if (!yaml.root.has("creation_rules")) return appendAtEnd(text, atTop(lines));
  return appendTo(text, valueAt(yaml.root, ["creation_rules"]), lines);
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
