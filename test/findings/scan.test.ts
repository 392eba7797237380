import test from "ava";
import { candidateOf } from "../../findings/candidate/candidate.ts";
import type { RuleId } from "../../findings/finding.ts";
import { suspectedRules } from "../../findings/prefilter/prefilter.ts";
import { scan } from "../../findings/scan.ts";
import type { Section } from "../../findings/candidate/sections.ts";
import { fill, placeholders } from "./keys.ts";

const keys = await placeholders();
const scanText = (path: string, content: string, encryptedName?: string) =>
  scan(
    candidateOf(
      path,
      fill(content, keys),
      encryptedName === undefined ? {} : { encryptedName: () => encryptedName },
    ),
  );

const SECRET = "kind: Secret\nstringData:\n  a: hunter2\n";

test("findings of several rules come by line", (t) => {
  const found = scanText(
    "a.yaml",
    "kind: Secret\nstringData:\n  tls.key: |\n    {{PEM_PKCS8}}\n---\nkind: Secret\nstringData:\n  age: {{AGE_KEY}}\n",
  );
  t.deepEqual(
    found.map(({ rule }) => rule),
    ["plaintext-secret", "private-key", "plaintext-secret", "age-key"],
  );
  t.deepEqual(
    found.map(({ line }) => line),
    [...found.map(({ line }) => line ?? 0)].sort((a, b) => a - b),
  );
});

test("a value that is a part of its key is mended in one way, whichever rule says it", (t) => {
  const mendsOf = (values: string) =>
    scanText("a.yaml", `apiVersion: v1\nkind: Secret\nstringData: {${values}}\n`).map(
      ({ rule, mend }) => [rule, mend.kind === "edit" ? mend.what : null],
    );
  const BLANK = "write a colon and a blank before the value";
  t.deepEqual(mendsOf("a:hunter2"), [
    ["plaintext-secret", BLANK],
    ["secret-not-valid", BLANK],
  ]);
  const [, letters] = mendsOf('"a=b": hunter2');
  t.deepEqual(letters, ["secret-not-valid", "use only letters, digits, -, _ and . in the key"]);
});

test("a token that has a name is told of by it", (t) => {
  const token = `ghp_${"Zk3vQ8r2LmN9pXw1bT".repeat(2)}`;
  const messages = (path: string, content: string) =>
    scanText(path, content).map(({ message }) => message);
  t.deepEqual(messages("a.toml", `[a]\ntoken = "${token}"\n`), [
    "settings may hold a readable credential: token",
  ]);
  t.deepEqual(messages("a.md", `${token}\n`), ["a text may hold a readable credential: a token"]);
});

test("no message holds a value, and names are escaped", (t) => {
  const [finding] = scanText(
    "a.yaml",
    `kind: Secret\nstringData:\n  "x\\e[31m${"y".repeat(100)}": hunter2\n`,
  );
  t.is(finding?.rule, "plaintext-secret");
  t.notRegex(finding?.message ?? "", /[\x00-\x1f]|hunter2/);
  t.regex(finding?.message ?? "", /x\\u001b\[31myyy/);
  t.true((finding?.message ?? "").length < 200);
});

test("the mend of a Secret that a rule would take under another name is to rename it", (t) => {
  t.deepEqual(scanText("a.yaml", SECRET, "a.sops.yaml")[0]?.mend, {
    kind: "rename",
    to: "a.sops.yaml",
  });
});

test("without such a name, or under it already, it is to leave the file out", (t) => {
  t.deepEqual(scanText("a.yaml", SECRET)[0]?.mend, { kind: "leave-out" });
  t.deepEqual(scanText("a.sops.yaml", SECRET, "a.sops.yaml")[0]?.mend, { kind: "leave-out" });
});

test("where encrypting the file as it is would not help, it is to edit it", (t) => {
  const list = `kind: List\nitems:\n- kind: Secret\n  stringData: {a: hunter2}\n`;
  const template = `{{ if x }}\n${SECRET}{{ end }}\n`;
  const generator = "secretGenerator: [{name: a, literals: [a=hunter2]}]\n";
  const nested = `kind: ConfigMap\ndata:\n  a: "${SECRET.replaceAll("\n", "\\n")}"\n`;
  const misspelt = SECRET.replace("stringData", "stringdata");
  for (const content of [list, template, generator, nested, misspelt]) {
    const found = scanText("a.yaml", content, "a.sops.yaml");
    t.is(found.length, 1);
    t.is(found[0]?.mend.kind, "edit");
  }
});

test("a UTF-16 file is judged like any other", (t) => {
  const found = scan(candidateOf("a.yaml", Buffer.from(`\ufeff${SECRET}`, "utf16le")));
  t.deepEqual(
    found.map(({ rule, line }) => ({ rule, line })),
    [{ rule: "plaintext-secret", line: 3 }],
  );
});

test("so is one with a byte too many, and Latin-1 beside NUL", (t) => {
  const utf16 = Buffer.from(SECRET, "utf16le");
  for (const bytes of [
    Buffer.concat([utf16, Buffer.from("\n")]),
    Buffer.concat([Buffer.from(utf16).swap16(), Buffer.from("\n")]),
    Buffer.from(`${SECRET}# \u00e4\0\0`, "latin1"),
  ]) {
    const found = scan(candidateOf("a.yaml", bytes));
    t.deepEqual(
      found.map(({ rule, line }) => ({ rule, line })),
      [{ rule: "plaintext-secret", line: 3 }],
    );
  }
});

test("an ordinary file is no suspect", (t) => {
  const deployment =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n";
  t.is(suspectedRules("a.yaml", Buffer.from(deployment)).size, 0);
});

test("a rule that is not asked finds nothing, and the others what they find", (t) => {
  const bytes = Buffer.from("apiVersion: v1\nkind: Secret\ndata: {password: hunter2!}\n");
  const found = (without: RuleId[]) =>
    scan(candidateOf("a.yaml", bytes), new Set(without)).map(({ rule }) => rule);
  t.deepEqual(found(["kubeconfig"]).sort(), ["plaintext-secret", "secret-not-valid"]);
  t.deepEqual(found(["secret-not-valid"]), ["plaintext-secret"]);
  t.deepEqual(found(["plaintext-secret"]), ["secret-not-valid"]);
});

test("in a binary file only keys are looked for", (t) => {
  const bytes = Buffer.from(`\0\u0001${SECRET}password users contexts`);
  t.deepEqual([...suspectedRules("a.bin", bytes)], []);
  t.deepEqual(scan(candidateOf("a.bin", bytes)), []);
});

const CHART =
  "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec:\n";

test("what only refers to Secrets, or looks a little like another rule's file, is not parsed", (t) => {
  for (const content of [
    "  valuesFrom: [{kind: Secret, name: a-values}]\n  values: {existingSecret: a, serviceAccount: {create: true}}\n",
    '  values:\n    data: {b: c}\n  valuesFrom:\n    - kind: Secret\n      name: a-values\n    # kind: Secret\n    - targetPath: "a[0].b"\n      kind: Secret\n      name: b\n      valuesKey: c\n',
    "  values: {serviceAccount: {name: a}, ceph-cluster: {a: b}, existingSecret: d, key: e}\n",
    "  values: {users: [{name: a, password: ''}], contexts: b}\n",
  ]) {
    t.is(documentsParsed(`${CHART}${content}`), 0, content);
    t.is(documentsParsed(`${CHART}${content}---\n${SECRET}`), 1, content);
  }
});

test("a Secret that begins as a reference does is found, wherever its values stand", (t) => {
  const reference = "- kind: Secret\n  name: a\n";
  const values = "  data:\n    a: aHVudGVyMg==\n";
  for (const content of [
    `${reference}${values}`,
    `${reference}# a comment\n${values}`,
    `${reference}\n${values}`,
    `- name: a\n  kind: Secret\n${values}`,
    `- data:\n    a: aHVudGVyMg==\n  kind: Secret\n  name: a\n`,
    `- kind: Secret\n  name: &name a\n${values}`,
    `kind: List\nitems:\n${reference}${values}`,
    `kind: ConfigMap\ndata:\n  a: "\n    # a comment\\nkind: Secret\\ndata:\\n  a: aHVudGVyMg==\\n"\n`,
    `kind: ConfigMap\ndata:\n  a: |\n    - kind: Secret\n      name: a\n      data:\n        a: aHVudGVyMg==\n`,
  ]) {
    t.deepEqual(
      scanText("a.yaml", content).map(({ rule }) => rule),
      ["plaintext-secret"],
      content,
    );
  }
});

/** How many documents of a file a rule has the YAML parser read. */
function documentsParsed(content: string): number {
  const candidate = candidateOf("a.yaml", Buffer.from(content));
  const parsed = new Set<Section>();
  for (const section of candidate.sections) {
    const { documents } = section;
    Object.defineProperty(section, "documents", { get: () => (parsed.add(section), documents) });
  }
  scan(candidate);
  return parsed.size;
}
