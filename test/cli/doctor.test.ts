import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { keyFileOf } from "../e2e/reconciled.ts";
import { scaffolded, secret, TOOL } from "../e2e/scaffolded.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";

test("a scaffolded repository is well", (t) => {
  const repository = scaffolded(t);
  // Wherever this machine has node.
  mkdirSync(join(repository.home, ".config/husky"));
  writeFileSync(
    join(repository.home, ".config/husky/init.sh"),
    `PATH=${dirname(process.execPath)}:$PATH\n`,
  );
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
  t.regex(before.stdout, /^wrong {3}the hooks are off: .*\n {8}npx flux-sops doctor --fix$/m);
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

test("what husky could not write on a full disk is found", (t) => {
  const repository = scaffolded(t);
  repository.write(".husky/_/h", "");
  t.regex(repository.tool("doctor").stdout, /^wrong {3}the hooks are off: .* empty in \.husky\/_/m);
  t.regex(repository.tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now$/m);
});

test("husky's stubs are put in place whole: a disk that is full by then leaves what was there", (t) => {
  const repository = scaffolded(t);
  const stub = join(repository.dir, ".husky/_/pre-commit");
  const kept = join(repository.dir, "../kept");
  writeFileSync(stub, "of an older husky\n");
  linkSync(stub, kept);
  repository.must("config", "--unset", "core.hooksPath");
  t.regex(repository.tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now$/m);
  t.is(readFileSync(kept, "utf8"), "of an older husky\n", "not written into");
  t.is(repository.must("status", "--porcelain"), "");
});

test("hooks of another program in the place of husky's stubs are found", (t) => {
  const repository = scaffolded(t);
  repository.write(".husky/_/pre-commit", '#!/bin/sh\nlefthook run "pre-commit" "$@"\n');
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 1);
  t.regex(stdout, /^wrong {3}hooks are off: another program .* \.husky\/_ \(pre-commit\)/m);
  t.regex(repository.tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now$/m);
  t.is(repository.must("status", "--porcelain"), "");
});

test("the tool's own files that nothing but the object store has are no secrets", (t) => {
  const repository = scaffolded(t, { commit: false });
  repository.must("rm", "-q", "-r", "--cached", ".flux-sops");
  t.regex(repository.tool("doctor").stdout, /^ok {6}git's objects hold no readable secret/m);
});

test("branches from before the gate are named, with what brings it there", (t) => {
  const repository = scaffolded(t);
  for (const name of ["old", "some 'other'"]) {
    repository.must("switch", "-q", "--orphan", name.replaceAll(/[ ']/g, "é"));
    repository.must("commit", "-q", "--allow-empty", "-m", "Begin");
  }
  repository.must("switch", "-q", "main");
  const ended = repository.tool("doctor");
  t.is(ended.status, 0);
  const found = /^note {4}commits on branches from before.*: old, someééotheré\n {8}(.*)$/m.exec(
    ended.stdout,
  );
  t.truthy(found, ended.stdout);
  const pasted = repository.paste([`${found?.[1] ?? ""} --allow-unrelated-histories`]);
  t.is(pasted.status, 0, pasted.stderr);
  t.notRegex(repository.tool("doctor").stdout, /before the gate.* old/);

  // One that another worktree has, seen from there and from here.
  const cwd = join(repository.dir, "../work tree");
  repository.must("switch", "-q", "main");
  repository.must("worktree", "add", "-q", cwd, "someééotheré");
  const there = repository.run("node", [TOOL, "doctor", "--fix"], { cwd });
  t.is(there.status, 1);
  t.regex(
    there.stdout,
    /^wrong {3}there is no gate on this branch: .*\n {8}npx -p generator-flux-sops@latest flux-sops init; or/m,
  );
  t.notRegex(there.stdout, /missing, so no hook|^mended/m);
  const here = repository.tool("doctor").stdout;
  const [, merge = ""] = /^note {4}commits on branches from before.*\n {8}(.*)$/m.exec(here) ?? [];
  t.is(repository.paste([`${merge} --allow-unrelated-histories`]).status, 0, here);
  t.notRegex(repository.tool("doctor").stdout, /before the gate/);
});

test("an absolute core.hooksPath is as good as husky's own", (t) => {
  const repository = scaffolded(t);
  repository.must("config", "core.hooksPath", join(repository.dir, ".husky/_"));
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0, stdout);
  t.regex(stdout, /^ok {6}the hooks are on$/m);
});

test("a core.hooksPath for all repositories is named as what has the hooks off", (t) => {
  const { home, must, tool } = scaffolded(t);
  must("config", "--unset", "core.hooksPath");
  must("config", "--global", "core.hooksPath", "/nowhere/hooks");
  t.regex(
    tool("doctor").stdout,
    /^wrong {3}the hooks are off: core\.hooksPath has git look for them in \/nowhere\/hooks\n/m,
  );
  t.regex(tool("doctor", "--fix").stdout, /^mended {2}the hooks are on now$/m);

  const own = join(home, "hooks");
  mkdirSync(own);
  writeFileSync(join(own, "pre-commit"), "#!/bin/sh\n", { mode: 0o755 });
  must("config", "--unset", "core.hooksPath");
  must("config", "--global", "core.hooksPath", own);
  t.true(
    tool("doctor", "--fix").stdout.includes(
      `mended  the hooks are on now; your own in ${own} do not run here\n`,
    ),
  );
});

test("a key that a guide has made at the top of the repository is found, and the command brings it where it counts", (t) => {
  const repository = scaffolded(t, { flags: ["--example"] });
  const keys = keyFileOf(repository);
  renameSync(keys, join(repository.dir, "it's age.agekey"));
  repository.write("a key.txt", "no key\n");
  const { stdout } = repository.tool("doctor");
  const [, command = ""] =
    /^note {4}no private key .*\n {8}it's age\.agekey has one, where it is not looked for: (.*)$/m.exec(
      stdout,
    ) ?? [];
  t.false(stdout.includes("AGE-SECRET-KEY"));
  t.is(repository.paste([command]).status, 0, stdout);
  t.regex(repository.tool("doctor").stdout, /^ok {6}a private key of this machine opens/m);
  t.is(statSync(keys).mode & 0o777, 0o600);
});

test("no key: a note, not an error", async (t) => {
  const repository = scaffolded(t);
  rmSync(join(repository.home, ".config"), { recursive: true });
  const ended = repository.tool("doctor");
  t.is(ended.status, 0);
  t.regex(
    ended.stdout,
    /^note {4}no private key of this machine opens its secrets.*\n {8}put the key of age1\w+ into .*; or have somebody .* let a key of your own in \(npx flux-sops keys new makes one\): npx flux-sops keys add age1…$/m,
  );
  const rules = repository.read(".sops.yaml");
  const { recipient } = await generateKeyPair();
  repository.write(".sops.yaml", rules.replaceAll(/^( *)(age1\w+)$/gm, `$1$2,\n$1${recipient}`));
  repository.must("add", ".sops.yaml");
  // Any one of them opens all.
  t.regex(repository.tool("doctor").stdout, /^ {8}put the key of one of age1\w+, age1\w+ into /m);
});

test("GitButler in the same repository: a note, since it leaves out husky's hooks and what pre-commit stages", (t) => {
  const repository = scaffolded(t);
  mkdirSync(join(repository.dir, ".git/gitbutler"));
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0);
  t.regex(
    stdout,
    /^note {4}GitButler .* husky's hooks .*\n {8}turn on Enable Husky hooks .*: npx flux-sops encrypt -i FILE$/m,
  );
});

test("Jujutsu in the same folder: a note, since it runs no hook, with what has jj fix encrypt", (t) => {
  const repository = scaffolded(t);
  mkdirSync(join(repository.dir, ".jj"));
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0);
  t.regex(
    stdout,
    /^note {4}Jujutsu \(\.jj\) runs no hook of git: .*\n {8}before jj git push: npx /m,
  );
  const command = JSON.parse(
    /tools\.flux-sops\.command '(.*?)'/.exec(stdout)?.[1] ?? "",
  ) as string[];
  const [program = "", ...args] = command.map((word) =>
    word.replace("$path", "clusters/homelab/secrets/db.sops.yaml"),
  );
  // As in another of its workspaces, without git.
  const env = { GIT_DIR: "/nowhere" };
  const input = secret({ a: "wombat-7731-quartz" });
  const encrypted = repository.run(program, args, { input, env });
  t.is(encrypted.status, 0, encrypted.stderr);
  t.regex(encrypted.stdout, /^ {2}a: ENC\[.*[^]*\nsops:\n/m);
  // jj leaves a file as it is where its tool fails.
  t.not(repository.run(program, args, { input: encrypted.stdout, env }).status, 0);
});

test("SOPS_AGE_KEY_FILE names a file that is not there", (t) => {
  const repository = scaffolded(t);
  const env = { SOPS_AGE_KEY_FILE: join(repository.home, "gone.txt") };
  const { status, stdout } = repository.run("node", [TOOL, "doctor"], { env });
  t.is(status, 1);
  t.regex(stdout, /^wrong {3}.*gone\.txt: no such file\n {8}correct SOPS_AGE_KEY_FILE, .*unset/m);
});

test("places of keys that are no files, and the file that this clone was told of", (t) => {
  const repository = scaffolded(t);
  const doctor = (env: NodeJS.ProcessEnv) =>
    repository.run("node", [TOOL, "doctor"], { env }).stdout;
  t.regex(
    doctor({ SOPS_AGE_KEY: "no key" }),
    /^wrong {3}SOPS_AGE_KEY: .*\n {8}correct SOPS_AGE_KEY, or unset it$/m,
  );
  t.regex(
    doctor({ SOPS_AGE_KEY_CMD: "no-such-command" }),
    /^wrong {3}SOPS_AGE_KEY_CMD: no such command\n {8}correct SOPS_AGE_KEY_CMD, or unset it$/m,
  );
  repository.must("config", "flux-sops.ageKeyFile", "/nowhere/keys.txt");
  const said = doctor({});
  const [, command = ""] =
    /^wrong {3}.*keys\.txt: no such file\n {8}.*: (git .*)$/m.exec(said) ?? [];
  t.is(repository.paste([command]).status, 0, said);
  t.notRegex(doctor({}), /^wrong/m);
});

test("a key file behind a loop of links is named, and no more", (t) => {
  const repository = scaffolded(t);
  const loop = join(repository.home, "loop");
  symlinkSync(loop, loop);
  const env = { SOPS_AGE_KEY_FILE: loop };
  const { status, stdout, stderr } = repository.run("node", [TOOL, "doctor"], { env });
  t.is(status, 1);
  t.is(stderr, "");
  t.regex(stdout, /^wrong {3}.*loop: .*\n {8}correct it, or put it elsewhere: /m);
});

test("a key file that others may read: --fix takes it from them", (t) => {
  const repository = scaffolded(t);
  const keys = join(repository.home, ".config/sops/age/keys.txt");
  chmodSync(keys, 0o644);
  const ended = repository.tool("doctor");
  t.is(ended.status, 1);
  t.regex(ended.stdout, /^wrong {3}others may read .*keys\.txt\n {8}.*--fix, or chmod 600 /m);
  t.is(statSync(keys).mode & 0o777, 0o644);
  const fixed = repository.tool("doctor", "--fix");
  t.is(fixed.status, 0);
  t.regex(fixed.stdout, /^mended {2}.*keys\.txt is for you alone now$/m);
  t.is(statSync(keys).mode & 0o777, 0o600);
});

test("a hook file that is missing, and HUSKY=0", (t) => {
  const repository = scaffolded(t);
  rmSync(join(repository.dir, ".husky/pre-push"));
  t.regex(
    repository.tool("doctor", "--fix").stdout,
    /^wrong {3}\.husky\/pre-push is missing\n {8}git checkout HEAD -- \.husky\/pre-push$/m,
  );
  repository.must("checkout", "HEAD", "--", ".husky/pre-push");
  const off = repository.run("node", [".flux-sops/flux-sops.mjs", "doctor"], {
    env: { HUSKY: "0" },
  });
  t.regex(off.stdout, /^wrong {3}HUSKY=0 is set/m);
});

test("hook files that run the gate no more are found, and the lines that are printed mend them", (t) => {
  const repository = scaffolded(t);
  repository.write(".husky/pre-push", "cat >&2\n");
  repository.write(".husky/post-rewrite", "# node .flux-sops/flux-sops.mjs hook post-rewrite\n");
  const printed = (...args: string[]) => {
    const { stdout } = repository.tool("doctor", ...args);
    const [, state = "", lines = ""] =
      /^wrong {3}(.*): .*\n {8}not all in \.husky runs them: .*((?:\n {10}.*)*)$/m.exec(stdout) ??
      [];
    return [
      state,
      lines
        .split("\n")
        .slice(1)
        .map((line) => line.slice(10)),
    ] as const;
  };
  const [partly, lines] = printed("--fix");
  t.is(partly, "some hooks are off");
  t.deepEqual(
    lines.map((line) => /^\.husky\/[a-z-]+/.exec(line)?.[0]),
    [".husky/pre-push", ".husky/post-rewrite"],
  );
  for (const line of lines) {
    const [, path = "", command = ""] = /^(\S+): (.*)$/.exec(line) ?? [];
    repository.write(path, `${command}\n${repository.read(path)}`);
  }
  t.is(repository.tool("doctor").status, 0);
  repository.must("commit", "-q", "-a", "-m", "Hooks");
  repository.write("leak.yaml", secret({ token: "hunter2" }));
  repository.must("add", "leak.yaml");
  repository.must("commit", "-q", "--no-verify", "-m", "Leak");
  repository.must("init", "-q", "--bare", "../server");
  const pushed = repository.git("push", "-q", "../server", "main");
  t.is(pushed.status, 1);
  t.regex(pushed.stderr, /plaintext-secret/);
  repository.write(".husky/pre-commit", "");
  t.is(printed()[0], "the hooks are off");

  repository.must("config", "--unset", "core.hooksPath");
  t.is(printed()[0], "the hooks are off", "what has to be done by hand is said with it");
  t.regex(repository.tool("doctor").stdout, /^wrong .*\n {8}npx flux-sops doctor --fix$/m);
});

test("--fix keeps to the folder that husky works in", (t) => {
  const repository = scaffolded(t);
  renameSync(join(repository.dir, ".husky"), join(repository.dir, "web"));
  repository.must("config", "core.hooksPath", "web/_");
  rmSync(join(repository.dir, "web/pre-push"));
  t.regex(
    repository.tool("doctor", "--fix").stdout,
    /^wrong {3}web\/pre-push is missing\n {8}git checkout HEAD -- web\/pre-push$/m,
  );
  t.is(repository.must("config", "core.hooksPath").trim(), "web/_");
});

test("husky's stubs that are not in git: a note, since git clean -x would take them", (t) => {
  const repository = scaffolded(t);
  t.notRegex(repository.tool("doctor").stdout, /git clean/);
  repository.must("rm", "-q", "-r", "--cached", ".husky/_");
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0, stdout);
  const [, command = ""] =
    /^note {4}git ignores \.husky\/_: .*\n {8}(.*), and commit/m.exec(stdout) ?? [];
  t.is(repository.paste([command]).status, 0, command);
  t.is(repository.must("status", "--porcelain"), "");
});

test("husky's stubs that are not executable in git are found: other clones would run no hook", (t) => {
  const repository = scaffolded(t);
  repository.must("config", "core.fileMode", "false");
  repository.must("update-index", "--chmod=-x", ".husky/_/pre-commit", ".husky/_/pre-push");
  const { status, stdout } = repository.run("node", ["../.flux-sops/flux-sops.mjs", "doctor"], {
    cwd: join(repository.dir, "clusters"),
  });
  t.is(status, 1, stdout);
  const [, command = ""] =
    /^wrong {3}the stubs in .* not executable .*\n {8}(.*), and commit/m.exec(stdout) ?? [];
  const pasted = repository.paste([command], join(repository.dir, "clusters"));
  t.is(pasted.status, 0, pasted.stderr);
  t.is(repository.must("status", "--porcelain"), "");
});

test("linked worktrees without hooks are found, and --fix turns theirs on", (t) => {
  const repository = scaffolded(t);
  repository.must(
    "-c",
    "core.hooksPath=/nowhere",
    "worktree",
    "add",
    "-q",
    "-b",
    "other",
    "../other worktree",
  );
  const cwd = join(repository.dir, "../other worktree");
  rmSync(join(cwd, ".husky/_"), { recursive: true });
  const before = repository.tool("doctor");
  t.is(before.status, 1);
  t.regex(before.stdout, /^wrong {3}the hooks are off in the worktree .*other worktree$/m);
  t.regex(
    repository.tool("doctor", "--fix").stdout,
    /^mended {2}the hooks are on now in the work/m,
  );
  const after = repository.tool("doctor");
  t.is(after.status, 0, after.stdout);
  t.regex(after.stdout, /^ok {6}the hooks are on in the linked worktree too$/m);
  writeFileSync(join(cwd, "web.yaml"), secret({ token: "hunter2" }));
  repository.run("git", ["add", "."], { cwd });
  t.is(repository.run("git", ["commit", "-m", "Leak"], { cwd }).status, 1);

  repository.must("worktree", "add", "-q", "--no-checkout", "-b", "bare", "../bare of files");
  const [, command = ""] =
    /^wrong {3}the worktree .*bare of files has no \.husky.*\n {8}(.*);/m.exec(
      repository.tool("doctor").stdout,
    ) ?? [];
  t.is(repository.paste([command]).status, 0, command);
  t.regex(repository.tool("doctor").stdout, /^ok {6}the hooks are on in the 2 linked worktrees/m);
});

test("a sparse checkout that leaves the hooks out, seen from another copy of the tool", (t) => {
  const repository = scaffolded(t);
  repository.must("sparse-checkout", "set", "clusters");
  const doctor = () => repository.run("node", [TOOL, "doctor"]);
  const { status, stdout } = doctor();
  t.is(status, 1);
  const [, command = ""] = /^wrong {3}a sparse checkout .*\n {8}(.*)$/m.exec(stdout) ?? [];
  t.is(repository.paste([command]).status, 0, stdout);
  t.is(doctor().status, 0);
});

test("the tool: damaged, of another version, or changed by somebody", (t) => {
  const repository = scaffolded(t);
  const doctor = () => repository.run("node", [TOOL, "doctor"]);
  const tool = repository.read(".flux-sops/flux-sops.mjs");
  repository.write(".flux-sops/flux-sops.mjs", `${tool}\n`);
  rmSync(join(repository.dir, ".flux-sops/hybrid.cjs"));
  const damaged = doctor();
  t.is(damaged.status, 1);
  const [, what, command = ""] =
    /^wrong {3}(.*): not what was .*\n {8}(.*?);/m.exec(damaged.stdout) ?? [];
  t.is(what, ".flux-sops/flux-sops.mjs, .flux-sops/hybrid.cjs");
  t.is(repository.paste([command]).status, 0);
  t.regex(doctor().stdout, /^ok {6}the tool in /m);

  repository.write(".flux-sops/flux-sops.mjs", `${tool}// changed\n`);
  repository.must("add", ".");
  t.regex(doctor().stdout, /^wrong {3}\.flux-sops\/flux-sops\.mjs: somebody changed it/m);
  repository.write(
    ".flux-sops/flux-sops.mjs",
    tool.replace(/^(\/\/ flux-sops )\d.*?,/m, "$10.0.1,"),
  );
  repository.must("add", ".");
  const older = doctor();
  t.is(older.status, 0);
  t.regex(older.stdout, /^note {4}the tool in .* is 0\.0\.1, and this is /m);
});

test("what mends the files of the gate can be pasted in a subfolder, too", (t) => {
  const repository = scaffolded(t);
  const cwd = join(repository.dir, "clusters/homelab");
  const mendedBy = (said: RegExp) => {
    const { stdout } = repository.run("node", [TOOL, "doctor", "--fix"], { cwd });
    const [, command = ""] = said.exec(stdout) ?? [];
    t.is(repository.paste([command], cwd).status, 0, stdout);
  };
  rmSync(join(repository.dir, ".flux-sops/flux-sops.mjs"));
  mendedBy(/^wrong {3}\S*flux-sops\.mjs is missing, .*\n {8}(.*)$/m);
  repository.write(".flux-sops/hook.cjs", "");
  mendedBy(/^wrong {3}.*: not what was staged .*\n {8}(.*?);/m);
  repository.write(".flux-sops/hook.cjs", "");
  mendedBy(/^wrong {3}.*: not what was staged .*\n {8}.* (git add .*)$/m);
  repository.must("reset", "-q", "--hard");
  rmSync(join(repository.dir, ".husky/pre-push"));
  mendedBy(/^wrong {3}\.husky\/pre-push is missing\n {8}(.*)$/m);
  repository.must("rm", "-q", "-r", "--cached", ".husky/_");
  mendedBy(/^note {4}git ignores \.husky\/_: .*\n {8}(.*), and commit/m);
  repository.must("rm", "-q", ".sops.yaml");
  mendedBy(/^wrong {3}\.sops\.yaml is missing, .*\n {8}(.*?);/m);
  t.is(repository.must("status", "--porcelain"), "");
  repository.must("sparse-checkout", "set", "clusters");
  mendedBy(/^wrong {3}a sparse checkout .*\n {8}(.*)$/m);
  t.is(repository.run("node", [TOOL, "doctor"], { cwd }).status, 0);
});

test("node, as a desktop client finds it", (t) => {
  const repository = scaffolded(t);
  const init = (text: string) => {
    mkdirSync(join(repository.home, ".config/husky"), { recursive: true });
    writeFileSync(join(repository.home, ".config/husky/init.sh"), text);
    return repository.tool("doctor").stdout;
  };
  const nowhere = init("PATH=/nowhere\n");
  const [, command = ""] =
    /^note {4}a git client .* finds no node, .*\n {8}(.*)$/m.exec(nowhere) ?? [];
  t.is(repository.paste([command]).status, 0, nowhere);
  t.regex(repository.tool("doctor").stdout, /^ok {6}the hooks find node v\d/m);
  t.regex(init("export HUSKY=0\n"), /^wrong {3}husky's init\.sh ends every hook/m);
  t.regex(init("exit 0\n"), /^wrong {3}husky's init\.sh ends every hook/m);
});

test("plaintext that git's objects still hold is told, and the command removes it and no stash", (t) => {
  const repository = scaffolded(t);
  const { must, tool } = repository;
  const note = /^note {4}git's objects hold (.*)\n {8}(.*)$/m;
  repository.write(
    "clusters/homelab/secrets/db.sops.yaml",
    secret({ user: "app", token: "wombat-772" }),
  );
  must("add", ".");
  must("commit", "-q", "-m", "Add db");
  const [, first = "", prune = ""] = note.exec(tool("doctor").stdout) ?? [];
  t.regex(first, /^a readable secret, in no branch/);
  t.is(repository.paste([/git cat-file -p \w+/.exec(first)?.[0] ?? "false"]).status, 0);

  // Lines of KEY=VALUE have no path either, and are no YAML.
  repository.write("app.sops.env", "# the app's\nLOG_LEVEL=debug\nDB_PASSWORD=wombat-771x9\n");
  const oid = must("hash-object", "-w", "app.sops.env").trim();
  t.regex(tool("doctor").stdout, new RegExp(`2 readable secrets, .*${oid.slice(0, 12)}`));
  rmSync(join(repository.dir, "app.sops.env"));
  rmSync(join(repository.dir, ".git/objects", oid.slice(0, 2), oid.slice(2)));

  // A new value over a ciphertext, as it was staged.
  const committed = repository.read("clusters/homelab/secrets/db.sops.yaml");
  repository.write(
    "clusters/homelab/secrets/db.sops.yaml",
    committed.replace(/token: .*/, "token: wombat-770"),
  );
  must("commit", "-q", "-a", "-m", "Change the token");
  t.regex(note.exec(tool("doctor").stdout)?.[1] ?? "", /^2 readable secrets, in no branch/);

  // A commit that only the reflog remembers, and two stashes, of which git gc would drop one.
  repository.write("web.yaml", secret({ token: "wombat-773" }));
  must("add", ".");
  must("commit", "-q", "-n", "-m", "Leak");
  must("reset", "-q", "--hard", "HEAD~");
  for (const name of ["one", "two"]) {
    repository.write("README.md", name);
    must("stash");
  }
  const second = tool("doctor");
  t.is(second.status, 0, "it does no harm here, and every commit of a secret leaves some");
  t.regex(note.exec(second.stdout)?.[1] ?? "", /^3 readable secrets, in no branch.*web\.yaml/);
  t.notRegex(second.stdout, /wombat/);

  t.is(repository.paste([prune]).status, 0, prune);
  t.is(must("stash", "list").split("\n").length, 3);
  t.regex(tool("doctor").stdout, /^ok {6}git's objects hold no readable secret/m);
  const objects = must("cat-file", "--batch-all-objects", "--batch", "--unordered");
  t.false(objects.includes("wombat"));

  repository.write("web.yaml", secret({ token: "wombat-774" }));
  must("stash", "-q", "-u");
  t.regex(tool("doctor").stdout, /^note {4}.* readable secret, in a stash \(web\.yaml\)/m);

  repository.write(".git/objects/info/alternates", `${repository.dir}/.git/objects\n`);
  t.regex(tool("doctor").stdout, /^note {4}git's objects are shared with another repository/m);
});

test("outside a repository: exit status 2", (t) => {
  const repository = scaffolded(t);
  const ended = repository.run("node", [`${repository.dir}/.flux-sops/flux-sops.mjs`, "doctor"], {
    cwd: repository.home,
  });
  t.is(ended.status, 2);
  t.regex(ended.stderr, /no git repository/);
});
