import { join } from "node:path";
import test from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

interface JsonFinding {
  readonly rule: string;
  readonly path: string;
  readonly blob?: string;
  readonly commit?: string;
  readonly commits?: readonly string[];
  readonly paths?: readonly string[];
}

function findingsOf(stdout: string): readonly JsonFinding[] {
  return (JSON.parse(stdout) as { findings: readonly JsonFinding[] }).findings;
}

test("--history: what was removed again, each content once, the most dangerous first", async (t) => {
  const repository = scaffolded(t);
  const { identity } = await generateKeyPair();
  const leak = secret({ token: "hunter2" }, "web");
  repository.write("docs/web.md", leak);
  repository.must("add", ".");
  repository.must("commit", "-qnm", "As documentation");
  repository.write("web.yaml", leak);
  repository.write("old/age.key", `${identity}\n`);
  repository.must("add", "-f", "old/age.key", "web.yaml");
  repository.must("commit", "-qnm", "Leak");
  const commit = repository.must("rev-parse", "HEAD").trim();
  const blob = repository.must("rev-parse", "HEAD:web.yaml").trim();
  repository.must("rm", "-q", "web.yaml", "old/age.key", "docs/web.md");
  repository.must("commit", "-qnm", "Remove");

  t.is(repository.tool("check").status, 0);
  const json = repository.tool("check", "--history", "--format", "json");
  t.is(json.status, 1);
  const [key, web, ...more] = findingsOf(json.stdout);
  t.deepEqual(more, []);
  t.like(key, { rule: "age-key", path: "old/age.key", commit });
  t.like(web, { rule: "plaintext-secret", path: "web.yaml", blob });
  t.deepEqual([...(web?.paths ?? [])].sort(), ["docs/web.md", "web.yaml"]);
  t.true(web?.commits?.includes(commit));

  const text = repository.tool("check", "--history");
  t.regex(text.stdout, /1\. age keys \(old\/age\.key\)[^]*2\. Secrets and credential files/);
  t.false(text.stdout.includes("hunter2") || text.stdout.includes(identity));
});

test("--history: a rule file in a folder that cannot be used is a finding, and all else is looked at", (t) => {
  const repository = scaffolded(t);
  const leak = secret({ token: "hunter2" }, "web");
  for (const folder of ["templates", "app"]) repository.write(`${folder}/web.yaml`, leak);
  repository.must("add", ".");
  repository.must("commit", "-qnm", "Leak");
  repository.must("rm", "-q", "-r", "templates", "app");
  repository.must("commit", "-qnm", "Remove");
  repository.write("templates/.sops.yaml", "creation_rules: [{path_regex: .*, age: ${KEY}}]\n");
  repository.must("add", ".");
  const blob = repository.must("rev-parse", ":templates/.sops.yaml").trim();

  const found = () => findingsOf(repository.tool("check", "--history", "--format", "json").stdout);
  t.deepEqual(
    found().map(({ rule, path }) => [rule, path]),
    [
      ["plaintext-secret", "app/web.yaml"],
      ["sops-rule", "templates/.sops.yaml"],
    ],
  );
  t.true(found()[0]?.paths?.includes("templates/web.yaml"));
  repository.must("-c", "core.hooksPath=/dev/null", "commit", "-qm", "Add a template");
  t.regex(
    repository.tool("check", "--history").stdout,
    /cannot be used.*\n {2}To mend it, correct.*\n(?! )/,
  );
  repository.write(
    ".flux-sops.yaml",
    `allow: [{rule: sops-rule, path: templates/.sops.yaml, blob: ${blob}, reason: a template}]\n`,
  );
  repository.must("add", ".");
  t.deepEqual(
    found().map(({ rule }) => rule),
    ["plaintext-secret"],
  );
});

test("--history: keys in the messages of commits and tags, which are not shown", async (t) => {
  const repository = scaffolded(t);
  const { identity } = await generateKeyPair();
  repository.must("commit", "-q", "--allow-empty", "-m", `Use ${identity}`);
  repository.must("tag", "-a", "-m", identity, "v1", "HEAD~1");
  const ended = repository.tool("check", "--history");
  t.is(ended.status, 1);
  t.regex(ended.stdout, /in the message of commit/);
  t.regex(ended.stdout, /in tag refs\/tags\/v1/);
  t.false(ended.stdout.includes(identity));
});

test("--range: what Flux would apply as ciphertext since then, also where another file broke it", (t) => {
  const repository = scaffolded(t);
  const commit = (name: string, content: string) => {
    repository.write(name, content);
    repository.must("add", ".");
    repository.must("commit", "-qm", "Change");
  };
  const check = (range: string) => {
    const { status, stdout } = repository.tool("check", "--range", range, "--format", "json");
    return { status, findings: findingsOf(stdout) };
  };
  commit("clusters/homelab/secrets/db.sops.yaml", secret({ a: "one" }));
  const file = "clusters/homelab/secrets.yaml";
  const text = repository.read(file);
  commit(file, text.replace(/ {2}decryption:\n(?: {4}.*\n)+/, ""));
  t.not(repository.read(file), text);
  const broken = check("HEAD~1..HEAD");
  t.is(broken.status, 1);
  t.is(broken.findings.length, 1);
  t.like(broken.findings[0], { rule: "flux-ciphertext", path: file });
  t.regex(repository.tool("check", "--range", "HEAD~1..").stdout, /To mend it, .*decryption/);
  t.is(check("HEAD~2..HEAD~1").status, 0, "not yet");
  commit("README.md", "# Ours\n");
  t.deepEqual(check("HEAD~1..HEAD"), { status: 0, findings: [] }, "not brought by this one");
  commit(file, text);
  t.deepEqual(check("HEAD~3..HEAD"), { status: 0, findings: [] }, "mended");

  // What main has mended meanwhile is nothing that a branch from before brings.
  repository.must("branch", "old", "HEAD~1");
  t.deepEqual(check("HEAD..old"), { status: 0, findings: [] });
  t.is(check("HEAD~3..old").status, 1);

  repository.must("switch", "-q", "old");
  commit(
    ".flux-sops.yaml",
    `allow:\n  - rule: flux-ciphertext\n    path: ${file}\n    reason: decrypted elsewhere\n`,
  );
  t.deepEqual(
    check("HEAD~3..HEAD"),
    { status: 0, findings: [] },
    "allowed at the end of the range",
  );
});

test("--range: leaks of each commit in it, and of no other", (t) => {
  const repository = scaffolded(t);
  const leak = (name: string) => {
    repository.write(`${name}.yaml`, secret({ token: "hunter2" }, name));
    repository.must("add", ".");
    repository.must("commit", "-qnm", name);
  };
  leak("before");
  repository.must("tag", "start");
  leak("within");
  const commit = repository.must("rev-parse", "HEAD").trim();
  repository.must("rm", "-q", "within.yaml");
  repository.must("commit", "-qnm", "Remove");
  const ended = repository.tool("check", "--range", "start..HEAD", "--format", "json");
  t.is(ended.status, 1);
  const findings = findingsOf(ended.stdout);
  t.is(findings.length, 1);
  t.like(findings[0], { rule: "plaintext-secret", path: "within.yaml", commit });
  t.is(repository.tool("check", "--range", "HEAD~1..HEAD").status, 0);
  t.is(repository.tool("check", "--range", "nowhere..HEAD").status, 2);
  t.is(repository.tool("check", "--range", "HEAD").status, 2);
});

test("--history and --range in a shallow clone say that it is none of the whole past", (t) => {
  const repository = scaffolded(t);
  repository.must("tag", "start");
  for (const subject of ["One", "Two", "Three"]) {
    repository.must("commit", "-q", "--allow-empty", "-m", subject);
  }
  const shallow = join(repository.home, "shallow");
  repository.must("clone", "-q", "--depth=2", `file://${repository.dir}`, shallow);
  const saidOf = (cwd: string, ...args: string[]) =>
    repository.run("node", [".flux-sops/flux-sops.cjs", "check", ...args], { cwd }).stderr;
  const edge = /^flux-sops: this clone is shallow: [^\n]*git fetch --unshallow brings it\n$/;
  t.regex(saidOf(shallow, "--history"), edge);
  t.is(saidOf(repository.dir, "--history"), "");
  t.is(saidOf(shallow, "--range", "HEAD~1..HEAD"), "", "all of it is here");
  repository.must("-C", shallow, "fetch", "-q", "--depth=1", "origin", "tag", "start");
  t.regex(saidOf(shallow, "--range", "start..HEAD"), edge, "what is between is not");
  t.is(saidOf(shallow), "", "of the past it says nothing");
});
