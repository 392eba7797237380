import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { parseRuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { realTool } from "../real-tools.ts";

const { recipient } = await generateKeyPair();
const folder = mkdtempSync(join(tmpdir(), "flux-sops-rule-files-"));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** `accepted`, or the beginning of the error with its line in front. */
type Verdict = "accepted" | `${number}: ${string}`;
type Case = readonly [text: string, ours: Verdict, sops: "accepted" | "refused"];

/** A rule for everything with an age key in line 3 and more lines from the fourth on. */
const inRule = (line: string, ours: Verdict, sops: Case[2]): Case => [
  `creation_rules:\n  - path_regex: .*\n    age: AGE\n    ${line}\n`,
  ours,
  sops,
];
/** A rule whose keys, from line 3 on, are these. */
const keys = (lines: string, ours: Verdict, sops: Case[2]): Case => [
  `creation_rules:\n  - path_regex: .*\n    ${lines}\n`,
  ours,
  sops,
];
/** A fine rule in line 1, and line 2. */
const beside = (line: string, ours: Verdict, sops: Case[2]): Case => [
  `creation_rules: [{age: AGE}]\n${line}\n`,
  ours,
  sops,
];

const MEANT = "which sops passes over";

const CASES: readonly Case[] = [
  // Booleans
  inRule("mac_only_encrypted: yes", "accepted", "accepted"),
  inRule('mac_only_encrypted: "on"', "accepted", "accepted"),
  inRule("mac_only_encrypted:", "accepted", "accepted"),
  inRule("mac_only_encrypted: Yes", "accepted", "accepted"),
  inRule("mac_only_encrypted: OFF", "accepted", "accepted"),
  inRule("mac_only_encrypted: oN", "4: creation rule 1: mac_only_encrypted must be", "refused"),
  inRule(
    "mac_only_encrypted: !!bool yes",
    "4: creation rule 1: mac_only_encrypted must be",
    "refused",
  ),
  inRule('mac_only_encrypted: "true"', "4: creation rule 1: mac_only_encrypted must be", "refused"),
  inRule("mac_only_encrypted: 1", "4: creation rule 1: mac_only_encrypted must be", "refused"),
  inRule("mac_only_encrypted: []", "4: creation rule 1: mac_only_encrypted must be", "refused"),
  // Selections
  inRule("encrypted_regex: [a, b]", "4: creation rule 1: encrypted_regex must be one", "refused"),
  inRule("encrypted_regex: {a: b}", "4: creation rule 1: encrypted_regex must be one", "refused"),
  inRule("encrypted_regex: true", "4: creation rule 1: encrypted_regex must be one", "accepted"),
  inRule("encrypted_suffix: 5", "4: creation rule 1: encrypted_suffix must be one", "accepted"),
  inRule("encrypted_regex:", "accepted", "accepted"),
  inRule("encrypted_regex: !!str 5", "accepted", "accepted"),
  inRule(
    "encrypted_regex: !!bool yes",
    "4: creation rule 1: encrypted_regex must be one",
    "refused",
  ),
  inRule("encrypted_regex: !!null x", "4: creation rule 1: encrypted_regex must be one", "refused"),
  inRule('encrypted_regex: "("', "4: creation rule 1: encrypted_regex cannot be", "accepted"),
  inRule(
    'encrypted_comment_regex: "(?=a)"',
    "4: creation rule 1: encrypted_comment_regex cannot be",
    "accepted",
  ),
  inRule(
    "encrypted_regex: a\n    unencrypted_suffix: b",
    "2: creation rule 1 has more than one of",
    "refused",
  ),
  inRule('encrypted_regex: a\n    unencrypted_suffix: ""', "accepted", "accepted"),
  // Numbers
  inRule("shamir_threshold: 2", "accepted", "accepted"),
  inRule('shamir_threshold: "2"', "4: creation rule 1: shamir_threshold must be", "refused"),
  inRule("shamir_threshold: [1]", "4: creation rule 1: shamir_threshold must be", "refused"),
  inRule("shamir_threshold: 1.5", "4: creation rule 1: shamir_threshold must be", "accepted"),
  // Keys that are meant for sops and that it does not know
  inRule(
    "encrypted_regexp: ^a$",
    `4: creation rule 1 has "encrypted_regexp", ${MEANT}`,
    "accepted",
  ),
  inRule("encryptedRegex: ^a$", `4: creation rule 1 has "encryptedRegex", ${MEANT}`, "accepted"),
  inRule(
    "path-regex: a",
    `4: creation rule 1 has "path-regex", ${MEANT}: take it out, as path_regex is there too`,
    "accepted",
  ),
  keys(
    "path-regexp: a\n    age: AGE",
    `3: creation rule 1 has "path-regexp", ${MEANT}: take it out`,
    "accepted",
  ),
  inRule(
    "unencrypted-regex: ^kind$",
    `4: creation rule 1 has "unencrypted-regex", ${MEANT}: write unencrypted_regex`,
    "accepted",
  ),
  inRule(
    "encrypted_regex: ^a$\n    unencrypted-regex: ^kind$",
    `5: creation rule 1 has "unencrypted-regex", ${MEANT}: take it out, as the rule has encrypted_regex, and can have only one of the two`,
    "accepted",
  ),
  inRule(
    "encrypted_regexp: ^a$\n    encrypted_suffix:",
    `4: creation rule 1 has "encrypted_regexp", ${MEANT}: write encrypted_regex`,
    "accepted",
  ),
  inRule("mac_only_encrypt: true", `4: creation rule 1 has "mac_only`, "accepted"),
  inRule("hc_vault: [x]", `4: creation rule 1 has hc_vault, ${MEANT}`, "accepted"),
  inRule("hc_vault: []\n    merge:", "accepted", "accepted"),
  inRule("owner: platform", "accepted", "accepted"),
  inRule("note: [age, pgp]", "accepted", "accepted"),
  inRule("age: AGE", "4: Map keys must be unique", "refused"),
  // Keys of a rule
  keys("age: 5", "3: creation rule 1: age must be text or a list", "refused"),
  keys("age: true", "3: creation rule 1: age must be text or a list", "refused"),
  keys("age: {a: b}", "3: creation rule 1: age must be text or a list", "refused"),
  keys("age: [AGE, 5]", "3: creation rule 1: age must be a list of texts", "refused"),
  keys("age: [AGE, null]", "3: creation rule 1: age must be a list of texts", "refused"),
  keys("age: [[AGE]]", "3: creation rule 1: age must be a list of texts", "refused"),
  keys("age: [AGE]", "accepted", "accepted"),
  keys('age: "AGE, \\n AGE,"', "accepted", "accepted"),
  keys('age: ["AGE,AGE"]', "accepted", "accepted"),
  keys('age: ["AGE,"]', "3: creation rule 1: age must be a list without empty", "refused"),
  keys('age: [AGE, ""]', "3: creation rule 1: age must be a list without empty", "refused"),
  keys('age: [" "]', "3: creation rule 1: age must be a list without empty", "refused"),
  inRule('pgp: [""]\n    kms: [""]', "accepted", "accepted"),
  ...["pgp", "kms", "gcp_kms"].map((key) =>
    inRule(`${key}: ["", ""]`, `4: creation rule 1: ${key} must be a list without`, "refused"),
  ),
  ...["pgp", "kms", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri"].map((key) =>
    inRule(`${key}: ""`, "accepted", "accepted"),
  ),
  ...["pgp", "kms", "gcp_kms", "azure_keyvault", "hc_vault_transit_uri", "hckms"].map((key) =>
    inRule(`${key}: []`, "accepted", "accepted"),
  ),
  keys("age: age1xyz", "3: creation rule 1 names a recipient that is none", "refused"),
  inRule("pgp: 5", "4: creation rule 1: pgp must be text or a list", "refused"),
  inRule("kms: [{arn: x}]", "4: creation rule 1: kms must be a list of texts", "refused"),
  inRule("hckms: x", "4: creation rule 1: hckms must be a list", "refused"),
  inRule("aws_profile: [a]", "4: creation rule 1: aws_profile must be one text", "refused"),
  // Key groups
  keys("key_groups: [{age: [AGE]}]", "accepted", "accepted"),
  keys('key_groups: [{age: ["AGE,AGE"]}]', "accepted", "accepted"),
  keys(
    'key_groups: [{age: ["AGE,"]}]',
    "3: creation rule 1, key group 1: age must be a",
    "refused",
  ),
  keys('key_groups: [{age: [AGE, ""]}]', "accepted", "accepted"),
  keys(
    'key_groups: [{age: [AGE, " "]}]',
    "3: creation rule 1, key group 1: age must be a",
    "refused",
  ),
  keys('age: ["", "AGE,"]\n    key_groups: [{age: [AGE]}]', "accepted", "accepted"),
  keys("key_groups: [{merge: [{age: [AGE]}]}]", "accepted", "accepted"),
  keys("key_groups: [{age: [AGE]}, {age: [AGE]}]", "accepted", "accepted"),
  keys("key_groups: {age: [AGE]}", "3: creation rule 1: key_groups must be a list", "refused"),
  keys("key_groups: [x]", "3: creation rule 1, key group 1 is no mapping", "refused"),
  keys("key_groups: [null]", "3: creation rule 1, key group 1 is no mapping", "refused"),
  keys(
    "key_groups: [{age: AGE}]",
    "3: creation rule 1, key group 1: age must be a list",
    "refused",
  ),
  keys("key_groups: [{age: [5]}]", "3: creation rule 1, key group 1: age must be", "refused"),
  keys(
    "key_groups: [{merge: {age: [AGE]}}]",
    "3: creation rule 1, key group 1: merge must be",
    "refused",
  ),
  keys(
    "key_groups: [{merge: [{age: AGE}]}]",
    "3: creation rule 1, key group 1, merged group 1: age must be",
    "refused",
  ),
  keys(
    "key_groups: [{age: [AGE], kms: x}]",
    "3: creation rule 1, key group 1: kms must be a list",
    "refused",
  ),
  keys(
    "key_groups: [{age: [AGE], encrypted_regex: x}]",
    `3: creation rule 1, key group 1 has encrypted_regex, ${MEANT}`,
    "accepted",
  ),
  inRule("key_groups: []", "accepted", "accepted"),
  inRule("key_groups:", "accepted", "accepted"),
  // Rules
  ["creation_rules: {age: AGE}\n", "1: creation_rules must be a list", "refused"],
  ["creation_rules: [x]\n", "1: creation rule 1 is no mapping", "refused"],
  ["creation_rules:\n  - age: AGE\n  -\n", "3: creation rule 2 is no mapping", "accepted"],
  ["creation_rules:\n  - {path_regex: 5, age: AGE}\n", "2: creation rule 1: path_regex", "refused"],
  ["creation_rules: [{path_regex: [f], age: AGE}]\n", "1: creation rule 1: path_regex", "refused"],
  ["creation_rules: [{path_regex: (, age: AGE}]\n", "1: creation rule 1: path_regex", "refused"],
  ["creation_rules:\n- age: AGE\n- path_regex: (\n", "3: creation rule 2: path_regex", "accepted"],
  ["creation_rules:\n- age: AGE\n- age: 5\n", "3: creation rule 2: age", "accepted"],
  [
    "x: &x\n  mac_only_encrypted: 1\ncreation_rules:\n- <<: *x\n  age: AGE\n",
    "4: creation rule 1: mac_only_encrypted must be",
    "refused",
  ],
  ["x: &x [AGE]\ncreation_rules:\n- age: *x\n", "accepted", "accepted"],
  ["x: &x {age: AGE}\ncreation_rules:\n- *x\n", "accepted", "accepted"],
  ["x: &x\n- age: AGE\ncreation_rules: *x\n", "accepted", "accepted"],
  ["- age: AGE\n", "1: is no mapping", "refused"],
  ["creation_rules: [{age: AGE}]\n---\na: 1\n", "2: has a second document", "accepted"],
  ["creation-rules: [{age: AGE}]\n", `1: has "creation-rules", ${MEANT}`, "refused"],
  beside("creationRule: []", `2: has "creationRule", ${MEANT}`, "accepted"),
  beside("encrypted_regex: a", `2: has encrypted_regex, ${MEANT}`, "accepted"),
  beside("encrypted_regex: &regex a", "accepted", "accepted"),
  beside("x: {encrypted_regex: a}", "accepted", "accepted"),
  // The rest of the file
  beside("destination_rules: [{s3_bucket: x, foo: y}]", "accepted", "accepted"),
  beside("destination_rules: x", "2: destination_rules must be a list", "refused"),
  beside("destination_rules: [x]", "2: destination rule 1 is no mapping", "refused"),
  beside("stores:", "accepted", "accepted"),
  beside("stores: []", "2: stores must be a mapping", "refused"),
  beside("stores: {yaml: x}", "2: stores: yaml must be a mapping", "refused"),
  beside("stores: {dotenv: x}", "2: stores: dotenv must be a mapping", "refused"),
  beside("stores: {ini: {a: 1}, foo: 1}", "accepted", "accepted"),
  beside('stores: {yaml: {indent: "2"}}', "2: stores.yaml: indent must be", "refused"),
  beside("stores: {yaml: {indent: -1}}", "2: stores.yaml: indent must be", "refused"),
  beside("stores: {json: {indent: x}}", "2: stores.json: indent must be", "refused"),
  beside("stores: {json: {indent: -2}}", "2: stores.json: indent must be", "accepted"),
  beside("stores: {json_binary: {indent: 999999999}}", "2: stores.json_binary: indent", "accepted"),
];

function ours(text: string): string {
  try {
    parseRuleFile(text);
    return "accepted";
  } catch (error) {
    if (!(error instanceof SopsError) || error.code !== "bad-config") throw error;
    return `${error.line}: ${error.message}`;
  }
}

const sops = realTool("sops");

function bySops(
  text: string,
  args: readonly string[] = [],
): { status: number | null; out: string } {
  writeFileSync(join(folder, ".sops.yaml"), text);
  writeFileSync(join(folder, "f.yaml"), "a: 1\nb_unencrypted: 2\n");
  const { status, stdout } = spawnSync(sops ?? "", ["encrypt", ...args, "f.yaml"], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
    encoding: "utf8",
  });
  return { status, out: stdout };
}

for (const [template, verdict, theirs] of CASES) {
  const compared = sops === null ? " [real sops needs sops]" : "";
  test(`.sops.yaml: ${JSON.stringify(template)}${compared}`, (t) => {
    const text = template.replaceAll("AGE", recipient);
    const said = ours(text);
    if (verdict === "accepted") t.is(said, verdict);
    else t.true(said.startsWith(verdict), said);
    if (sops !== null) t.is(bySops(text).status === 0, theirs === "accepted");
  });
}

test("what is said about a misspelt key of a rule mends the file", (t) => {
  const rule = `age: ${recipient}`;
  for (const others of [
    "",
    "path_regex: b",
    "encrypted_regex: ^b$",
    "unencrypted_suffix: b",
    "encrypted_suffix:",
    "encrypted-regexp: ^b$",
    "encrypted-regexp: ^b$\n  encrypted_suffix: c",
  ]) {
    for (const key of ["path-regex", "unencrypted-regex", "Encrypted_Suffix"]) {
      let text = `creation_rules:\n- ${rule}\n  ${others}\n  ${key}: a\n`;
      let said = ours(text);
      for (let step = 0; said !== "accepted" && step < 4; step += 1) {
        const [, wrong = "", advice = ""] = /has "([^"]*)", which .*?: (.*)/.exec(said) ?? [];
        const [, right] = /^write (.*)/.exec(advice) ?? [];
        t.true(right !== undefined || advice.startsWith("take it out"), said);
        text = text.replace(
          right === undefined ? new RegExp(`\n *${wrong}:.*`) : new RegExp(`\\b${wrong}:`),
          right === undefined ? "" : `${right}:`,
        );
        said = ours(text);
      }
      t.is(said, "accepted", text);
    }
  }
});

test("what a rule means is what sops makes of it", (t) => {
  const [rule] =
    parseRuleFile(
      `creation_rules:\n- {age: ${recipient}, mac_only_encrypted: yes, encrypted_regex: ^a$}\n`,
    ).rules ?? [];
  t.true(rule?.macOnlyEncrypted);
  t.deepEqual(rule?.selection, { option: "encrypted_regex", pattern: "^a$" });
  const off = parseRuleFile(`creation_rules: [{age: ${recipient}, mac_only_encrypted: no}]\n`);
  t.false(ruleFor(off, "x")?.macOnlyEncrypted);
  const on = parseRuleFile(`creation_rules: [{age: ${recipient}, mac_only_encrypted: ON}]\n`);
  t.true(ruleFor(on, "x")?.macOnlyEncrypted);
});

for (const [given, width] of [
  ["0", 4],
  ["1", 2],
  ["2", 2],
  ["9", 9],
  ["10", 2],
] as const) {
  test(`stores.yaml.indent: ${given} indents by ${width}`, (t) => {
    const text = `creation_rules: [{age: ${recipient}}]\nstores: {yaml: {indent: ${given}}}\n`;
    t.is(parseRuleFile(text).indents.yaml ?? 4, width);
    if (sops !== null) t.regex(bySops(text).out, new RegExp(`^sops:\n {${width}}\\S`, "m"));
  });
}
