import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { secret, scaffolded, TOOL } from "./scaffolded.ts";

interface Teardown {
  teardown(cleanUp: () => void): void;
}

/** A repository of somebody's, in a home of its own, with what is given in it and committed. */
function repository(t: Teardown, files: Readonly<Record<string, string>>) {
  const base = scaffolded(t);
  const dir = join(base.home, "mine");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  const run = (program: string, ...args: string[]) => base.run(program, args, { cwd: dir });
  run("git", "init", "-q", "-b", "main");
  run("git", "add", ".");
  run("git", "commit", "-q", "-m", "Before");
  return {
    dir,
    run,
    init: (...flags: string[]) => run("node", TOOL, "init", "--skip-install", ...flags),
  };
}

test("secrets that are committed in the clear are listed with what to do, and not touched", (t) => {
  const plain = secret({ password: "hunter2" });
  const { dir, run, init } = repository(t, { "k8s/db.yaml": plain, "a.txt": "x\n" });
  const { status, stdout, stderr } = init();
  t.is(status, 0, stderr);
  t.regex(
    stdout,
    /readable secrets, or broken; they were left as they are:\n {2}k8s\/db\.yaml:6: /,
  );
  t.regex(stdout, /make new\npasswords and keys/);
  t.notRegex(stdout, /hunter2/);
  t.is(readFileSync(join(dir, "k8s/db.yaml"), "utf8"), plain);
  t.is(run("git", "log", "--format=%s").stdout, "Before\n");
  t.notRegex(init().stdout, /readable secrets/, "told once: check tells it from then on");
});

test("of a committed secret is said what mends it once the new rules are staged, which they are not", (t) => {
  const { run, init } = repository(t, {
    "clusters/prod/apps.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\nspec:\n  path: ./apps\n",
    "apps/db.yaml": secret({ password: "hunter2" }),
  });
  const { stdout } = init();
  t.regex(stdout, /^ {6}git mv -- apps\/db\.yaml apps\/db\.sops\.yaml$/m);
  t.is(run("git", "diff", "--cached", "--name-only").stdout, "");
  t.is(run("git", "status", "--short", ".sops.yaml").stdout, "?? .sops.yaml\n");
});

test("committed secrets are listed, too, where there is no folder for temporary files", (t) => {
  const { run, dir } = repository(t, { "apps/db.yaml": secret({ password: "hunter2" }) });
  const none = `TMPDIR=${join(dir, "none")}`;
  const { status, stdout, stderr } = run("env", none, "node", TOOL, "init", "--skip-install");
  t.is(stderr, "");
  t.is(status, 0);
  t.regex(
    stdout,
    /readable secrets, or broken; they were left as they are:\n {2}apps\/db\.yaml:6: /,
  );
});

test("an existing husky hook runs, then the gate, which encrypts", (t) => {
  const { run, init, dir } = repository(t, {
    "package.json": '{ "name": "app", "devDependencies": { "husky": "^9.1.7" } }\n',
    ".husky/pre-commit": "echo theirs >&2",
    ".husky/pre-push": "cat >&2\n",
  });
  t.is(init().status, 0);
  run("git", "add", ".");
  t.is(run("git", "commit", "-q", "-m", "Join").status, 0);
  const path = "clusters/homelab/secrets/db.sops.yaml";
  writeFileSync(join(dir, path), secret({ password: "hunter2" }));
  run("git", "add", path);
  const { status, stderr } = run("git", "commit", "-q", "-m", "Secret");
  t.is(status, 0, stderr);
  t.regex(stderr, /theirs\n[^]*encrypted clusters/);
  t.notRegex(run("git", "show", `HEAD:${path}`).stdout, /hunter2/);

  // Their pre-push still reads what git tells, and ours has read it before.
  run("git", "init", "-q", "--bare", "../server");
  run("git", "remote", "add", "origin", "../server");
  t.regex(run("git", "push", "-q", "origin", "main").stderr, /refs\/heads\/main [0-9a-f]{40}/);
  writeFileSync(join(dir, "leak.yaml"), secret({ password: "hunter2" }));
  run("git", "add", "leak.yaml");
  run("git", "commit", "-q", "--no-verify", "-m", "Leak");
  const pushed = run("git", "push", "-q", "origin", "main");
  t.not(pushed.status, 0);
  t.regex(pushed.stderr, /plaintext-secret/);
});

test("hooks in .git/hooks: the gate's line lets them run, and refuses plaintext", (t) => {
  const { run, init, dir } = repository(t, { "a.txt": "x\n" });
  const own = join(dir, ".git/hooks/pre-commit");
  mkdirSync(dirname(own), { recursive: true });
  writeFileSync(own, "#!/bin/sh\necho theirs >&2\n", { mode: 0o755 });
  const { stdout } = init();
  const line = /pre-commit: (sh -e .*)$/m.exec(stdout)?.[1] ?? "";
  t.not(line, "");
  // Who passes over that is told so at each commit: the gate's own commands would not help.
  writeFileSync(join(dir, "leak.yaml"), secret({ password: "hunter2" }));
  run("git", "add", "leak.yaml");
  t.regex(
    run("git", "commit", "-q", "-m", "Leak").stderr,
    /encrypts or refuses:[^]*git runs no pre-commit hook of ours: node \.flux-sops\/flux-sops\.mjs doctor says why\.$/m,
  );
  run("git", "reset", "-q", "HEAD~");
  writeFileSync(own, `#!/bin/sh\necho theirs >&2\n${line}\n`);
  writeFileSync(join(dir, "leak.yaml"), secret({ password: "hunter2" }));
  run("git", "add", "leak.yaml");
  const { status, stderr } = run("git", "commit", "-q", "-m", "Leak");
  t.not(status, 0);
  t.regex(stderr, /theirs\n[^]*plaintext-secret/);
  const doctorHere = () => run("node", ".flux-sops/flux-sops.mjs", "doctor").stdout;
  t.regex(doctorHere(), /the hooks are on/);
  const skipped = (name: string, mode: number) => {
    chmodSync(join(dir, ".git/hooks", name), mode);
    return /^wrong {3}git skips hooks .*: (.*)\n {8}chmod \+x -- (.*)$/m
      .exec(doctorHere())
      ?.slice(1);
  };
  const hookFile = (name: string) => join(dir, ".git/hooks", name);
  t.deepEqual(skipped("pre-push", 0o644), [
    "merges and pushes may go by unseen",
    hookFile("pre-push"),
  ]);
  t.is(skipped("pre-push", 0o755), undefined);
  t.deepEqual(skipped("pre-commit", 0o644), ["commits are not looked at", hookFile("pre-commit")]);
  t.is(skipped("pre-commit", 0o755), undefined);

  // git copies no hooks into a clone, theirs neither.
  run("git", "reset", "-q", "--", "leak.yaml");
  run("git", "add", ".flux-sops", ".sops.yaml");
  run("git", "commit", "-q", "-m", "Add the gate");
  const clone = join(dir, "../clone");
  run("git", "clone", "-q", ".", clone);
  const inClone = (...args: string[]) => run("git", "-C", clone, ...args);
  const doctor = (...flags: string[]) =>
    run("sh", "-c", 'cd "$0" && node .flux-sops/flux-sops.mjs doctor "$@"', clone, ...flags).stdout;
  t.regex(doctor(), /^wrong {3}the hooks are off: .*\n {8}node .* doctor --fix$/m);
  t.regex(doctor("--fix"), /^mended {2}the hooks are on now$/m);
  writeFileSync(join(clone, "leak.yaml"), secret({ password: "hunter2" }));
  inClone("add", "leak.yaml");
  t.regex(inClone("commit", "-q", "-m", "Leak").stderr, /plaintext-secret/);
});

test("hooks in .git/hooks let a branch without the gate commit, and say so, but push no branch with it; a gate that is only gone from disk does not", (t) => {
  const { run, init, dir } = repository(t, { "a.txt": "x\n" });
  mkdirSync(join(dir, ".git/hooks"), { recursive: true });
  writeFileSync(join(dir, ".git/hooks/commit-msg"), "#!/bin/sh\n", { mode: 0o755 });
  t.is(init().status, 0);
  run("git", "add", ".");
  t.is(run("git", "commit", "-q", "-m", "Add the gate").status, 0);
  run("git", "init", "-q", "--bare", "../server");
  run("git", "remote", "add", "origin", "../server");

  run("git", "switch", "-q", "-c", "old", "HEAD~");
  writeFileSync(join(dir, "b.txt"), "y\n");
  run("git", "add", "b.txt");
  const commit = run("git", "commit", "-q", "-m", "On an old branch");
  t.is(commit.status, 0, commit.stderr);
  const untold = "flux-sops: there is no .flux-sops/hooks on this branch: nothing is looked at";
  t.is(commit.stderr, `${untold}\n`);
  const push = run("git", "push", "-q", "origin", "old");
  t.is(push.status, 0, push.stderr);
  t.true(push.stderr.includes(untold), push.stderr);
  const others = run("git", "push", "-q", "origin", "old", "main");
  t.is(others.status, 1);
  const brought =
    /push refused: it brings a branch that has \.flux-sops\/hooks, and this one has not/;
  t.regex(others.stderr, brought);
  // Git tells a hook what was typed, blanks included.
  const typed = run("git", "push", "-q", "origin", "main@{0 days ago}:refs/heads/main");
  t.regex(typed.stderr, brought);
  t.is(run("git", "--git-dir=../server", "rev-parse", "-q", "--verify", "main").status, 1);

  run("git", "switch", "-q", "main");
  rmSync(join(dir, ".flux-sops"), { recursive: true });
  writeFileSync(join(dir, "leak.yaml"), secret({ password: "hunter2" }));
  run("git", "add", "leak.yaml");
  t.not(run("git", "commit", "-q", "-m", "Leak").status, 0);
});

test("hooks of one's own that go on after a failed command, and read what git tells", (t) => {
  const { run, init, dir } = repository(t, { "a.txt": "x\n" });
  const hook = (name: string, text: string) => {
    mkdirSync(join(dir, ".git/hooks"), { recursive: true });
    writeFileSync(join(dir, ".git/hooks", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  };
  const theirs = { "pre-commit": "echo theirs >&2", "pre-push": "cat >&2" };
  for (const [name, text] of Object.entries(theirs)) hook(name, text);
  const { stdout } = init();
  for (const [name, text] of Object.entries(theirs)) {
    const [, line = ""] = new RegExp(`hooks/${name}: (.*)$`, "m").exec(stdout) ?? [];
    hook(name, `${line}\n${text}`);
  }
  t.regex(run("node", ".flux-sops/flux-sops.mjs", "doctor").stdout, /the hooks are on/);
  writeFileSync(join(dir, "leak.yaml"), secret({ password: "hunter2" }));
  run("git", "add", "leak.yaml");
  t.regex(run("git", "commit", "-q", "-m", "Leak").stderr, /plaintext-secret/);
  t.is(run("git", "log", "--format=%s").stdout, "Before\n");

  run("git", "init", "-q", "--bare", "../server");
  run("git", "remote", "add", "origin", "../server");
  t.regex(run("git", "push", "-q", "origin", "main").stderr, /^refs\/heads\/main [0-9a-f]{40}/);
  run("git", "commit", "-q", "--no-verify", "-m", "Leak");
  const pushed = run("git", "push", "-q", "origin", "main");
  t.not(pushed.status, 0);
  t.regex(pushed.stderr, /plaintext-secret/);
});

test("where Flux was there before, the key reaches the cluster by what is printed", (t) => {
  const { run, init, dir } = repository(t, {
    "clusters/prod/flux-system/gotk-sync.yaml":
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
  });
  const { stdout } = init();
  t.regex(stdout, /^The private key of this repository is new and in this file only:$/m);
  t.notRegex(stdout, /homelab/);
  t.regex(stdout, /decryption.*: node \.flux-sops\/flux-sops\.mjs check says which$/m);
  const [, file = "", line = ""] =
    /in this file only:\n {2}(.*)\n[^]*^ {2}(grep .* kubectl .*)$/m.exec(stdout) ?? [];
  const keys = readFileSync(file, "utf8");
  const own = keys.slice(keys.lastIndexOf("# flux-sops:"));
  t.notRegex(own, /cluster/);
  const [key = "-"] = /^AGE-SECRET-KEY-.*$/m.exec(own) ?? [];
  // Other keys are nobody's business there.
  writeFileSync(file, `${keys}# public key: age1other\nAGE-SECRET-KEY-1OTHER\n`);
  const bin = join(dir, "../bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "kubectl"), '#!/bin/sh\necho "$*"\ncat\n', { mode: 0o755 });
  t.is(
    run("sh", "-c", `PATH=${bin}:$PATH; ${line}`).stdout,
    `-n flux-system create secret generic sops-age --from-file=age.agekey=/dev/stdin\n${key}\n`,
  );
  const { stderr } = run("node", ".flux-sops/flux-sops.mjs", "new", "secret", "x");
  t.regex(stderr, /no folder clusters\/NAME\/secrets, .* write it to a file NAME\.sops\.yaml/);
  t.notRegex(stderr, /init first/);
});

test("the command that is printed commits the gate, husky's ignored folder with it", (t) => {
  const { run, init } = repository(t, { "a.txt": "x\n" });
  const { stdout } = init();
  const [, command = ""] = /When you have looked at it:\n {2}(.*)$/m.exec(stdout) ?? [];
  t.is(run("sh", "-c", command).status, 0, command);
  t.is(run("git", "status", "--porcelain", "--ignored").stdout, "");
  t.regex(run("git", "ls-files").stdout, /^\.husky\/_\/pre-commit$/m);
  t.notRegex(init().stdout, /When you have looked at it/);
});

test("--dry-run shows each change as a diff", (t) => {
  const { run, init } = repository(t, { ".gitignore": "own\n", "a.txt": "x\n" });
  const { stdout } = init("--dry-run");
  t.regex(stdout, /add to {4}\.gitignore/);
  t.regex(stdout, /\.gitignore:\n@@ -1 \+1 @@\n own\n\+\n\+# Keys/);
  t.is(run("git", "status", "--porcelain").stdout, "");
});
