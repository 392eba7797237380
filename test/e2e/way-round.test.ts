import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { scaffolded, secret, type Ended, type Scaffolded } from "./scaffolded.ts";
import { withOrigin } from "./with-origin.ts";

/** Ways round the commit hook, by mistake or on purpose: what then stands in for it. */

const MARKER = "wombat-7731-quartz";
const DB = "clusters/homelab/secrets/db.sops.yaml";

function withRemote(t: ExecutionContext): Scaffolded {
  const repository = withOrigin(t);
  repository.write(DB, secret({ a: MARKER }));
  return repository;
}

function remoteLeaks({ run, dir }: Scaffolded): boolean {
  return run("sh", [
    "-c",
    `cd "$1" && git cat-file --batch-all-objects --batch --unordered --buffer`,
    "sh",
    join(dir, "../remote.git"),
  ]).stdout.includes(MARKER);
}

/** Gets plaintext into an object by some way, and names what to push. */
const WAYS: Readonly<Record<string, (repository: Scaffolded) => readonly string[]>> = {
  "commit -n": ({ must }) => {
    must("add", DB);
    must("commit", "-q", "-n", "-m", "x");
    return ["main"];
  },
  "another core.hooksPath for the commit": ({ must }) => {
    must("add", DB);
    must("-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", "x");
    return ["main"];
  },
  "HUSKY=0 for the commit": ({ must, run }) => {
    must("add", DB);
    run("git", ["commit", "-q", "-m", "x"], { env: { HUSKY: "0" } });
    return ["main"];
  },
  stash: ({ must }) => {
    must("add", DB);
    must("stash", "-q");
    return ["stash@{0}:refs/heads/stash"];
  },
  "stash -u": ({ must }) => {
    must("stash", "-q", "-u");
    return ["refs/stash"];
  },
  "commit-tree": ({ must, run }) => {
    must("add", DB);
    const tree = must("write-tree").trim();
    const commit = run("git", ["commit-tree", tree, "-p", "HEAD", "-m", "x"]).stdout.trim();
    must("update-ref", "refs/heads/plumbing", commit);
    return ["plumbing"];
  },
  "a fast-forward of what came from elsewhere": ({ must }) => {
    must("switch", "-q", "-c", "elsewhere");
    must("add", DB);
    must("-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", "x");
    must("switch", "-q", "main");
    must("merge", "-q", "--ff-only", "elsewhere");
    return ["main"];
  },
  "an octopus": ({ must, write }) => {
    for (const name of ["one", "two"]) {
      must("switch", "-q", "-c", name, "main");
      write(name === "one" ? DB : "two.md", name === "one" ? secret({ a: MARKER }) : "two\n");
      must("add", ".");
      must("-c", "core.hooksPath=/nowhere", "commit", "-q", "-m", name);
    }
    must("switch", "-q", "main");
    must("-c", "core.hooksPath=/nowhere", "merge", "-q", "-m", "x", "one", "two");
    return ["main"];
  },
  "a note": ({ must }) => {
    must("notes", "add", "-F", DB);
    return ["refs/notes/commits"];
  },
  "a replace ref": ({ must, run, dir }) => {
    const blob = run("git", ["hash-object", "-w", join(dir, DB)]).stdout.trim();
    must("replace", must("rev-parse", "HEAD:README.md").trim(), blob);
    return ["refs/replace/*:refs/replace/*"];
  },
  "a commit hidden by a replace ref": ({ must }) => {
    must("add", DB);
    must("commit", "-q", "-n", "-m", "x");
    must("replace", must("rev-parse", "HEAD").trim(), must("rev-parse", "HEAD~1").trim());
    return ["main"];
  },
  "a graft": ({ must }) => {
    must("add", DB);
    must("commit", "-q", "-n", "-m", "x");
    must("rm", "-q", "-f", DB);
    must("commit", "-q", "-m", "y");
    must("replace", "--graft", "HEAD", "HEAD~2");
    return ["main"];
  },
  "an index of one's own": ({ must, run, dir }) => {
    const env = { GIT_INDEX_FILE: join(dir, "../index") };
    run("git", ["read-tree", "HEAD"], { env });
    run("git", ["add", DB], { env });
    const tree = run("git", ["write-tree"], { env }).stdout.trim();
    const commit = run("git", ["commit-tree", tree, "-p", "HEAD", "-m", "x"]).stdout.trim();
    must("tag", "of-one-s-own", commit);
    return ["of-one-s-own"];
  },
  "objects that lie elsewhere": ({ run, must, dir, home }) => {
    run("git", ["clone", "-q", dir, join(home, "store")]);
    const cwd = join(home, "store");
    run("git", ["-c", "user.name=a", "-c", "user.email=a", "fast-import", "--quiet"], {
      cwd,
      input: `commit refs/heads/x\ncommitter a <a> 0 +0000\ndata 1\nx\nM 100644 inline ${DB}\ndata <<E\n${secret({ a: MARKER })}E\n`,
    });
    writeFileSync(join(dir, ".git/objects/info/alternates"), `${cwd}/.git/objects\n`);
    must("update-ref", "refs/heads/x", run("git", ["rev-parse", "x"], { cwd }).stdout.trim());
    return ["x"];
  },
};

for (const [way, get] of Object.entries(WAYS)) {
  test(`plaintext by ${way}: git push refuses it`, (t) => {
    const repository = withRemote(t);
    const refs = get(repository);
    for (const args of [
      ["origin", ...refs],
      ["../remote.git", ...refs],
      ["--mirror", "origin"],
    ]) {
      const push = repository.git("push", ...args);
      // refs/stash is none of the refs that --mirror sends.
      if (args[0] === "--mirror" && way.startsWith("stash") && push.status === 0) continue;
      t.not(push.status, 0, args.join(" "));
      // git itself takes the commit for the one that stands in its place.
      if (!(way.includes("hidden") && push.stderr.includes("non-fast-forward"))) {
        t.regex(push.stderr, /^flux-sops: push refused, nothing was sent/m);
      }
      t.false(push.stderr.includes(MARKER));
      // What is on no branch cannot be made anew as a commit.
      if (/^a note$|^stash/.test(way)) {
        t.regex(
          push.stderr,
          /^To mend (?:refs\/\w+.*|stash@\{0\}), which is no branch, leave it out of what you push/m,
        );
        t.notRegex(push.stderr, /^ {6}/m);
      }
    }
    t.false(remoteLeaks(repository));
  });
}

test("a filter or a textconv of one's own does not hide what is stored", (t) => {
  const repository = withRemote(t);
  repository.write(".gitattributes", "*.yaml filter=hide diff=hide\n");
  repository.must("config", "filter.hide.smudge", "sed s/.*/hidden/");
  repository.must("config", "filter.hide.clean", "cat");
  repository.must("config", "diff.hide.textconv", "true");
  repository.write("web.yaml", secret({ a: MARKER }));
  repository.must("add", ".gitattributes", "web.yaml");
  const commit = repository.git("commit", "-m", "x");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /web\.yaml:6 {2}plaintext-secret/);
});

test("commits at the same time: each is encrypted or refused", async (t) => {
  const repository = withRemote(t);
  const names = Array.from(
    { length: 6 },
    (_, n) => `clusters/homelab/secrets/s${String(n)}.sops.yaml`,
  );
  for (const name of names) repository.write(name, secret({ a: MARKER }));
  repository.must("add", ".");
  const script = names.map((name) => `git commit -q -m x -- ${name} & `).join("");
  repository.run("sh", ["-c", `${script} git commit -q -m all; wait`]);
  repository.git("commit", "-q", "-m", "The rest");
  t.is(repository.must("status", "--porcelain", "-uall"), "");
  const reachable = repository.run("sh", [
    "-c",
    "git rev-list --objects --no-object-names --all | git cat-file --batch --buffer",
  ]).stdout;
  t.false(reachable.includes(MARKER));
  for (const name of names) t.true(repository.read(name).includes("ENC["));
});

/** What somebody else does while the gate runs: before its first call to git of some kind, or each. */
const MEANWHILE: Readonly<
  Record<string, { call: string; does: string; each?: true; exit: number; stderr: RegExp }>
> = {
  "stages a Secret while nothing was to do": {
    call: "cat-file",
    does: `git add ${DB}`,
    exit: 0,
    stderr: /encrypted clusters\/homelab\/secrets\/db\.sops\.yaml/,
  },
  "stages a Secret while node starts, and nothing was to do": {
    call: "diff-index",
    does: `GIT_INDEX_FILE=.git/index git add ${DB}`,
    exit: 0,
    stderr: /encrypted clusters\/homelab\/secrets\/db\.sops\.yaml/,
  },
  "stages a Secret while another is encrypted": {
    call: "hash-object -w",
    does: `git add ${DB}`,
    exit: 0,
    stderr: /encrypted [^]*encrypted clusters\/homelab\/secrets\/db\.sops\.yaml/,
  },
  "stages a Secret that no rule takes": {
    call: "hash-object -w",
    does: `cp ${DB} web.yaml; git add web.yaml`,
    exit: 1,
    stderr: /web\.yaml:6 {2}plaintext-secret/,
  },
  "stages a Secret again and again": {
    call: "--index-info",
    does: `cp ${DB} clusters/homelab/secrets/$$.yaml; git add clusters`,
    each: true,
    exit: 1,
    stderr: /other files were staged while these were looked at: run the command again/,
  },
  "writes the index again with nothing to do, as git status does": {
    call: "cat-file",
    does: "cp .git/index ../index; mv ../index .git/index",
    each: true,
    exit: 0,
    stderr: /^$/,
  },
  "holds the lock when all is done": {
    call: "--refresh",
    does: "touch .git/index.lock; (sleep 0.2; rm .git/index.lock) >/dev/null 2>&1 &",
    exit: 0,
    stderr: /^flux-sops: encrypted .*other\.sops\.yaml \(1 value\)$/m,
  },
};

for (const [what, { call, does, each, exit, stderr }] of Object.entries(MEANWHILE)) {
  test(`while the gate runs, somebody ${what}: exit ${String(exit)}`, (t) => {
    const repository = withRemote(t);
    const other = what.includes("nothing")
      ? "other.md"
      : "clusters/homelab/secrets/other.sops.yaml";
    repository.write(other, what.includes("nothing") ? "other\n" : secret({ a: MARKER }));
    repository.must("add", other);
    // git puts this folder first on a hook's PATH.
    const once = each === true ? "" : "[ -e ../once ] || ";
    repository.write(
      "../exec/git",
      `#!/bin/sh\nPATH='${process.env["PATH"] ?? ""}'\nunset GIT_EXEC_PATH\ncase "$*" in *"${call}"*) ${once}{ >../once\n${does}\n} ;; esac\nexec git "$@"\n`,
    );
    chmodSync(join(repository.dir, "../exec/git"), 0o755);
    const env = { GIT_EXEC_PATH: join(repository.dir, "../exec") };
    const commit = repository.run("git", ["commit", "-m", "x"], { env });
    t.is(commit.status, exit, commit.stderr);
    t.true(existsSync(join(repository.dir, "../once")));
    t.regex(commit.stderr, stderr);
    t.is(repository.git("grep", "-q", MARKER, "HEAD").status, 1, commit.stderr);
    if (exit === 0) t.is(repository.git("grep", "-q", "--cached", MARKER).status, 1);
  });
}

/** PATH with git and a shell, and without node. */
function withoutNode(repository: Scaffolded): NodeJS.ProcessEnv {
  const bin = join(repository.home, "bin");
  mkdirSync(bin);
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).reverse()) {
    let names: string[] = [];
    try {
      names = readdirSync(folder);
    } catch {
      continue;
    }
    for (const name of names) {
      if (!/^(?:git.*|sh|cat|basename|dirname|sed|env|rm|mv|cp|mkdir|printf)$/.test(name)) continue;
      try {
        symlinkSync(join(folder, name), join(bin, name));
      } catch {
        // There already.
      }
    }
  }
  return { PATH: bin };
}

const HOOKS: Readonly<Record<string, (git: (...args: string[]) => Ended) => Ended>> = {
  "pre-commit": (git) => git("commit", "-m", "x"),
  "prepare-commit-msg": (git) => git("commit", "-n", "-m", "x"),
  "pre-merge-commit": (git) => git("merge", "--no-ff", "-m", "x", "side"),
  "pre-applypatch": (git) => git("rebase", "--apply", "main", "side"),
  "pre-push": (git) => git("push", "origin", "side"),
};

test("without the tool a commit is refused, and says what brings it back", (t) => {
  const { must, git, paste } = withRemote(t);
  must("rm", "-r", "-q", ".flux-sops");
  const { status, stderr } = git("commit", "-m", "x");
  t.not(status, 0);
  t.notRegex(stderr, /MODULE_NOT_FOUND/);
  const [, command = ""] = /^flux-sops: refused: .*: (git .*) brings it back$/m.exec(stderr) ?? [];
  t.is(paste([command]).status, 0, stderr);
  t.is(git("commit", "--allow-empty", "-m", "x").status, 0);
});

for (const [hook, run] of Object.entries(HOOKS)) {
  test(`without node on PATH, as in a desktop client: ${hook} refuses and says why`, (t) => {
    const repository = withRemote(t);
    const { must, write } = repository;
    must("switch", "-q", "-c", "side");
    write("side.md", "side\n");
    must("add", "side.md");
    must("commit", "-q", "-m", "Side");
    must("switch", "-q", "main");
    write("main.md", "main\n");
    must("add", "main.md");
    must("commit", "-q", "-m", "Main");
    if (hook.includes("-commit") && hook !== "pre-merge-commit") must("add", DB);
    const before = must("rev-parse", "HEAD");
    const env = withoutNode(repository);
    const git = (...args: string[]) => repository.run("git", args, { env });
    const ended = run(git);
    t.not(ended.status, 0, ended.stdout + ended.stderr);
    t.regex(ended.stderr, /^flux-sops: refused: node is not on PATH here\. .*husky\/init\.sh$/m);
    if (hook !== "pre-applypatch") t.is(must("rev-parse", "HEAD"), before);
    t.false(remoteLeaks(repository));

    // The place that husky reads first, for PATH: nvm, volta and the like.
    if (hook !== "pre-commit") return;
    mkdirSync(join(repository.home, ".config/husky"), { recursive: true });
    const folder = join(process.execPath, "..");
    writeFileSync(join(repository.home, ".config/husky/init.sh"), `PATH="$PATH:${folder}"\n`);
    const again = git("commit", "-m", "x");
    t.is(again.status, 0, again.stderr);
    t.true(must("show", `HEAD:${DB}`).includes("ENC["));
  });
}

test("a hook that lost its x bit is skipped by git with a hint, and doctor names it", (t) => {
  const repository = withRemote(t);
  chmodSync(join(repository.dir, ".husky/_/pre-commit"), 0o644);
  t.regex(repository.tool("doctor").stdout, /^wrong {3}the hooks are off/m);
  t.true(readFileSync(join(repository.dir, ".husky/_/h"), "utf8").includes("init.sh"));
});

test("creation rules behind a symbolic link: refused, as the index does not hold them", (t) => {
  const { dir, must, git, write, tool } = scaffolded(t);
  renameSync(join(dir, ".sops.yaml"), join(dir, "rules.yaml"));
  symlinkSync("rules.yaml", join(dir, ".sops.yaml"));
  // No Secret: only the rule says that it is to be encrypted.
  write("clusters/homelab/secrets/a.yaml", `kind: ConfigMap\ndata: {a: ${MARKER}}\n`);
  must("add", ".");
  const { status, stderr } = git("commit", "-m", "x");
  t.not(status, 0);
  t.regex(stderr, /\.sops\.yaml is a symbolic link/);
  t.is(tool("check").status, 2);
});
