import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { scaffolded, secret, TOOL } from "../../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const RECIPIENT = /^age1[a-z0-9]{58}\n$/;

test("keys new: a colleague with nothing but the clone gets a key, and reads what they are let in to", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ password: "hunter2" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add it");

  const home = join(repository.dir, "../colleague");
  mkdirSync(home);
  const env = { ...repository.env, HOME: home, XDG_CONFIG_HOME: undefined };
  const cwd = join(repository.dir, "../clone");
  repository.must("clone", "-q", ".", cwd);
  const theirs = (...args: string[]) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { cwd, env });
  const made = theirs("keys", "new");
  t.is(made.status, 0, made.stderr);
  t.regex(made.stdout, RECIPIENT);
  const file = join(home, ".config/sops/age/keys.txt");
  const text = readFileSync(file, "utf8");
  const [identity = "nothing"] = /AGE-SECRET-KEY-1\w+/.exec(text) ?? [];
  t.true(text.startsWith("# flux-sops: identity made by keys new\n# created: "), text.slice(0, 60));
  t.true(text.includes(`# public key: ${made.stdout}`));
  t.false(`${made.stdout}${made.stderr}`.includes(identity));
  t.true(made.stderr.includes(`the private key is in ${file}: back it up`), made.stderr);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(join(home, ".config/sops/age")).mode & 0o777, 0o700);
  t.not(theirs("decrypt", DB).status, 0);

  t.is(repository.tool("keys", "add", made.stdout.trim()).status, 0);
  repository.must("commit", "-qam", "Let a colleague read the secrets");
  t.is(repository.run("git", ["pull", "-q"], { cwd, env }).status, 0);
  const read = theirs("decrypt", DB);
  t.is(read.status, 0, read.stderr);
  t.regex(read.stdout, /hunter2/);
});

test("keys new: once more adds to the key file, and outside of a repository too", (t) => {
  const { home, env, run } = scaffolded(t);
  const empty = join(home, "empty");
  mkdirSync(empty);
  const file = join(home, "keys/mine.txt");
  const make = () => {
    const args = [TOOL, "keys", "new", "--age-key-file", "../keys/mine.txt"];
    return run("node", args, { cwd: empty, env: { ...env, GIT_CEILING_DIRECTORIES: home } });
  };
  const [first, second] = [make(), make()];
  t.regex(first.stdout, RECIPIENT);
  t.regex(second.stdout, RECIPIENT);
  t.not(first.stdout, second.stdout);
  const publicKeys = readFileSync(file, "utf8").match(/(?<=^# public key: ).*\n/gm);
  t.deepEqual(publicKeys, [first.stdout, second.stdout]);
  // Made by mistake, perhaps.
  t.notRegex(first.stderr, /that file had/);
  t.true(
    second.stderr.includes(`: that file had a key already, which stays: ${first.stdout}`),
    second.stderr,
  );
  const third = make();
  t.regex(third.stderr, /: that file had keys already, which stay: age1\w+, age1\w+\n/);
});

test("keys new: where a clone remembers its key file, the key goes there", (t) => {
  const repository = scaffolded(t);
  const file = join(repository.home, "lab.txt");
  writeFileSync(file, "# the lab's\n", { mode: 0o600 });
  repository.must("config", "flux-sops.ageKeyFile", file);
  const { stdout } = repository.tool("keys", "new");
  t.regex(stdout, RECIPIENT);
  t.regex(readFileSync(file, "utf8"), new RegExp(`^# the lab's\n\n#[^]*# public key: ${stdout}`));
});

test("keys new: never into the repository, nor where nothing can be written; then nothing is printed", (t) => {
  const repository = scaffolded(t);
  const inside = repository.tool("keys", "new", "--age-key-file", "clusters/mine.txt");
  t.is(inside.status, 2);
  t.is(inside.stdout, "");
  t.regex(inside.stderr, /^flux-sops: keys new: a private key must not lie in the repository: /);
  t.false(existsSync(join(repository.dir, "clusters/mine.txt")));

  const broken = join(repository.home, "broken.txt");
  writeFileSync(broken, "hunter2\n");
  chmodSync(broken, 0o600);
  const refused = repository.tool("keys", "new", "--age-key-file", broken);
  t.is(refused.status, 2);
  t.is(refused.stdout, "");
  t.true(refused.stderr.includes(`${broken} cannot be used: line 1: `), refused.stderr);
  t.false(refused.stderr.includes("hunter2"));
  t.is(readFileSync(broken, "utf8"), "hunter2\n");

  t.is(repository.tool("keys", "new", "more").status, 2);
});

test("keys new: never into what may be a repository, where git cannot say, nor onto what is open already", (t) => {
  const repository = scaffolded(t);
  writeFileSync(join(repository.dir, ".git/config"), "[broken\n", { flag: "a" });
  const unread = repository.tool("keys", "new", "--age-key-file", "mine.txt");
  t.is(unread.status, 2);
  t.is(unread.stdout, "");
  t.regex(unread.stderr, /^flux-sops: keys new: git /);
  t.false(existsSync(join(repository.dir, "mine.txt")));

  const out = join(repository.home, "out.txt");
  const command = `node "$1" keys new --age-key-file /dev/stdout >"$2"`;
  const cwd = repository.home;
  const open = repository.run("sh", ["-c", command, "sh", TOOL, out], { cwd });
  t.is(open.status, 2, open.stderr);
  t.regex(open.stderr, /\/dev\/stdout cannot be used: it is no file/);
  t.is(readFileSync(out, "utf8"), "");
});

test("keys new: a key of a plugin's may be beside it", (t) => {
  const repository = scaffolded(t);
  const file = join(repository.home, "mine.txt");
  writeFileSync(file, "AGE-PLUGIN-YUBIKEY-1QQQQ\n", { mode: 0o600 });
  const { status, stderr } = repository.tool("keys", "new", "--age-key-file", file);
  t.is(status, 0, stderr);
  t.regex(readFileSync(file, "utf8"), /^AGE-PLUGIN-YUBIKEY-1QQQQ\n\n#[^]*\nAGE-SECRET-KEY-1\w+\n$/);
});

test("keys new: says what is to be done, by whom, and what makes the key be found where it is not looked for", (t) => {
  const repository = scaffolded(t);
  const usual = repository.tool("keys", "new").stderr;
  t.regex(usual, /: whoever can decrypt the files lets it in with npx flux-sops keys add\n$/);
  const file = join(repository.home, "my keys.txt");
  const { stderr } = repository.tool("keys", "new", "--age-key-file", file);
  t.true(
    stderr.endsWith(`to have this clone look there: git config flux-sops.ageKeyFile '${file}'\n`),
    stderr,
  );
  repository.must("config", "flux-sops.ageKeyFile", file);
  t.false(repository.tool("keys", "new").stderr.includes("look there"));
  const other = join(repository.home, "other.txt");
  const more = repository.tool("keys", "new", "--age-key-file", other).stderr;
  t.true(
    more.endsWith(`no key is looked for there: set SOPS_AGE_KEY_FILE=${other} before a command\n`),
    more,
  );
});
