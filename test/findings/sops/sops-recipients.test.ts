import test from "ava";
import { recipientsFinding } from "../../../findings/sops/sops-recipients.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { parseMetadata } from "../../../sops/metadata/metadata.ts";

const [A, B] = [
  "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg",
  "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
];
const age = (...recipients: string[]) => recipients.map((recipient) => ({ recipient, enc: "x" }));
const KEY = [{ created_at: "2026-01-01T00:00:00Z", enc: "x" }];
const BASE = { lastmodified: "2026-01-01T00:00:00Z", mac: "x", version: "3.13.3" };
const EXTRA = "can read it and should not";
const MISSING = "should be able to read it and cannot";

function found(rule: string, block: object): readonly string[] {
  const { rules } = parseRuleFile(`creation_rules:\n  - ${rule}\n`);
  const finding = recipientsFinding(parseMetadata({ ...BASE, ...block }), rules?.[0] ?? null);
  if (finding === null) return [];
  const [, ...parts] = finding.message.split(/: |; /);
  const { mend } = finding;
  return [finding.severity, ...parts, ...(mend.kind === "on-file" ? mend.commands : [])];
}

test("the recipients of a file beside those of its rule", (t) => {
  t.deepEqual(found(`age: ${A}`, { age: age(A) }), []);
  t.deepEqual(found(`age: "${A},${B}"`, { age: age(B, A) }), []);
  t.deepEqual(found(`age: "${A},${B}"`, { age: age(A) }), [
    "error",
    `age1ql3z7hjy… ${MISSING}`,
    "npx flux-sops updatekeys --yes FILE",
    "git add -- FILE",
  ]);
  t.deepEqual(found(`age: ${A}`, { age: age(A, B) }), [
    "error",
    `age1ql3z7hjy… ${EXTRA}`,
    "npx flux-sops updatekeys --yes FILE",
    "npx flux-sops rotate --in-place FILE",
    "git add -- FILE",
  ]);
});

test("beside keys that are left to sops: a warning, with sops's own commands", (t) => {
  const both = `{age: ${A}, pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21}`;
  t.deepEqual(found(both, { age: age(A), pgp: KEY }), []);
  t.deepEqual(found(`{age: ${A}, azure_keyvault: x}`, { age: age(A), azure_kv: KEY }), []);
  const mend = ["sops updatekeys --yes FILE", "sops rotate --in-place FILE", "git add -- FILE"];
  t.deepEqual(found(both, { age: age(A, B), pgp: KEY }), [
    "warning",
    `age1ql3z7hjy… ${EXTRA}`,
    ...mend,
  ]);
  // What a move from PGP to age has left.
  t.deepEqual(found(`age: ${A}`, { age: age(A), pgp: KEY }), [
    "warning",
    `a key of the kind pgp ${EXTRA}`,
    ...mend,
  ]);
  t.deepEqual(found(`age: ${A}`, { pgp: KEY }), [
    "warning",
    `a key of the kind pgp ${EXTRA}`,
    `age1lggyhqrw… ${MISSING}`,
    ...mend,
  ]);
});

test("of several key groups nothing is said: which key opens which part is left to sops", (t) => {
  const groups = { key_groups: [{ age: age(A) }, { age: age(B) }], shamir_threshold: 2 };
  t.deepEqual(found(`age: ${A}`, groups), []);
  const rule = `key_groups: [{age: [${A}]}, {age: [${B}]}]`;
  t.deepEqual(found(rule, { age: age(A) }), []);
});
