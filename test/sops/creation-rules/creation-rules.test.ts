import test from "ava";
import { indentFor, parseRuleFile, ruleFor } from "../../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../../sops/errors.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { SHAMIR } from "../../../sops/metadata/metadata.ts";

const { recipient: own } = await generateKeyPair();
const { recipient: other } = await generateKeyPair();

/** The only rule of a file, in flow style. */
function rule(keys: string) {
  const found = ruleFor(parseRuleFile(`creation_rules: [{${keys}}]\n`), "a.yaml");
  if (found === null) throw new Error("no rule takes it");
  return found;
}

function placeOf(text: string): string {
  try {
    parseRuleFile(text);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return `${error.code} ${String(error.line)}:${String(error.column ?? "")}`;
  }
  return "none";
}

test("every kind of key that is left to sops is told, of a rule and of a group, by its name in the metadata", (t) => {
  for (const [keys, ...foreign] of [
    [`age: ${own}`],
    [`age: ${own}, pgp: A`, "pgp"],
    [`age: ${own}, kms: [arn]`, "kms"],
    [`age: ${own}, gcp_kms: [projects/a]`, "gcp_kms"],
    [`age: ${own}, hckms: [a]`, "hckms"],
    [`age: ${own}, azure_keyvault: https://a`, "azure_kv"],
    [`age: ${own}, hc_vault_transit_uri: https://a`, "hc_vault"],
    [`key_groups: [{age: [${own}]}]`],
    [`key_groups: [{age: [${own}], pgp: [A]}]`, "pgp"],
    [`key_groups: [{age: [${own}], kms: [{arn: a}]}]`, "kms"],
    [`key_groups: [{age: [${own}], gcp_kms: [{resource_id: a}]}]`, "gcp_kms"],
    [`key_groups: [{age: [${own}], hckms: [{key_id: a}]}]`, "hckms"],
    [`key_groups: [{age: [${own}], azure_keyvault: [{vaultUrl: a}]}]`, "azure_kv"],
    [`key_groups: [{age: [${own}], hc_vault: [a]}]`, "hc_vault"],
    [`key_groups: [{merge: [{pgp: [A]}], age: [${own}]}]`, "pgp"],
    [`key_groups: [{age: [${own}]}, {age: [${other}]}]`, SHAMIR],
  ] as const) {
    t.deepEqual(rule(keys).foreign, foreign, keys);
  }
});

test("key groups take the place of a rule's own keys, as in sops", (t) => {
  const { recipients, foreign } = rule(`age: ${own}, pgp: A, key_groups: [{age: [${other}]}]`);
  t.deepEqual(recipients, [other]);
  t.deepEqual(foreign, []);
});

test("a file without creation rules is none, one with an empty list takes nothing", (t) => {
  for (const text of [
    "",
    "# none\n",
    "~\n",
    "creation_rules:\n",
    "stores: {yaml: {indent: 2}}\n",
  ]) {
    t.is(parseRuleFile(text).rules, null, text);
  }
  t.deepEqual(parseRuleFile("creation_rules: []\n").rules, []);
});

test("how wide sops indents by a rule file", (t) => {
  const widths = (text: string) => {
    const file = parseRuleFile(text);
    return (["yaml", "json", "binary", "dotenv"] as const).map((format) => indentFor(file, format));
  };
  const all = (indent: number, json = indent) =>
    widths(
      `stores: {yaml: {indent: ${indent}}, json: {indent: ${json}}, json_binary: {indent: ${json}}}`,
    );
  t.deepEqual(widths("stores:\n"), [null, null, null, null]);
  t.deepEqual(all(0, -1), [null, null, null, null]);
  t.deepEqual(all(1, 0), [2, 0, 0, null]);
  t.deepEqual(all(2, 1), [2, 1, 1, null]);
  t.deepEqual(all(9), [9, 9, 9, null]);
  t.deepEqual(all(10), [2, 10, 10, null]);
  t.deepEqual(all(100), [2, 100, 100, null]);
  t.is(placeOf("stores: {json: {indent: 101}}"), "bad-config 1:");
});

test("a mistake is told with its place, where sops passes over it or the reader would end", (t) => {
  const fine = `creation_rules: [{age: ${own}}]\n`;
  for (const [text, place] of [
    [`${fine}path_regex: a\n`, "bad-config 2:"],
    [`${fine}mac_only_encrypted: true\n`, "bad-config 2:"],
    [`creation_rules:\n- age: ${own}\n  merge: []\n`, "none"],
    [`creation_rules:\n- age: ${own}\n  merge: [{age: [${own}]}]\n`, "bad-config 3:"],
    [`creation_rules:\n- key_groups:\n  - age: []\n  - age: [x]\n`, "bad-config 2:"],
    [`${fine}x: [1\n`, "bad-config 3:1"],
    [`${fine}x:\n  ${"[".repeat(200)}${"]".repeat(200)}\n`, "bad-config 3:102"],
  ] as const) {
    t.is(placeOf(text), place, text);
  }
});

test("a misspelt key is not told its opposite", (t) => {
  for (const [key, meant] of [
    ["encrypted-regex", "encrypted_regex"],
    ["encryptedRegex", "encrypted_regex"],
    ["EncryptedRegex", "encrypted_regex"],
    ["encrypted_suffixes", "encrypted_suffix"],
    ["encryptedSuffix", "encrypted_suffix"],
    ["encrypted-comment-regex", "encrypted_comment_regex"],
    ["unencrypted-regex", "unencrypted_regex"],
    ["uncrypted_regex", "unencrypted_regex or encrypted_regex"],
    ["nencrypted_regex", "unencrypted_regex or encrypted_regex"],
  ] as const) {
    const { message } = t.throws(() =>
      parseRuleFile(`creation_rules:\n- age: ${own}\n  ${key}: a\n`),
    );
    t.is(message, `creation rule 1 has "${key}", which sops passes over: write ${meant}`);
  }
});
