import { join } from "node:path";
import test from "ava";
import { scaffolded, secret } from "./scaffolded.ts";

/** What a secretGenerator names is a Secret, whatever the file looks like by itself. */

const APP = "clusters/homelab/apps/web";
const KUSTOMIZATION = `${APP}/kustomization.yaml`;
const ENV = `${APP}/web.env`;
const HARMLESS_LOOKING = "MODE=wombat-7731-quartz\n";

const generator = (...lines: string[]) =>
  `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nsecretGenerator:\n  - name: web\n${lines.map((line) => `    ${line}\n`).join("")}`;

test("a plaintext file and the kustomization that names it, in one commit: the file is refused", (t) => {
  const repository = scaffolded(t);
  repository.write(ENV, HARMLESS_LOOKING);
  repository.write(KUSTOMIZATION, generator("envs: [web.env]"));
  repository.must("add", ".");
  const before = repository.state();
  const ended = repository.git("commit", "-qm", "Add web");
  t.not(ended.status, 0);
  t.regex(ended.stderr, /^ {2}clusters\/homelab\/apps\/web\/web\.env {2}plaintext-secret$/m);
  t.regex(ended.stderr, /rename it to web\.sops\.env, so that git commit encrypts it, and write/);
  t.is(repository.state(), before);

  repository.must("mv", ENV, `${APP}/web.sops.env`);
  repository.write(KUSTOMIZATION, generator("envs: [web.sops.env]"));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add web");
  t.regex(repository.must("show", `HEAD:${APP}/web.sops.env`), /^MODE=ENC\[AES256_GCM,/);
  const check = repository.tool("check");
  t.is(check.status, 0, check.stdout);
});

test("the file first, then the kustomization: it is refused, at the line that names the file", (t) => {
  const repository = scaffolded(t);
  repository.write(ENV, HARMLESS_LOOKING);
  repository.must("add", ".");
  // Long ago: a commit of the same author in the same second could be one that is amended.
  repository.must("commit", "-qm", "Add settings", "--date=2020-01-01T00:00:00Z");
  repository.write(KUSTOMIZATION, generator("files:", "  - web.conf=web.env"));
  repository.must("add", ".");
  const ended = repository.git("commit", "-qm", "Use them");
  t.not(ended.status, 0);
  t.regex(ended.stderr, /web\/kustomization\.yaml:6 {2}plaintext-secret\n.*web\/web\.env$/m);
  t.regex(ended.stderr, /write web\.conf=web\.sops\.txt under files:/);
});

test("the kustomization first, then the file, below it: it is refused", (t) => {
  const repository = scaffolded(t);
  repository.write(KUSTOMIZATION, generator('files: ["settings/\\x61.conf", settings/b.conf]'));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add web");
  for (const name of ["a.conf", "b.conf"]) {
    repository.write(`${APP}/settings/${name}`, "wombat-7731-quartz\n");
    repository.must("add", ".");
    const ended = repository.git("commit", "-qm", "Add settings");
    t.not(ended.status, 0);
    t.true(ended.stderr.includes(`${APP}/settings/${name}  plaintext-secret`), ended.stderr);
    repository.must("rm", "-q", "-f", "--cached", `${APP}/settings/${name}`);
    repository.run("rm", ["-r", `${APP}/settings`]);
  }
  repository.write(`${APP}/settings/other.conf`, "a\n");
  repository.write(`${APP}/settings/b.conf`, "");
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add what is none");
});

test("a creation rule that takes the file as it is named has it encrypted", (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const age = /age1[a-z0-9]+/.exec(rules)?.[0] ?? "";
  repository.write(
    ".sops.yaml",
    rules.replace(
      "creation_rules:\n",
      `creation_rules:\n  - path_regex: /web/.*\\.env$\n    age: ${age}\n`,
    ),
  );
  repository.write(ENV, HARMLESS_LOOKING);
  repository.write(KUSTOMIZATION, generator("envs: [web.env]"));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add web");
  t.regex(repository.must("show", `HEAD:${ENV}`), /^MODE=ENC\[AES256_GCM,/);
});

test("what is committed past the gate is found by check, and refused by push", (t) => {
  const repository = scaffolded(t);
  const remote = join(repository.dir, "../remote.git");
  repository.run("git", ["init", "-q", "--bare", remote]);
  repository.must("remote", "add", "origin", remote);
  const name = "clusters/homelab/shared/web.env";
  repository.write(name, HARMLESS_LOOKING);
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add settings");
  repository.must("push", "-q", "origin", "main");
  t.is(repository.tool("check").status, 0);

  repository.write(KUSTOMIZATION, generator("envs: [../../shared/web.env]"));
  repository.must("add", ".");
  for (const flags of [["--staged"], [KUSTOMIZATION], ["clusters"]]) {
    const found = repository.tool("check", ...flags);
    t.is(found.status, 1);
    t.true(found.stdout.startsWith(`${name}  plaintext-secret\n`), found.stdout);
  }
  repository.must("commit", "-qnm", "Use them");
  const checked = repository.tool("check");
  t.is(checked.status, 1);
  t.true(checked.stdout.startsWith(`${name}  plaintext-secret\n`), checked.stdout);
  // The remote has the file already, under no name that tells; what is new is what it is for.
  const there = repository.git("push", "-q", "origin", "main");
  t.not(there.status, 0);
  t.true(there.stderr.includes(`${KUSTOMIZATION}:5  plaintext-secret`), there.stderr);

  repository.write(name, `${HARMLESS_LOOKING}B=c\n`);
  repository.must("add", ".");
  repository.must("commit", "-qnm", "Change it");
  const both = repository.git("push", "-q", "origin", "main");
  t.not(both.status, 0);
  t.true(both.stderr.includes(`${name}  plaintext-secret`), both.stderr);
});

test("references to folders above, to the web and to nothing are left alone", (t) => {
  const repository = scaffolded(t);
  const outside =
    "files: [../../../../../etc/passwd, /etc/passwd, https://example.org/a, gone, a=]";
  repository.write(KUSTOMIZATION, generator(outside, "envs: []"));
  repository.write("clusters/homelab/secrets/db.sops.yaml", secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add web");
  t.is(repository.tool("check").status, 0);
});
