import { existsSync } from "node:fs";
import test from "ava";
import { scaffolded, secret } from "../../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

test("a reader that ends early ends a command, without a word", (t) => {
  const repository = scaffolded(t);
  for (const command of ["--help", "map", "check --all"]) {
    const ended = repository.run("sh", ["-c", `node .flux-sops/flux-sops.mjs ${command} | true`]);
    t.is(ended.stderr, "", command);
  }
});

(existsSync("/dev/full") ? test : test.skip)(
  "a full disk behind standard output is said [needs /dev/full]",
  (t) => {
    const repository = scaffolded(t);
    repository.write(DB, secret({ a: "hunter2" }));
    t.is(repository.tool("encrypt", "-i", DB).status, 0);
    for (const command of [`decrypt ${DB}`, `decrypt --ignore-mac ${DB}`, "keys list", "check"]) {
      const { status, stderr } = repository.run("sh", [
        "-c",
        `node .flux-sops/flux-sops.mjs ${command} > /dev/full`,
      ]);
      t.is(status, 3, command);
      t.is(stderr, "flux-sops: standard output: the disk is full\n", command);
    }
  },
);
