import test from "ava";
import { randomBytes } from "node:crypto";
import { candidateOf } from "../../findings/candidate/candidate.ts";
import { EXAMPLES } from "../../findings/examples/examples.ts";
import { rules } from "../../findings/rules/rules.ts";
import { scan } from "../../findings/scan.ts";
import { fill, placeholders } from "./keys.ts";

const keys = await placeholders();

/** Every word that lets a rule look into the file, so that nothing is skipped. */
const BAIT =
  "# Secret secretGenerator stringData auths users contexts machine trustdinfo password kind: Secret\n";

/** @param n how long they are: what takes time that grows with its square takes minutes at 200,000. */
const hostile = (n: number): Record<string, string> => ({
  "open brackets": "[".repeat(n),
  "nested flow lists": "[".repeat(n) + "]".repeat(n),
  "nested flow mappings": "{a: ".repeat(n) + "1" + "}".repeat(n),
  "nested list items": "- ".repeat(n) + "a",
  "nested explicit keys": "? ".repeat(n) + "a",
  "deep indentation": Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}a:\n`).join(""),
  "10,000 levels on one line each": Array.from(
    { length: 300 },
    (_, i) => `${"- ".repeat(i)}a\n`,
  ).join(""),
  "closing brackets": "]\n".repeat(n),
  "empty lists in a row": "[] ".repeat(n),
  "many documents": "---\nkind: Secret\n".repeat(n / 4),
  "document markers": "---\n".repeat(n),
  directives: "%YAML 1.2\n".repeat(n),
  "open braces of templates": "a: " + "{{ ".repeat(n),
  "open substitutions": "kind: Secret\nstringData:\n  a: '" + "${A:-".repeat(n) + "'\n",
  "many substitutions": "kind: Secret\nstringData:\n  a: '" + "${A}".repeat(n) + "'\n",
  "quotes in a row": "kind: Secret\nstringData:\n  a: " + '"" '.repeat(n) + "\n{{",
  "a line of keys": "kind: Secret\ndata: {{\n" + "a: ".repeat(n),
  "one long line": "password: " + "a".repeat(25 * n),
  "many quotes": 'a: "a\n'.repeat(n),
  "lines of spaces": "stringData:\n" + `${" ".repeat(80)}\n`.repeat(n / 4),
  "rising indentation by line":
    "{{ x\n" + Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}kind: Secret\n`).join(""),
  "age fragments": "QUdFLVNFQ1I".repeat(n),
  "age prefixes": "AGE-SECRET-KEY-1".repeat(n),
  "PEM headers": "-----BEGIN PRIVATE KEY-----\n".repeat(n / 4),
  "certificates without an end":
    "kind: Secret\nstringData:\n  a: ${A}\n  b: |\n" +
    "    -----BEGIN CERTIFICATE-----\n    # a: b\n    AAAA\n".repeat(n / 20),
  "PEM headers in base64": Buffer.from("-----BEGIN PRIVATE KEY-----\n")
    .toString("base64")
    .repeat(n / 10),
  "PuTTY headers": "PuTTY-User-Key-File-3: a\nPrivate-Lines: 1\n".repeat(n / 10),
  "anchors and merges": `a0: &a0 {x: 1}\n${Array.from(
    { length: n / 20 },
    (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, kind: Secret}\n`,
  ).join("")}`,
  backslashes: "\\".repeat(n),
  "lines of backslashes": `${"\\".repeat(500)}\n`.repeat(n / 100),
  escapes: '"' + "\\u0053".repeat(n),
  "a word over many lines": 'kind: "S' + "\\\ne".repeat(n),
  "escaped blanks": 'kind: "S' + ("\\\n" + " ".repeat(1000)).repeat(n / 1000),
  "Secrets in base64": Buffer.from("kind: Secret\n")
    .toString("base64")
    .repeat(n / 10),
  "flow Secrets on one line": "{kind: Secret, data: {".repeat(n / 4),
  "Terraform's Secrets without an end": 'resource "kubernetes_secret" "a" {\n  data = {\n'.repeat(
    n / 4,
  ),
  "Terraform's passwords": '"type": "random_password",\n'.repeat(n / 2),
  "Terraform's outputs": '"value": "a",\n'.repeat(n / 2),
  "commands over several lines":
    "kubectl create secret generic a \\\n --from-literal=password=\\\n".repeat(n / 10),
  "commands on one line": "kubectl create secret generic a --from-literal=a ".repeat(n / 10),
  "hunks of a patch": "@@ -1\n+kind: Secret\n+data:\n".repeat(n / 10),
  "WireGuard's keys": "PrivateKey = \n".repeat(n / 4),
  "passwords on one line": "password=".repeat(n),
  "breaks of Unicode": "kind: Secret\n" + "\u2028  ".repeat(n),
  "arguments without a value": "kind: Deployment\nargs:\n" + "- --password=\n".repeat(n / 10),
  "programs that take a password":
    "curl mysql mariadb-admin redis-cli sshpass docker login -p ".repeat(n / 20),
  "one such program": "mysql ".repeat(n),
  "values that are set": "--set a.password=$A,b=c ".repeat(n / 10),
  "connection strings without an end": "host=a password=$ ".repeat(n / 10) + "app:a@tcp",
  "headers without a value": "Authorization: Basic YWJj Bearer ".repeat(n / 10),
  "own headers without a value": `a: ${"X-aaaaaaaaaaaaaaaaaaaa-Api-Key: aaaaaaaaaaaaaaaa. ".repeat(n / 40)}${"x-a-".repeat(n / 4)}`,
  "selectors without an end": `{a=~"{password="a1234567",${'a{password="a1234567" '.repeat(n / 20)}\n`,
  "comments behind braces": `a = ${'"a" {b '.repeat(n / 20)}\n${`{ ${'"a" '.repeat(200)}' # {\n`.repeat(n / 1000)}`,
  "bytes on and on": `network_key: '[${"1, ".repeat(n)}'\n`,
  "keys of a network on one line": "network_key: a ".repeat(n / 10),
  "selectors and commas": `{${"a,".repeat(490)}\n`.repeat(n / 1000) + "a{b= ".repeat(n / 10),
  "blanks before a comment": `a = {${"\" '".repeat(200)}${" #".repeat(200)} {\n`.repeat(n / 1000),
  "values before blanks and comments": `password = ${"a # ".repeat(n / 4)}${" ".repeat(n)}\n`,
  "Lists in Lists":
    "kind: List\nitems:\n" + "- {kind: List, items: [{kind: List}]}\n".repeat(n / 40),
  "addresses with variables": `kind: Secret\nstringData:\n  a: \${A}\n${"  b: x://${B}@\n".repeat(n / 10)}`,
  "URLs with tokens": `kind: ConfigMap\ndata:\n  a: ${"https://aaaaaaaaaaaaaaaaaaaa@".repeat(n / 10)}\n`,
  "statements of SQL": `kind: ConfigMap\ndata:\n  a: ${"create user a identified with b ".repeat(n / 10)}PASSWORD '\n`,
  "statements of SQL that name no password": `kind: ConfigMap\ndata:\n  a: ${"grant a identified by 'a' ".repeat(n / 10)}\n`,
  "beginnings of minisign's keys": "RWRTY0Iy".repeat(n / 4),
  "beginnings of tokens": "a: " + "SG.hf_tk_ghp_syt_".repeat(n / 10),
  "tokens without an end": `a: ${"tk_".repeat(n)}${"0@pam!".repeat(n / 10)}${"1234567:AAE".repeat(n / 10)}`,
  "beginnings of issued tokens": `a: ${"cmVmdGtuO8Q~AZDO+ACRJQQJ99NRALtoken-A3-ptr_sk1_pscale_tkn_".repeat(n / 20)}`,
  "letters before what marks a token": `a: ${"A".repeat(n)}AZDO ${"aB3/".repeat(n / 4)}+ASt ${"0".repeat(n)}NRAL`,
  "hashes without an end": `a: ${"SCRAM-SHA-256$4096:{SSHA}".repeat(n / 20)}${"SCRAM-SHA-256$1:AAAAAAAAAAAAAAAAAAAA".repeat(n / 20)}`,
  "web tokens without a signature": `a: ${"eyJhbGciOiAAAAA.eyJAAAAAAAAAAAAAA.".repeat(n / 20)}`,
  "web tokens of nothing": `# ${`eyJhbGciOiAAAAA.eyJAAAAAAAAAAAAAA.${"aB3".repeat(7)} `.repeat(n / 40)}`,
  "directives without a password": `kind: ConfigMap\ndata:\n  a: |\n${'    MONITOR a@b 1 c  secret "AAAAAAAAAAAAAAAAAAAA" insecure-password $ machine a login b \n'.repeat(n / 40)}`,
  "directives on one line": `a: ${"MONITOR a@b 1 ".repeat(n / 20)}${"machine a login b ".repeat(n / 20)}`,
  "headers without an end": `a: ${"Authorization: token Authorization: Bearer ".repeat(n / 40)}${"Bearer aaaaaaaa ".repeat(n / 20)}`,
  "variables of Terraform": 'variable "password" {\ndefault = "'.repeat(n / 20),
  "widgets without a key": "widget: {key: aaaaaaaaaaaaaaaaaaaa, encryption:\n".repeat(n / 20),
  "addresses with tokens in them": `a: ${"?token=&apikey=aaaaaaaaaaaaaaaaaaaaaaa%".repeat(n / 20)}`,
  "braces without an end": `{password: "a, ${'{password: "a, '.repeat(n / 20)}\n${"{ token: aaaaaaaa1 ".repeat(n / 20)}`,
  "elements without an end": "<password>aaaa <a password=".repeat(n / 10),
  "words without an end": `kind: ConfigMap\ndata:\n  password: ${"aa ".repeat(n)}\n`,
  "words of a sentence in rows": `password: aa bb cc dd ee ff gg hh ii jj\n`.repeat(n / 40),
  "references to Python's environment": `kind: ConfigMap\ndata:\n  password: ${'os.environ["A"]'.repeat(n / 20)}\n`,
  "references without an end": `kind: ConfigMap\ndata:\n  password: {env:${"{file:".repeat(n / 10)}\n`,
  "comments in an encrypted Secret": `sops:\n  mac: ENC[AES256_GCM,\n---\nkind: Secret\nstringData:\n${"#    a: b\n".repeat(n)}`,
  "comments of rising depth in an encrypted Secret": `sops:\n  mac: ENC[AES256_GCM,\n---\nkind: Secret\nstringData:\n${Array.from({ length: 2000 }, (_, i) => `#${" ".repeat(i)}a:\n`).join("")}`,
  "one comment on and on": `sops:\n  mac: ENC[AES256_GCM,\n---\nkind: Secret\nstringData:\n# a: ${"# ".repeat(n)}`,
  "tokens in lines": "# ghp_\ntk_\n".repeat(n),
  "CR only": "kind: Secret\rstringData:\r  a: b\r".repeat(n / 10),
});

const SIZES = [
  { n: 200_000, seconds: 3, paths: ["a.yaml"], isParsed: true },
  // Under names that other rules look at. What YAML it is does not depend on the name.
  {
    n: 50_000,
    seconds: 1.5,
    isParsed: false,
    paths: ["a.env", "values.yaml", "a.tfstate", "a.patch", "a.tf", "a.sql", "a.xml", "a.md"],
  },
];

for (const { n, seconds, paths, isParsed } of SIZES) {
  for (const [name, text] of Object.entries(hostile(n))) {
    for (const path of paths) {
      test(`${name} (${path}) is judged in little time, without an exception`, (t) => {
        const candidate = candidateOf(path, Buffer.from(BAIT + text));
        // Processor time, not wall time: other tests run beside this one.
        const start = process.cpuUsage();
        t.notThrows(() => scan(candidate));
        if (isParsed) t.notThrows(() => candidate.documents);
        const { user } = process.cpuUsage(start);
        t.true(user < seconds * 1e6, `${String(user / 1000)} ms`);
      });
    }
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
  for (const { hits, misses } of Object.values(EXAMPLES)) {
    for (const example of [...hits, ...misses]) {
      const whole = fill(example.content, keys);
      for (let step = 1; step < 8; step += 1) {
        const bytes = whole.subarray(0, Math.floor((whole.length * step) / 8));
        t.notThrows(() => scan(candidateOf(example.path, bytes)), example.path);
      }
    }
  }
});
