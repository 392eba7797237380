import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { scaffolded, secret, type Scaffolded } from "./scaffolded.ts";

/** lint-staged in the gate: real lint-staged and prettier, with the scaffolded configuration. */

const UGLY = "Title\n=====\n\n* one\n* two\n";
const NEAT = "Title\n=====\n\n- one\n- two\n";
const DB = "clusters/homelab/secrets/db.sops.yaml";
const NAME = "docs/notes.md";

/** As after `npm install`. */
function installed(t: ExecutionContext): Scaffolded {
  const repository = scaffolded(t);
  const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
  symlinkSync(modules, join(repository.dir, "node_modules"));
  // A folder is ignored by git as scaffolded, a symlink is not.
  writeFileSync(join(repository.dir, ".git/info/exclude"), "node_modules\n");
  return repository;
}

/** How a file stands in the commit, the index and on disk. */
function everywhere({ must, read }: Scaffolded, path: string): string[] {
  return [must("show", `HEAD:${path}`), must("show", `:${path}`), read(path)];
}

for (const [form, args] of [
  ["commit", []],
  ["commit -a", ["-a"]],
  ["commit -i", ["-i", "--", NAME]],
] as const) {
  test(`${form} formats what is staged: in the commit, the index and on disk`, (t) => {
    const repository = installed(t);
    repository.write(NAME, "# Old\n");
    repository.must("add", ".");
    repository.must("commit", "-q", "-m", "Old");
    repository.write(NAME, UGLY);
    if (form === "commit") repository.must("add", ".");
    const commit = repository.git("commit", "-q", "-m", "Notes", ...args);
    t.is(commit.status, 0, commit.stderr);
    t.is(commit.stderr, "");
    t.deepEqual(everywhere(repository, NAME), [NEAT, NEAT, NEAT]);
    t.is(repository.must("status", "--porcelain"), "");
    t.is(repository.must("stash", "list"), "");
  });
}

const SKIPPED: Readonly<Record<string, (repository: Scaffolded) => readonly string[]>> = {
  "something is encrypted in this commit": ({ write, must }) => {
    write(DB, secret({ a: "hunter2" }));
    must("add", DB);
    return [];
  },
  "the commit is a partial one": () => ["--", NAME],
  "an intent-to-add entry exists": ({ write, must }) => {
    write("later.md", UGLY);
    must("add", "-N", "later.md");
    return [];
  },
  "a staged file has edits that are not staged": ({ write, must }) => {
    write("other.txt", "1\n");
    must("add", "other.txt");
    write("other.txt", "2\n");
    return [];
  },
  "a staged file is gone from the disk": ({ dir, write, must }) => {
    write("other.txt", "1\n");
    must("add", "other.txt");
    rmSync(join(dir, "other.txt"));
    return [];
  },
  "the name of a staged file is no UTF-8": ({ dir, must }) => {
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff])]), "x\n");
    must("add", ".");
    return [];
  },
  "lint-staged is not configured": ({ dir, must }) => {
    rmSync(join(dir, "package.json"));
    must("add", "package.json");
    return [];
  },
  "lint-staged is not installed": ({ dir }) => {
    rmSync(join(dir, "node_modules"));
    return [];
  },
  "a merge is being concluded": ({ must, write }) => {
    must("rm", "-q", "-f", NAME);
    must("switch", "-q", "-c", "side");
    write("side.md", "side\n");
    must("add", ".");
    must("commit", "-q", "-m", "Side");
    must("switch", "-q", "main");
    must("merge", "-q", "--no-ff", "--no-commit", "side");
    write(NAME, UGLY);
    must("add", NAME);
    return [];
  },
};

/** What is said of it; nothing where there is nothing to format with. */
const SAID: Readonly<Record<string, RegExp>> = {
  "something is encrypted in this commit": /as something in this commit was encrypted$/m,
  "the commit is a partial one": /as only some paths are committed$/m,
  "an intent-to-add entry exists": /as a file was added with git add -N$/m,
  "a staged file has edits that are not staged": /as other\.txt has edits that are not staged$/m,
  "a staged file is gone from the disk": /as other\.txt is not on the disk any more$/m,
  "the name of a staged file is no UTF-8": /as the name "\\(?:377|xff)" is no UTF-8$/m,
};

for (const [why, arrange] of Object.entries(SKIPPED)) {
  test(`nothing is formatted where ${why}`, (t) => {
    const repository = installed(t);
    repository.write(NAME, UGLY);
    repository.must("add", NAME);
    const commit = repository.git("commit", "-m", "x", ...arrange(repository));
    t.is(commit.status, 0, commit.stderr);
    t.deepEqual(everywhere(repository, NAME), [UGLY, UGLY, UGLY]);
    const said = SAID[why];
    t.is(/^flux-sops: nothing was formatted/m.test(commit.stderr), said !== undefined);
    if (said !== undefined) t.regex(commit.stderr, said);
  });
}

test("no word of formatting where a commit is refused, or no staged file is one to format", (t) => {
  const repository = installed(t);
  repository.write("a.txt", "a\n");
  repository.write(DB, secret({ a: "hunter2" }));
  repository.must("add", ".");
  const encrypted = repository.git("commit", "-m", "x");
  t.regex(encrypted.stderr, /encrypted/);
  t.notRegex(encrypted.stderr, /formatted/);
  repository.write(NAME, UGLY);
  repository.write("leak.yaml", secret({ a: "hunter2" }));
  repository.must("add", ".");
  const refused = repository.git("commit", "-m", "x");
  t.is(refused.status, 1);
  t.notRegex(refused.stderr, /formatted/);
});

test("encrypted files and secrets/ are not formatted", (t) => {
  const repository = installed(t);
  const ugly = `# ${"x".repeat(5)}\n${secret({ a: "hunter2" }).replace("metadata:\n  name", "metadata:\n     name")}`;
  for (const path of [DB, "clusters/homelab/secrets/plain-name.yaml"]) {
    repository.write(path, ugly);
    repository.must("add", path);
  }
  repository.must("commit", "-q", "-m", "Secrets");
  for (const path of [DB, "clusters/homelab/secrets/plain-name.yaml"]) {
    repository.write(path, repository.read(path).replace("     name: db", "     name:   db2"));
    repository.must("add", path);
  }
  repository.write(NAME, UGLY);
  repository.must("add", NAME);
  const commit = repository.git("commit", "-q", "-m", "Rename");
  t.is(commit.status, 0, commit.stderr);
  t.is(repository.read(NAME), NEAT);
  for (const path of [DB, "clusters/homelab/secrets/plain-name.yaml"]) {
    t.regex(repository.must("show", `HEAD:${path}`), /^ {5}name: {3}db2$/m);
    t.is(repository.tool("decrypt", path).stdout, ugly.replace("name: db", "name:   db2"));
  }
});

test("a file that cannot be formatted refuses the commit, and says which", (t) => {
  const repository = installed(t);
  repository.write("broken.yaml", "a: [1\nb: 2\n");
  repository.write(NAME, UGLY);
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Broken");
  t.is(commit.status, 1);
  t.regex(commit.stderr, /broken\.yaml/);
  // Clients that show the first line alone show this one.
  t.regex(commit.stderr, /^flux-sops: commit refused: lint-staged failed\./);
  t.is(repository.read("broken.yaml"), "a: [1\nb: 2\n");
  t.is(repository.must("stash", "list"), "");
  repository.write(".prettierignore", `${repository.read(".prettierignore")}broken.yaml\n`);
  repository.must("add", ".");
  t.is(repository.git("commit", "-q", "-m", "Left out").status, 0);
});

test("what a formatter of one's own puts into a file is judged too", (t) => {
  const repository = installed(t);
  const manifest = JSON.parse(repository.read("package.json")) as object;
  const tasks = { ...manifest, "lint-staged": { "*.md": "cp ../key" } };
  cpSync(join(repository.home, ".config/sops/age/keys.txt"), join(repository.dir, "../key"));
  repository.write("package.json", JSON.stringify(tasks));
  repository.write(NAME, UGLY);
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Key");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /notes\.md:\d+ {2}age-key/);
});

test("lint-staged of a repository that was there before is left to its own hooks", (t) => {
  const repository = installed(t);
  const manifest = JSON.parse(repository.read("package.json")) as Record<string, unknown>;
  repository.write("package.json", JSON.stringify({ ...manifest, bin: undefined }));
  repository.write(NAME, UGLY);
  repository.write(DB, secret({ a: "hunter2" }));
  repository.must("add", ".");
  const commit = repository.git("commit", "-q", "-m", "Notes");
  t.regex(commit.stderr, /^flux-sops: encrypted .*\n$/);
  t.is(repository.must("show", `HEAD:${NAME}`), UGLY);
});

test("no second node starts where no staged file is one to format", (t) => {
  const repository = scaffolded(t);
  const folder = join(repository.dir, "node_modules/lint-staged/bin");
  mkdirSync(folder, { recursive: true });
  const log = join(repository.home, "runs");
  writeFileSync(
    join(folder, "lint-staged.js"),
    `require("node:fs").appendFileSync(${JSON.stringify(log)}, "run\\n")`,
  );
  writeFileSync(log, "");
  for (const path of ["a.txt", DB, "clusters/homelab/secrets/plain.yaml"]) {
    repository.write(path, path === "a.txt" ? "a\n" : secret({ a: "hunter2" }));
    repository.must("add", path);
    repository.must("commit", "-q", "-m", path);
  }
  repository.must("mv", DB, "clusters/homelab/secrets/moved.sops.yaml");
  repository.must("commit", "-q", "-m", "Moved");
  t.is(readFileSync(log, "utf8"), "");
  repository.write(NAME, UGLY);
  repository.must("add", NAME);
  repository.must("commit", "-q", "-m", "Notes");
  t.is(readFileSync(log, "utf8"), "run\n");
});
