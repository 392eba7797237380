import test from "ava";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { scaffolded, secret } from "../../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const API = "clusters/homelab/secrets/api.sops.yaml";
const OTHER = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

test("keys list: the recipients of each rule, its files, those that differ, those without a rule", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.write(API, secret({ a: "two" }));
  repository.write("talos/secrets.sops.yaml", "cluster:\n  name: lab\n");
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add them");
  const recipient = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  t.is(repository.tool("rotate", "-i", "--add-age", OTHER, API).status, 0);
  repository.write("elsewhere.yaml", repository.read(DB));
  repository.must("add", ".");
  repository.write(DB, "not: staged\n");

  const text = repository.tool("keys", "list");
  t.is(text.status, 0, text.stderr);
  t.is(
    text.stdout.replace(/^\.sops\.yaml:\d+ /gm, ".sops.yaml:N "),
    `.sops.yaml:N  ^talos/.*\\.sops\\.ya?ml$
  ${recipient}
    talos/secrets.sops.yaml
.sops.yaml:N  ^clusters/homelab/.*\\.sops\\.([^/]*\\.)?[^y./][^./]*$
  ${recipient}
.sops.yaml:N  ^clusters/homelab/(secrets/.*|.*\\.sops)\\.ya?ml$
  ${recipient}
    ${API}  (also ${OTHER})
    ${DB}
Encrypted, and taken by no rule:
    elsewhere.yaml
      ${recipient}
3 rules, 4 encrypted files
`,
  );

  const report = JSON.parse(repository.tool("keys", "list", "--format", "json").stdout) as {
    rules: { line: number; files: object[] }[];
  };
  t.deepEqual(Object.keys(report), ["version", "rules", "withoutRule", "names"]);
  t.like(report, {
    version: 1,
    withoutRule: [{ path: "elsewhere.yaml", recipients: [recipient], otherKeys: [] }],
  });
  t.is(report.rules.length, 3);
  t.like(report.rules[2], {
    file: ".sops.yaml",
    pathRegex: "^clusters/homelab/(secrets/.*|.*\\.sops)\\.ya?ml$",
    recipients: [recipient],
    otherKeys: [],
    files: [
      { path: API, recipients: [recipient, OTHER], otherKeys: [] },
      { path: DB, recipients: [recipient], otherKeys: [] },
    ],
  });
  t.like(report, { names: {} });
  const line = repository.read(".sops.yaml").split("\n")[(report.rules[2]?.line ?? 0) - 1];
  t.regex(line ?? "", /path_regex: \^clusters\/homelab\/\(secrets/);
});

test("keys list: whose a key is, where a comment in .sops.yaml says so", (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const recipient = /age1\w+/.exec(rules)?.[0] ?? "";
  repository.write(".sops.yaml", `# ${recipient}: the cluster, \u001b[31mred\n${rules}`);
  repository.must("add", ".");
  const { stdout } = repository.tool("keys", "list");
  t.is(stdout.split(`  ${recipient}  the cluster, \\033[31mred\n`).length, 4, stdout);
  const report: unknown = JSON.parse(repository.tool("keys", "list", "--format", "json").stdout);
  t.like(report, { names: { [recipient]: "the cluster, \u001b[31mred" } });
});

test("keys list: a rule names keys of a cloud otherwise than the files that it encrypts", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add it");
  const age = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const rule = `age: ${age}\n    azure_keyvault: https://a.example/keys/b/1\n    hc_vault_transit_uri: https://v.example/v1/t/keys/k`;
  repository.write(".sops.yaml", `creation_rules:\n  - path_regex: \\.yaml$\n    ${rule}\n`);
  const key = "enc: x\n      created_at: '2026-01-01T00:00:00Z'\n";
  const azure = `  azure_kv:\n    - vault_url: https://a.example\n      ${key}`;
  const vault = `  hc_vault:\n    - vault_address: https://v.example\n      ${key}`;
  repository.write(DB, repository.read(DB).replace("sops:\n", `sops:\n${azure}${vault}`));
  repository.must("add", ".");
  const { stdout, stderr } = repository.tool("keys", "list");
  t.regex(stdout, new RegExp(`\n  azure_kv\n  hc_vault\n    ${DB}\n`), stderr);
});

test("keys list: broken rules end with 2 and say where; so does wrong use", (t) => {
  const repository = scaffolded(t);
  repository.write(".sops.yaml", "creation_rules:\n  - age: [\n");
  repository.must("add", ".");
  const broken = repository.tool("keys", "list");
  t.is(broken.status, 2);
  t.regex(broken.stderr, /^flux-sops: \.sops\.yaml:3: /);
  t.is(repository.tool("keys", "list", "--format", "xml").status, 2);
  t.is(repository.tool("keys").status, 2);
  const unknown = repository.tool("keys", "revoke");
  t.is(unknown.status, 2);
  t.regex(unknown.stderr, /^flux-sops: there is no keys revoke\n/);
});

test("keys list: says that rules on disk are not those that count yet", async (t) => {
  const repository = scaffolded(t);
  const { recipient } = await generateKeyPair();
  t.is(repository.tool("keys", "add", recipient).status, 0);
  const before = repository.tool("keys", "list");
  t.false(before.stdout.includes(recipient));
  t.regex(
    before.stderr,
    /\.sops\.yaml is not staged as it is on disk, .*: git add -- \.sops\.yaml\n/,
  );
  repository.must("add", ".");
  const after = repository.tool("keys", "list");
  t.true(after.stdout.includes(recipient));
  t.is(after.stderr, "");
});
