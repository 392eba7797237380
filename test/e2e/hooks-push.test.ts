import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { escapeRegExp } from "./escape-reg-exp.ts";
import { secret, type Ended, type Scaffolded } from "./scaffolded.ts";
import { withOrigin, type WithOrigin } from "./with-origin.ts";

/** Every form in which git hands refs to pre-push, and what is judged where. */

const MARKER = "wombat-7731-quartz";
const DB = "clusters/homelab/secrets/db.sops.yaml";
const WEB = "clusters/homelab/apps/web/web.yaml";

const OBJECT =
  "apiVersion: builtin\nkind: SecretGenerator\nmetadata: { name: a }\nfiles: [a.conf]\n";

interface Pushing extends WithOrigin {
  /** Writes, stages and commits without any hook. */
  leak(path: string, content: string, message?: string): string;
  /** Writes, stages and commits as one should. */
  commit(path: string, content: string): string;
  push(...args: string[]): Ended;
}

function pushing(t: ExecutionContext, options: Parameters<typeof withOrigin>[1] = {}): Pushing {
  const repository = withOrigin(t, options);
  const commit = (
    path: string,
    content: string,
    flags: readonly string[] = [],
    more: readonly string[] = [],
  ): string => {
    repository.write(path, content);
    repository.must("add", "-f", path);
    repository.must(...flags, "commit", "-q", "-m", `Change ${path}`, ...more);
    return repository.must("rev-parse", "HEAD").trim();
  };
  return {
    ...repository,
    commit: (path, content) => commit(path, content),
    leak: (path, content) =>
      // Long ago: a commit of the same author in the same second could be an amended one.
      commit(path, content, ["-c", "core.hooksPath=/dev/null"], ["--date=2020-01-01T00:00:00Z"]),
    push: (...args) => repository.git("push", "-q", ...args),
  };
}

function keyOf({ run, home }: Pushing): string {
  const { stdout } = run("cat", [".config/sops/age/keys.txt"], { cwd: home });
  const key = /AGE-SECRET-KEY-1[0-9A-Z]+/.exec(stdout)?.[0];
  if (key === undefined) throw new Error("there is no key");
  return key;
}

function holdsMarker({ run }: Pushing, revisions: readonly string[], cwd: string): boolean {
  const { stdout } = run(
    "sh",
    [
      "-c",
      'git rev-list --objects --no-object-names "$@" | git cat-file --batch --buffer',
      "sh",
      ...revisions,
    ],
    { cwd },
  );
  return stdout.includes(MARKER) || /AGE-SECRET-KEY-1[0-9A-Z]{10}/.test(stdout);
}

function refused(t: ExecutionContext, repository: Pushing, push: Ended, commit?: string): void {
  t.not(push.status, 0);
  t.regex(push.stderr, /^flux-sops: push refused, nothing was sent/m);
  t.false(push.stderr.includes(MARKER));
  if (commit !== undefined)
    t.true(push.stderr.includes(`in ${commit.slice(0, 12)} (`), push.stderr);
  t.false(holdsMarker(repository, ["--all"], repository.remote));
}

function passed(t: ExecutionContext, repository: Pushing, push: Ended): void {
  t.is(push.status, 0, push.stderr);
  t.is(push.stderr, "");
  t.false(holdsMarker(repository, ["--all"], repository.remote));
}

const commands = ({ stderr }: Ended): string[] =>
  [...stderr.matchAll(/^ {6}(\S.*)$/gm)].map(([, command = ""]) => command);

function mended(t: ExecutionContext, repository: Pushing, push: Ended): void {
  const pasted = repository.paste(commands(push));
  t.is(pasted.status, 0, `${push.stderr}\n---\n${pasted.stderr}`);
}

test("a leak several commits deep, encrypted since: refused, and mended by what is printed", (t) => {
  const repository = pushing(t);
  repository.commit("one.md", "1\n");
  const bad = repository.leak(DB, secret({ a: MARKER }));
  repository.leak("two.md", "2\n");
  repository.commit(DB, `${secret({ a: MARKER })}  b: more\n`);
  repository.commit("three.md", "3\n");
  const before = repository.must("ls-tree", "-r", "HEAD");
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  mended(t, repository, push);
  t.is(repository.must("ls-tree", "-r", "HEAD"), before);
  t.is(repository.must("log", "--format=%s", "origin/main..").trim().split("\n").length, 2);
  t.regex(repository.must("log", "-1", "--format=%B"), /Change two\.md\n[^]*Change three\.md/);
  passed(t, repository, repository.push("origin", "main"));
});

for (const [what, source] of [
  ["a branch", "main"],
  ["a commit by its name", "main~0"],
] as const) {
  test(`what mends ${what} leaves a HEAD that is on no branch: git names what stays behind`, (t) => {
    const repository = pushing(t);
    const { must, paste } = repository;
    repository.leak(DB, secret({ a: MARKER }));
    must("switch", "-q", "--detach", "HEAD~1");
    const alone = repository.commit("one.md", "1\n");
    const push = repository.push("origin", `${source}:refs/heads/there`);
    refused(t, repository, push);
    const pasted = paste(commands(push));
    t.is(pasted.status, 0, pasted.stderr);
    t.regex(pasted.stderr, /^Warning: you are leaving 1 commit behind/m);
    t.true(pasted.stderr.includes(alone.slice(0, 7)), pasted.stderr);
    t.false(must("log", "--format=%H", "HEAD").includes(alone));
  });
}

for (const { during, begin, abort } of [
  {
    during: "rebase",
    begin: ["rebase", "-q", "--exec", "false", "HEAD~1"],
    abort: ["rebase", "--abort"],
  },
  { during: "cherry-pick", begin: ["cherry-pick", "other"], abort: ["cherry-pick", "--abort"] },
  { during: "merge", begin: ["merge", "-q", "other"], abort: ["merge", "--abort"] },
] as const) {
  test(`in the middle of a ${during}, nothing is printed that cannot be done before its end`, (t) => {
    const repository = pushing(t);
    const { must, git } = repository;
    must("switch", "-q", "-c", "other");
    repository.commit("one.md", "theirs\n");
    must("switch", "-q", "main");
    repository.commit("one.md", "1\n");
    repository.leak(DB, secret({ a: MARKER }));
    t.not(git(...begin).status, 0);
    const push = repository.push("origin", "main");
    refused(t, repository, push);
    t.deepEqual(commands(push), []);
    t.true(
      push.stderr.includes(
        `To mend refs/heads/main, conclude the ${during} first (git ${during} --continue, or --abort) and push again: then its commands are printed.`,
      ),
      push.stderr,
    );
    must(...abort);
    mended(t, repository, repository.push("origin", "main"));
    passed(t, repository, repository.push("origin", "main"));
  });
}

test("messages are taken over as they are, where git log is set to check signatures", (t) => {
  const repository = pushing(t);
  const { must, run } = repository;
  repository.leak(DB, secret({ a: MARKER }));
  repository.leak("two.md", "2\n");
  const signature =
    "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQ==\n -----END SSH SIGNATURE-----";
  const signed = run("git", ["hash-object", "-t", "commit", "-w", "--stdin"], {
    input: must("cat-file", "commit", "HEAD").replace("\n\n", `\n${signature}\n\n`),
  });
  must("update-ref", "HEAD", signed.stdout.trim());
  must("config", "log.showSignature", "true");
  t.regex(must("log", "-1", "--format=%B"), /^No signature\n/);
  mended(t, repository, repository.push("origin", "main"));
  passed(t, repository, repository.push("origin", "main"));
  t.is(must("log", "-1", "--format=%B"), `Change ${DB}\n\nChange two.md\n\n`);
});

test("messages are taken over as they are, where git log is set to show them in another encoding", (t) => {
  const repository = pushing(t);
  const { must } = repository;
  repository.leak(DB, secret({ a: MARKER }));
  repository.leak("żółw.md", "2\n");
  must("config", "i18n.logOutputEncoding", "ISO-8859-2");
  mended(t, repository, repository.push("origin", "main"));
  t.regex(must("log", "-1", "--format=%B", "--encoding=UTF-8"), /^Change żółw\.md$/m);
});

test("what a secretGenerator or an object named several commits deep, and names no more, is refused", (t) => {
  const repository = pushing(t);
  const APP = "clusters/homelab/apps/web";
  repository.commit(`${APP}/generators/a.yaml`, OBJECT);
  repository.commit(`${APP}/kustomization.yaml`, "generators: [generators/a.yaml]\n");
  passed(t, repository, repository.push("origin", "main"));
  const bad = repository.leak(`${APP}/a.conf`, `${MARKER}\n`);
  repository.must("mv", `${APP}/a.conf`, `${APP}/a.sops.conf`);
  repository.write(`${APP}/generators/a.yaml`, OBJECT.replace("a.conf", "a=a.sops.conf"));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Encrypt it");
  t.is(repository.tool("check").status, 0);
  for (const flags of [["--history"], ["--range", "origin/main..HEAD"]]) {
    const found = repository.tool("check", ...flags);
    t.is(found.status, 1);
    t.true(found.stdout.startsWith(`${APP}/a.conf  plaintext-secret\n`), found.stdout);
    t.true(found.stdout.includes(bad.slice(0, 12)), found.stdout);
  }
  const before = repository.must("ls-tree", "-r", "HEAD");
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  mended(t, repository, push);
  t.is(repository.must("ls-tree", "-r", "HEAD"), before);
  passed(t, repository, repository.push("origin", "main"));
});

test("what a secretGenerator named is refused where all of it is gone by now", (t) => {
  const repository = pushing(t);
  const { must, leak, write } = repository;
  const APPS = "clusters/homelab/apps";
  // No file has such names, and git is asked for none: it takes one up to a carriage return, or a NUL.
  const names = 'secretGenerator: [{ name: a, files: [a.conf, "a\\r", "a\\0b", "a\\nb"] }]\n';
  // One content in two folders, that git names at the first one.
  for (const folder of ["one", "two"]) write(`${APPS}/${folder}/kustomization.yaml`, names);
  const plain = "secretGenerator: [{ name: a, files: [a.conf] }]\n";
  write(`${APPS}/three/kustomization.yaml`, plain);
  must("add", ".");
  must("commit", "-qm", "Name what is not there");
  const bad = leak(`${APPS}/two/a.conf`, `${MARKER}\n`);
  must("rm", "-rq", `${APPS}/one`, `${APPS}/two`, `${APPS}/three`);
  must("commit", "-qm", "Remove them");
  refused(t, repository, repository.push("origin", "main"), bad);
  // The remote has the kustomization, which stays as it is.
  must("reset", "-q", "--hard", `${bad}~1`);
  passed(t, repository, repository.push("origin", "main"));
  const alone = leak(`${APPS}/three/a.conf`, `${MARKER}\n`);
  must("rm", "-q", `${APPS}/three/a.conf`);
  must("commit", "-qm", "Remove what it names");
  refused(t, repository, repository.push("origin", "main"), alone);
  // Nothing at the tip generates a Secret any more.
  must("reset", "-q", "--hard", `${alone}~1`);
  const later = leak(`${APPS}/one/a.conf`, `${MARKER}\n`);
  must("rm", "-rq", `${APPS}/one`, `${APPS}/two`, `${APPS}/three`);
  must("commit", "-qm", "Remove them");
  refused(t, repository, repository.push("origin", "main"), later);
  refused(t, repository, repository.push("origin", "HEAD:refs/heads/new"), later);

  // A remote that has nothing, and a kustomization that was switched off: git knows it by its last name.
  must("reset", "-q", "--hard", later);
  must("mv", `${APPS}/one/kustomization.yaml`, `${APPS}/one/kustomization.yaml.off`);
  must("rm", "-rq", `${APPS}/one/a.conf`, `${APPS}/two`, `${APPS}/three`);
  must("commit", "-qm", "Switch it off");
  repository.run("git", ["init", "-q", "--bare", "../other.git"]);
  must("remote", "add", "other", "../other.git");
  refused(t, repository, repository.push("other", "main"), later);

  // One that is there, and names nothing any more.
  must("mv", `${APPS}/one/kustomization.yaml.off`, `${APPS}/one/kustomization.yaml`);
  write(`${APPS}/one/kustomization.yaml`, "resources: []\n");
  must("add", ".");
  must("commit", "-q", "--amend", "-m", "Name nothing");
  refused(t, repository, repository.push("other", "main"), later);
});

test("a content is judged under every name that it had: as a sample it would be harmless", (t) => {
  const repository = pushing(t);
  const { must, leak, commit } = repository;
  for (const [secrets, sample, content] of [
    ["prod.env", "app.env.sample", `DB_PASSWORD=${MARKER}\n`],
    ["web.yaml", "a.md", secret({ password: MARKER })],
    // Nothing but the name tells what it is.
    [".pgpass", "notes.txt", `db:5432:app:app:${MARKER}\n`],
  ] as const) {
    const bad = leak(secrets, content);
    must("mv", secrets, sample);
    must("commit", "-qm", "Make a sample of it");
    commit(sample, "PASSWORD=\n");
    const found = repository.tool("check", "--range", "origin/main..HEAD");
    t.true(found.stdout.startsWith(`${secrets}:`), found.stdout);
    const push = repository.push("origin", "main");
    refused(t, repository, push, bad);
    mended(t, repository, push);
    passed(t, repository, repository.push("origin", "main"));
  }
});

test("what is staged beside the bad commit can be kept apart from the one that is made anew", (t) => {
  const repository = pushing(t);
  repository.leak(DB, secret({ password: MARKER }));
  t.notRegex(repository.push("origin", "main").stderr, /git stash/);
  repository.write("README.md", "staged\n");
  repository.must("add", "README.md");
  repository.write("README.md", "not staged\n");
  const push = repository.push("origin", "main");
  refused(t, repository, push);
  t.regex(push.stderr, /^What is staged would go into the new commit: .*git stash before/m);
  const pasted = ["git stash -q", ...commands(push), "git stash pop -q --index"];
  const ended = repository.paste(pasted);
  t.is(ended.status, 0, ended.stderr);
  t.is(repository.must("status", "--short"), "MM README.md\n");
  t.is(repository.must("show", "--format=", "--name-only"), `${DB}\n`);
  passed(t, repository, repository.push("origin", "main"));
});

test("plaintext that was taken back by the next commit: the tip brings no file, and its rules count", (t) => {
  const repository = pushing(t);
  const env = "clusters/homelab/app.sops.env";
  repository.commit(env, "MODE=none\n");
  passed(t, repository, repository.push("origin", "main"));
  const bad = repository.leak(env, `MODE=${MARKER}\n`);
  repository.must("-c", "core.hooksPath=/dev/null", "revert", "--no-edit", "HEAD");
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "main"));
});

test("plaintext in a conflict that was committed, and is gone by now", (t) => {
  const repository = pushing(t);
  const conflict = (ours: string, theirs: string) =>
    `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> topic\n`;
  const env = "clusters/homelab/app.sops.env";
  repository.commit(env, "MODE=none\n");
  const before = repository.read(env);
  repository.commit(env, "MODE=other\n");
  const good = repository.read(env);
  // Both sides encrypted: nothing of it leaks.
  repository.leak(env, conflict(before, good));
  repository.leak(env, good);
  passed(t, repository, repository.push("origin", "main"));
  const [value = ""] = /^MODE=.*\n/.exec(good) ?? [];
  for (const [path, content] of [
    [env, good.replace(value, conflict(value, `MODE=${MARKER}\n`))],
    [env, conflict(good, `MODE=${MARKER}\n`)],
    ["clusters/homelab/new.sops.env", conflict("MODE=none\n", `MODE=${MARKER}\n`)],
    [
      WEB,
      secret({ a: MARKER }).replace(/(stringData:\n)([^]*)/, `$1${conflict("$2", "  b: c\n")}`),
    ],
  ] as const) {
    const bad = repository.leak(path, content);
    repository.must("rm", "-q", path);
    repository.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Remove");
    refused(t, repository, repository.push("origin", "main"), bad);
    repository.must("reset", "-q", "--hard", "origin/main");
  }
});

test("plaintext with the name of an encrypted file, that no rule takes, and is gone by now", (t) => {
  const repository = pushing(t);
  const bad = repository.leak("web/app.sops.env", `MODE=${MARKER}\n`);
  repository.must("rm", "-q", "web/app.sops.env");
  repository.must("commit", "-q", "-m", "Remove it");
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  t.regex(push.stderr, /web\/app\.sops\.env {2}plaintext-secret\n.*its name says/);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "main"));
});

for (const [file, broken, good] of [
  ["apps/x.sops.json", `{"a": "${MARKER}",}\n`, '{"a": "one"}\n'],
  ["apps/x.sops.env", `A ${MARKER}\n`, "A=one\n"],
  ["apps/x.sops.ini", `[a\nb=${MARKER}\n`, "[a]\nb=one\n"],
  ["apps/x.sops.yaml", `data:\n  a: ${MARKER}\n b: "\n`, "data: {a: one}\n"],
] as const) {
  test(`plaintext that cannot be read as what its name says, and was corrected since: ${file}`, (t) => {
    const repository = pushing(t);
    const path = `clusters/homelab/${file}`;
    const bad = repository.leak(path, broken);
    repository.commit(path, good);
    t.true(repository.read(path).includes("ENC["));
    const push = repository.push("origin", "main");
    refused(t, repository, push, bad);
    t.regex(push.stderr, /x\.sops\.[a-z]+ {2}plaintext-secret\n.*its name says/);
    mended(t, repository, push);
    passed(t, repository, repository.push("origin", "main"));
  });
}

test("a leak in the very first commit, with others after it", (t) => {
  const repository = pushing(t, { commit: false });
  repository.must("config", "user.name", "Author");
  repository.must("config", "user.email", "author@example.com");
  repository.must("add", ".");
  repository.leak(WEB, secret({ a: MARKER }));
  repository.commit("later.md", "later\n");
  const push = repository.push("origin", "main");
  refused(t, repository, push);
  mended(t, repository, push);
  t.is(repository.must("rev-list", "--count", "HEAD").trim(), "1");
  passed(t, repository, repository.push("origin", "main"));
});

test("a leak among changes of a version, all of them in one push", (t) => {
  const repository = pushing(t);
  const release = (version: string, value: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: web\n  labels: {version: ${version}}\nstringData:\n  a: ${value}\n`;
  for (const version of ["1.2.3", "1.2.4", "1.2.5"]) {
    repository.leak(WEB, release(version, '""'));
  }
  passed(t, repository, repository.push("--dry-run", "origin", "main"));
  const leaks = ["1.2.6", "1.2.7"].map((version) => repository.leak(WEB, release(version, MARKER)));
  repository.leak(WEB, release("1.2.8", '""'));
  const push = repository.push("origin", "main");
  for (const commit of leaks) refused(t, repository, push, commit);
});

test("the tool's own files are passed over by their names in git, and no other file is", (t) => {
  const repository = pushing(t);
  const names = ".flux-sops/own-objects.cjs";
  const before = repository.read(names);
  const leak = secret({ token: MARKER }, "web");
  repository.leak(WEB, leak);
  const blob = repository.must("rev-parse", `HEAD:${WEB}`).trim();
  repository.write(names, before.replace("new Set([", `new Set(["${blob}",`));
  passed(t, repository, repository.push("--dry-run", "origin", "main"));
  repository.write(names, before);
  refused(t, repository, repository.push("origin", "main"));
  repository.must("reset", "-q", "--hard", "HEAD~1");
  const file = ".flux-sops/hybrid.cjs";
  const commit = repository.leak(file, `${repository.read(file)}// ${keyOf(repository)}\n`);
  refused(t, repository, repository.push("origin", "main"), commit);
});

test("a branch that is not checked out", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "odd'branch");
  repository.leak(DB, secret({ a: MARKER }));
  repository.must("switch", "-q", "main");
  const push = repository.push("origin", "odd'branch");
  refused(t, repository, push);
  // A terminal goes on after a line that failed: git does not switch over a file that it would lose.
  const main = repository.commit("one.md", "1\n");
  repository.write(DB, "not in git\n");
  const pasted = repository.run("sh", [], { input: commands(push).join("\n") });
  t.regex(pasted.stderr, /would be overwritten by checkout/);
  t.is(repository.must("rev-parse", "main").trim(), main);
  t.is(repository.read(DB), "not in git\n");
  repository.must("clean", "-q", "-f", DB);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "odd'branch"));
});

test("commands are for the folder in which the user stands", (t) => {
  const repository = pushing(t);
  repository.leak(WEB, secret({ a: MARKER }));
  const cwd = join(repository.dir, "clusters");
  const push = repository.run("git", ["push", "-q", "origin", "main"], { cwd });
  refused(t, repository, push);
  const pasted = repository.paste(commands(push), cwd);
  t.is(pasted.status, 0, `${push.stderr}\n---\n${pasted.stderr}`);
  passed(t, repository, repository.push("origin", "main"));
});

test("a branch that another worktree has checked out is mended there, and this one stays as it is", (t) => {
  const repository = pushing(t);
  const { must, dir } = repository;
  const other = join(dir, "../the other's");
  must("switch", "-q", "-c", "topic");
  repository.leak(WEB, secret({ a: MARKER }));
  must("switch", "-q", "main");
  must("worktree", "add", "-q", other, "topic");
  must("switch", "-q", "-c", "third");
  repository.leak(DB, secret({ b: MARKER }));
  must("switch", "-q", "main");
  writeFileSync(join(other, "staged.md"), "1\n");
  repository.run("git", ["add", "staged.md"], { cwd: other });
  const cwd = join(dir, "clusters");
  const push = repository.run("git", ["push", "-q", "origin", "topic", "third"], { cwd });
  refused(t, repository, push);
  t.regex(
    push.stderr,
    /^What is staged in \/.*\/the other's would go into the new commit: to keep it apart, git stash there before these commands,$/m,
  );
  repository.run("git", ["stash", "-q"], { cwd: other });
  const pasted = repository.paste(commands(push), cwd);
  t.is(pasted.status, 0, `${push.stderr}\n---\n${pasted.stderr}`);
  t.is(must("-C", other, "branch", "--show-current"), "topic\n");
  t.is(must("branch", "--show-current"), "third\n");
  passed(t, repository, repository.push("origin", "topic", "third"));
  t.is(must("-C", other, "status", "--porcelain"), "");
});

/** A branch without the gate, on top of which main has brought it. */
function beforeTheGate({ must }: Pushing, name: string): void {
  must("rm", "-rqf", ".flux-sops", ".husky");
  const root = must("commit-tree", "-m", "Before", must("write-tree").trim()).trim();
  must("reset", "-q", "--hard");
  must("branch", name, root);
  const gate = must("commit-tree", "-p", root, "-m", "Gate", "HEAD^{tree}").trim();
  must("reset", "-q", "--hard", gate);
  must("push", "-q", "--no-verify", "--force", "origin", "main");
}

for (const place of ["here", "from no branch", "in a worktree of its own"] as const) {
  test(`a branch from before the gate, mended ${place}: nothing of it leaves without the gate`, (t) => {
    const repository = pushing(t);
    const { must, dir, remote } = repository;
    const other = join(dir, "../other");
    beforeTheGate(repository, "old");
    must("switch", "-q", "old");
    repository.leak(DB, secret({ a: MARKER }));
    repository.leak("one.md", "1\n");
    must("switch", "-q", "main");
    if (place === "from no branch") must("switch", "-q", "--detach");
    const isElsewhere = place === "in a worktree of its own";
    if (isElsewhere) must("worktree", "add", "-q", other, "old");
    const cwd = isElsewhere ? other : dir;
    const first = repository.push("origin", "old");
    refused(t, repository, first);
    mended(t, repository, first);
    // From where a user stands by then: a branch without the gate has no hook that runs.
    const second = repository.run("git", ["push", "-q", "origin", "old"], { cwd });
    refused(t, repository, second);
    const pasted = repository.paste(commands(second), cwd);
    t.is(pasted.status, 0, `${second.stderr}\n---\n${pasted.stderr}`);
    const last = repository.run("git", ["push", "-q", "origin", "old"], { cwd });
    passed(t, repository, last);
    t.is(must("--git-dir", remote, "show", "old:one.md"), "1\n");
    t.is(must("-C", cwd, "status", "--porcelain"), "");
  });
}

test("what has no gate, and cannot be given it by a merge: no command would have it looked at", (t) => {
  const repository = pushing(t);
  const { run, must } = repository;
  must("switch", "-q", "-c", "removed");
  must("rm", "-rqf", ".flux-sops", ".husky");
  repository.leak(DB, secret({ a: MARKER }));
  must("switch", "-q", "main");
  const blob = run("git", ["hash-object", "-w", "--stdin"], {
    input: secret({ a: MARKER }),
  }).stdout.trim();
  const tree = run("git", ["mktree"], { input: `100644 blob ${blob}\tdb.yaml\n` }).stdout.trim();
  const commit = must("commit-tree", "-m", "Begin", tree).trim();
  must("branch", "apart", commit);
  for (const source of ["removed", "apart", `${commit}:refs/heads/there`]) {
    const push = repository.push("origin", source);
    refused(t, repository, push);
    t.regex(push.stderr, /^To mend .*, which has no gate, leave it out of what you push, or take/m);
    t.deepEqual(commands(push), []);
  }
});

test("a commit that is pushed by its name, or that of another: what is printed says what to push in its place", (t) => {
  const repository = pushing(t);
  const bad = repository.leak(DB, secret({ a: MARKER }));
  repository.commit("one.md", "1\n");
  for (const source of [bad, "main~1"]) {
    const push = repository.push("origin", `${source}:refs/heads/there`);
    refused(t, repository, push);
    t.regex(push.stderr, /^To mend .*, and push HEAD in its place; the old one stays/m);
    mended(t, repository, push);
    passed(t, repository, repository.push("origin", "HEAD:refs/heads/there"));
    repository.must("push", "-q", "origin", "--delete", "there");
    repository.must("switch", "-q", "main");
  }
});

test("a branch that a worktree had checked out whose folder is gone", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "topic");
  repository.leak(DB, secret({ a: MARKER }));
  repository.must("switch", "-q", "main");
  const other = join(repository.dir, "../other");
  repository.must("worktree", "add", "-q", other, "topic");
  rmSync(other, { recursive: true });
  const push = repository.push("origin", "topic");
  refused(t, repository, push);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "topic"));
});

for (const [what, spoil] of [
  ["that git cannot read", (other) => writeFileSync(join(other, ".git"), "x\n")],
  [
    "in the place of which another repository stands",
    (other, { must, dir }) => {
      rmSync(other, { recursive: true });
      must("clone", "-q", "--branch", "topic", dir, other);
    },
  ],
] as [string, (other: string, repository: Scaffolded) => void][]) {
  test(`a branch of a worktree ${what}`, (t) => {
    const repository = pushing(t);
    const { must, dir } = repository;
    must("switch", "-q", "-c", "topic");
    repository.leak(DB, secret({ a: MARKER }));
    must("switch", "-q", "main");
    const other = join(dir, "../other");
    must("worktree", "add", "-q", other, "topic");
    spoil(other, repository);
    const push = repository.push("origin", "topic");
    refused(t, repository, push);
    mended(t, repository, push);
    passed(t, repository, repository.push("origin", "topic"));
  });
}

test("an index that git cannot read, here or in another worktree, hides no leak", (t) => {
  const repository = pushing(t);
  const { must, dir } = repository;
  must("switch", "-q", "-c", "topic");
  const bad = repository.leak(DB, secret({ a: MARKER }));
  must("switch", "-q", "main");
  must("worktree", "add", "-q", join(dir, "../other"), "topic");
  writeFileSync(join(dir, ".git/worktrees/other/index"), "x\n");
  const there = repository.push("origin", "topic");
  refused(t, repository, there, bad);
  t.regex(there.stderr, /^These commands need the index in \/.*\/other, and git cannot read it: /m);
  must("worktree", "remove", "--force", "--force", "../other");
  must("switch", "-q", "topic");
  writeFileSync(join(dir, ".git/index"), "x\n");
  const here = repository.push("origin", "topic");
  refused(t, repository, here, bad);
  t.regex(here.stderr, /^These commands need the index, and git cannot read it: /m);
});

test("two branches at once, the one that is checked out named last: each is mended by itself", (t) => {
  const repository = pushing(t);
  const { must } = repository;
  const branches = ["alpha", "zeta"];
  for (const branch of branches) {
    must("switch", "-q", "-c", branch, "main");
    repository.leak(`clusters/homelab/secrets/${branch}.sops.yaml`, secret({ a: MARKER }));
  }
  const push = repository.push("origin", ...branches);
  refused(t, repository, push);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", ...branches));
  for (const branch of branches) {
    const file = `clusters/homelab/secrets/${branch}.sops.yaml`;
    t.is(
      must("log", "--format=%s", "--name-only", `main..${branch}`),
      `Change ${file}\n\n${file}\n`,
    );
  }
});

test("two branches of one commit: the one that is checked out is mended as such, whichever is named first", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "topic");
  repository.leak(WEB, secret({ a: MARKER }));
  repository.must("branch", "-f", "main");
  const push = repository.push("origin", "main", "topic", "HEAD:other");
  refused(t, repository, push);
  t.is([...push.stderr.matchAll(/^To mend /gm)].length, 2);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "main", "topic"));

  // HEAD names a commit that a branch has, too.
  repository.leak(DB, secret({ b: MARKER }));
  repository.must("switch", "-q", "--detach");
  mended(t, repository, repository.push("origin", "main"));
  passed(t, repository, repository.push("origin", "main"));
});

test("HEAD is on no branch, and another one is mended: git says which commit is left behind", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "topic");
  repository.leak(WEB, secret({ a: MARKER }));
  repository.must("switch", "-q", "--detach", "main");
  const own = repository.commit("own.md", "1\n");
  const pasted = repository.paste(commands(repository.push("origin", "topic")));
  t.is(pasted.status, 0, pasted.stderr);
  t.regex(pasted.stderr, new RegExp(`behind.*\\n\\n +${own.slice(0, 7)} Change own\\.md`, "s"));
  passed(t, repository, repository.push("origin", "topic"));
});

test("HEAD, twice: its branch is mended once, and stays checked out", (t) => {
  const repository = pushing(t);
  repository.leak(DB, secret({ a: MARKER }));
  const push = repository.push("origin", "HEAD:one", "HEAD:two", "main");
  refused(t, repository, push);
  mended(t, repository, push);
  t.is(repository.must("branch", "--show-current"), "main\n");
  passed(t, repository, repository.push("origin", "HEAD:one", "HEAD:two", "main"));
});

test("a branch that took over the remote's since: the remote's stays in its history", (t) => {
  const repository = pushing(t);
  const start = repository.must("rev-parse", "HEAD").trim();
  repository.commit("theirs.md", "theirs\n");
  repository.must("push", "-q", "origin", "main");
  const theirs = repository.must("rev-parse", "HEAD").trim();
  repository.must("reset", "-q", "--hard", start);
  repository.leak(DB, secret({ a: MARKER }));
  repository.must("merge", "-q", "--no-edit", "origin/main");
  const push = repository.push("origin", "main");
  refused(t, repository, push);
  mended(t, repository, push);
  t.is(repository.git("merge-base", "--is-ancestor", theirs, "HEAD").status, 0);
  passed(t, repository, repository.push("origin", "main"));
});

test("a branch that took over main since: what is printed keeps main apart from what is its own", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "feature");
  const own = repository.commit("own.md", "own\n");
  repository.leak(DB, secret({ a: MARKER }));
  const mains: string[] = [];
  for (const name of ["one", "two"]) {
    repository.must("switch", "-q", "main");
    mains.push(repository.commit(`${name}.md`, `${name}\n`));
    repository.must("switch", "-q", "feature");
    repository.must("merge", "-q", "--no-edit", "main");
  }
  repository.commit("later.md", "later\n");
  repository.must("push", "-q", "origin", "main");
  const push = repository.push("origin", "feature");
  refused(t, repository, push);
  t.regex(push.stderr, /anew, as one and a merge of what was merged; the old ones/);
  mended(t, repository, push);
  t.deepEqual(repository.must("rev-parse", "HEAD^2", "HEAD~2").trim().split("\n"), [
    mains[1] ?? "",
    own,
  ]);
  // Of the commits that were made anew, and not of main's.
  t.notRegex(repository.must("log", "-1", "--format=%B", "HEAD~1"), /(?:one|two)\.md/);
  t.deepEqual(repository.must("diff", "--name-only", "main...feature").trim().split("\n"), [
    DB,
    "later.md",
    "own.md",
  ]);
  t.is(repository.must("status", "--porcelain"), "");
  passed(t, repository, repository.push("origin", "feature"));
});

test("forms: a new ref, HEAD, a name of its own, several refs, by URL, forced, dry", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "bad");
  const bad = repository.leak(DB, secret({ a: MARKER }));
  for (const args of [
    ["origin", "bad"],
    ["origin", "HEAD"],
    ["origin", "HEAD:refs/heads/other"],
    ["origin", "HEAD:refs/anything/else"],
    ["origin", `${bad}:refs/heads/other`],
    ["origin", "main", "bad"],
    ["origin", "--all"],
    ["origin", "--mirror"],
    ["origin", "+bad:main"],
    ["origin", "--dry-run", "bad"],
    [repository.remote, "bad"],
    ["origin", "--atomic", "main:new", "bad"],
  ]) {
    refused(t, repository, repository.push(...args), bad);
  }
  repository.must("switch", "-q", "main");
  // Under a rule that encrypts whole files, and no file.
  symlinkSync("y.sops.txt", join(repository.dir, "clusters/homelab/x.sops.txt"));
  repository.must("add", ".");
  repository.commit("good.md", "good\n");
  passed(t, repository, repository.push("origin", "main:good"));
  passed(t, repository, repository.push(repository.remote, "main"));
  passed(t, repository, repository.push("origin", "main"));
  passed(t, repository, repository.push("origin", "main"));
  passed(t, repository, repository.push("origin", "--delete", "good"));
});

/**
 * A branch with a past of its own, one file and no gate, as pages of documentation have it. git names
 * it first where the remote has nothing.
 */
function docsBranch(repository: Pushing, name: string, content: string): void {
  const { run, must, remote } = repository;
  must("--git-dir", remote, "update-ref", "-d", "refs/heads/main");
  const blob = run("git", ["hash-object", "-w", "--stdin"], { input: content }).stdout.trim();
  const tree = run("git", ["mktree"], { input: `100644 blob ${blob}\t${name}\n` }).stdout.trim();
  must("branch", "-f", "docs", must("commit-tree", "-m", "Begin", tree).trim());
}

test("several branches at once: the rules of each count for its own past", (t) => {
  const repository = pushing(t);
  docsBranch(repository, "index.html", "<p>docs</p>\n");
  const bad = repository.leak("talos/machine.sops.yaml", `note: ${MARKER}\n`);
  repository.commit("talos/machine.sops.yaml", "note: other\n");
  refused(t, repository, repository.push("origin", "docs", "main"), bad);
});

test("several branches at once: the settings of each count for its own past", (t) => {
  const repository = pushing(t);
  docsBranch(repository, "index.html", "<p>docs</p>\n");
  const dummy = secret({ password: "for-the-tests" });
  repository.leak("test/dummy.yaml", dummy);
  repository.leak("test/dummy.yaml", dummy.replace("for-", "also-for-"));
  repository.must("rm", "-q", "test/dummy.yaml");
  repository.commit(
    ".flux-sops.yaml",
    "allow:\n  - rule: plaintext-secret\n    path: test/dummy.yaml\n    reason: a dummy\n",
  );
  passed(t, repository, repository.push("origin", "docs", "main"));
  docsBranch(repository, "dummy.yaml", dummy);
  refused(t, repository, repository.push("-f", "origin", "docs", "main"));
});

test("several branches at once: what the settings of one allow leaves with it, whichever is named first", (t) => {
  const repository = pushing(t);
  repository.leak("test/dummy.yaml", secret({ password: "for-the-tests" }));
  repository.must("branch", "before");
  repository.commit(
    ".flux-sops.yaml",
    "allow:\n  - rule: plaintext-secret\n    path: test/dummy.yaml\n    reason: a dummy\n",
  );
  for (const branches of [
    ["before:one", "main:two"],
    ["main:one", "before:two"],
  ]) {
    passed(t, repository, repository.push("-n", "origin", ...branches));
  }
  refused(t, repository, repository.push("origin", "before"));
});

test("tags: of a commit, annotated, of a tree, of a blob", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "bad");
  const bad = repository.leak(WEB, secret({ a: MARKER }));
  repository.must("switch", "-q", "main");
  repository.must("tag", "light", bad);
  repository.must("tag", "-m", "note", "annotated", bad);
  repository.must("tag", "tree", `${bad}^{tree}`);
  const { stdout: key } = repository.run("cat", [".config/sops/age/keys.txt"], {
    cwd: repository.home,
  });
  const blob = repository
    .run("git", ["hash-object", "-w", "--stdin"], { input: key })
    .stdout.trim();
  repository.must("tag", "blob", blob);
  repository.must("tag", "-m", "note", "annotated-blob", blob);
  for (const tag of ["light", "annotated", "tree", "blob", "annotated-blob"]) {
    const push = repository.push("origin", tag);
    refused(t, repository, push);
    t.deepEqual(commands(push), [`git tag -d -- ${tag}`], push.stderr);
  }
  refused(t, repository, repository.push("origin", "--tags"));
  const file = repository.push("origin", `${blob}:refs/heads/file`);
  refused(t, repository, file);
  t.regex(file.stderr, /^To mend \w+, which is no branch, leave it out of what you push/m);
  repository.must("tag", "-m", "note", "good", "main");
  passed(t, repository, repository.push("origin", "good"));
});

test("a key in the message of a commit or of a tag, without any file", (t) => {
  const repository = pushing(t);
  const key = keyOf(repository);
  const talk = "Write AGE-SECRET-KEY-1... and BEGIN PRIVATE KEY about keys";
  repository.must("commit", "-q", "--allow-empty", "-m", talk);
  passed(t, repository, repository.push("origin", "main"));

  repository.must("tag", "-m", `The key:\n\n  ${key.toLowerCase()}`, "v1");
  repository.must("tag", "-m", "A tag of a tag", "v2", "v1");
  for (const tag of ["v1", "v2"]) {
    const push = repository.push("origin", tag);
    refused(t, repository, push);
    t.regex(push.stderr, /^ {2}\(no file\) {2}age-key\n {4}.*, in the message of a tag$/m);
    t.deepEqual(commands(push), [`git tag -d -- ${tag}`]);
  }

  repository.must("commit", "-q", "--allow-empty", "-m", `Save\n\n${key}`);
  const empty = repository.must("rev-parse", "HEAD").trim();
  const ofEmpty = repository.push("origin", "main");
  refused(t, repository, ofEmpty, empty);
  mended(t, repository, ofEmpty);
  passed(t, repository, repository.push("origin", "main"));

  repository.write("one.md", "1\n");
  repository.must("add", "one.md");
  repository.must("commit", "-q", "-m", `Use ${key}`);
  const bad = repository.must("rev-parse", "HEAD").trim();
  repository.commit("two.md", "2\n");
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  t.false(push.stderr.includes(key));
  t.deepEqual(commands(push), [
    `git reset -q --soft ${repository.must("rev-parse", "HEAD~2").slice(0, 12)} &&`,
    "{ git diff --cached --quiet || git commit; }",
  ]);
  repository.must("reset", "-q", "--soft", "HEAD~2");
  const anew = repository.run("git", ["commit", "-q"], {
    env: { GIT_EDITOR: "echo Add one and two >" },
  });
  t.is(anew.status, 0, anew.stderr);
  passed(t, repository, repository.push("origin", "main"));
  t.is(
    repository.must("show", "origin/main", "--format=%s", "--name-only"),
    "Add one and two\n\none.md\ntwo.md\n",
  );
});

test("a key in the message of a signed tag, of which a merge holds a copy", (t) => {
  const repository = pushing(t);
  const { stdout: keys } = repository.run("cat", [".config/sops/age/keys.txt"], {
    cwd: repository.home,
  });
  repository.must("switch", "-q", "-c", "side");
  const side = repository.commit("side.md", "side\n");
  const signature = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n";
  const tag = repository.run("git", ["hash-object", "-t", "tag", "-w", "--literally", "--stdin"], {
    input: `object ${side}\ntype commit\ntag v1\ntagger A <a@b> 0 +0000\n\n${keys}${signature}`,
  });
  repository.must("switch", "-q", "main");
  repository.must("merge", "-q", "--no-ff", "-m", "Merge", tag.stdout.trim());
  const merge = repository.must("rev-parse", "HEAD").trim();
  const push = repository.push("origin", "main");
  refused(t, repository, push, merge);
  t.regex(push.stderr, /an age private key, in the message of a tag that a commit has merged$/m);
  const history = repository.tool("check", "--history");
  t.is(history.status, 1);
  t.true(history.stdout.includes(`of a tag that commit ${merge.slice(0, 12)} has merged`));
  const pasted = repository.run("sh", ["-ec", commands(push).join("\n")], {
    env: { GIT_EDITOR: "echo Merge the side >" },
  });
  t.is(pasted.status, 0, pasted.stderr);
  passed(t, repository, repository.push("origin", "main"));
  t.is(repository.read("side.md"), "side\n");
});

test("what the remote has is nothing new, even where it is not known here", (t) => {
  const repository = pushing(t);
  const elsewhere = join(repository.dir, "../elsewhere");
  repository.run("git", ["clone", "-q", repository.remote, elsewhere]);
  repository.run(
    "sh",
    ["-c", "echo x >theirs.md && git add . && git commit -qm Theirs && git push -q"],
    {
      cwd: elsewhere,
    },
  );
  // A commit that only the remote has: `--force` is needed, and the hook must cope.
  repository.commit("mine.md", "mine\n");
  passed(t, repository, repository.push("--force", "origin", "main"));
  const bad = repository.leak(DB, secret({ a: MARKER }));
  refused(t, repository, repository.push("--force", "origin", "main"), bad);
});

test("from a shallow clone", (t) => {
  const repository = pushing(t);
  repository.commit("one.md", "1\n");
  passed(t, repository, repository.push("origin", "main"));
  const shallow = join(repository.dir, "../shallow");
  repository.run("git", [
    "clone",
    "-q",
    "-b",
    "main",
    "--depth=1",
    `file://${repository.remote}`,
    shallow,
  ]);
  repository.run("sh", ["-c", `git config core.hooksPath .husky/_`], {
    cwd: shallow,
  });
  const inShallow = (script: string) => repository.run("sh", ["-ec", script], { cwd: shallow });
  const good = inShallow("echo 2 >two.md; git add .; git commit -qm Two; git push -q origin main");
  passed(t, repository, good);
  const bad = inShallow(
    `printf 'kind: Secret\\nstringData:\\n  a: ${MARKER}\\n' >web.yaml; git add .; git commit -qnm Bad; git push -q origin main`,
  );
  refused(t, repository, bad);
});

test("the commit at the edge of a shallow clone is amended, and plaintext is encrypted or refused", (t) => {
  const repository = pushing(t);
  repository.commit("one.md", "1\n");
  passed(t, repository, repository.push("origin", "main"));
  const shallow = join(repository.dir, "../shallow");
  const clone = ["clone", "-q", "-b", "main", "--depth=1", `file://${repository.remote}`, shallow];
  repository.run("git", clone);
  const inShallow = (script: string) => repository.run("sh", ["-ec", script], { cwd: shallow });
  inShallow(`git config core.hooksPath .husky/_`);
  const nothing = inShallow("git commit -q --amend -m Again");
  t.is(nothing.status, 0, nothing.stderr);
  const more = inShallow("echo 2 >two.md; git add .; git commit -q --amend --no-edit");
  t.is(more.status, 0, more.stderr);
  const leak = inShallow(
    `printf 'kind: Secret\\nstringData:\\n  a: ${MARKER}\\n' >web.yaml; git add .; git commit -q --amend --no-edit`,
  );
  t.is(leak.status, 1, leak.stderr);
  t.regex(leak.stderr, /web\.yaml:3 {2}plaintext-secret/);
});

test("other findings count at the tip only: recipients, a damaged file, a rule that is gone", (t) => {
  const repository = pushing(t);
  repository.commit(DB, secret({ a: MARKER, b: "two" }));
  const good = repository.read(DB);
  repository.leak(DB, good.replace(/(\n {2}a: )(\S+)(\n {2}b: )(\S+)/, "$1$4$3$2"));
  const broken = repository.push("origin", "main");
  refused(t, repository, broken);
  t.regex(broken.stderr, /db\.sops\.yaml.* {2}sops-broken/);
  repository.leak(DB, good);
  passed(t, repository, repository.push("origin", "main"));

  const rules = repository.read(".sops.yaml");
  const other = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  repository.leak(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${other}\n`));
  repository.leak(DB, good.replace("name: db", "name: database"));
  const drift = repository.push("origin", "main");
  refused(t, repository, drift);
  t.regex(drift.stderr, /db\.sops\.yaml.* {2}sops-recipients/);
  repository.leak(".sops.yaml", rules);
  passed(t, repository, repository.push("origin", "main"));
});

test("plaintext put into an encrypted file counts in the history too", (t) => {
  const repository = pushing(t);
  repository.commit(DB, secret({ a: "one" }));
  const good = repository.read(DB);
  const bad = repository.leak(DB, good.replace("stringData:\n", `stringData:\n  b: ${MARKER}\n`));
  t.regex(
    repository.tool("check").stdout,
    /stringData\.b holds plaintext in an encrypted file\n.* take the value out, and put it in again/,
    "a key is here that opens the file",
  );
  repository.leak(DB, good);
  const push = repository.push("origin", "main");
  refused(t, repository, push, bad);
  t.regex(push.stderr, /plaintext-value\n {4}stringData\.b holds plaintext in an encrypted file\n/);
  mended(t, repository, push);
  passed(t, repository, repository.push("origin", "main"));
});

test("what was encrypted, and came readable past the gate, is refused, be it a Secret or not", (t) => {
  const repository = pushing(t);
  const age = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const rule = `creation_rules:\n  - path_regex: ^private/.*\\.yaml$\n    age: ${age}\n`;
  const settings = "private/settings.yaml";
  const readable = `mode: ${MARKER}\n`;
  // Before the rule it was readable, and the remote may have it so.
  repository.leak(settings, "mode: none\n");
  repository.commit(".sops.yaml", repository.read(".sops.yaml").replace("creation_rules:\n", rule));
  const encrypted = repository.tool("encrypt", settings).stdout;
  repository.commit(settings, encrypted);
  passed(t, repository, repository.push("origin", "main"));

  // Beside what no rule takes.
  repository.leak("one.md", "1\n");
  const bad = repository.leak(settings, readable);
  const atTip = repository.push("origin", "main");
  refused(t, repository, atTip, bad);
  t.regex(
    atTip.stderr,
    /private\/settings\.yaml {2}plaintext-secret\n.*its creation rule encrypts it/,
  );
  const range = repository.tool("check", "--range", "origin/main..main");
  t.regex(range.stdout, /private\/settings\.yaml {2}plaintext-secret/);
  repository.must("reset", "-q", "--hard", "origin/main");
  const deep = repository.leak(settings, readable);
  repository.leak(settings, encrypted);
  const inThePast = repository.push("origin", "main");
  refused(t, repository, inThePast, deep);
  mended(t, repository, inThePast);
  passed(t, repository, repository.push("origin", "main"));

  // No reader of YAML takes it.
  const broken = repository.leak(settings, `${readable} b: "\n`);
  const cannotBeRead = repository.push("origin", "main");
  refused(t, repository, cannotBeRead, broken);
  t.regex(cannotBeRead.stderr, /private\/settings\.yaml {2}plaintext-secret\n.*encrypted before/);
  repository.leak(settings, encrypted);
  const corrected = repository.push("origin", "main");
  refused(t, repository, corrected, broken);
  mended(t, repository, corrected);
  passed(t, repository, repository.push("origin", "main"));

  // git names it where no rule takes it.
  const moved = repository.leak(settings, readable);
  repository.must("mv", settings, "settings.yaml");
  repository.must("commit", "-qm", "Move it");
  repository.must("rm", "-q", "settings.yaml");
  repository.must("commit", "-qm", "Remove it");
  refused(t, repository, repository.push("origin", "main"), moved);
});

test("what was encrypted and no rule takes is refused as well, where it came readable past the gate", (t) => {
  const repository = pushing(t);
  const age = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const settings = "apps/settings.yaml";
  repository.write(settings, "mode: none\n");
  const encrypted = repository.tool("encrypt", "--age", age, settings).stdout;
  repository.commit(settings, encrypted);
  passed(t, repository, repository.push("origin", "main"));

  const finding =
    /apps\/settings\.yaml {2}sops-rule\n +it was encrypted before, but no creation rule/;
  const bad = repository.leak(settings, `mode: ${MARKER}\n`);
  const atTip = repository.push("origin", "main");
  refused(t, repository, atTip, bad);
  t.regex(atTip.stderr, finding);
  t.regex(atTip.stderr, /allow it under allow: in \.flux-sops\.yaml, .*, and commit that\.\n/);
  t.regex(repository.tool("check", "--range", "origin/main..main").stdout, finding);
  // Taken back since.
  repository.must("revert", "--no-edit", "HEAD");
  const inThePast = repository.push("origin", "main");
  refused(t, repository, inThePast, bad);
  mended(t, repository, inThePast);
  passed(t, repository, repository.push("origin", "main"));

  // There is nothing to hide in them, whatever was there before.
  for (const nothing of [
    "",
    "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n",
    "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: a}\n",
  ]) {
    repository.leak(settings, nothing);
    passed(t, repository, repository.push("origin", "main"));
    repository.leak(settings, encrypted);
  }

  repository.leak(settings, "mode: all\n");
  const allow = `allow:\n  - {rule: sops-rule, path: ${settings}, reason: It is no secret any more.}\n`;
  repository.leak(".flux-sops.yaml", allow);
  passed(t, repository, repository.push("origin", "main"));
});

for (const [file, whole, narrow] of [
  ["talos/x.sops.yaml", [], ["--encrypted-regex", "^a$"]],
  // Nothing of what is left readable is a Secret's, nor has the file's name to say so.
  ["other/x.yaml", [], ["--unencrypted-regex", "^b$"]],
  ["other/x.json", [], ["--unencrypted-suffix", "b"]],
  ["other/x.env", [], ["--unencrypted-suffix", "b"]],
] as const) {
  test(`a selection that was narrowed by hand past the gate is refused: ${file}`, (t) => {
    const repository = pushing(t);
    const rules = repository.read(".sops.yaml");
    const [, age = ""] = /(age1[a-z0-9]+)/.exec(rules) ?? [];
    const rule = `creation_rules:\n  - path_regex: ^other/\n    age: ${age}\n`;
    repository.leak(".sops.yaml", rules.replace("creation_rules:\n", rule));
    const content = (b: string) =>
      file.endsWith(".json")
        ? `{"a": "one", "b": "${b}"}\n`
        : file.endsWith(".env")
          ? `a=one\nb=${b}\n`
          : `a: one\nb: ${b}\n`;
    const encrypted = (b: string, flags: readonly string[]) => {
      repository.write(file, content(b));
      return repository.tool("encrypt", ...flags, file).stdout;
    };
    repository.leak(file, encrypted("two", whole));
    passed(t, repository, repository.push("origin", "main"));

    const narrowed = encrypted(MARKER, narrow);
    t.true(narrowed.includes(MARKER) && narrowed.includes("ENC["), narrowed);
    const bad = repository.leak(file, narrowed);
    const atTip = repository.push("origin", "main");
    refused(t, repository, atTip, bad);
    const finding = new RegExp(
      `${escapeRegExp(file)}(?::\\d+)? {2}sops-rule\\n +its own sops block leaves b readable`,
    );
    t.regex(atTip.stderr, finding);
    t.regex(repository.tool("check", "--range", "origin/main..main").stdout, finding);

    // Taken back since.
    repository.leak(file, encrypted("three", whole));
    const inThePast = repository.push("origin", "main");
    refused(t, repository, inThePast, bad);
    t.regex(inThePast.stderr, finding);
    mended(t, repository, inThePast);
    passed(t, repository, repository.push("origin", "main"));
  });
}

test("a selection that changed with its creation rule is nobody's slip, nor is a wider one", (t) => {
  const repository = pushing(t);
  const file = "talos/x.sops.yaml";
  const rules = repository.read(".sops.yaml");
  const encrypted = (flags: readonly string[]) => {
    repository.write(file, "a: one\nb: two\n");
    return repository.tool("encrypt", ...flags, file).stdout;
  };
  repository.leak(file, encrypted([]));
  passed(t, repository, repository.push("origin", "main"));
  const narrowed = rules.replace(/^( +)- path_regex: \^talos.*$/m, "$&\n$1  encrypted_regex: ^a$");
  t.not(narrowed, rules);
  repository.leak(".sops.yaml", narrowed);
  repository.leak(file, encrypted([]));
  t.regex(repository.read(file), /^b: two$/m);
  passed(t, repository, repository.push("origin", "main"));
  repository.leak(".sops.yaml", rules);
  repository.leak(file, encrypted([]));
  t.notRegex(repository.read(file), /^b: two$/m);
  passed(t, repository, repository.push("origin", "main"));
});

test("a past that the remote has: merging and reverting warn, and can be pushed", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "topic");
  repository.commit("topic.md", "topic\n");
  repository.must("switch", "-q", "main");
  repository.leak(WEB, secret({ a: MARKER }));
  repository.must("push", "-q", "--no-verify", "origin", "main");
  repository.must("switch", "-q", "topic");
  const merge = repository.git("merge", "--no-edit", "origin/main");
  t.is(merge.status, 0, merge.stderr);
  t.regex(
    merge.stderr,
    /worth a look:\n {2}clusters\/homelab\/apps\/web\/web\.yaml:6 {2}plaintext-secret/,
  );
  t.is(repository.push("origin", "topic").status, 0);

  repository.must("rm", "-q", WEB);
  repository.must("commit", "-q", "-m", "Remove");
  t.is(repository.push("origin", "topic").status, 0);
  const revert = repository.git("revert", "--no-edit", "HEAD");
  t.is(revert.status, 0, revert.stderr);
  const again = repository.push("origin", "topic");
  t.is(again.status, 0);
  t.regex(
    again.stderr,
    /^flux-sops: the remote has this already:\n {2}clusters\/.*plaintext-secret/,
  );
});

test("a remote that was made anew is sent nothing of a past that the old one had", (t) => {
  const repository = pushing(t);
  const bad = repository.leak(WEB, secret({ a: MARKER }));
  repository.must("rm", "-q", WEB);
  repository.must("commit", "-q", "-m", "Remove");
  repository.must("branch", "topic");
  repository.must("push", "-q", "--no-verify", "origin", "main", "topic");
  // Only a branch is gone: it is the same remote.
  repository.run("git", ["update-ref", "-d", "refs/heads/topic"], { cwd: repository.remote });
  for (const to of ["origin", repository.remote]) {
    const again = repository.push("--dry-run", to, "topic");
    t.is(again.status, 0, again.stderr);
  }
  rmSync(repository.remote, { recursive: true });
  repository.run("git", ["init", "-q", "--bare", repository.remote]);
  for (const args of [
    ["origin", "main"],
    [repository.remote, "topic", "main"],
  ]) {
    const push = repository.push(...args);
    refused(t, repository, push, bad);
    t.regex(
      push.stderr,
      /^The other side lacks its main branch, or no remote has its address, so all of the history/m,
    );
  }
  repository.must("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/topic");
  refused(t, repository, repository.push("origin", "topic"), bad);
});

test("what the other side says of a branch counts, not what was there when it was fetched", (t) => {
  const repository = pushing(t);
  const { must, run, remote } = repository;
  const at = (...args: string[]) => run("git", args, { cwd: remote });
  const [good, bad] = [
    must("rev-parse", "HEAD").trim(),
    repository.leak(WEB, secret({ a: MARKER })),
  ];
  must("rm", "-q", WEB);
  must("commit", "-q", "-m", "Remove");
  must("push", "-q", "--no-verify", "origin", "main", "main:topic");
  const clean = () => at("-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now");
  // Taken back there, and the clone has not heard of it.
  at("update-ref", "refs/heads/main", good);
  at("update-ref", "-d", "refs/heads/topic");
  clean();
  for (const refs of [
    ["main", "main:topic"],
    ["main:topic", "main"],
  ]) {
    refused(t, repository, repository.push("origin", ...refs), bad);
  }
  // One of them is still there: the remote has it.
  must("push", "-q", "--no-verify", "origin", "main:topic");
  at("update-ref", "refs/heads/main", good);
  must("update-ref", "refs/remotes/origin/main", "HEAD");
  must("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  const known = repository.push("--dry-run", "origin", "main");
  t.is(known.status, 0, known.stderr);
  at("update-ref", "-d", "refs/heads/topic");
  must("update-ref", "-d", "refs/remotes/origin/topic");
  clean();
  refused(t, repository, repository.push("origin", "main"), bad);
  // Somebody has pushed since, and is overwritten: what was there before counts.
  must("push", "-q", "--no-verify", "origin", "main");
  const theirs = at("commit-tree", "-p", "main", "-m", "Theirs", "main^{tree}").stdout.trim();
  at("update-ref", "refs/heads/main", theirs);
  must("commit", "-q", "--allow-empty", "-m", "Ours");
  const forced = repository.push("--force", "origin", "main");
  t.is(forced.status, 0, forced.stderr);
});

test("an address of no remote is sent nothing of a past that a remote has, on whichever branch", (t) => {
  const repository = pushing(t);
  const { must, run, dir } = repository;
  const bad = repository.leak(WEB, secret({ a: MARKER }));
  must("rm", "-q", WEB);
  must("commit", "-q", "-m", "Remove");
  must("push", "-q", "--no-verify", "origin", "main");
  const address = join(dir, "../public.git");
  run("git", ["init", "-q", "--bare", address]);
  for (const branch of ["main", "public"]) {
    const push = repository.push(address, `main:${branch}`);
    t.not(push.status, 0);
    t.true(push.stderr.includes(`in ${bad.slice(0, 12)} (`), push.stderr);
    t.regex(push.stderr, /so all of the history was looked at/);
    t.false(holdsMarker(repository, ["--all"], address));
  }
  const known = repository.push(repository.remote, "main:public");
  t.is(known.status, 0, known.stderr);
});

test("a remote has not got what only one has whose name begins with its own", (t) => {
  const repository = pushing(t);
  const fork = join(repository.dir, "../fork.git");
  repository.run("git", ["init", "-q", "--bare", fork]);
  // By hand: git remote add refuses such a name, from some version on.
  repository.must("config", "remote.origin/fork.url", fork);
  repository.must("config", "remote.origin/fork.fetch", "+refs/heads/*:refs/remotes/origin/fork/*");
  repository.must("switch", "-q", "-c", "topic");
  const bad = repository.leak(WEB, secret({ a: MARKER }));
  repository.must("push", "-q", "--no-verify", "origin/fork", "topic");
  refused(t, repository, repository.push("origin", "topic"), bad);
  const again = repository.push("--dry-run", "origin/fork", "topic:other");
  t.is(again.status, 0, again.stderr);
});

test("a merge with a conflict can be concluded though the remote has a past", (t) => {
  const repository = pushing(t);
  repository.must("switch", "-q", "-c", "topic");
  repository.commit("same.md", "topic\n");
  repository.must("switch", "-q", "main");
  repository.leak(WEB, secret({ a: MARKER }));
  repository.leak("same.md", "main\n");
  repository.must("push", "-q", "--no-verify", "origin", "main");
  repository.must("switch", "-q", "topic");
  t.is(repository.git("merge", "origin/main").status, 1);
  repository.write("same.md", "both\n");
  repository.must("add", "same.md");
  const commit = repository.git("commit", "--no-edit");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /web\.yaml:6 {2}plaintext-secret/);
});

test("a push that cannot be read is refused", (t) => {
  const repository = pushing(t);
  const hook = (input: string) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", "hook", "pre-push", "origin", "x"], {
      input,
    });
  t.is(hook("").status, 0);
  const garbage = hook("what is this\n");
  t.is(garbage.status, 2);
  t.regex(garbage.stderr, /^flux-sops: push refused, nothing was sent: pre-push reads lines/);
  repository.commit("one.md", "1\n");
  rmSync(join(repository.dir, ".sops.yaml"));
  repository.leak(".sops.yaml", "creation_rules:\n  - age: [\n");
  const broken = repository.push("origin", "main");
  t.not(broken.status, 0);
  t.regex(broken.stderr, /\.sops\.yaml:3:1: /);
});
