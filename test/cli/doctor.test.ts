import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

test("a scaffolded repository is well", (t) => {
  const repository = scaffolded(t);
  const ended = repository.tool("doctor");
  t.is(ended.status, 0, ended.stdout);
  t.notRegex(ended.stdout, /^(wrong|note)/m);
  t.regex(ended.stdout, /^ok {6}the hooks are on$/m);
  t.regex(ended.stdout, /^ok {6}a private key of this machine opens its secrets \(age1/m);
});

test("a new clone: the hooks are off, and --fix turns them on", (t) => {
  const repository = scaffolded(t);
  const clone = join(repository.dir, "../clone");
  repository.must("clone", "-q", repository.dir, clone);
  const tool = (...args: string[]) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { cwd: clone });
  const before = tool("doctor");
  t.is(before.status, 1);
  t.regex(before.stdout, /^wrong {3}the hooks are off: .*\n {8}node .* doctor --fix$/m);
  t.regex(tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now$/m);
  t.is(tool("doctor").status, 0);
  writeFileSync(join(clone, "web.yaml"), secret({ token: "hunter2" }));
  repository.run("git", ["add", "."], { cwd: clone });
  t.is(repository.run("git", ["commit", "-m", "Leak"], { cwd: clone }).status, 1);
});

test("stubs that git would skip in silence are found", (t) => {
  const repository = scaffolded(t);
  chmodSync(join(repository.dir, ".husky/_/pre-commit"), 0o644);
  t.regex(repository.tool("doctor").stdout, /^wrong {3}the hooks are off/m);
});

test("no key: a note, not an error", (t) => {
  const repository = scaffolded(t);
  rmSync(join(repository.home, ".config"), { recursive: true });
  const ended = repository.tool("doctor");
  t.is(ended.status, 0);
  t.regex(ended.stdout, /^note {4}no private key of this machine opens its secrets/m);
});

test("a key file that others may read", (t) => {
  const repository = scaffolded(t);
  chmodSync(join(repository.home, ".config/sops/age/keys.txt"), 0o644);
  const ended = repository.tool("doctor");
  t.is(ended.status, 1);
  t.regex(ended.stdout, /^wrong {3}others may read .*keys\.txt\n {8}chmod 600 /m);
});

test("outside a repository: exit status 2", (t) => {
  const repository = scaffolded(t);
  const ended = repository.run("node", [`${repository.dir}/.flux-sops/flux-sops.mjs`, "doctor"], {
    cwd: repository.home,
  });
  t.is(ended.status, 2);
  t.regex(ended.stderr, /no git repository/);
});
