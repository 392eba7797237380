import { isMap, isScalar, isSeq, LineCounter, parseDocument, Parser, type Node } from "yaml";
import { SopsError } from "./errors.ts";
import { isRecord, parseSelection } from "./metadata.ts";
import { parseRecipient } from "./recipient.ts";
import type { Selection } from "./key-selection.ts";
import { compilePattern } from "./selection.ts";
import { isTooDeep } from "./yaml/nesting.ts";

/** One creation rule of a `.sops.yaml`. */
export interface CreationRule {
  /** 1-based line of the rule in its file. */
  readonly line: number;
  readonly pathRegex: string;
  /** Whether the rule takes a path relative to the folder of its `.sops.yaml`, with `/`. */
  readonly matches: (path: string) => boolean;
  /** Age recipients, in order, each once. */
  readonly recipients: readonly string[];
  /** Kinds of key other than age in this rule (`pgp`, `kms`, …; `key_groups` for Shamir). */
  readonly foreign: readonly string[];
  readonly selection: Selection | null;
  readonly macOnlyEncrypted: boolean;
}

/** A parsed `.sops.yaml`. */
export interface RuleFile {
  /** Null where the file has no `creation_rules`: sops then behaves as if there were no file. */
  readonly rules: readonly CreationRule[] | null;
  /** `stores.yaml.indent`, or null. */
  readonly yamlIndent: number | null;
}

const FOREIGN_KEYS = ["pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault_transit_uri"];
const FOREIGN_GROUP_KEYS = ["pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault"];

/**
 * Reads a `.sops.yaml`.
 *
 * @throws SopsError `bad-config` with line and column.
 * @see config/config.go of the original
 */
export function parseRuleFile(text: string): RuleFile {
  if (isTooDeep([...new Parser().parse(text)])) {
    throw new SopsError("bad-config", "is nested too deeply", { line: 1 });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, uniqueKeys: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new SopsError("bad-config", firstSentence(problem.message), { line, column: col });
  }
  const lineOf = (node: unknown) => {
    const offset = (node as Node | null)?.range?.[0];
    return offset === undefined ? 1 : lines.linePos(offset).line;
  };
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null))
    return { rules: null, yamlIndent: null };
  if (!isMap(root)) throw new SopsError("bad-config", "is no mapping", { line: 1, column: 1 });

  const yamlIndent = document.getIn(["stores", "yaml", "indent"]);
  const list = root.get("creation_rules", true) as unknown;
  if (list === undefined || (isScalar(list) && list.value === null)) {
    return { rules: null, yamlIndent: typeof yamlIndent === "number" ? yamlIndent : null };
  }
  if (!isSeq(list)) {
    throw new SopsError("bad-config", "creation_rules is no list", { line: lineOf(list) });
  }
  const rules = list.items.map((item) => {
    const line = lineOf(item);
    let raw: unknown;
    try {
      raw = (item as Node).toJS(document, { maxAliasCount: 1000 });
    } catch {
      throw new SopsError("bad-config", "a creation rule refers to itself or grows too large", {
        line,
      });
    }
    return parseRule(raw, line);
  });
  return { rules, yamlIndent: typeof yamlIndent === "number" ? yamlIndent : null };
}

/**
 * The first rule that takes a path.
 *
 * @param path relative to the folder of the rule file, with `/`.
 */
export function ruleFor(file: RuleFile, path: string): CreationRule | null {
  return file.rules?.find((rule) => rule.matches(path)) ?? null;
}

function parseRule(raw: unknown, line: number): CreationRule {
  const failure = (message: string) =>
    new SopsError("bad-config", `the creation rule ${message}`, { line });
  if (!isRecord(raw)) throw failure("is no mapping");
  const pathRegex = raw["path_regex"] ?? "";
  if (typeof pathRegex !== "string") throw failure("has a path_regex that is no string");

  const recipients: string[] = [];
  const foreign: string[] = [];
  const groups = raw["key_groups"];
  if (Array.isArray(groups) && groups.length > 0) {
    if (groups.length > 1) foreign.push("key_groups");
    for (const group of groups) collectGroup(group, recipients, foreign, failure);
  } else {
    recipients.push(...keyList(raw["age"], "age", failure));
    foreign.push(...FOREIGN_KEYS.filter((key) => keyList(raw[key], key, failure).length > 0));
  }
  for (const recipient of recipients) {
    try {
      parseRecipient(recipient);
    } catch (error) {
      throw failure(`names a recipient that is none: ${(error as Error).message}`);
    }
  }

  let matches: (path: string) => boolean = () => true;
  if (pathRegex !== "") {
    try {
      matches = compilePattern(pathRegex);
    } catch (error) {
      throw failure(`has a path_regex that cannot be used: ${(error as Error).message}`);
    }
  }
  return {
    line,
    pathRegex,
    matches,
    recipients: [...new Set(recipients)],
    foreign: [...new Set(foreign)],
    selection: parseSelection(raw, failure),
    macOnlyEncrypted: raw["mac_only_encrypted"] === true,
  };
}

/** @see extractMasterKeys: a group may hold `merge`, a list of further groups. */
function collectGroup(
  group: unknown,
  recipients: string[],
  foreign: string[],
  failure: (message: string) => Error,
): void {
  if (!isRecord(group)) throw failure("has a key group that is no mapping");
  if (Array.isArray(group["merge"])) {
    for (const part of group["merge"]) collectGroup(part, recipients, foreign, failure);
  }
  recipients.push(...keyList(group["age"], "age", failure));
  foreign.push(
    ...FOREIGN_GROUP_KEYS.filter((key) => Array.isArray(group[key]) && group[key].length > 0),
  );
}

/** A comma-separated string (spaces, line breaks and a trailing comma allowed) or a list of such. */
function keyList(raw: unknown, key: string, failure: (message: string) => Error): string[] {
  if (raw === undefined || raw === null) return [];
  const parts: unknown[] = Array.isArray(raw) ? raw : [raw];
  return parts.flatMap((part) => {
    if (typeof part !== "string") throw failure(`has a ${key} that is neither text nor a list`);
    return part
      .split(",")
      .map((one) => one.trim())
      .filter((one) => one !== "");
  });
}

/** The yaml package appends a picture of the place; its first line says all. */
function firstSentence(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
