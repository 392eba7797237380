import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { escapeRegExp } from "./escape-reg-exp.ts";
import { realTool, runTool, testWith } from "../real-tools.ts";
import { keyFileOf } from "./reconciled.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { printedCommands, scaffolded, secret, type Scaffolded } from "./scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const WEB = "clusters/homelab/apps/web/web.yaml";
const PLAIN = secret({ username: "app", password: '"correct horse"', port: '"5432"' });

function addDb({ write, must }: Scaffolded): void {
  write(DB, PLAIN);
  must("add", DB);
  must("commit", "-m", "Add db");
}

/** DB is committed, and encrypted. */
function withDb(t: ExecutionContext): Scaffolded {
  return scaffolded(t, { prepare: addDb });
}

/** The file is encrypted in the commit, the index and the worktree, and git has nothing to report. */
function encryptedEverywhere(repository: Scaffolded, path: string): string {
  const committed = repository.must("show", `HEAD:${path}`);
  const staged = repository.must("show", `:${path}`);
  const worktree = repository.read(path);
  if (committed !== staged || staged !== worktree) throw new Error(`${path} differs somewhere`);
  if (!committed.includes("ENC[AES256_GCM,")) throw new Error(`${path} is not encrypted`);
  const status = repository.must("status", "--porcelain", "-uall");
  if (status !== "") throw new Error(`status: ${status}`);
  return committed;
}

test("a Secret is encrypted by git commit: in the commit, the index and the worktree", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  const commit = repository.git("commit", "-m", "Add db");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /encrypted clusters\/homelab\/secrets\/db\.sops\.yaml \(3 values\)/);
  const committed = encryptedEverywhere(repository, DB);
  t.false(committed.includes("horse"));
  const decrypted = repository.tool("decrypt", DB);
  t.is(decrypted.stdout, PLAIN, decrypted.stderr);
});

test("a rule that would take the file, and is not staged, is told of with the command that stages it", (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const key = /age1\w+/.exec(rules)?.[0] ?? t.fail();
  repository.write(".sops.yaml", `${rules}  - path_regex: ^vault/\n    age: ${key}\n`);
  repository.write("vault/db.yaml", PLAIN);
  repository.must("add", "vault");
  const said =
    "\n.sops.yaml is not staged as it is on disk, and what is staged counts: git add -- .sops.yaml\n";
  const part = repository.git("commit", "-m", "Add db", "--", "vault");
  t.is(part.status, 1);
  t.false(part.stderr.includes(said), "it would not be part of that commit");
  const refused = repository.git("commit", "-m", "Add db");
  t.is(refused.status, 1);
  t.true(refused.stderr.includes(said), refused.stderr);
  repository.must("add", "--", ".sops.yaml");
  repository.must("commit", "-qm", "Add db");
  encryptedEverywhere(repository, "vault/db.yaml");
});

testWith("sops")("real sops decrypts what git commit encrypted", (t) => {
  const repository = withDb(t);
  const data: unknown = JSON.parse(
    runTool("sops", ["decrypt", "--output-type", "json", join(repository.dir, DB)], {
      env: repository.env,
    }),
  );
  t.deepEqual(data, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "db" },
    stringData: { username: "app", password: "correct horse", port: "5432" },
  });
});

test("editing one value of three changes that value, lastmodified and mac", (t) => {
  const repository = withDb(t);
  const before = repository.read(DB).split("\n");
  t.is(repository.tool("decrypt", "--in-place", DB).status, 0);
  repository.write(DB, repository.read(DB).replace("correct horse", "battery staple"));
  repository.must("add", DB);
  // lastmodified is in seconds: it may be the same as before.
  const commit = repository.git("commit", "-m", "Change password");
  t.regex(commit.stderr, /1 value, 2 unchanged/);
  const after = encryptedEverywhere(repository, DB).split("\n");
  const changed = after.filter((line, index) => line !== before[index]);
  const keys = changed.map((line) => line.trim().split(":")[0]);
  t.deepEqual(
    keys.filter((key) => key !== "lastmodified"),
    ["password", "mac"],
  );
  t.is(after.length, before.length);
});

test("decrypting in place and committing without an edit changes nothing", (t) => {
  const repository = withDb(t);
  const before = encryptedEverywhere(repository, DB);
  repository.tool("decrypt", "--in-place", DB);
  repository.write("note.md", "x\n");
  repository.must("add", ".");
  repository.must("commit", "-m", "Note");
  t.is(encryptedEverywhere(repository, DB), before);
  t.deepEqual(repository.must("show", "--name-only", "--format=", "HEAD").trim(), "note.md");
});

test("after a recipient was removed the next commit of the file has a new data key", (t) => {
  const repository = scaffolded(t);
  const other = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${other}\n`));
  repository.write(DB, PLAIN);
  repository.must("add", ".");
  repository.must("commit", "-m", "For two");
  const before = encryptedEverywhere(repository, DB);
  t.is(before.match(/recipient: /g)?.length, 2);
  repository.tool("decrypt", "--in-place", DB);
  repository.write(".sops.yaml", rules);
  repository.write(DB, repository.read(DB).replace("app", "app2"));
  repository.must("add", ".");
  repository.must("commit", "-m", "For one");
  const after = encryptedEverywhere(repository, DB);
  t.is(after.match(/recipient: /g)?.length, 1);
  const tokens = (text: string): string[] => text.match(/ENC\[[^\]]*\]/g) ?? [];
  t.deepEqual(
    tokens(after).filter((token) => tokens(before).includes(token)),
    [],
  );
});

const AGE_KEY_COPY = (repository: Scaffolded) =>
  repository.run("cat", [".config/sops/age/keys.txt"], { cwd: repository.home }).stdout;

interface Refusal {
  readonly title: string;
  readonly path: string;
  readonly content: (repository: Scaffolded) => string;
  readonly force?: boolean;
  readonly line: number;
  readonly rule: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: "an age key file, forced past .gitignore",
    path: "age.agekey",
    content: AGE_KEY_COPY,
    force: true,
    line: 4,
    rule: "age-key",
  },
  {
    title: "a Secret outside every creation rule",
    path: WEB,
    content: () => secret({ token: "hunter2" }, "web"),
    line: 6,
    rule: "plaintext-secret",
  },
  {
    title: "an age key inside a text file",
    path: "notes.txt",
    content: (repository) =>
      `Notes\n\n${AGE_KEY_COPY(repository).trim().split("\n").pop() ?? ""}\n`,
    line: 3,
    rule: "age-key",
  },
];

for (const unborn of [false, true]) {
  for (const edited of [false, true]) {
    for (const refusal of REFUSALS) {
      const where = `${unborn ? ", on an unborn branch" : ""}${edited ? ", after further edits" : ""}`;
      test(`refused and mended by the printed commands: ${refusal.title}${where}`, (t) => {
        const repository = scaffolded(t, { commit: !unborn });
        const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
        const { path } = refusal;
        const content = refusal.content(repository);
        repository.write(path, content);
        repository.write("README.md", "# Mine\n");
        repository.must("add", ".");
        if (refusal.force === true) repository.must("add", "-f", path);
        if (edited) repository.write(path, `${content}# later\n`);
        const before = repository.state();
        const commit = repository.git(...author, "commit", "-m", "Leak");
        t.is(commit.status, 1, commit.stderr);
        t.true(
          commit.stderr.includes(`  ${path}:${String(refusal.line)}  ${refusal.rule}\n`),
          commit.stderr,
        );
        t.false(commit.stderr.includes("hunter2"));
        t.notRegex(commit.stderr, /AGE-SECRET-KEY-1[0-9A-Z]{10}/);
        t.is(repository.state(), before);
        if (unborn) t.not(repository.git("rev-parse", "--verify", "-q", "HEAD").status, 0);

        const commands = printedCommands(commit.stderr, path);
        t.true(commands.length > 0, commit.stderr);
        const pasted = repository.paste(commands);
        t.is(pasted.status, 0, pasted.stderr);
        const again = repository.git(...author, "commit", "-m", "Mended");
        t.is(again.status, 0, again.stderr);
        const all = repository.must("log", "-p", "--all", "--format=");
        t.false(all.includes("hunter2"));
        t.notRegex(all, /AGE-SECRET-KEY-1[0-9A-Z]{10}/);
        // What the author wrote is still on the disk, where it was or where the commands moved it.
        const moved = existsSync(join(repository.dir, path))
          ? path
          : path.replace(".yaml", ".sops.yaml");
        if (moved === path || edited)
          t.true(repository.read(moved).includes(content.trim().slice(-6)));
      });
    }
  }
}

test("the printed commands work from the folder where the user stands", (t) => {
  const repository = scaffolded(t);
  repository.write(WEB, secret({ token: "hunter2" }, "web"));
  repository.must("add", ".");
  const cwd = join(repository.dir, "clusters/homelab/secrets");
  const commit = repository.run("git", ["commit", "-m", "Leak"], { cwd });
  t.is(commit.status, 1);
  const pasted = repository.paste(printedCommands(commit.stderr, WEB), cwd);
  t.is(pasted.status, 0, pasted.stderr);
  t.is(repository.git("commit", "-m", "Mended").status, 0);
  encryptedEverywhere(repository, WEB.replace(".yaml", ".sops.yaml"));
});

test("a Secret that a kustomization lists: the kustomization to write its new name in is named", (t) => {
  const repository = scaffolded(t);
  const list = "clusters/homelab/apps/web/kustomization.yaml";
  repository.write(WEB, secret({ token: "hunter2" }, "web"));
  repository.write(list, "resources:\n  - deployment.yaml\n  - ./web.yaml\n");
  repository.write("clusters/homelab/apps/web/deployment.yaml", "kind: Deployment\n");
  repository.write("clusters/homelab/apps/other.yaml", secret({ token: "hunter2" }, "other"));
  repository.must("add", ".");
  const sentence = `    ${list} lists it: write web.sops.yaml there, and stage that too.\n`;
  const refused = repository.git("commit", "-m", "Leak");
  t.is(refused.status, 1);
  t.is(refused.stderr.split(sentence).length, 2, refused.stderr);
  t.is(refused.stderr.split("stage that too").length, 2, refused.stderr);
  t.true(repository.tool("check").stdout.includes(`\n${sentence.slice(2)}    git mv -- `));
  const { findings } = JSON.parse(repository.tool("check", "--format", "json").stdout) as {
    findings: { path: string; message: string }[];
  };
  const inJson = findings.find(({ path }) => path === WEB)?.message ?? "";
  t.true(inJson.endsWith(`. ${list} lists it: write web.sops.yaml there, and stage that too`));

  t.is(repository.paste(printedCommands(refused.stderr, WEB)).status, 0);
  t.is(
    repository.paste(printedCommands(refused.stderr, "clusters/homelab/apps/other.yaml")).status,
    0,
  );
  repository.write(list, "resources:\n  - deployment.yaml\n  - web.sops.yaml\n");
  repository.must("add", list);
  const commit = repository.git("commit", "-m", "Mended");
  t.is(commit.status, 0, commit.stderr);
  t.is(repository.tool("check").status, 0);
});

test("a Secret where no rule takes it: the command that moves it, and the rule to copy, have it encrypted", (t) => {
  const repository = scaffolded(t);
  const path = "apps/my db.yaml";
  repository.write(path, PLAIN);
  repository.write("apps/kustomization.yaml", "resources: [my db.yaml]\n");
  repository.must("add", "apps");
  const refused = repository.git("commit", "-m", "Refused");
  t.is(refused.status, 1);
  t.regex(
    refused.stderr,
    /^ {4}apps\/kustomization\.yaml lists it: change that too, and stage it\.$/m,
  );
  repository.must("rm", "-q", "-f", "apps/kustomization.yaml");
  const [, move = ""] = /where a creation rule takes it \((.*)\)\.$/m.exec(refused.stderr) ?? [];
  const [, line = "", pattern = ""] =
    /copy the rule in line (\d+) of \.sops\.yaml, with path_regex: (.*), name the file my db\.sops\.yaml, and stage both\.$/m.exec(
      refused.stderr,
    ) ?? [];

  const rules = repository.read(".sops.yaml");
  const copy = rules.split("\n").slice(Number(line)).join("\n");
  repository.write(".sops.yaml", `${rules.trimEnd()}\n  - path_regex: ${pattern}\n${copy}`);
  repository.write("apps/my db.sops.yaml", PLAIN);
  repository.must("add", ".sops.yaml", "apps/my db.sops.yaml");
  t.is(repository.paste([move]).status, 0, move);
  const commit = repository.git("commit", "-m", "Mended");
  t.is(commit.status, 0, commit.stderr);
  encryptedEverywhere(repository, "clusters/homelab/secrets/my db.yaml");
  encryptedEverywhere(repository, "apps/my db.sops.yaml");
});

test("all or nothing: one refused file leaves the others unencrypted and unchanged", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.write(WEB, secret({ token: "hunter2" }, "web"));
  repository.must("add", ".");
  const before = repository.state();
  t.is(repository.git("commit", "-m", "Both").status, 1);
  t.is(repository.state(), before);
  t.is(repository.read(DB), PLAIN);
});

test("every kind of plaintext that is refused is, by its own rule, and nothing is changed", (t) => {
  const repository = scaffolded(t);
  const key = /^AGE-SECRET-KEY-.*$/m.exec(readFileSync(keyFileOf(repository), "utf8"))?.[0] ?? "";
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const kinds: readonly [path: string, rule: string, content: string][] = [
    [WEB, "plaintext-secret", secret({ token: "hunter2" }, "web")],
    ["key.txt", "age-key", `${key}\n`],
    ["id.pem", "private-key", pem],
    [
      "kubeconfig",
      "kubeconfig",
      "apiVersion: v1\nkind: Config\nusers:\n  - name: admin\n    user: {token: hunter2hunter2}\n",
    ],
    [
      "talosconfig",
      "talos-secrets",
      "context: home\ncontexts:\n  home:\n    endpoints: [10.0.0.1]\n    ca: Q0E=\n    crt: Q1JU\n    key: S0VZS0VZ\n",
    ],
    [
      "controlplane.yaml",
      "talos-secrets",
      "version: v1alpha1\nmachine:\n  type: controlplane\n  token: abcdef.0123456789abcdef\n",
    ],
  ];
  repository.write(DB, PLAIN);
  for (const [path, , content] of kinds) repository.write(path, content);
  repository.must("add", "-f", ".");
  const before = repository.state();
  const commit = repository.git("commit", "-m", "All");
  t.is(commit.status, 1);
  for (const [path, rule] of kinds) {
    t.regex(commit.stderr, new RegExp(`^  ${escapeRegExp(path)}:\\d+  ${rule}$`, "m"));
  }
  t.notRegex(commit.stderr, /hunter2|AGE-SECRET-KEY-1[0-9A-Z]{10}|S0VZ|abcdef\.0/);
  t.is(repository.state(), before);
  for (const [path, rule] of kinds) {
    repository.must("reset", "-q");
    repository.must("add", "-f", path);
    t.is(repository.git("commit", "-m", rule).status, 1, path);
  }
});

const OTHER_FORMATS: readonly [name: string, content: Uint8Array][] = [
  ["config.sops.json", Buffer.from('{\n  "password": "hunter2",\n  "n": [1, 2.50, null]\n}\n')],
  ["app.sops.env", Buffer.from("# hunter1\nPASSWORD=hunter2\nEMPTY=\n")],
  ["app.sops.ini", Buffer.from("; hunter1\n[db]\npassword = hunter2\n")],
  ["id.sops.txt", Buffer.from("hunter2\n")],
  ["blob.sops.bin", Buffer.from([0, 255, 254, 10, 13, 128])],
];
for (const [name, content] of OTHER_FORMATS) {
  test(`encrypted at commit, and byte for byte back: ${name}`, (t) => {
    const repository = scaffolded(t);
    const path = `clusters/homelab/secrets/${name}`;
    repository.write(path, content);
    repository.must("add", path);
    const commit = repository.git("commit", "-m", "Add");
    t.is(commit.status, 0, commit.stderr);
    t.notRegex(encryptedEverywhere(repository, path), /hunter/);
    t.is(repository.tool("decrypt", "--in-place", path).status, 0);
    t.deepEqual(readFileSync(join(repository.dir, path)), Buffer.from(content));
  });

  testWith("sops")(`real sops decrypts what git commit encrypted: ${name}`, (t) => {
    const repository = scaffolded(t);
    const path = `clusters/homelab/secrets/${name}`;
    repository.write(path, content);
    repository.must("add", path);
    repository.must("commit", "-m", "Add");
    const plain = spawnSync(realTool("sops") ?? "", ["decrypt", path], {
      cwd: repository.dir,
      env: repository.env,
    });
    t.is(plain.status, 0, plain.stderr.toString());
    if (/txt|bin/.test(name)) t.deepEqual(plain.stdout, Buffer.from(content));
    else t.regex(plain.stdout.toString(), /hunter2/);
  });
}

test("commit -a", (t) => {
  const repository = withDb(t);
  repository.tool("decrypt", "-i", DB);
  repository.write(DB, repository.read(DB).replace("app", "other"));
  repository.must("commit", "-am", "Change");
  t.false(encryptedEverywhere(repository, DB).includes("other"));
});

test("commit --amend", (t) => {
  const repository = scaffolded(t);
  repository.write("note.md", "x\n");
  repository.must("add", ".");
  repository.must("commit", "-m", "Note");
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  repository.must("commit", "--amend", "-m", "Note and db");
  t.regex(encryptedEverywhere(repository, DB), /ENC\[/);
});

test("commit --amend of the first commit: what is printed takes a key out of it", async (t) => {
  const repository = scaffolded(t);
  const { identity } = await generateKeyPair();
  repository.must("checkout", "-q", "--orphan", "first");
  repository.write("key.txt", `${identity}\n`);
  repository.must("add", "key.txt");
  const unguarded = { env: { HUSKY: "0" } };
  t.is(repository.run("git", ["commit", "-q", "-m", "First"], unguarded).status, 0);
  const refused = repository.git("commit", "--amend", "--no-edit");
  t.is(refused.status, 1, refused.stderr);
  t.is(repository.paste(printedCommands(refused.stderr, "key.txt")).status, 0);
  const amended = repository.git("commit", "--amend", "--no-edit");
  t.is(amended.status, 0, amended.stderr);
  t.is(repository.must("rev-list", "--count", "HEAD"), "1\n");
  t.false(repository.must("ls-files").split("\n").includes("key.txt"));
  t.is(repository.read("key.txt"), `${identity}\n`);
});

test("commit --amend of a merge: plaintext of its own is encrypted, and what a side brought is not touched", (t) => {
  const repository = scaffolded(t);
  const unguarded = (...args: string[]) =>
    repository.run("git", args, { env: { HUSKY: "0" } }).status;
  const brought = DB.replace("db", "brought");
  repository.must("switch", "-q", "-c", "side");
  repository.write(brought, PLAIN);
  repository.must("add", brought);
  t.is(unguarded("commit", "-q", "-m", "Side"), 0);
  repository.must("switch", "-q", "main");
  repository.write("note.md", "x\n");
  repository.must("add", "note.md");
  repository.must("commit", "-q", "-m", "Main");
  t.is(unguarded("merge", "-q", "--no-commit", "side"), 0);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  t.is(unguarded("commit", "-q", "-m", "Merge"), 0);
  const amended = repository.git("commit", "--amend", "-m", "Merge it");
  t.is(amended.status, 0, amended.stderr);
  t.regex(encryptedEverywhere(repository, DB), /ENC\[/);
  t.is(repository.must("show", `HEAD:${brought}`), PLAIN);
  t.is(repository.must("rev-list", "--parents", "-1", "HEAD").split(" ").length, 3);
});

test("commit -- path: the plaintext does not stay behind in the index", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.write("other.md", "staged\n");
  repository.must("add", ".");
  repository.must("commit", "-m", "Only db", "--", DB);
  t.is(repository.must("show", "--name-only", "--format=", "HEAD").trim(), DB);
  t.is(repository.must("status", "--porcelain"), "A  other.md\n");
  t.true(repository.must("show", `:${DB}`).includes("ENC["));
  t.true(repository.read(DB).includes("ENC["));
  repository.must("commit", "-m", "Other");
  encryptedEverywhere(repository, DB);
});

test("where no key opens what was encrypted, key files that cannot be read are named, and why", (t) => {
  const { home, git, write, must } = scaffolded(t);
  const folder = join(home, ".config/sops/age");
  const file = join(folder, "keys.txt");
  const key = readFileSync(file, "utf8");
  const add = (name: string) => {
    write(`clusters/homelab/secrets/${name}.sops.yaml`, secret({ password: "hunter2" }, name));
    must("add", "-A");
    return git("commit", "-qm", name);
  };
  writeFileSync(file, `${key}garbage-in-the-file\n`);
  const garbage = add("one");
  t.is(garbage.status, 0, garbage.stderr);
  t.true(
    garbage.stderr.includes(
      `No key on this machine opens it (${file}: the key file holds a line that is no age identity (line ${String(key.split("\n").length)})). Your text`,
    ),
    garbage.stderr,
  );
  t.false(garbage.stderr.includes("garbage-in-the-file"));

  rmSync(file);
  mkdirSync(file);
  const isFolder = add("two");
  t.is(isFolder.status, 0, isFolder.stderr);
  t.true(
    isFolder.stderr.includes(
      `No key on this machine opens it (${file}: it is a folder). Your text`,
    ),
    isFolder.stderr,
  );

  rmSync(folder, { recursive: true });
  const none = add("three");
  t.true(none.stderr.includes("No key on this machine opens it. Your text"), none.stderr);
});

test("partial staging: what is not staged stays on the disk, and is said", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  const edited = PLAIN.replace("app", "someone else");
  repository.write(DB, edited);
  const commit = repository.git("commit", "-m", "Add");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /edits that are not staged/);
  t.is(repository.read(DB), edited);
  t.true(repository.must("show", `HEAD:${DB}`).includes("ENC["));
  t.is(repository.must("status", "--porcelain"), ` M ${DB}\n`);
  repository.must("commit", "-am", "The rest");
  encryptedEverywhere(repository, DB);
  t.is(repository.tool("decrypt", DB).stdout, edited);
});

test("a file that cannot be read on the disk is left as it is, and is said", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  // More than node reads at once: a permission would not keep root away.
  truncateSync(join(repository.dir, DB), 2 ** 31);
  const commit = repository.git("commit", "-q", "-m", "Add");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /db\.sops\.yaml cannot be read on the disk/);
  t.is(statSync(join(repository.dir, DB)).size, 2 ** 31);
  t.true(repository.must("show", `HEAD:${DB}`).includes("ENC["));
});

/** As if files of the worktree were mounted by themselves: each can be written, and not replaced. */
const MOUNTED = `
const fs = require("node:fs");
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  if (!/secrets\\/\\.flux-sops-/.test(String(from))) return renameSync(from, to);
  throw Object.assign(new Error("EBUSY"), { code: "EBUSY", syscall: "rename" });
};
`;

test("a file that cannot be replaced on the disk is left in plaintext, and is said", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.write("../mounted.cjs", MOUNTED);
  repository.must("add", DB);
  const env = { NODE_OPTIONS: `--require ${repository.dir}/../mounted.cjs` };
  const commit = repository.run("git", ["commit", "-q", "-m", "Add"], { env });
  t.is(commit.status, 0, commit.stderr);
  const [, command = ""] =
    /The file on disk could not be rewritten and is still in plaintext: (git .*)/.exec(
      commit.stderr,
    ) ?? [];
  t.is(repository.read(DB), PLAIN);
  t.regex(repository.must("show", `HEAD:${DB}`), /password: "ENC\[/);
  t.is(repository.must("status", "--porcelain"), ` M ${DB}\n`);
  t.deepEqual(readdirSync(join(repository.dir, dirname(DB))).sort(), [".gitkeep", "db.sops.yaml"]);
  t.is(repository.paste([command]).status, 0);
  encryptedEverywhere(repository, DB);
});

test("the file keeps its mode", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  chmodSync(join(repository.dir, DB), 0o700);
  repository.must("add", DB);
  repository.must("commit", "-m", "Add");
  t.regex(repository.must("ls-files", "-s", DB), /^100755 /);
  t.is(statSync(join(repository.dir, DB)).mode & 0o777, 0o700);
});

test("a Secret without a key here: a note names the blob that still holds the text", async (t) => {
  const { recipient } = await generateKeyPair();
  const repository = scaffolded(t, { flags: ["--recipients", recipient] });
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  const commit = repository.git("commit", "-m", "Add");
  t.is(commit.status, 0, commit.stderr);
  const command = /git cat-file blob [0-9a-f]+/.exec(commit.stderr)?.[0] ?? "";
  t.is(repository.paste([command]).stdout, PLAIN);
});

test("a new plaintext value in an encrypted file is encrypted, with a line that names it", (t) => {
  const repository = withDb(t);
  repository.write(
    DB,
    repository.read(DB).replace("stringData:\n", "stringData:\n  fresh: hunter2\n"),
  );
  const commit = repository.git("commit", "-am", "More");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /signed anew .*\(stringData\.fresh\)/);
  const text = encryptedEverywhere(repository, DB);
  t.false(text.includes("hunter2"));
  t.true(repository.tool("decrypt", DB).stdout.includes("fresh: hunter2"));
});

test("a value of a Secret beside those that are encrypted is refused, where it stands as none", (t) => {
  const repository = scaffolded(t);
  const slip = `${PLAIN}token: hunter2\n`;
  repository.write(DB, slip);
  repository.must("add", DB);
  const first = repository.git("commit", "-m", "Add");
  t.is(first.status, 1, first.stderr);
  t.regex(first.stderr, /values outside data and stringData: token/);
  t.is(repository.read(DB), slip);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  repository.must("commit", "-m", "Add");
  repository.write(
    DB,
    repository.read(DB).replace("\nsops:", "\nstringdata:\n  token: hunter2\nsops:"),
  );
  const later = repository.git("commit", "-am", "More");
  t.is(later.status, 1, later.stderr);
  t.regex(later.stderr, /readable values under stringdata: token/);
});

test("ciphertext that moved in together with a new value is not signed", (t) => {
  const repository = withDb(t);
  repository.write("other.yaml", repository.read(DB));
  t.is(repository.tool("set", "other.yaml", '["stringData"]["username"]', '"root"').status, 0);
  const moved = /username: (\S+)/.exec(repository.read("other.yaml"))?.[1] ?? "";
  repository.run("rm", ["other.yaml"]);
  const text = repository
    .read(DB)
    .replace(/username: \S+/, `username: ${moved}`)
    .replace("stringData:\n", "stringData:\n  fresh: hunter2\n");
  repository.write(DB, text);
  const commit = repository.git("commit", "-am", "Move in");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /sops-broken/);
  t.is(repository.read(DB), text);
  const [, readable, decrypt = ""] =
    /take out what is readable \((.*)\), decrypt it \(npx flux-sops (.*?)\), /.exec(
      commit.stderr,
    ) ?? [];
  t.is(readable, "stringData.fresh");
  repository.write(DB, text.replace("  fresh: hunter2\n", ""));
  t.is(repository.tool(...decrypt.split(" "), DB).status, 0);
  repository.write(
    DB,
    repository.read(DB).replace("stringData:\n", "stringData:\n  fresh: hunter2\n"),
  );
  const mended = repository.git("commit", "-am", "Move in");
  t.is(mended.status, 0, mended.stderr);
  encryptedEverywhere(repository, DB);
});

test("a new plaintext value is refused where no key opens the file", (t) => {
  const repository = withDb(t);
  rmSync(join(repository.home, ".config"), { recursive: true });
  repository.write(
    DB,
    repository.read(DB).replace("stringData:\n", "stringData:\n  fresh: hunter2\n"),
  );
  const commit = repository.git("commit", "-am", "More");
  t.is(commit.status, 1, commit.stderr);
  t.regex(
    commit.stderr,
    /db\.sops\.yaml:6 {2}plaintext-value\n {4}stringData\.fresh holds plaintext/,
  );
});

test("a value that is commented out left of the others is refused; indented, it is encrypted with them", (t) => {
  const repository = scaffolded(t);
  const old = `${secret({ a: "one", b: "plover-8842-basalt" })}  c: |\n    two\n    lines\n`;
  repository.write(DB, old.replace(/^ {2}b: (.*)\n([^]*)/m, "$2#  b: $1\n"));
  repository.must("add", DB);
  const before = repository.state();
  const { status, stderr } = repository.git("commit", "-m", "Comment it out");
  t.is(status, 1, stderr);
  t.regex(stderr, /db\.sops\.yaml:10 {2}plaintext-secret\n.* commented out stays readable: b$/m);
  t.false(stderr.includes("plover"));
  t.is(repository.state(), before);

  repository.tool("encrypt", "--in-place", DB);
  repository.must("add", DB);
  t.is(repository.git("commit", "-m", "Encrypted by hand").status, 1);
  repository.must("commit", "-q", "-n", "-m", "Past the gate");
  repository.run("git", ["init", "-q", "--bare", "../remote.git"]);
  repository.must("remote", "add", "origin", "../remote.git");
  t.regex(repository.git("push", "origin", "main").stderr, /^ .* stays readable: b$/m);
  t.is(repository.tool("check").status, 1);

  repository.write(DB, repository.read(DB).replace("#  b", "  # b"));
  const commit = repository.git("commit", "-a", "--amend", "--no-edit");
  t.is(commit.status, 0, commit.stderr);
  t.false(repository.must("show", `HEAD:${DB}`).includes("plover"));
  t.is(repository.git("push", "origin", "main").status, 0);
});

test("a damaged ciphertext is refused", (t) => {
  const repository = withDb(t);
  const text = repository.read(DB);
  const swapped = text.replace(/(username: )(\S+)(\n {2}password: ")([^"]+)/, "$1$4$3$2");
  t.not(swapped, text);
  repository.write(DB, swapped);
  const commit = repository.git("commit", "-am", "Swap");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /sops-broken/);
  t.regex(
    commit.stderr,
    /To mend it, restore the encrypted file\.$/m,
    "--ignore-mac would not help",
  );
});

test("a PGP key that a file has kept from before passes with a warning, and hides nothing else", (t) => {
  const repository = withDb(t);
  const pgp =
    '  pgp:\n    - fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21\n      created_at: "2026-01-01T00:00:00Z"\n      enc: x\n';
  repository.write(DB, repository.read(DB).replace("sops:\n", `sops:\n${pgp}`));
  repository.must("add", DB);
  const passed = repository.git("commit", "-m", "As it was");
  t.is(passed.status, 0, passed.stderr);
  t.regex(passed.stderr, /sops-recipients.*\n.* a key of the kind pgp can read it and should not/);
  t.deepEqual(printedCommands(passed.stderr, DB), [
    `sops updatekeys --yes ${DB}`,
    `sops rotate --in-place ${DB}`,
    `git add -- ${DB}`,
  ]);
  repository.write(DB, repository.read(DB).replace(/^sops:\n/m, "  new: sopsecret\nsops:\n"));
  repository.must("add", DB);
  const sealed = repository.git("commit", "-m", "One value more");
  t.is(sealed.status, 0, sealed.stderr);
  t.regex(sealed.stderr, /sops-recipients/);
  t.notRegex(repository.must("show", `HEAD:${DB}`), /sopsecret/);
  t.regex(repository.must("show", `HEAD:${DB}`), /^ {2}new: ENC\[/m);
});

test("recipients that are not those of the rule are refused, and the printed commands mend them", (t) => {
  const repository = withDb(t);
  const other = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${other}\n`));
  repository.write(DB, repository.read(DB).replace("name: db", "name: database"));
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "One more");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /sops-recipients/);
  const commands = printedCommands(commit.stderr, DB).map((line) =>
    line.replace("npx flux-sops", "node .flux-sops/flux-sops.mjs"),
  );
  const pasted = repository.paste(commands);
  t.is(pasted.status, 0, pasted.stderr);
  const again = repository.git("commit", "-m", "One more");
  t.is(again.status, 0, again.stderr);
  t.is(encryptedEverywhere(repository, DB).match(/recipient: /g)?.length, 2);
});

test("broken rules: the commit is refused with file, line and column", (t) => {
  const repository = scaffolded(t);
  repository.write(".sops.yaml", "creation_rules:\n  - age: [\n");
  repository.write(DB, PLAIN);
  repository.must("add", ".");
  const before = repository.state();
  const commit = repository.git("commit", "-m", "Broken");
  t.not(commit.status, 0);
  t.regex(commit.stderr, /refused, nothing was changed: \.sops\.yaml:3:1: /);
  t.is(repository.state(), before);
});

test("a file that a rule takes and that does not parse is refused with its line", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, "stringData:\n  a: [1\n  b: hunter2\n");
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Broken");
  t.is(commit.status, 1);
  t.regex(commit.stderr, /db\.sops\.yaml:\d+ {2}sops-broken/);
  t.false(commit.stderr.includes("hunter2"));
});

test("a Secret that cannot be encrypted is refused with its line and what is wrong", (t) => {
  const repository = scaffolded(t);
  const refused = (message: RegExp, mend: RegExp) => {
    const before = repository.state();
    const commit = repository.git("commit", "-m", "Add");
    t.is(commit.status, 1, commit.stderr);
    t.regex(commit.stderr, message);
    t.regex(commit.stderr, mend);
    t.notRegex(commit.stderr, /internal error/);
    t.is(repository.state(), before);
  };
  repository.write(DB, secret({ script: '"\\tset -e\\nrun"' }));
  repository.must("add", DB);
  refused(/db\.sops\.yaml:6 {2}sops-broken\n.*begins with a tab/, /To mend it, correct it/);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  repository.must("commit", "-m", "Add");
  repository.write(DB, repository.read(DB).replace(/^sops:[^]*/m, ""));
  repository.must("add", DB);
  refused(
    /sops-broken\n.*but the file has no sops block/,
    /To mend it, restore the encrypted file/,
  );
});

test("a file named as encrypted in which nothing would be is refused", (t) => {
  const repository = scaffolded(t);
  repository.write("clusters/homelab/apps/web/values.sops.yaml", "password: hunter2\n");
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Nothing");
  t.is(commit.status, 1);
  t.regex(commit.stderr, /values\.sops\.yaml {2}sops-rule/);
});

test("what stays readable in a folder of secrets is warned of, with the name that has it encrypted", (t) => {
  const repository = scaffolded(t);
  const FOLDER = "clusters/homelab/secrets";
  repository.write(`${FOLDER}/db.txt`, "hunter2");
  repository.write(`${FOLDER}/README`, "What lies here\n");
  repository.write(
    `${FOLDER}/ca.pem`,
    "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n",
  );
  repository.write(`${FOLDER}/web.sops.txt`, "hunter2");
  repository.write("apps/secrets/x.txt", "hunter2");
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "Readable");
  t.is(commit.status, 0, commit.stderr);
  t.regex(
    commit.stderr,
    /secrets\/db\.txt {2}sops-rule\n.*git commit encrypts it where it has \.sops\. in its name/,
  );
  t.regex(commit.stderr, /git mv -- \S+\/db\.txt \S+\/db\.sops\.txt/);
  t.notRegex(commit.stderr, /README|ca\.pem|web\.sops\.txt {2}|apps\/secrets/);
  t.regex(repository.must("show", `HEAD:${FOLDER}/web.sops.txt`), /ENC\[/);

  repository.write(`${FOLDER}/db.txt`, "hunter3");
  repository.must("add", ".");
  const again = repository.git("commit", "-m", "Readable on purpose");
  t.notRegex(again.stderr, /sops-rule/);
});

test("a file that a rule is for by its name and that is no YAML is encrypted, samples are left", (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const age = /age1[a-z0-9]+/.exec(rules)?.[0] ?? "";
  const own = `creation_rules:\n  - path_regex: \\.enc\\.(env|json)$|^web/.*json$\n    age: ${age}\n`;
  repository.write(
    ".sops.yaml",
    rules.replace("creation_rules:\n", () => own),
  );
  repository.write("web.enc.env", "MODE=wombat\n");
  repository.write("web.example.enc.env", "MODE=wombat\n");
  repository.write("web/package.json", '{ "name": "web" }\n');
  repository.must("add", "-f", ".");
  const commit = repository.git("commit", "-m", "Encrypted");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /encrypted web\.enc\.env \(1 value\)/);
  t.notRegex(commit.stderr, /json|example/);
  t.regex(repository.must("show", "HEAD:web.enc.env"), /^MODE=ENC\[/);
  t.is(repository.must("show", "HEAD:web.example.enc.env"), "MODE=wombat\n");
});

test("a read-only file is refused with what to do, and nothing changed", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  repository.must("add", DB);
  chmodSync(join(repository.dir, DB), 0o444);
  const before = repository.state();
  const commit = repository.git("commit", "-m", "Add");
  t.not(commit.status, 0);
  t.regex(commit.stderr, /db\.sops\.yaml is read-only: make it writable/);
  t.is(repository.state(), before);
  chmodSync(join(repository.dir, DB), 0o644);
  t.is(repository.git("commit", "-m", "Add").status, 0);
});

(process.getuid?.() === 0 ? test : test.skip)(
  "another user's file is refused with what to do, and nothing changed [needs root, to become another user]",
  (t) => {
    const repository = scaffolded(t);
    const { dir, env } = repository;
    repository.run("chown", ["-R", "65534", ".."]);
    const git = (...args: string[]) =>
      spawnSync("git", args, { cwd: dir, env, uid: 65534, encoding: "utf8" });
    mkdirSync(join(dir, dirname(DB)), { recursive: true });
    repository.write(DB, PLAIN);
    git("add", DB);
    const staged = git("ls-files", "-s").stdout;
    const commit = git("commit", "-m", "Add");
    t.is(commit.status, 1);
    t.regex(commit.stderr, /nothing was changed: .*db\.sops\.yaml is another user's, .* \(chown\)/);
    t.is(git("ls-files", "-s").stdout, staged);
    t.is(repository.read(DB), PLAIN);
    // What is said, done.
    repository.run("chown", ["65534", DB]);
    t.is(git("commit", "-m", "Add").status, 0);
    t.is(git("status", "--porcelain").stdout, "");
    t.true(git("show", `HEAD:${DB}`).stdout.includes("ENC["));
    t.true(repository.read(DB).includes("ENC["));
  },
);

test("files that no rule takes never cause an error, whatever is in them", (t) => {
  const repository = scaffolded(t);
  repository.write(
    "charts/web/templates/deployment.yaml",
    "{{- if .Values.x }}\nkind: {{ .Values.kind }}\n{{- end }}\n",
  );
  repository.write("bad.yaml", "a: [1\n: : :\n");
  repository.write("latin1.txt", Buffer.from([0xe9, 0x0a, 0xff, 0xfe]));
  repository.write("image.png", Buffer.alloc(60 * 1024 * 1024, 0x5a));
  repository.write("empty.yaml", "");
  repository.write("bom.yaml", "\uFEFFa: 1\n");
  repository.must("add", ".");
  const commit = repository.git("commit", "-m", "All sorts");
  t.is(commit.status, 0, commit.stderr);
  t.is(commit.stderr, "");
});

test("a plaintext file beside its encrypted form is left out: it cannot be moved over that", (t) => {
  const repository = scaffolded(t);
  const encrypted = WEB.replace(/\.yaml$/, ".sops.yaml");
  repository.write(encrypted, PLAIN);
  repository.must("add", ".");
  repository.must("commit", "-q", "-m", "Add");
  const before = repository.read(encrypted);
  repository.write(WEB, PLAIN);
  repository.write("note.md", "note\n");
  repository.must("add", ".");
  const commit = repository.git("commit", "-q", "-m", "Add both");
  t.is(commit.status, 1);
  t.deepEqual(printedCommands(commit.stderr, WEB), [`git reset -q -- ${WEB}`]);
  t.is(repository.paste(printedCommands(commit.stderr, WEB)).status, 0);
  t.is(repository.git("commit", "-q", "-m", "Add the note").status, 0);
  t.is(repository.must("show", "--format=", "--name-only"), "note.md\n");
  t.is(repository.read(encrypted), before);
  t.is(repository.read(WEB), PLAIN);
  // Nor can one that is on disk no more.
  const gone = WEB.replace("web.yaml", "gone.yaml");
  repository.write(gone, PLAIN);
  repository.must("add", gone);
  rmSync(join(repository.dir, gone));
  const again = repository.git("commit", "-q", "-m", "Add what is gone");
  t.is(repository.paste(printedCommands(again.stderr, gone)).status, 0, again.stderr);
  t.is(repository.must("status", "--porcelain", gone), "");
  // Nor to where a creation rule takes it, where something is.
  repository.write("other/web.yaml", PLAIN);
  repository.write("clusters/homelab/secrets/web.yaml", "");
  repository.must("add", "other");
  const elsewhere = repository.git("commit", "-q", "-m", "Add elsewhere");
  t.regex(
    elsewhere.stderr,
    /^ {4}To have it encrypted, copy the rule in line \d+ of \.sops\.yaml,/m,
  );
  t.is(repository.paste(printedCommands(elsewhere.stderr, "other/web.yaml")).status, 0);
  // The same past the gate: of the branch that is checked out, the push is mended so.
  repository.must("add", WEB);
  repository.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Add");
  const remote = join(repository.dir, "../remote.git");
  repository.must("init", "-q", "--bare", remote);
  const push = repository.git("push", "-q", remote, "main");
  t.regex(push.stderr, new RegExp(`^ {6}git reset -q -- ${escapeRegExp(WEB)} &&$`, "m"));
});

test("a folder whose name is no UTF-8 has creation rules and kustomizations of its own", (t) => {
  const repository = scaffolded(t);
  const folder = Buffer.concat([
    Buffer.from(`${repository.dir}/`),
    Buffer.from("caf\xe9/", "latin1"),
  ]);
  const write = (name: string, content: string) => {
    writeFileSync(Buffer.concat([folder, Buffer.from(name)]), content);
  };
  mkdirSync(folder);
  const recipient = /age1[0-9a-z]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  write(
    ".sops.yaml",
    `creation_rules:\n  - path_regex: ^db\\.sops\\.yaml$\n    age: ${recipient}\n`,
  );
  write("db.sops.yaml", PLAIN);
  repository.must("add", ".");
  const commit = repository.git("commit", "-q", "-m", "Add");
  t.is(commit.status, 0, commit.stderr);
  t.regex(commit.stderr, /^flux-sops: encrypted "caf\\351\/db\.sops\.yaml" \(/m);
  t.false(repository.must("show").includes("correct horse"));
  write("kustomization.yaml", "secretGenerator:\n  - name: a\n    files: [pin.txt]\n");
  write("pin.txt", "4711\n");
  repository.must("add", ".");
  t.is(repository.git("commit", "-q", "-m", "Add").status, 1);
});

test("a commit without anything to do is silent", (t) => {
  const repository = scaffolded(t);
  repository.write("note.md", "x\n");
  repository.must("add", ".");
  const commit = repository.git("commit", "-q", "-m", "Note");
  t.is(commit.status, 0);
  t.is(commit.stdout + commit.stderr, "");
});

test("the tool's own files are known by their git names; a key in one of them is refused", (t) => {
  const repository = scaffolded(t);
  repository.must("init", "-q", "--object-format=sha256", "../other");
  const known = repository.read(".flux-sops/own-objects.cjs");
  const files = repository.must("ls-files", ".flux-sops/*.?js").trim().split("\n");
  t.true(files.length > 5);
  for (const file of files.filter((name) => !name.endsWith("own-objects.cjs"))) {
    for (const place of [".", "../other"]) {
      const path = join(repository.dir, file);
      t.true(known.includes(repository.must("-C", place, "hash-object", path).trim()), file);
    }
  }
  const key = /^AGE-SECRET-KEY-.*$/m.exec(readFileSync(keyFileOf(repository), "utf8"))?.[0] ?? "";
  t.not(key, "");
  const file = ".flux-sops/hybrid.cjs";
  repository.write(file, `${repository.read(file)}// ${key}\n`);
  repository.must("add", file);
  for (const args of [["--all"], [file]]) {
    const check = repository.tool("check", ...args);
    t.is(check.status, 1, check.stderr);
    t.regex(check.stdout, /\.flux-sops\/hybrid\.cjs:\d+ +age-key/);
  }
  const commit = repository.git("commit", "-m", "Change the tool");
  t.is(commit.status, 1, commit.stderr);
  t.regex(commit.stderr, /\.flux-sops\/hybrid\.cjs:\d+ +age-key/);
});

test("deleted files, symlinks and intent-to-add entries are left alone", (t) => {
  const repository = withDb(t);
  repository.run("ln", ["-s", "db.sops.yaml", "clusters/homelab/secrets/link.sops.yaml"]);
  repository.write("clusters/homelab/secrets/later.sops.yaml", PLAIN);
  repository.must("add", "-N", "clusters/homelab/secrets/later.sops.yaml");
  repository.must("add", "clusters/homelab/secrets/link.sops.yaml");
  unlinkSync(join(repository.dir, DB));
  repository.must("rm", "-q", "--cached", DB);
  const commit = repository.git("commit", "-m", "Move around");
  t.is(commit.status, 0, commit.stderr);
  t.is(repository.read("clusters/homelab/secrets/later.sops.yaml"), PLAIN);
  t.false(repository.must("ls-tree", "-r", "HEAD").includes("later"));
});

test("a new linked worktree is guarded", (t) => {
  const repository = scaffolded(t);
  const worktree = join(repository.dir, "..", "second");
  repository.must("worktree", "add", "-q", "-b", "second", worktree);
  mkdirSync(join(worktree, "clusters/homelab/apps/web"), { recursive: true });
  writeFileSync(join(worktree, WEB), secret({ token: "hunter2" }));
  repository.run("git", ["add", "."], { cwd: worktree });
  const commit = repository.run("git", ["commit", "-m", "Leak"], { cwd: worktree });
  t.is(commit.status, 1, commit.stderr);
});

test("with a warning no command is printed that only an uncommitted file could be mended by", (t) => {
  const repository = scaffolded(t);
  const settings = "clusters/homelab/apps/settings.yaml";
  repository.write(
    settings,
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  DB_PASSWORD: hunter2hunter\n",
  );
  repository.must("add", settings);
  const { status, stderr } = repository.git("commit", "-qm", "Settings");
  t.is(status, 0, stderr);
  t.true(
    stderr.includes("    To mend it, move the value from the ConfigMap to an encrypted Secret.\n"),
    stderr,
  );
  t.deepEqual(printedCommands(stderr, settings), []);
});

test("of a conflict that was staged with its markers, one side can be taken by what is printed", (t) => {
  const repository = withDb(t);
  const change = (value: string): void => {
    repository.write(DB, PLAIN.replace("correct horse", value));
    repository.must("commit", "-qam", value);
  };
  repository.must("switch", "-qc", "side");
  change("theirs");
  repository.must("switch", "-q", "main");
  change("ours");
  t.is(repository.git("merge", "side").status, 1);
  repository.must("add", DB);
  const { status, stderr } = repository.git("commit", "--no-edit");
  t.is(status, 1);
  t.regex(stderr, /take one side as it is \(git checkout --merge, then --ours or --theirs\)/);
  repository.must("checkout", "--merge", DB);
  repository.must("checkout", "--theirs", DB);
  t.is(repository.paste(printedCommands(stderr, DB)).status, 0);
  repository.must("commit", "-q", "--no-edit");
  t.regex(repository.tool("decrypt", DB).stdout, /"theirs"/);
});
