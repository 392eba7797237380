import { generateKeyPairSync } from "node:crypto";
import test from "ava";
import type { RuleId, Severity } from "../../findings/finding.ts";
import { parseSettings, settle } from "../../findings/settings.ts";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

const entry = (path: string, more = "") =>
  `allow:\n  - rule: plaintext-secret\n    path: ${path}\n    reason: a test's dummy\n${more}`;

test("an allowed finding is told and lets the commit through; check and push are silent", (t) => {
  const repository = scaffolded(t);
  repository.write("dummy.yaml", secret({ token: "hunter2" }, "web"));
  repository.must("add", ".");
  t.not(repository.git("commit", "-qm", "Dummy").status, 0);
  repository.write(".flux-sops.yaml", entry('"dummy.*"'));
  repository.must("add", ".");
  const ended = repository.git("commit", "-qm", "Dummy");
  t.is(ended.status, 0, ended.stderr);
  t.regex(ended.stderr, /dummy\.yaml[^]*allowed in line 2 of \.flux-sops\.yaml/);
  t.false(ended.stderr.includes("hunter2"));
  t.is(repository.tool("check").status, 0);
  t.is(repository.tool("check", "--history").status, 0);
  t.is(repository.tool("check", "--range", "HEAD~1..HEAD").status, 0);
});

test("a line is not guessed about where it is known to leak", (t) => {
  const repository = scaffolded(t);
  const login = "secret_access_key = Zk3vQ8r2LmN9pXw1bT6yAqD5\n";
  repository.write("rclone.conf", `[a]\n${login}[b]\n${login}`);
  repository.must("add", ".");
  const { stdout } = repository.tool("check");
  const places = [...stdout.matchAll(/rclone\.conf:\d+ {2}[a-z-]+/g)].map(String);
  t.deepEqual(places, ["rclone.conf:2  plaintext-secret", "rclone.conf:4  inline-credential"]);
});

test("what is allowed hides nothing else in its line", (t) => {
  const repository = scaffolded(t);
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  const values = { tls: pem, db: { password: "Zk3vQ8r2LmN9pXw1bT6y" } };
  repository.write("conf.json", `${JSON.stringify(values)}\n`);
  const allowed = entry("conf.json").replace("plaintext-secret", "private-key");
  repository.write(".flux-sops.yaml", `${allowed}severity: { inline-credential: error }\n`);
  repository.must("add", ".");
  const ended = repository.git("commit", "-qm", "One allowed");
  t.not(ended.status, 0, ended.stderr);
  t.regex(ended.stderr, /conf\.json:1 {2}inline-credential/);
  t.regex(repository.tool("check").stdout, /conf\.json:1 {2}inline-credential/);
  // Each entry lets something through.
  const both = `${allowed}${allowed.replace("allow:\n", "").replace("private-key", "inline-credential")}`;
  repository.write(".flux-sops.yaml", both);
  repository.must("add", ".");
  t.is(repository.git("commit", "-qm", "Both allowed").status, 0);
  t.regex(repository.tool("check").stdout, /, 0 findings$/m);
});

test("an entry for one content allows no other, and one that matches nothing is reported", (t) => {
  const repository = scaffolded(t);
  repository.write("dummy.yaml", secret({ token: "hunter2" }, "web"));
  repository.write(".flux-sops.yaml", entry("dummy.yaml", `    blob: ${"0".repeat(40)}\n`));
  repository.must("add", ".");
  t.not(repository.git("commit", "-qm", "Dummy").status, 0);
  const ended = repository.tool("check");
  t.is(ended.status, 1);
  t.regex(ended.stdout, /\.flux-sops\.yaml:2 {2}plaintext-secret \(warning\)/);
});

test("an entry for what leaked once, and was replaced, is none that allows nothing", (t) => {
  const repository = scaffolded(t);
  repository.write("leaked.yaml", secret({ token: "hunter2" }, "web"));
  repository.must("add", ".");
  repository.must("commit", "-q", "-n", "-m", "Leak");
  const blob = repository.must("rev-parse", "HEAD:leaked.yaml").trim();
  const { stdout } = repository.tool("check", "--history");
  t.regex(stdout, /allow: in \.flux-sops\.yaml lets it through, .*git rev-parse COMMIT:FILE/);
  repository.must("rm", "-q", "leaked.yaml");
  repository.write(".flux-sops.yaml", entry("leaked.yaml", `    blob: ${blob}\n`));
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "Replace");
  t.is(repository.tool("check", "--history").status, 0);
  t.notRegex(repository.tool("check").stdout, /\.flux-sops\.yaml/);
});

test("a file that cannot be used blocks the commit that stages it, and names the line", (t) => {
  const repository = scaffolded(t);
  repository.write(".flux-sops.yaml", "allow:\n  - rule: age-key\n    path: a\n");
  repository.must("add", ".");
  const ended = repository.git("commit", "-qm", "Allow");
  t.not(ended.status, 0);
  t.regex(ended.stderr, /\.flux-sops\.yaml:2: the entry needs a reason:/);
  t.is(repository.tool("check").status, 2);
});

test("globs: a star stays in its folder, two go on; nothing else is special", (t) => {
  const matches = (glob: string, path: string) =>
    parseSettings(entry(JSON.stringify(glob))).allow[0]?.matches("plaintext-secret", path, null);
  t.true(matches("a/*.yaml", "a/b.yaml"));
  t.false(matches("a/*.yaml", "a/b/c.yaml"));
  t.true(matches("**/c.yaml", "c.yaml"));
  t.true(matches("a/**", "a/b/c.yaml"));
  t.true(matches("a[1].yaml", "a[1].yaml"));
  t.false(matches("a.yaml", "aXyaml"));
  for (const path of ["b/a.yaml", "a.yaml.bak", "a.yaml/b"]) t.false(matches("a.yaml", path), path);
  t.true(matches("a?b", "axb"));
  t.false(matches("a?b", "a/b"));
});

test("what is empty allows nothing", (t) => {
  for (const text of ["", "# later\n", "allow:\nseverity:\n"]) {
    const { allow, severity } = parseSettings(text);
    t.deepEqual([allow.length, severity.size], [0, 0], text);
  }
});

test("an entry is for its own rule, and where it names a content, for that alone", (t) => {
  const [one, other] = ["1".repeat(40), "2".repeat(64)];
  const matches = (more: string, rule: RuleId, blob: string | null) =>
    parseSettings(entry("a.yaml", more)).allow[0]?.matches(rule, "a.yaml", blob);
  t.true(matches("", "plaintext-secret", one));
  t.false(matches("", "age-key", one));
  for (const blob of [one, other]) {
    // Of digits alone, it is a number to YAML.
    const more = `    blob: ${blob}\n`;
    t.true(matches(more, "plaintext-secret", blob));
    t.false(matches(more, "plaintext-secret", blob === one ? other : one));
    t.false(matches(more, "plaintext-secret", null));
  }
  for (const blob of ["", "1111111", `${one}1`, `x${one}`, one.replace("1", "G")]) {
    const text = entry("a.yaml", `    blob: ${JSON.stringify(blob)}\n`);
    t.throws(() => parseSettings(text), { message: /blob: must be the full name/ }, blob);
  }
});

test("a guess can be raised or switched off; a leak cannot be lowered", (t) => {
  const finding = {
    rule: "inline-credential" as const,
    severity: "warning" as Severity,
    line: 1,
    message: "",
    mend: { kind: "leave-out" as const },
  };
  const at = (level: string) =>
    settle(parseSettings(`severity: {inline-credential: ${level}}`), [finding], () => ({
      path: "a",
      blob: null,
    }));
  t.is(at("error")[0]?.finding.severity, "error");
  t.deepEqual(at("off"), []);
  t.is(parseSettings("severity: {sops-rule: warning, age-key: error}").severity.size, 2);
  for (const text of [
    ...["plaintext-secret", "plaintext-value", "age-key", "private-key", "kubeconfig"].flatMap(
      (rule) => [`severity: {${rule}: warning}`, `severity: {${rule}: off}`],
    ),
    "severity: {talos-secrets: warning}",
    "severity: {talos-secrets: off}",
    "severity: {sops-rule: off}",
    "allow: [a]",
    "severity: a",
    "severities: {age-key: error}",
    "[]",
    "allow: [{rule: age-key, reason: a}]",
    "allow: [{rule: age-key, path: a}]",
    "allow: [{rule: age-keys, path: a, reason: b}]",
    "allow: [{rule: age-key, path: a, reason: b, paths: c}]",
    "severity: {no-rule: error}",
    "alow: []",
    "allow: {}",
    "allow: [",
  ]) {
    t.throws(() => parseSettings(text), {
      name: "SettingsError",
      message: /^\.flux-sops\.yaml:1: /,
    });
  }
});
