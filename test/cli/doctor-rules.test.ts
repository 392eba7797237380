import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { type Scaffolded, scaffolded, secret, TOOL } from "../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const KUBERNETES = "(secrets/.*|.*\\.sops)\\.ya?ml$";

/** Changes what is in the index, past the gate, which would refuse most of this. */
function rules(repository: Scaffolded, change: (text: string) => string): void {
  repository.write(".sops.yaml", change(repository.read(".sops.yaml")));
  repository.must("add", ".sops.yaml");
}

function addSecret({ write, must }: Scaffolded): void {
  write(DB, secret({ password: "hunter2" }));
  must("add", DB);
  must("commit", "-q", "-m", "Add db");
}

function withSecret(t: ExecutionContext): Scaffolded {
  return scaffolded(t, { prepare: addSecret });
}

test("rules that are on disk only", (t) => {
  const repository = scaffolded(t);
  repository.must("rm", "-q", "--cached", ".sops.yaml");
  const doctor = (cwd: string) =>
    repository.run("node", [TOOL, "doctor"], { cwd: join(repository.dir, cwd) }).stdout;
  t.regex(
    doctor("clusters"),
    /^wrong {3}\.sops\.yaml is not in git yet, so nothing is encrypted\n {8}git add -- \.\.\/\.sops\.yaml$/m,
  );
  // What an ignored file's name needs, or git refuses the command.
  repository.write(".gitignore", "/.sops.yaml\n");
  const [, command = ""] = /not in git yet[^\n]*\n {8}(git .*)/.exec(doctor("clusters")) ?? [];
  t.is(command, "git add --force -- ../.sops.yaml");
  t.is(repository.paste([command], join(repository.dir, "clusters")).status, 0);
  t.notRegex(doctor("."), /not in git yet/);
  repository.must("rm", "-q", "--cached", ".sops.yaml");
  rmSync(join(repository.dir, ".sops.yaml"));
  t.regex(doctor("."), /^wrong {3}\.sops\.yaml is missing/m);
});

test("rules that are edited and not staged yet: a note says that what is staged counts", (t) => {
  const repository = scaffolded(t);
  repository.write(".sops.yaml", `${repository.read(".sops.yaml")}# edited\n`);
  const doctor = () =>
    repository.run("node", [TOOL, "doctor"], { cwd: join(repository.dir, "clusters") }).stdout;
  const [, command = ""] =
    /^note {4}\.sops\.yaml is not staged as it is on disk, and what is staged counts\n {8}(git .*)$/m.exec(
      doctor(),
    ) ?? [];
  t.is(repository.paste([command], join(repository.dir, "clusters")).status, 0);
  t.notRegex(doctor(), /not staged/);

  // Staging that would take the rules away.
  rmSync(join(repository.dir, ".sops.yaml"));
  const gone = /^note {4}\.sops\.yaml is gone from disk, and what is staged counts\n {8}(git .*)$/m;
  const [, restore = ""] = gone.exec(doctor()) ?? [];
  t.is(repository.paste([restore], join(repository.dir, "clusters")).status, 0);
  t.regex(repository.read(".sops.yaml"), /# edited\n$/);
});

test("rules that cannot be read, have no key, or a manual's", (t) => {
  const repository = scaffolded(t);
  const original = repository.read(".sops.yaml");
  const said = (change: (text: string) => string) => {
    rules(repository, () => change(original));
    const { status, stdout } = repository.tool("doctor");
    t.is(status, 1);
    return stdout;
  };
  t.regex(
    said((text) => text.replace(/age1\w+/, "age1yourpublickey")),
    /^wrong {3}\.sops\.yaml:10: .*age1yourpublickey.* is no valid age recipient.*\n.*flux-sops keys new makes a key/m,
  );
  t.regex(
    said((text) => text.replace(/( +)(age1\w+)/, "$1$2\n$1$2")),
    /^wrong {3}\.sops\.yaml:10: .*"age1\w+…" holds a space: put a comma between two recipients\n/m,
  );
  t.regex(
    said((text) => text.replace(/age: >-\n( +)(age1\w+)/, "age: |\n$1$2\n$1$2")),
    /^wrong {3}\.sops\.yaml:10: .*"age1\w+…" holds a line break: put a comma between two recipients\n/m,
  );
  t.regex(
    said((text) => text.replace("creation_rules:", "creation_rule:")),
    /^wrong {3}\.sops\.yaml:6: .*write creation_rules\n {8}correct it, then git add it$/m,
  );
  t.regex(
    said((text) => text.replace(/age: >-\n.*\n/, "")),
    /^wrong {3}\.sops\.yaml:8: the creation rule names no recipient/m,
  );
  const manual = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  t.regex(
    said((text) => text.replace(/age1\w+/, manual)),
    new RegExp(`^wrong {3}\\.sops\\.yaml:8: .* copied from a manual, ${manual}`, "m"),
  );
  t.regex(
    said((text) => text.replace("creation_rules:", "rules:")),
    /^wrong {3}\.sops\.yaml has no creation rules/m,
  );
});

test("a rule file under a name that nobody reads", (t) => {
  const repository = scaffolded(t);
  repository.must("mv", ".sops.yaml", ".sops.yml");
  t.regex(
    repository.tool("doctor").stdout,
    /^wrong {3}\.sops\.yml is read by nobody: .*\n.*git mv -- \.sops\.yml \.sops\.yaml/m,
  );
  const checked = repository.tool("check").stdout;
  t.regex(checked, /^\.sops\.yml {2}sops-rule/m);
  t.true(checked.includes("git mv -- .sops.yml .sops.yaml"), checked);
  repository.must("mv", ".sops.yml", ".sops.yaml");
  t.is(repository.tool("check").status, 0);
  repository.write("deep/.sops.yml", repository.read(".sops.yaml"));
  repository.must("add", ".");
  t.regex(repository.tool("doctor").stdout, /^wrong {3}deep\/\.sops\.yml is read by nobody/m);
  const cwd = join(repository.dir, "clusters");
  t.true(
    repository
      .run("node", [TOOL, "check"], { cwd })
      .stdout.includes("git mv -- ../deep/.sops.yml ../deep/.sops.yaml"),
  );
  const warned = repository.tool("check");
  t.is(warned.status, 0, warned.stdout);
  t.regex(warned.stdout, /^deep\/\.sops\.yml/m);
});

test("a rule for a misspelt folder takes nothing, and no rule is blamed for files to come", (t) => {
  const repository = scaffolded(t);
  const lineOf = (text: string) => repository.read(".sops.yaml").split("\n").indexOf(text) + 1;
  const recipient = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  rules(repository, (text) =>
    [
      "^cluster/homelab/.*",
      ".*\\.sops\\.toml$",
      "^infrastructure/secrets/.*",
      "^clusters/next/",
      // What is piped into sops, and what lies elsewhere.
      "^/dev/stdin$",
      "^/tmp/.*",
    ]
      .map((pattern) => `  - path_regex: ${pattern}\n    age: ${recipient}\n`)
      .reduce((before, rule) => before + rule, text),
  );
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0, stdout);
  t.deepEqual(stdout.match(/^.*takes no file.*\n.*$/gm), [
    `note    .sops.yaml:${String(lineOf("  - path_regex: ^cluster/homelab/.*"))}: the creation rule takes no file: there is no folder cluster/homelab/, but there is clusters/homelab/\n        correct its path_regex if that is the one you mean, then git add it`,
  ]);
  repository.write("cluster/homelab/later.yaml", "a: 1\n");
  t.notRegex(repository.tool("doctor").stdout, /takes no file/);
});

test("a rule for a folder dev/ is none for what is piped into sops", (t) => {
  const repository = scaffolded(t);
  const recipient = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write("Dev/a.txt", "a\n");
  repository.must("add", ".");
  rules(repository, (text) => `${text}  - path_regex: dev/.*\n    age: ${recipient}\n`);
  t.regex(repository.tool("doctor").stdout, /: there is no folder dev\/, but there is Dev\/\n/);
});

test("a dot that is escaped as in double quotes, outside of them, takes nothing: a note says so", (t) => {
  const repository = scaffolded(t);
  const recipient = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const original = repository.read(".sops.yaml");
  const notes = (...patterns: string[]) => {
    const added = patterns.map((one) => `  - path_regex: ${one}\n    age: ${recipient}\n`);
    rules(repository, () => original + added.join(""));
    const { status, stdout } = repository.tool("doctor");
    t.is(status, 0, stdout);
    return stdout.match(/^.*takes no file.*\n.*$/gm);
  };
  const line = original.split("\n").length;
  t.deepEqual(notes(String.raw`'.*\\.enc\\.ya?ml$'`), [
    String.raw`note    .sops.yaml:${String(line)}: the creation rule takes no file: \\ in its path_regex stands for a backslash in a name` +
      "\n" +
      String.raw`        write one backslash before a dot, as only in double quotes it takes two, and / between folders; then git add it`,
  ]);
  // All of them mean a dot.
  t.is(notes(String.raw`'\.enc\.ya?ml$'`, String.raw`"\\.conf$"`, String.raw`\\\.none$`), null);
  // And here the name has it.
  repository.write(String.raw`a\b`, "");
  repository.must("add", String.raw`a\b`);
  t.is(notes(String.raw`^a\\.$`), null);
});

test("a rule whose only file has a name that is printed in quotes", (t) => {
  const repository = scaffolded(t);
  const path = "clusters/homelab/secrets/new\nline/db.sops.yaml";
  const key = /age1\w+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write(
    "clusters/homelab/secrets/new\nline/.sops.yaml",
    `creation_rules:\n  - age: ${key}\n    encrypted_regex: ^stringData$\n`,
  );
  repository.write(path, secret({ password: "hunter2" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add it");
  t.true(repository.read(path).includes("ENC["));
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0, stdout);
});

test("a rule that another one hides, and one that encrypts nothing", (t) => {
  const repository = withSecret(t);
  rules(repository, (text) =>
    text.replace(
      "creation_rules:\n",
      "creation_rules:\n  - path_regex: clusters/homelab/\n    age: age1nothing\n".replace(
        "age1nothing",
        /age1\w+/.exec(text)?.[0] ?? "",
      ),
    ),
  );
  const hidden = repository.tool("doctor").stdout;
  t.is(hidden.match(/is never used: the one in line 7 takes all its files first/g)?.length, 2);
  t.regex(hidden, /put it before line 7, or remove it/);

  const nothing = withSecret(t);
  const file = nothing.read(DB);
  nothing.write(DB, file.replace(/"?ENC\[.*type:str\]"?(?=\n(?!\s*version))/, "readable"));
  nothing.must("add", DB);
  t.regex(
    nothing.tool("doctor").stdout,
    new RegExp(`^wrong {3}\\.sops\\.yaml:\\d+: the creation rule encrypts nothing in ${DB}$`, "m"),
  );
});

test("a name that is no UTF-8 keeps its bytes in the command, also in a folder", async (t) => {
  const repository = withSecret(t);
  const { recipient } = await generateKeyPair();
  const name = `"clusters/homelab/secrets/$(printf 'caf\\351').sops.yaml"`;
  t.is(repository.paste([`mv ${DB} ${name}`, "git add -A"]).status, 0);
  rules(repository, (text) => text.replaceAll(/(age1\w+)/g, `$1,\n      ${recipient}`));
  const cwd = join(repository.dir, "clusters");
  const { stdout } = repository.run("node", ["../.flux-sops/flux-sops.mjs", "doctor"], { cwd });
  const command = /^ {8}(git mv -- .*), since its name is no UTF-8/m.exec(stdout)?.[1] ?? "";
  t.is(
    command,
    `git mv -- "$(printf 'homelab/secrets/caf\\351.sops.yaml')" NEW_NAME.sops.yaml`,
    stdout,
  );
  t.is(repository.paste([command], cwd).status, 0);
});

test("files whose recipients are not those of their rule: the commands put it right", async (t) => {
  const repository = withSecret(t);
  const { recipient, identity } = await generateKeyPair();
  rules(repository, (text) => text.replaceAll(/(age1\w+)/g, `$1,\n      ${recipient}`));
  const missing = repository.tool("doctor").stdout;
  const [, add = ""] =
    new RegExp(`^wrong {3}${DB}: .* should be able to read it .*\\n {8}(.*)$`, "m").exec(missing) ??
    [];
  t.is(add, `npx flux-sops updatekeys -y -- ${DB}`);
  const run = (command: string) =>
    repository.paste([command.replaceAll("npx flux-sops", "node .flux-sops/flux-sops.mjs")]);
  t.is(run(add).status, 0);
  repository.must("add", DB);
  t.regex(
    repository.tool("doctor").stdout,
    /^ok {6}the creation rules are sound, and every encrypted file .*\(1\)$/m,
  );
  // The colleague's own key opens it as well.
  t.regex(
    repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", DB], {
      env: { HOME: "/nowhere", SOPS_AGE_KEY: identity },
    }).stdout,
    /hunter2/,
  );

  rules(repository, (text) => text.replaceAll(`,\n      ${recipient}`, ""));
  const [, remove = ""] =
    new RegExp(`^wrong {3}${DB}: .* can read it and should not.*\\n {8}(.*)$`, "m").exec(
      repository.tool("doctor").stdout,
    ) ?? [];
  t.regex(remove, /updatekeys.* && .*rotate -i/);
  t.is(run(remove).status, 0);
  repository.must("add", DB);
  t.is(repository.tool("doctor").status, 0);
});

test("which rules and files this machine cannot read", async (t) => {
  const repository = withSecret(t);
  const { recipient } = await generateKeyPair();
  // The last rule only, and past the gate: the file keeps its recipient.
  rules(repository, (text) => {
    const at = text.indexOf(KUBERNETES);
    return text.slice(0, at) + text.slice(at).replace(/age1\w+/, recipient);
  });
  const { stdout } = repository.tool("doctor");
  t.regex(stdout, /^ok {6}a private key of this machine opens its secrets/m);
  t.regex(stdout, /^note {4}no private key of this machine opens what the rule in line \d+ of /m);
  t.regex(stdout, new RegExp(`^ {8}put the key of ${recipient} into .*keys\\.txt$`, "m"));
  // As they are for that rule, updatekeys has nothing to do.
  repository.write(DB, repository.read(DB).replace(/age1\w+/, recipient));
  repository.must("add", DB);
  t.notRegex(repository.tool("doctor").stdout, /updatekeys/);

  const foreign = withSecret(t);
  const file = foreign.read(DB);
  foreign.write(DB, file.replace(/age1\w+/, recipient));
  foreign.must("add", DB);
  t.regex(
    foreign.tool("doctor").stdout,
    new RegExp(
      `^note {4}no private key of this machine opens ${DB}\n.* updatekeys on them; if nobody can any more, write them anew,`,
      "m",
    ),
  );
  foreign.must("mv", DB, "db.yaml");
  const ruleless = foreign.tool("doctor").stdout;
  t.regex(
    ruleless,
    new RegExp(`opens db\\.yaml\n {8}put the key of ${recipient} into .*keys\\.txt$`, "m"),
  );
  t.regex(ruleless, /^ok .* 0 of 1 encrypted file has the recipients of its rule; /m);
  appendFileSync(join(foreign.home, ".config/sops/age/keys.txt"), "AGE-SECRET-KEY-1WRONG\n");
  t.regex(foreign.tool("doctor").stdout, /^wrong {3}.*keys\.txt: an age identity is malformed/m);
});

test("the rules of a cluster that somebody cannot read are one note", async (t) => {
  const repository = withSecret(t);
  const { recipient } = await generateKeyPair();
  t.is(repository.tool("new", "cluster", "prod", "--recipients", recipient).status, 0);
  repository.must("add", ".sops.yaml");
  const notes =
    repository.tool("doctor").stdout.match(/^note .* opens what the rule.*\n.*$/gm) ?? [];
  t.is(notes.length, 1, notes.join("\n"));
  t.regex(
    notes[0] ?? "",
    new RegExp(
      `the rules in lines \\d+, \\d+, \\d+ of \\.sops\\.yaml encrypt\n {8}put the key of ${recipient} into .*keys\\.txt$`,
    ),
  );
});

test("a file with keys that are left to sops: nothing is said of it that only sops can tell", async (t) => {
  const repository = withSecret(t);
  const { recipient } = await generateKeyPair();
  const groups = (text: string) => {
    const age = /^ {2}age:\n((?: {4}.*\n)+)/m.exec(text)?.[1]?.replace(/^/gm, "    ") ?? "";
    const group = `    - age:\n${age.trimEnd()}\n`;
    return text.replace(
      /^ {2}age:\n(?: {4}.*\n)+/m,
      `  shamir_threshold: 2\n  key_groups:\n${group}${group.replace(/age1\w+/, recipient)}`,
    );
  };
  repository.write(DB, groups(repository.read(DB)));
  repository.must("add", DB);
  const { status, stdout } = repository.tool("doctor");
  t.is(status, 0, stdout);
  t.regex(
    stdout,
    new RegExp(`^note {4}only sops can tell whether this machine opens ${DB}: `, "m"),
  );
  t.notRegex(stdout, /updatekeys/);
  t.regex(stdout, /^ok .* 0 of 1 encrypted file has the recipients of its rule; /m);
  t.regex(repository.tool("decrypt", DB).stderr, /it needs several key_groups, Shamir's/);
});
