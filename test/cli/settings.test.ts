import test from "ava";
import type { Severity } from "../../findings/finding.ts";
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
  for (const text of [
    "severity: {age-key: warning}",
    "severity: {plaintext-secret: off}",
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
