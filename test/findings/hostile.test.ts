import test from "ava";
import { randomBytes } from "node:crypto";
import { candidateOf } from "../../findings/candidate.ts";
import { rules } from "../../findings/rules.ts";
import { scan } from "../../findings/scan.ts";
import { fill, placeholders } from "./keys.ts";

const keys = await placeholders();

/** Every word that lets a rule look into the file, so that nothing is skipped. */
const BAIT =
  "# Secret secretGenerator stringData auths users contexts machine trustdinfo password kind: Secret\n";

const N = 200_000;

const HOSTILE: Record<string, string> = {
  "open brackets": "[".repeat(N),
  "nested flow lists": "[".repeat(N) + "]".repeat(N),
  "nested flow mappings": "{a: ".repeat(N) + "1" + "}".repeat(N),
  "nested list items": "- ".repeat(N) + "a",
  "nested explicit keys": "? ".repeat(N) + "a",
  "deep indentation": Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
  "10,000 levels on one line each": Array.from(
    { length: 300 },
    (_, i) => `${"- ".repeat(i)}a\n`,
  ).join(""),
  "closing brackets": "]\n".repeat(N),
  "empty lists in a row": "[] ".repeat(N),
  "many documents": "---\nkind: Secret\n".repeat(50_000),
  "document markers": "---\n".repeat(N),
  directives: "%YAML 1.2\n".repeat(N),
  "open braces of templates": "a: " + "{{ ".repeat(N),
  "open substitutions": "kind: Secret\nstringData:\n  a: '" + "${A:-".repeat(N) + "'\n",
  "many substitutions": "kind: Secret\nstringData:\n  a: '" + "${A}".repeat(N) + "'\n",
  "quotes in a row": "kind: Secret\nstringData:\n  a: " + '"" '.repeat(N) + "\n{{",
  "a line of keys": "kind: Secret\ndata: {{\n" + "a: ".repeat(N),
  "one long line": "password: " + "a".repeat(5_000_000),
  "many quotes": 'a: "a\n'.repeat(N),
  "lines of spaces": "stringData:\n" + `${" ".repeat(80)}\n`.repeat(50_000),
  "rising indentation by line":
    "{{ x\n" + Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}kind: Secret\n`).join(""),
  "age fragments": "QUdFLVNFQ1I".repeat(N),
  "age prefixes": "AGE-SECRET-KEY-1".repeat(N),
  "PEM headers": "-----BEGIN PRIVATE KEY-----\n".repeat(50_000),
  "PEM headers in base64": Buffer.from("-----BEGIN PRIVATE KEY-----\n")
    .toString("base64")
    .repeat(20_000),
  "PuTTY headers": "PuTTY-User-Key-File-3: a\nPrivate-Lines: 1\n".repeat(20_000),
  "anchors and merges": `a0: &a0 {x: 1}\n${Array.from(
    { length: 10_000 },
    (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, kind: Secret}\n`,
  ).join("")}`,
  backslashes: "\\".repeat(N),
  "lines of backslashes": `${"\\".repeat(500)}\n`.repeat(2000),
  escapes: '"' + "\\u0053".repeat(N),
  "Secrets in base64": Buffer.from("kind: Secret\n").toString("base64").repeat(20_000),
  "flow Secrets on one line": "{kind: Secret, data: {".repeat(50_000),
  "Terraform's Secrets without an end": 'resource "kubernetes_secret" "a" {\n  data = {\n'.repeat(
    50_000,
  ),
  "Terraform's passwords": '"type": "random_password",\n'.repeat(100_000),
  "Terraform's outputs": '"value": "a",\n'.repeat(100_000),
  "commands over several lines":
    "kubectl create secret generic a \\\n --from-literal=password=\\\n".repeat(20_000),
  "commands on one line": "kubectl create secret generic a --from-literal=a ".repeat(20_000),
  "hunks of a patch": "@@ -1\n+kind: Secret\n+data:\n".repeat(20_000),
  "WireGuard's keys": "PrivateKey = \n".repeat(50_000),
  "passwords on one line": "password=".repeat(N),
  "breaks of Unicode": "kind: Secret\n" + "\u2028  ".repeat(N),
  "arguments without a value": "kind: Deployment\nargs:\n" + "- --password=\n".repeat(20_000),
  "Lists in Lists": "kind: List\nitems:\n" + "- {kind: List, items: [{kind: List}]}\n".repeat(5000),
  "addresses with variables": `kind: Secret\nstringData:\n  a: \${A}\n${"  b: x://${B}@\n".repeat(20_000)}`,
  "CR only": "kind: Secret\rstringData:\r  a: b\r".repeat(20_000),
};

for (const [name, text] of Object.entries(HOSTILE)) {
  for (const path of ["a.yaml", "a.env", "values.yaml", "a.tfstate", "a.patch", "a.tf"]) {
    test(`${name} (${path}) is judged in little time, without an exception`, (t) => {
      const candidate = candidateOf(path, Buffer.from(BAIT + text));
      // Processor time, not wall time: other tests run beside this one. What it guards against takes
      // minutes.
      const start = process.cpuUsage();
      t.notThrows(() => scan(candidate));
      t.notThrows(() => candidate.documents);
      const { user } = process.cpuUsage(start);
      t.true(user < 3_000_000, `${String(user / 1000)} ms`);
    });
  }
}

test("an alias bomb is not expanded", (t) => {
  let text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (let i = 0; i < 30; i += 1) {
    text += `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`;
  }
  text += "kind: Secret\nstringData: {a: *a30}\ncontexts: *a30\nusers: *a30\nmachine: *a30\n";
  const start = process.cpuUsage();
  t.notThrows(() => scan(candidateOf("values.yaml", Buffer.from(text))));
  t.true(process.cpuUsage(start).user < 3_000_000);
});

test("aliases that lead back to themselves end", (t) => {
  const text =
    "kind: List\nitems: &a [*a, {kind: Secret, stringData: &b {x: *b, <<: *b, y: hunter2}}]\n";
  t.deepEqual(
    scan(candidateOf("a.yaml", Buffer.from(text))).map((finding) => finding.rule),
    ["plaintext-secret"],
  );
});

test("a Secret behind 10,000 levels of nesting is still found", (t) => {
  const text = `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}\n---\nkind: Secret\nstringData:\n  a: hunter2\n`;
  t.deepEqual(
    scan(candidateOf("a.yaml", Buffer.from(text))).map(({ rule, line }) => ({ rule, line })),
    [{ rule: "plaintext-secret", line: 5 }],
  );
});

test("a Secret in a file too long to be parsed is still found, by line", (t) => {
  const filler = "- {a: 1, b: 2, Secret: 3}\n".repeat(40_000);
  const text = `items:\n${filler}kind: List\n---\nkind: Secret\nstringData:\n  a: hunter2\n`;
  t.deepEqual(
    scan(candidateOf("a.yaml", Buffer.from(text))).map(({ rule, line }) => ({ rule, line })),
    [{ rule: "plaintext-secret", line: 40_006 }],
  );
});

test("files of any bytes never make a rule throw", (t) => {
  const baits = rules.flatMap((rule) => [...rule.keywords]);
  for (let round = 0; round < 300; round += 1) {
    const parts = Array.from({ length: 20 }, () => {
      const bait = baits[Math.floor(Math.random() * baits.length)] ?? "";
      const noise = randomBytes(Math.floor(Math.random() * 30));
      const joint = [": ", "\n", "\n  ", "\n- ", "{", "}", "[", ", ", '"', "|\n", "&a ", "*a "];
      return Buffer.concat([
        Buffer.from(bait, "latin1"),
        Buffer.from(joint[Math.floor(Math.random() * joint.length)] ?? ""),
        round % 2 === 0 ? noise : Buffer.from(noise.toString("hex")),
      ]);
    });
    const bytes = Buffer.concat(parts);
    for (const path of ["a.yaml", ".npmrc", "x.tfvars", "age.agekey", "values.yaml"]) {
      const candidate = candidateOf(path, bytes);
      t.notThrows(() => rules.map((rule) => rule.find(candidate)), bytes.toString("hex"));
      t.notThrows(() => candidate.documents, bytes.toString("hex"));
    }
  }
});

test("every rule takes every other rule's examples without throwing, cut anywhere", (t) => {
  for (const rule of rules) {
    for (const example of [...rule.examples.hits, ...rule.examples.misses]) {
      const whole = fill(example.content, keys);
      for (let step = 1; step < 8; step += 1) {
        const bytes = whole.subarray(0, Math.floor((whole.length * step) / 8));
        t.notThrows(() => scan(candidateOf(example.path, bytes)), example.path);
      }
    }
  }
});
