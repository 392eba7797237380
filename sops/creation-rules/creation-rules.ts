import { isMap, isScalar, LineCounter, parseAllDocuments, type Document } from "yaml";
import { SopsError } from "../errors.ts";
import type { Format } from "../format.ts";
import { parseSelection, SHAMIR } from "../metadata/metadata.ts";
import { parseRecipient } from "../age/recipient.ts";
import { SELECTION_OPTIONS, type Selection } from "../selection/selection-option.ts";
import { Lines } from "../text/lines.ts";
import { RuleFileMapping } from "./rule-file-mapping.ts";
import { compilePattern } from "../selection/selection.ts";
import { readTokens } from "../yaml/any-style/tokens.ts";

/** One creation rule of a `.sops.yaml`. */
export interface CreationRule {
  /** 1-based line of the rule in its file. */
  readonly line: number;
  readonly pathRegex: string;
  /** Whether the rule takes a path relative to the folder of its `.sops.yaml`, with `/`. */
  readonly matches: (path: string) => boolean;
  /** Age recipients, in order, each once. */
  readonly recipients: readonly string[];
  /** Kinds of key other than age in this rule, as metadata names them (`pgp`, `kms`, …), or {@link SHAMIR}. */
  readonly foreign: readonly string[];
  readonly selection: Selection | null;
  readonly macOnlyEncrypted: boolean;
}

/** How wide sops indents what it writes anew; null for its own default. */
export interface Indents {
  /** 2 to 9. */
  readonly yaml: number | null;
  readonly json: number | null;
  /** For binary files, which are JSON when they are encrypted. */
  readonly binary: number | null;
}

/** A parsed `.sops.yaml`. */
export interface RuleFile {
  /** Null where the file has no `creation_rules`: sops then behaves as if there were no file. */
  readonly rules: readonly CreationRule[] | null;
  readonly indents: Indents;
}

const FOREIGN_KEYS = ["pgp", "kms", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri"];
/** Those of which sops takes an empty one for a key. */
const KEYS_JOINED = ["pgp", "kms", "gcp_kms"];
const FOREIGN_GROUP_KEYS = ["pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault"];
/** What the metadata of a file calls them, where that is something else. */
const KINDS: Readonly<Record<string, string>> = {
  azure_keyvault: "azure_kv",
  hc_vault_transit_uri: "hc_vault",
};
const GROUP_KEYS = ["merge", "age", ...FOREIGN_GROUP_KEYS];
const RULE_KEYS = [
  "path_regex",
  "age",
  ...FOREIGN_KEYS,
  "hckms",
  "aws_profile",
  "key_groups",
  "shamir_threshold",
  ...SELECTION_OPTIONS,
  "mac_only_encrypted",
];
const FILE_KEYS = ["creation_rules", "destination_rules", "stores"];

/** Keys of one kind of mapping that sops passes over in another, and where they belong. */
const IN_A_RULE = elsewhere(RULE_KEYS, "in the rule itself");
const IN_A_GROUP = elsewhere(["merge", "hc_vault"], "in an item of key_groups");
const UNDER_A_RULE = elsewhere(
  ["path_regex", "mac_only_encrypted", ...SELECTION_OPTIONS],
  "in an item of creation_rules",
);

/** Wider than anybody wants it; a number from a file must not fill the memory. */
const WIDEST_INDENT = 100;

/**
 * Reads a `.sops.yaml`. Stricter than sops where it passes over a mistake in silence: all rules are
 * checked, not only the one that takes a file.
 *
 * @throws SopsError `bad-config` with the line, and the number of the rule that is wrong.
 * @see config/config.go of the original
 */
export function parseRuleFile(text: string): RuleFile {
  const lines = new LineCounter();
  readTokens(text, (_, offset, message) => {
    return new SopsError("bad-config", message, new Lines(text).placeOf(offset));
  });
  const documents = parseAllDocuments(text, { lineCounter: lines, merge: true, uniqueKeys: true });
  const [document, second] = documents as readonly Document.Parsed[];
  const [problem] = document?.errors ?? [];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new SopsError("bad-config", firstSentence(problem.message), { line, column: col });
  }
  if (second !== undefined) {
    const { line } = lines.linePos(second.range[0]);
    throw new SopsError("bad-config", "has a second document, which sops passes over", { line });
  }
  const root = document?.contents ?? null;
  if (document === undefined || root === null || (isScalar(root) && root.value === null)) {
    return { rules: null, indents: { yaml: null, json: null, binary: null } };
  }
  if (!isMap(root)) throw new SopsError("bad-config", "is no mapping", { line: 1, column: 1 });

  const file = new RuleFileMapping({ document, lines }, root, "");
  file.refuseStrayKeys(
    FILE_KEYS,
    Object.fromEntries(Object.entries(UNDER_A_RULE).filter(([key]) => !file.isAnchored(key))),
  );
  file.mappings("destination_rules", "destination rule");
  const indents = storeIndents(file);
  const isRuleless = (file.all["creation_rules"] ?? null) === null;
  return {
    rules: isRuleless ? null : file.mappings("creation_rules", "creation rule").map(parseRule),
    indents,
  };
}

/**
 * The first rule that takes a path.
 *
 * @param path relative to the folder of the rule file, with `/`.
 */
export function ruleFor(file: RuleFile, path: string): CreationRule | null {
  return file.rules?.find((rule) => rule.matches(path)) ?? null;
}

/**
 * The indentation that a rule file asks for, for a `sops` block or a file that is written anew in a
 * format; null for sops's own.
 */
export function indentFor({ indents }: RuleFile, format: Format): number | null {
  return format === "yaml" || format === "json" || format === "binary" ? indents[format] : null;
}

function parseRule(rule: RuleFileMapping): CreationRule {
  rule.refuseStrayKeys(RULE_KEYS, IN_A_GROUP, SELECTION_OPTIONS);
  const recipients: string[] = [];
  const foreign: string[] = [];
  const groups = rule.mappings("key_groups", "key group");
  if (groups.length > 1) foreign.push(SHAMIR);
  for (const group of groups) collectGroup(group, recipients, foreign);
  const own = rule.strings("age", true);
  const ownForeign = FOREIGN_KEYS.filter((key) => rule.strings(key, true).length > 0);
  if (rule.strings("hckms", false).length > 0) ownForeign.push("hckms");
  // As in sops, groups take the place of the rule's own keys.
  if (groups.length === 0) {
    for (const key of ["age", ...KEYS_JOINED]) rule.refuseEmptyKey(key, true);
    recipients.push(...own);
    foreign.push(...ownForeign);
  }
  for (const recipient of recipients) {
    try {
      parseRecipient(recipient);
    } catch (error) {
      throw rule.failure(
        `names a recipient that is none: ${(error as Error).message}`,
        groups.length === 0 ? "age" : "key_groups",
        error,
      );
    }
  }
  rule.string("aws_profile");
  rule.integer("shamir_threshold");
  const pathRegex = rule.string("path_regex");
  return {
    line: rule.line,
    pathRegex,
    matches: pathRegex === "" ? () => true : pattern(rule, "path_regex", pathRegex),
    recipients: [...new Set(recipients)],
    foreign: [...new Set(foreign.map((key) => KINDS[key] ?? key))],
    selection: selectionOf(rule),
    macOnlyEncrypted: rule.boolean("mac_only_encrypted"),
  };
}

function selectionOf(rule: RuleFileMapping): Selection | null {
  for (const option of SELECTION_OPTIONS) rule.string(option);
  const selection = parseSelection(rule.all, (message) => rule.failure(message));
  // sops takes a pattern that does not compile for one that matches nothing.
  if (selection?.option.endsWith("regex") === true) {
    pattern(rule, selection.option, selection.pattern);
  }
  return selection;
}

function pattern(rule: RuleFileMapping, key: string, text: string): (path: string) => boolean {
  try {
    return compilePattern(text);
  } catch (error) {
    throw rule.failureAt(key, `cannot be used: ${(error as Error).message}`);
  }
}

/** @see extractMasterKeys: a group may hold `merge`, a list of further groups. */
function collectGroup(group: RuleFileMapping, recipients: string[], foreign: string[]): void {
  group.refuseStrayKeys(GROUP_KEYS, IN_A_RULE);
  for (const part of group.mappings("merge", "merged group")) {
    collectGroup(part, recipients, foreign);
  }
  recipients.push(...group.strings("age", false));
  group.refuseEmptyKey("age", false);
  foreign.push(...FOREIGN_GROUP_KEYS.filter((key) => group.list(key).length > 0));
}

function storeIndents(file: RuleFileMapping): Indents {
  const stores = file.mapping("stores");
  const indentOf = (store: string, least: number): number | null => {
    const mapping = stores?.mapping(store) ?? null;
    const indent = mapping?.integer("indent") ?? null;
    if (mapping !== null && indent !== null && (indent < least || indent > WIDEST_INDENT)) {
      throw mapping.failureAt("indent", `must be from ${least} to ${WIDEST_INDENT}`);
    }
    return indent;
  };
  for (const store of ["dotenv", "ini"]) stores?.mapping(store);
  const yaml = indentOf("yaml", 0);
  const json = indentOf("json", -1);
  const binary = indentOf("json_binary", -1);
  return {
    // 0 is the default; what go-yaml cannot indent by, it indents by 2.
    yaml: yaml === null || yaml === 0 ? null : yaml < 2 || yaml > 9 ? 2 : yaml,
    json: json === -1 ? null : json,
    binary: binary === -1 ? null : binary,
  };
}

function elsewhere(keys: readonly string[], place: string): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key, place]));
}

/** The yaml package appends a picture of the place; its first line says all. */
function firstSentence(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
