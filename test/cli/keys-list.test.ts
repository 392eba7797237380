import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

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
  t.deepEqual(Object.keys(report), ["version", "rules", "withoutRule"]);
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
  const line = repository.read(".sops.yaml").split("\n")[(report.rules[2]?.line ?? 0) - 1];
  t.regex(line ?? "", /path_regex: \^clusters\/homelab\/\(secrets/);
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
