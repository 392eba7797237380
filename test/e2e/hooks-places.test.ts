import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { scaffolded, secret, TOOL, type Scaffolded } from "./scaffolded.ts";

/** Where commits are made, and how often node is started for one. */

const MARKER = "wombat-7731-quartz";
const DB = "clusters/homelab/secrets/db.sops.yaml";

/** A branch `feature` with plaintext in its only commit, made without hooks. */
function withFeature({ must, write }: Scaffolded): void {
  must("switch", "-q", "-c", "feature");
  write(DB, secret({ a: MARKER }));
  must("add", DB);
  must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Bring it");
  must("switch", "-q", "main");
}

test("a linked worktree: cherry-pick, merge, amend and -n are seen there too", (t) => {
  const repository = scaffolded(t);
  withFeature(repository);
  const cwd = join(repository.dir, "../linked");
  repository.must("worktree", "add", "-q", "-b", "linked", cwd);
  const git = (...args: string[]) => repository.run("git", args, { cwd });
  t.not(git("cherry-pick", "feature").status, 0);
  t.is(git("commit", "--no-edit").status, 0);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
  git("reset", "-q", "--hard", "HEAD~1");
  t.not(git("merge", "--no-ff", "-m", "Merge", "feature").status, 0);
  t.is(git("commit", "--no-edit").status, 0);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
  git("reset", "-q", "--hard", "feature");
  t.is(git("commit", "--amend", "-m", "Amended").status, 0);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
  // The proofs of two worktrees are two.
  t.is(readdirSync(join(repository.dir, ".git/worktrees/linked/flux-sops")).length, 1);
});

// As in git-gui's lib/commit.tcl, and run_prepare_commit_msg_hook of git-gui.sh.
test("git gui asks for a message before anybody commits, and its commit is encrypted", (t) => {
  const { must, run, write } = scaffolded(t);
  write(DB, secret({ a: MARKER }));
  must("add", DB);
  const asked = run(".husky/_/prepare-commit-msg", [".git/PREPARE_COMMIT_MSG", ""]);
  // Where that fails, git gui ends.
  t.deepEqual([asked.status, asked.stdout + asked.stderr], [0, ""]);
  const hook = run(".husky/_/pre-commit", []);
  t.is(hook.status, 0, hook.stderr);
  const tree = must("write-tree").trim();
  t.true(must("show", `${tree}:${DB}`).includes("ENC["));
  t.is(must("status", "--porcelain"), `A  ${DB}\n`);
});

for (const [title, away] of [
  ["git clean -fdx", ["clean", "-q", "-fdx"]],
  ["git clean -ffdx", ["clean", "-q", "-ffdx"]],
  ["git stash --all", ["stash", "--all"]],
] as const) {
  test(`after ${title} a commit is looked at as before`, (t) => {
    const { must, git, write, tool } = scaffolded(t);
    write("node_modules/a.js", "1\n");
    must(...away);
    write(DB, secret({ a: MARKER }));
    write("web.yaml", secret({ a: MARKER }));
    must("add", ".");
    t.is(git("commit", "-m", "x").status, 1);
    must("rm", "-q", "--cached", "web.yaml");
    must("commit", "-q", "-m", "x");
    t.true(must("show", `HEAD:${DB}`).includes("ENC["));
    t.regex(tool("doctor").stdout, /^ok {6}the hooks are on$/m);
  });
}

test("husky's own command, as npm install runs it, leaves the worktree clean", (t) => {
  const { must, run } = scaffolded(t);
  const husky = fileURLToPath(new URL("../../node_modules/husky/bin.js", import.meta.url));
  must("config", "--unset", "core.hooksPath");
  t.is(run("node", [husky]).status, 0);
  t.is(must("config", "core.hooksPath"), ".husky/_\n");
  t.is(must("status", "--porcelain", "--ignored"), "");
});

test("a linked worktree of which no hook was told is looked at as well", (t) => {
  const repository = scaffolded(t);
  const cwd = join(repository.dir, "../linked");
  repository.must("-c", "core.hooksPath=/nowhere", "worktree", "add", "-q", "-b", "linked", cwd);
  writeFileSync(join(cwd, "web.yaml"), secret({ a: MARKER }));
  repository.run("git", ["add", "."], { cwd });
  t.is(repository.run("git", ["commit", "-m", "x"], { cwd }).status, 1);
});

test("where no hook can leave the others word, each looks for itself", (t) => {
  const repository = scaffolded(t);
  // As good as a folder that another user has shut; the tests may run as root, who can open that.
  rmSync(join(repository.dir, ".git/flux-sops"), { recursive: true, force: true });
  writeFileSync(join(repository.dir, ".git/flux-sops"), "");
  repository.write("note.md", "note\n");
  repository.write(DB, secret({ password: MARKER }));
  repository.must("add", ".");
  const commit = repository.git("commit", "-q", "-m", "Add");
  t.is(commit.status, 0, commit.stderr);
  t.false(repository.must("show").includes(MARKER));
  t.is(repository.must("status", "--porcelain"), "");
});

test("a submodule", (t) => {
  const repository = scaffolded(t);
  withFeature(repository);
  const outer = join(repository.dir, "../outer");
  mkdirSync(outer);
  const script = (text: string) => repository.run("sh", ["-ec", text], { cwd: outer });
  const made = script(
    `git init -q && git -c protocol.file.allow=always submodule --quiet add "${repository.dir}" inner
cd inner && git branch -q --no-track feature origin/feature && git branch -q -rd origin/feature && git config core.hooksPath .husky/_`,
  );
  t.is(made.status, 0, made.stderr);
  const git = (...args: string[]) => repository.run("git", args, { cwd: join(outer, "inner") });
  t.not(git("cherry-pick", "feature").status, 0);
  t.is(git("commit", "--no-edit").status, 0);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
  t.is(readdirSync(join(outer, ".git/modules/inner/flux-sops")).length, 1);
  const doctor = repository.run("node", [".flux-sops/flux-sops.mjs", "doctor"], {
    cwd: join(outer, "inner"),
  });
  t.notRegex(doctor.stdout, /^wrong/m);
});

test("GIT_DIR and GIT_WORK_TREE, and an index of one's own", (t) => {
  const repository = scaffolded(t);
  withFeature(repository);
  const env = { GIT_DIR: join(repository.dir, ".git"), GIT_WORK_TREE: repository.dir };
  const git = (...args: string[]) => repository.run("git", args, { env, cwd: repository.home });
  t.not(git("cherry-pick", "feature").status, 0);
  const commit = git("commit", "--no-edit");
  t.is(commit.status, 0, commit.stderr);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));

  const own = { GIT_INDEX_FILE: join(repository.dir, ".git/own-index") };
  repository.run("git", ["read-tree", "HEAD"], { env: own });
  repository.write(DB, secret({ a: `${MARKER}-2` }));
  repository.run("git", ["add", DB], { env: own });
  const second = repository.run("git", ["commit", "-m", "Own"], { env: own });
  t.is(second.status, 0, second.stderr);
  t.notRegex(second.stderr, /warning/);
  t.false(repository.must("show", `HEAD:${DB}`).includes(MARKER));
});

test("a repository with SHA-256 names", (t) => {
  const root = scaffolded(t);
  const dir = join(realpathSync(join(root.dir, "..")), "sha256");
  mkdirSync(dir);
  const git = (...args: string[]) => root.run("git", args, { cwd: dir });
  git("init", "-q", "-b", "main", "--object-format=sha256");
  const init = root.run("node", [TOOL, "init", dir, "--yes", "--skip-install"], { cwd: root.home });
  t.is(init.status, 0, init.stderr);
  git("add", ".");
  const first = git("commit", "-q", "-m", "First");
  t.is(first.status, 0, first.stderr);
  t.is(git("rev-parse", "HEAD").stdout.trim().length, 64);
  const doctor = root.run("node", [TOOL, "doctor"], { cwd: dir });
  t.regex(
    doctor.stdout,
    /^note {4}the repository names objects by SHA-256, which Flux cannot read$/m,
  );
  git("init", "-q", "--bare", "--object-format=sha256", "../sha256.git");
  git("remote", "add", "origin", "../sha256.git");
  t.is(git("push", "-q", "origin", "main").status, 0);
  git("switch", "-q", "-c", "feature");
  writeFileSync(join(dir, DB), secret({ a: MARKER }));
  git("add", DB);
  t.is(git("commit", "-n", "-m", "Bring it").status, 0);
  const push = git("push", "origin", "feature");
  t.not(push.status, 0);
  t.regex(push.stderr, /push refused/);
  git("switch", "-q", "main");
  git("reset", "-q", "--hard");
  const pick = git("cherry-pick", "feature");
  t.not(pick.status, 0);
  t.is(git("commit", "--no-edit").status, 0);
  t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
  t.is(git("commit", "--amend", "-m", "Amended").status, 0);
  t.is(git("push", "-q", "origin", "main").status, 0);
});

test("a commit starts node once, also the first one; a push of nothing does not", (t) => {
  const repository = scaffolded(t);
  const bin = join(repository.home, "bin");
  const log = join(repository.home, "node.log");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "node"),
    `#!/bin/sh\necho "$@" >>'${log}'\nexec '${process.execPath}' "$@"\n`,
  );
  chmodSync(join(bin, "node"), 0o755);
  const env = { PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  const starts = (...args: string[]): number => {
    writeFileSync(log, "");
    const { status, stderr } = repository.run("git", args, { env });
    t.is(status, 0, stderr);
    return readFileSync(log, "utf8").split("\n").length - 1;
  };
  repository.write(DB, secret({ a: MARKER }));
  repository.must("add", ".");
  t.is(starts("commit", "-m", "One"), 1);
  repository.write("note.md", "1\n");
  repository.must("add", ".");
  t.is(starts("commit", "-m", "Two"), 1);
  t.is(starts("commit", "--amend", "-m", "Two again"), 1);
  t.is(starts("commit", "--amend", "--no-edit"), 1);
  t.is(starts("commit", "--allow-empty", "-m", "Empty"), 1);
  repository.write("note.md", "2\n");
  t.is(starts("commit", "-a", "-m", "All"), 1);
  repository.write("note.md", "3\n");
  t.is(starts("commit", "-m", "Path", "--", "note.md"), 1);
  t.is(starts("rm", "-q", "note.md"), 0);
  t.is(starts("commit", "-m", "Removed"), 1);
  repository.run("git", ["init", "-q", "--bare", "../remote.git"]);
  repository.must("remote", "add", "origin", "../remote.git");
  t.is(starts("push", "-q", "origin", "main"), 1);
  t.is(starts("push", "-q", "origin", "main"), 0);
  repository.must("switch", "-q", "--orphan", "fresh");
  repository.must("checkout", "main", "--", ".");
  t.is(starts("commit", "-m", "First of a branch"), 1);
  repository.must("switch", "-q", "--orphan", "fresher");
  repository.must("checkout", "main", "--", ".");
  t.is(starts("commit", "-n", "-m", "Not looked at before"), 1);
  renameSync(join(repository.dir, ".git"), join(repository.home, "git-folder"));
  symlinkSync(join(repository.home, "git-folder"), join(repository.dir, ".git"));
  t.is(starts("commit", "--allow-empty", "-m", ".git is a link"), 1);
  const worktree = join(repository.home, "worktree");
  repository.must("worktree", "add", "-q", "--detach", worktree);
  t.is(starts("-C", worktree, "switch", "-q", "--orphan", "there"), 0);
  t.is(starts("-C", worktree, "checkout", "main", "--", "."), 0);
  t.is(starts("-C", worktree, "commit", "-q", "-m", "First there"), 1);
});

test("an unknown hook is an error", (t) => {
  const repository = scaffolded(t);
  for (const name of ["", "pre-receive", "toString", "__proto__"]) {
    const { status, stderr } = repository.tool("hook", name);
    t.is(status, 2);
    t.is(
      stderr,
      `flux-sops: ${name === "" ? "hook: the name of a hook is missing" : `there is no hook "${name}"`}; flux-sops hook --help lists them\n`,
    );
  }
});
