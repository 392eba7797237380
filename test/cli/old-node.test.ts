import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

/** Debian 12's own Node 18 has no such function. */
const OLD = "delete process.getBuiltinModule;\n";

test("a Node that is too old is named, by commands and by the hook that refuses the commit", (t) => {
  const { env, git, must, run, write } = scaffolded(t);
  write("../old.cjs", OLD);
  const old = { ...env, NODE_OPTIONS: "--require ../old.cjs" };
  const check = run("node", [".flux-sops/flux-sops.mjs", "check", "--all"], { env: old });
  t.is(check.status, 2);
  t.regex(check.stderr, /^flux-sops: refused: Node v\S+ \(\S+\) is too old: install Node 20\.19/);
  t.is(check.stderr.trim().split("\n").length, 1);

  write("clusters/homelab/secrets/db.sops.yaml", secret({ a: "hunter2" }));
  must("add", ".");
  const before = git("rev-parse", "HEAD").stdout;
  const commit = run("git", ["commit", "-qm", "x"], { env: old });
  t.not(commit.status, 0);
  t.regex(commit.stderr, /is too old: install Node/);
  t.is(git("rev-parse", "HEAD").stdout, before);
});
