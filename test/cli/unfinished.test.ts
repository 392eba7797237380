import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

/** Node ends where it has nothing left to wait for, be there a promise that was not kept. */
const FORGETFUL = `
const programs = require("node:child_process");
const { spawn } = programs;
programs.spawn = (...args) => {
  const child = spawn(...args);
  for (const one of [child, child.stdin, child.stdout, child.stderr]) one?.unref();
  return child;
};
`;

test("a tool that ends before it is done has not passed anything", (t) => {
  const { env, must, run, write } = scaffolded(t);
  run("git", ["init", "-q", "--bare", "../remote.git"]);
  write("leak.yaml", secret({ a: "hunter2" }));
  must("add", ".");
  must("commit", "-qnm", "Leak");
  write("../forgetful.cjs", FORGETFUL);
  const forgetful = { ...env, NODE_OPTIONS: "--require ../forgetful.cjs" };
  t.not(run("git", ["push", "-q", "../remote.git", "HEAD"], { env: forgetful }).status, 0);
  const check = run("node", [".flux-sops/flux-sops.mjs", "check", "--all"], { env: forgetful });
  t.is(check.status, 2);
  t.is(run("git", ["for-each-ref"], { cwd: `${env["HOME"] ?? ""}/../remote.git` }).stdout, "");
});
