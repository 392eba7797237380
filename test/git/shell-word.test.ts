import { mkdirSync } from "node:fs";
import path from "node:path";
import test from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { pathFromText, type GitPath } from "../../git/path.ts";
import { pathspec, shellPath } from "../../git/shell-word.ts";
import { temporaryRepository } from "../temporary-repository.ts";
import { hostileNames } from "./hostile-names.ts";

const top = pathFromText("");
const shells = ["sh", "dash", "bash", "zsh"].filter(
  (shell) => spawnSync(shell, ["-c", ":"]).status === 0,
);

function shell(program: string, script: string, cwd: string, env: NodeJS.ProcessEnv): Buffer {
  const result = spawnSync(program, ["-c", script], { cwd, env });
  if (result.status !== 0) throw new Error(`${program}: ${script}: ${result.stderr.toString()}`);
  return result.stdout;
}

test("ordinary names stay as they are", (t) => {
  t.is(
    shellPath(pathFromText("clusters/home-lab/db.sops.yaml"), top),
    "clusters/home-lab/db.sops.yaml",
  );
  t.is(shellPath(pathFromText("a b"), top), "'a b'");
  t.is(shellPath(pathFromText("-n"), top), "./-n");
  t.is(pathspec(pathFromText("a*b"), top), "':(top,literal)a*b'");
  t.is(pathspec(pathFromText("a/b"), top), "a/b");
});

test("paths are seen from the folder the user stands in", (t) => {
  const from = (prefix: string, name: string): string =>
    shellPath(pathFromText(name), pathFromText(prefix));
  t.is(from("a/b/", "a/b/c"), "c");
  t.is(from("a/b/", "a/c"), "../c");
  t.is(from("a/b/", "x/y"), "../../x/y");
  t.is(from("a/b/", "a/b2"), "../b2");
  t.is(from("a/", "a"), "../a");
  t.is(from("a/", "a/-x"), "./-x");
  t.is(from("a/b/", "a/b/b/c"), "b/c");
  t.is(pathspec(pathFromText("a/[x]"), pathFromText("a/")), "':(top,literal)a/[x]'");
});

for (const program of shells) {
  test(`${program} expands every word to exactly the name`, (t) => {
    const { dir, env } = temporaryRepository(t);
    for (const name of hostileNames) {
      const word = shellPath(name as GitPath, top);
      const expected = name.startsWith("-") ? `./${name}` : name;
      const script = `printf '<%s>' -- ${word} next`;
      t.is(shell(program, script, dir, env).toString("latin1"), `<--><${expected}><next>`, word);
      // Shown, so nothing in it may steer the terminal.
      const shown = /\n$/.test(name) ? word.replace(/\n+'$/, "'") : word;
      t.notRegex(shown, /[\x00-\x1f\x7f]/);
    }
  });
}

test("pasted into git from the top and from a folder, each names its file alone", (t) => {
  const repository = temporaryRepository(t);
  const { dir, env } = repository;
  const blob = repository.feed("x", "hash-object", "-w", "--stdin").toString().trim();
  // Neighbours that a glob, a prefix or a magic word would also take.
  const neighbours = ["starred", "questionX", "classa", "magic", "colon", "backslash", "--helper"];
  const names = [...hostileNames, ...neighbours];
  const records = names.map((name) => `100644 ${blob}\t${name}\0`).join("");
  repository.feed(Buffer.from(records, "latin1"), "update-index", "-z", "--index-info");
  mkdirSync(path.join(dir, "sub folder/deep"), { recursive: true });
  for (const prefix of ["", "sub folder/deep/"]) {
    for (const name of names) {
      const word = pathspec(name as GitPath, pathFromText(prefix));
      const cwd = path.join(dir, prefix);
      const listed = shell("sh", `git ls-files -z --full-name -- ${word}`, cwd, env);
      t.is(listed.toString("latin1"), `${name}\0`, word);
    }
  }
});

test("pasted fixes unstage exactly the file, also on an unborn branch", (t) => {
  const repository = temporaryRepository(t);
  const { dir, env } = repository;
  for (const name of hostileNames) repository.write(Buffer.from(name, "latin1"), "x");
  repository.must("add", "-A");
  const count = (): number => repository.must("ls-files", "-z").split("\0").length - 1;
  t.is(count(), hostileNames.length);
  hostileNames.forEach((name, i) => {
    shell("sh", `git rm -q --cached -- ${pathspec(name as GitPath, top)}`, dir, env);
    t.is(count(), hostileNames.length - i - 1, JSON.stringify(name));
  });
  hostileNames.forEach((name) => {
    shell("sh", `test -f ${shellPath(name as GitPath, top)}`, dir, env);
    shell("sh", `rm -- ${shellPath(name as GitPath, top)}`, dir, env);
  });
  t.is(repository.must("status", "--porcelain"), "");
});
