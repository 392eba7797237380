import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { scaffolded, secret } from "../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

test("git diff in plaintext where git is told so; as stored without the key, and to who asks", (t) => {
  const repository = scaffolded(t);
  const { must, write } = repository;
  const commit = (value: string) => {
    write(DB, secret({ password: value }));
    must("add", DB);
    must("commit", "-q", "-m", "Change db");
  };
  commit("first-9211");
  const before = must("diff", "HEAD~");
  t.regex(before, /^\+ {2}password: "?ENC\[/m, "the attribute alone changes nothing");
  must("config", "diff.sops.textconv", "node .flux-sops/flux-sops.mjs textconv");
  commit("second-9212");

  const shown = must("log", "-p", "-1");
  t.regex(shown, /^-  password: first-9211\n\+  password: second-9212$/m);
  t.regex(shown, /^ # encrypted to age1\w+$/m);
  t.notRegex(shown, /ENC\[|lastmodified/);
  const cwd = join(repository.dir, "clusters/homelab");
  t.regex(repository.run("git", ["show"], { cwd }).stdout, /second-9212/);
  t.notRegex(must("log", "-p", "--no-textconv"), /-921/);
  t.notRegex(must("format-patch", "--stdout", "HEAD~2"), /-921/);
  t.is(must("notes", "--ref", "textconv/sops", "list"), "", "git keeps no plaintext");

  rmSync(join(repository.home, ".config"), { recursive: true });
  const ended = repository.git("log", "-p", "-1");
  t.is(ended.status, 0);
  t.regex(ended.stdout, /ENC\[/);
  t.notRegex(ended.stdout, /-921/);
});

test("git commit -v leaves no plaintext in the file of the message, which stays", (t) => {
  const repository = scaffolded(t);
  const { must, write } = repository;
  must("config", "diff.sops.textconv", "node .flux-sops/flux-sops.mjs textconv");
  const env = { GIT_EDITOR: `sh -c 'echo "Change db" | cat - "$1" >new && mv new "$1"' sh` };
  for (const password of ["first-9211", "second-9212"]) {
    write(DB, secret({ password }));
    must("add", DB);
    t.is(repository.run("git", ["commit", "-v"], { env }).status, 0);
  }
  const left = readFileSync(join(repository.dir, ".git/COMMIT_EDITMSG"), "utf8");
  t.regex(left, /^-  password: ENC\[.*\n\+  password: ENC\[/m);
  t.notRegex(left, /-921/);
  t.regex(must("show"), /^\+  password: second-9212$/m);
});
