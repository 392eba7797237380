import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { keyPairsOf, plaintextOf } from "./plaintext-of.ts";
import { scaffolded, secret, type Ended, type Scaffolded } from "./scaffolded.ts";
import { withOrigin } from "./with-origin.ts";

/**
 * What desktop clients run to stage, commit and push, as their sources have it. commit-table.test.ts has the forms
 * of `git commit` itself.
 */

const DB = "clusters/homelab/secrets/db.sops.yaml";
const OTHER = "clusters/homelab/secrets/other.sops.yaml";
/** No creation rule takes it. */
const WEB = "web.yaml";
const MARKER = "wombat-7731-quartz";

/** DB is committed with `a` and `b`, and encrypted. */
function commit({ write, must }: Scaffolded): void {
  write(DB, secret({ a: MARKER, b: "same" }));
  must("add", DB);
  must("commit", "-q", "-m", "One");
}

function committed(t: ExecutionContext): Scaffolded {
  return scaffolded(t, { prepare: commit });
}

/** Stages what is on no disk: a file's part that was chosen in an editor. */
function stageText({ run, must }: Scaffolded, path: string, text: string): void {
  const args = ["hash-object", "-t", "blob", "-w", "--stdin", "--path", path];
  const oid = run("git", args, { input: text }).stdout.trim();
  must("update-index", "--add", "--cacheinfo", "100644", oid, path);
}

async function headText(repository: Scaffolded, path = DB): Promise<string> {
  const bytes = Buffer.from(repository.must("show", `HEAD:${path}`));
  const { state, text } = await plaintextOf(path, bytes, await keyPairsOf(repository));
  return `${state}\n${text}`;
}

// VS Code: extensions/git/src/git.ts (commit, stage) and commands.ts (what is shown of an error).

const vsCode = ({ run }: Scaffolded): Ended =>
  run(
    "git",
    [
      ...["-c", "user.useConfigOnly=true"],
      ...["commit", "--quiet", "--allow-empty-message", "--file", "-"],
    ],
    {
      input: "x",
      env: {
        ...{ VSCODE_GIT_COMMAND: "commit", LC_ALL: "en_US.UTF-8", LANG: "en_US.UTF-8" },
        ...{ GIT_PAGER: "cat", GIT_ASKPASS: "/nowhere", ELECTRON_RUN_AS_NODE: "1" },
      },
    },
  );

/** All that its message box has of it. */
const shownByVsCode = ({ stderr }: Ended): string | undefined =>
  stderr
    .replace(/^error: /im, "")
    .replace(/^> husky.*$/im, "")
    .split(/[\r\n]/)
    .find(Boolean);

test("VS Code shows the first line of a refusal: it names the file", (t) => {
  const repository = scaffolded(t);
  repository.write(WEB, secret({ a: MARKER }));
  repository.must("add", WEB);
  const alone = vsCode(repository);
  t.is(alone.status, 1);
  t.is(
    shownByVsCode(alone),
    `flux-sops: commit refused, nothing was changed. What is wrong with ${WEB}:`,
  );
  for (const path of ["v.yaml", "x.yaml"]) repository.write(path, secret({ a: MARKER }));
  repository.must("add", ".");
  t.is(
    shownByVsCode(vsCode(repository)),
    "flux-sops: commit refused, nothing was changed. What is wrong with v.yaml and 2 other files:",
  );
});

/** Lines that are chosen of the difference between the encrypted file and a plaintext on the disk. */
const RANGES: Readonly<Record<string, readonly [of: (head: string) => string, exit: number]>> = {
  "a new value": [(head) => head.replace(/^ {2}b: .*\n/m, "$&  c: new\n"), 0],
  "a value in the place of its ciphertext": [
    (head) => head.replace(/^ {2}b: .*$/m, "  b: other"),
    0,
  ],
  "a value, and the sops block removed": [
    (head) => head.replace(/^ {2}a: .*$/m, `  a: ${MARKER}`).replace(/^sops:[^]*/m, ""),
    1,
  ],
  "the sops block removed": [(head) => head.replace(/^sops:[^]*/m, ""), 1],
  "a part of the sops block removed": [
    (head) =>
      head
        .replace(/^ {2}a: .*$/m, `  a: ${MARKER}`)
        .replace(/^ {4}- enc:[^]*?^ {6}recipient.*\n/m, ""),
    1,
  ],
  "a value beside its ciphertext": [(head) => head.replace(/^ {2}a: /m, `  a: ${MARKER}\n$&`), 1],
};

for (const [chosen, [of, exit]] of Object.entries(RANGES)) {
  test(`VS Code, selected ranges are staged: ${chosen}: exit ${String(exit)}`, async (t) => {
    const repository = committed(t);
    const onDisk = secret({ a: MARKER, b: "other", c: "new" });
    repository.write(DB, onDisk);
    stageText(repository, DB, of(repository.must("show", `HEAD:${DB}`)));
    const { status, stderr } = vsCode(repository);
    t.is(status, exit, stderr);
    t.notRegex(stderr, /wombat/);
    const text = await headText(repository);
    t.regex(text, /^encrypted\n/);
    t.is(/c: new/.test(text), chosen === "a new value");
    t.is(/b: other/.test(text), chosen === "a value in the place of its ciphertext");
    t.is(repository.read(DB), onDisk);
  });
}

// JetBrains: GitCheckinEnvironment.kt and GitIndexInfoStagingAreaStateManager.kt in plugins/git4idea.

const JETBRAINS = ["-c", "credential.helper=", "-c", "core.quotepath=false"];

/** Commits what is in the index of DB alone: all else that is staged is set back to HEAD, and staged again after it. */
function jetBrains({ run, must }: Scaffolded, ...options: readonly string[]): Ended {
  const staged = must("status", "--porcelain=2", "--no-renames", "--untracked-files=no")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([kind, xy]) => kind === "1" && xy?.[0] !== ".")
    .map(([, , , , , , head = "", index = "", path = ""]) => ({ head, index, path }))
    .filter(({ path }) => path !== DB);
  const set = (lines: readonly string[]) =>
    run("git", [...JETBRAINS, "update-index", "--index-info"], { input: lines.join("\n") });
  const entry = (oid: string, path: string) =>
    /^0+$/.test(oid) ? `0 ${oid}\t${path}` : `100644 ${oid} 0\t${path}`;
  set(staged.map(({ head, path }) => entry(head, path)));
  const ended = run("git", [...JETBRAINS, "commit", "-F", "-", ...options, "--"], {
    input: "x",
    env: { GIT_EDITOR: "/nowhere", GIT_OPTIONAL_LOCKS: "0", GIT_TRACE: "0" },
  });
  set(staged.map(({ index, path }) => entry(index, path)));
  return ended;
}

test("JetBrains, one chunk is committed: the other and what else was staged stay as they are", async (t) => {
  const repository = committed(t);
  const { must, write, read } = repository;
  const [chunk, onDisk] = [{ a: "new", b: "same" }, secret({ a: "new", b: "same", c: "kept" })];
  write(OTHER, secret({ o: MARKER }, "other"));
  write("README.md", "# Other\n");
  must("add", OTHER, "README.md");
  write(DB, onDisk);
  stageText(repository, DB, secret(chunk));
  const first = jetBrains(repository);
  t.is(first.status, 0, first.stderr);
  t.is(await headText(repository), `encrypted\n${secret(chunk)}`);
  t.is(must("show", "--name-only", "--format=", "HEAD"), `${DB}\n`);
  t.is(read(DB), onDisk);
  t.is(must("status", "--porcelain"), `M  README.md\n M ${DB}\nA  ${OTHER}\n`);
  t.is(must("show", `:${OTHER}`), secret({ o: MARKER }, "other"));

  // All of it then, into the same commit, with another author and date.
  must("add", "--ignore-errors", "-A", "-f", "--", DB);
  const author = ["--author=X <x@example.com>", "--date", "2020-01-01 00:00:00"];
  const second = jetBrains(repository, "--amend", ...author);
  t.is(second.status, 0, second.stderr);
  t.is(await headText(repository), `encrypted\n${onDisk}`);
  t.is(must("status", "--porcelain"), `M  README.md\nA  ${OTHER}\n`);
  t.regex(read(DB), /^ {2}c: ENC\[/m);
});

// git hook run, from git 2.36 on.
const [, minor = "0"] =
  /^git version 2\.(\d+)/.exec(spawnSync("git", ["version"], { encoding: "utf8" }).stdout) ?? [];
const hookRun = Number(minor) >= 36 ? test : test.skip;

/**
 * GitHub Desktop from 3.5.5 on (app/src/lib/hooks): core.hooksPath is a folder of programs that run the hook in the
 * environment of the user's shell, with git's own variables; where it fails, the user may go on.
 */
function desktop({ dir, home, env }: Scaffolded, goOn = false): Record<string, string> {
  const folder = join(dir, "../desktop-git-hooks");
  mkdirSync(folder, { recursive: true });
  const kept = ["GIT_INDEX_FILE", "GIT_DIR", "GIT_EDITOR", "GIT_AUTHOR_DATE", "GIT_PREFIX"];
  const given = kept.map((name) => `\${${name}+${name}="$${name}"}`).join(" ");
  for (const hook of ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]) {
    writeFileSync(
      join(folder, hook),
      `#!/bin/sh\necho 'Running ${hook} hook...' >&2\n` +
        `env -i PATH='${env["PATH"] ?? ""}' HOME='${home}' ${given} GITHUB_DESKTOP=1 git hook run ${hook} -- "$@"` +
        (goOn ? " || :\n" : "\n"),
    );
    chmodSync(join(folder, hook), 0o755);
  }
  return { GIT_CONFIG_PARAMETERS: `'core.hooksPath=${folder}'`, TERM: "dumb" };
}

/** Its way to stage: whole files, by their names alone. */
function desktopCommit(repository: Scaffolded, paths: readonly string[], goOn = false): Ended {
  const { run, must } = repository;
  must("reset", "-q", "--", ".");
  const args = ["update-index", "--add", "--remove", "--replace", "-z", "--stdin"];
  run("git", args, { input: paths.join("\0") });
  const env = desktop(repository, goOn);
  return run("git", ["commit", "-F", "-"], { input: "x", env });
}

hookRun(
  "GitHub Desktop runs the hooks by another path: encrypted, or refused [needs git 2.36]",
  async (t) => {
    const repository = scaffolded(t);
    const { must, write, state } = repository;
    write(DB, secret({ a: MARKER }));
    const ended = desktopCommit(repository, [DB]);
    t.is(ended.status, 0, ended.stderr);
    t.is(await headText(repository), `encrypted\n${secret({ a: MARKER })}`);
    t.is(must("status", "--porcelain"), "");
    write(WEB, secret({ a: MARKER }));
    must("add", WEB);
    const before = state();
    t.is(desktopCommit(repository, [WEB]).status, 1);
    t.is(state(), before);
  },
);

hookRun(
  "GitHub Desktop, its user goes on past the refusal: warned, and not pushed [needs git 2.36]",
  (t) => {
    const repository = withOrigin(t);
    repository.write(WEB, secret({ a: MARKER }));
    const ended = desktopCommit(repository, [WEB], true);
    t.is(ended.status, 0, ended.stderr);
    t.regex(ended.stderr, /^flux-sops: warning: this commit holds /m);
    const push = repository.git("push", "origin", "main");
    t.is(push.status, 1);
    t.regex(push.stderr, /^flux-sops: push refused/m);
  },
);

// Zed: crates/git/src/repository.rs.
hookRun(
  "Zed runs pre-commit before it commits with --no-verify: encrypted, and no warning [needs git 2.36]",
  async (t) => {
    const repository = scaffolded(t);
    const { git, must, write } = repository;
    for (const [value, amend] of [
      ["one", []],
      ["two", ["--amend"]],
    ] as const) {
      write(DB, secret({ a: value }));
      must("add", DB);
      t.is(git("hook", "run", "--ignore-missing", "pre-commit").status, 0);
      const args = ["commit", "--quiet", "-m", "x", "--cleanup=strip", "--no-verify", ...amend];
      t.deepEqual(git(...args), { status: 0, stdout: "", stderr: "" });
      t.is(await headText(repository), `encrypted\n${secret({ a: value })}`);
    }
  },
);

// GitButler: crates/gitbutler-repo/src/hooks.rs and managed_hooks.rs.

test("GitButler tells pre-push of the remote's branch by the name that it has here: leaks are refused", (t) => {
  const { run, must, write } = withOrigin(t);
  const push = () => {
    const [local, remote] = [must("rev-parse", "main"), must("rev-parse", "origin/main")];
    const input = `refs/heads/main ${local.trim()} refs/remotes/origin/main ${remote.trim()}\n`;
    return run(".husky/_/pre-push", ["origin", "../remote.git"], { input });
  };
  must("commit", "-q", "--allow-empty", "-m", "Nothing");
  t.deepEqual(push(), { status: 0, stdout: "", stderr: "" });
  write(WEB, secret({ a: MARKER }));
  must("add", WEB);
  must("commit", "-q", "-n", "-m", "x");
  const { status, stderr } = push();
  t.is(status, 1);
  t.regex(stderr, /^flux-sops: push refused[^]*web\.yaml:6 {2}plaintext-secret/);
});

test("GitButler's own hook in the place of husky's: a commit warns, doctor names it, the push is refused", (t) => {
  const { git, must, write, tool, dir } = withOrigin(t);
  const stub = join(dir, ".husky/_/pre-commit");
  renameSync(stub, `${stub}-user`);
  writeFileSync(stub, `#!/bin/sh\n"$(dirname "$0")/pre-commit-user" "$@"\n`, { mode: 0o755 });
  write(DB, secret({ a: MARKER }));
  must("add", DB);
  const { status, stderr } = git("commit", "-q", "-m", "x");
  t.is(status, 0);
  t.regex(stderr, /^flux-sops: warning: this commit holds [^]*npx flux-sops doctor says why\.$/m);
  t.is(git("push", "origin", "main").status, 1);
  t.regex(tool("doctor").stdout, /^wrong {3}hooks are off: .*\(pre-commit\)/m);
  t.regex(tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now/m);
  t.is(git("commit", "-q", "--amend", "--no-edit").status, 0);
  t.is(git("push", "-q", "origin", "main").status, 0);
});

// Sapling: push in eden/scm/sapling/git.py.
test("Sapling names git's folder, an address and a commit, and pushes from the top: refused", (t) => {
  const { git, must, write, dir } = withOrigin(t);
  write(WEB, secret({ a: MARKER }));
  must("add", WEB);
  must("-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", "x");
  const refspec = `${must("rev-parse", "HEAD").trim()}:refs/heads/main`;
  const args = [`--git-dir=${join(dir, ".git")}`, "push", join(dir, "../remote.git"), refspec];
  const { status, stderr } = git(...args);
  t.is(status, 1);
  t.regex(stderr, /^flux-sops: push refused[^]*web\.yaml:6 {2}plaintext-secret/);
});
