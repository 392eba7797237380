import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { scaffolded, secret, type Scaffolded } from "../e2e/scaffolded.ts";
import { realTool, testWith } from "../real-tools.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const PLAIN = secret({ a: "one", b: "two" });
const OTHER = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/** A repository with one encrypted file, and damaged copies of it beside it. */
function withFiles(t: ExecutionContext): Scaffolded {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  t.is(repository.tool("encrypt", "--in-place", DB).status, 0);
  const text = repository.read(DB);
  t.true(text.includes("ENC["));
  repository.write("plain.yaml", PLAIN);
  repository.write("value.yaml", text.replace(/(a: ENC\[AES256_GCM,data:)../, "$1AA"));
  repository.write("removed.yaml", text.replace(/^ {2}b: .*\n/m, ""));
  repository.write("nomac.yaml", text.replace(/^ {2}mac: .*\n/m, ""));
  repository.write("broken.yaml", "a: [\n");
  repository.write("db.yaml.enc", text);
  return repository;
}

test("encrypt and decrypt, printed and in place", (t) => {
  const repository = withFiles(t);
  const printed = repository.tool("decrypt", DB);
  t.is(printed.stdout, PLAIN);
  t.true(repository.read(DB).includes("ENC["));
  for (const flag of ["-d", "--decrypt"]) t.is(repository.tool(flag, DB).stdout, PLAIN);
  t.is(repository.tool("-d", "-i", DB).status, 0);
  t.is(repository.read(DB), PLAIN);
  const encrypted = repository.tool("-e", DB);
  t.true(encrypted.stdout.includes("ENC["));
  t.is(repository.read(DB), PLAIN);
});

test("a folder stands for its *.sops.* files", (t) => {
  const repository = withFiles(t);
  repository.write("clusters/homelab/secrets/deep/other.sops.yaml", PLAIN);
  t.is(repository.tool("encrypt", "-i", "clusters/homelab/secrets/deep").status, 0);
  t.is(repository.tool("decrypt", "-i", "clusters").status, 0);
  t.is(repository.read(DB), PLAIN);
  t.is(repository.read("clusters/homelab/secrets/deep/other.sops.yaml"), PLAIN);
});

test("encrypt passes over what is encrypted already in a folder, and says so", (t) => {
  const repository = withFiles(t);
  const [other, third, folder] = ["more.sops.yaml", "more.sops.env", "clusters/homelab/secrets"];
  repository.write(`${folder}/${other}`, PLAIN);
  const before = repository.read(DB);
  const ended = repository.tool("encrypt", "-i", folder);
  const already = (files: string) =>
    `flux-sops: ${folder}: ${files} encrypted already, and not encrypted again\n`;
  t.deepEqual(ended, { status: 0, stdout: "", stderr: already("1 file in this folder is") });
  t.is(repository.read(DB), before);
  t.regex(repository.read(`${folder}/${other}`), /ENC\[/);
  const again = repository.tool("encrypt", folder);
  t.deepEqual(again, { status: 0, stdout: "", stderr: already("2 files in this folder are") });
  // One that is named is refused, as by sops; and one that only seems to be encrypted everywhere.
  t.is(repository.tool("encrypt", "-i", folder, DB).status, 203);
  repository.write(`${folder}/${third}`, "a=hunter\nsops_version=3.9.0\n");
  t.is(repository.tool("encrypt", "-i", folder).status, 203);
});

test("encrypt does not pass over a file in a folder to which somebody has added a readable value", (t) => {
  const repository = withFiles(t);
  const folder = "clusters/homelab/secrets";
  const edited = repository.read(DB).replace("stringData:\n", "$&  added: hunter\n");
  t.true(edited.includes("hunter"));
  repository.write(DB, edited);
  const ended = repository.tool("encrypt", "-i", folder);
  t.deepEqual(ended, {
    status: 203,
    stdout: "",
    stderr: `flux-sops: ${DB}: is encrypted already: it has a sops block\n`,
  });
  t.is(repository.read(DB), edited);
});

test("a folder stands for what is encrypted under other names too, and never for the rule file", (t) => {
  const repository = withFiles(t);
  const other = "clusters/homelab/secrets/other.yaml";
  const vendored = "node_modules/pkg/x.sops.yaml";
  repository.write(other, PLAIN);
  t.is(repository.tool("encrypt", "--in-place", other).status, 0);
  for (const broken of ["value.yaml", "removed.yaml", "nomac.yaml", "db.yaml.enc"]) {
    repository.write(broken, "");
  }
  repository.write(vendored, PLAIN);
  const before = repository.read(other);
  const rotated = repository.tool("rotate", "-i", ".");
  t.deepEqual([rotated.status, rotated.stderr], [0, ""]);
  t.not(repository.read(other), before);
  t.is(repository.tool("decrypt", other).stdout, PLAIN);
  t.is(repository.tool("updatekeys", "-y", ".").stderr, "");
  t.is(repository.read(vendored), PLAIN);
});

test("a folder passes over no file that is encrypted as what its name does not say", (t) => {
  const repository = withFiles(t);
  for (const broken of ["value.yaml", "removed.yaml", "nomac.yaml"]) repository.write(broken, "");
  const before = repository.read(DB);
  const { status, stderr } = repository.tool("rotate", "-i", ".");
  t.not(status, 0);
  t.regex(stderr, /^flux-sops: db\.yaml\.enc: is encrypted as yaml, which its name does not say/);
  t.not(repository.read(DB), before);
});

for (const [name, encrypted] of [
  ["quoted.yaml", (text: string) => text.replace(/^sops:/m, "'sops':")],
  ["spaced.yaml", (text: string) => text.replace(/^sops:/m, "sops :")],
  ["nomac.env", () => "A=ENC[AES256_GCM,data:AA==]\nsops_version=3.9.0\n"],
] as const) {
  test(`a folder passes over no encrypted file for how its metadata is spelled: ${name}`, (t) => {
    const repository = withFiles(t);
    repository.write(`odd/${name}`, encrypted(repository.read(DB)));
    const ended = repository.tool("rotate", "-i", "odd");
    t.notRegex(ended.stderr, /no file in this folder/);
    if (name.endsWith(".yaml")) t.is(ended.status, 0, ended.stderr);
    else t.regex(ended.stderr, /^flux-sops: odd\/nomac\.env: /);
  });
}

test("a folder may hold what cannot be read: what is encrypted in it is at work, and check says the name", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, PLAIN);
  t.is(repository.tool("encrypt", "-i", DB).status, 0);
  repository.write("talos.iso", "");
  truncateSync(join(repository.dir, "talos.iso"), 2 ** 31);
  const before = repository.read(DB);
  t.deepEqual(repository.tool("rotate", "-i", "."), { status: 0, stdout: "", stderr: "" });
  t.not(repository.read(DB), before);
  const problem = "flux-sops: talos.iso: it is too large to be looked into (2 GiB or more)\n";
  t.deepEqual(repository.tool("check", "."), { status: 2, stdout: "", stderr: problem });
  t.is(repository.tool("decrypt", "talos.iso").stderr, problem);
  // A name that is no UTF-8, which node cannot give back; not every file system takes one.
  const made = repository.run("sh", ["-c", "rm talos.iso; : > $(printf 'b\\344d.yaml')"]);
  if (made.status !== 0) return;
  const rotated = repository.read(DB);
  const { status, stderr } = repository.tool("rotate", "-i", ".");
  t.not(status, 0);
  t.regex(stderr, /^flux-sops: no such file: b\ufffdd\.yaml$/m);
  t.not(repository.read(DB), rotated);
});

test("several YAML files printed at once are documents of their own", (t) => {
  const repository = scaffolded(t);
  const folder = "clusters/homelab/secrets";
  const texts = { a: "a: 1\n", b: "---\na: 2\n", c: "a: 3", d: "a: 4\n" };
  for (const [name, text] of Object.entries(texts)) {
    repository.write(`${folder}/${name}.sops.yaml`, text);
  }
  repository.write(`${folder}/e.sops.json`, '{"a": 5}\n');
  t.is(repository.tool("encrypt", "-i", folder).status, 0);
  t.is(
    repository.tool("decrypt", folder).stdout,
    'a: 1\n---\na: 2\n---\na: 3\n---\na: 4\n{"a": 5}\n',
  );
});

test("rotate: every ciphertext is new, the plaintext the same", (t) => {
  const repository = withFiles(t);
  const before = repository.read(DB);
  t.is(repository.tool("rotate", "--in-place", DB).status, 0);
  const after = repository.read(DB);
  const tokens = (text: string): string[] => text.match(/ENC\[[^\]]*\]/g) ?? [];
  t.is(tokens(after).length, tokens(before).length);
  t.deepEqual(
    tokens(after).filter((token) => tokens(before).includes(token)),
    [],
  );
  t.is(repository.tool("decrypt", DB).stdout, PLAIN);
});

test("updatekeys: the recipients of the rule, everything else byte for byte", (t) => {
  const repository = withFiles(t);
  const before = repository.read(DB);
  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${OTHER}\n`));
  t.is(repository.tool("updatekeys", "-y", DB).status, 0);
  t.is(repository.read(DB).match(/recipient: /g)?.length, 2);
  repository.write(".sops.yaml", rules);
  t.is(repository.tool("updatekeys", "-y", DB).status, 0);
  t.is(repository.read(DB), before);
});

const STATUSES: readonly [title: string, args: readonly string[], status: number, error: RegExp][] =
  [
    [
      "a file that is not there",
      ["decrypt", "nowhere.yaml"],
      100,
      /^flux-sops: no such file: nowhere\.yaml$/m,
    ],
    ["a file that is not encrypted", ["decrypt", "plain.yaml"], 1, /sops metadata not found/],
    [
      "a file whose name does not say its format",
      ["decrypt", "db.yaml.enc"],
      1,
      /^flux-sops: db\.yaml\.enc: is encrypted as yaml, which its name does not say: add --input-type yaml --output-type yaml, or rename it$/m,
    ],
    [
      "a damaged value",
      ["decrypt", "value.yaml"],
      25,
      /value\.yaml:6: the value at stringData\.a does not decrypt/,
    ],
    ["a removed value", ["decrypt", "removed.yaml"], 51, /removed\.yaml: the MAC does not match/],
    ["no MAC", ["decrypt", "nomac.yaml"], 51, /nomac\.yaml: has no MAC/],
    ["a damaged MAC ignored", ["decrypt", "--ignore-mac", "removed.yaml"], 0, /^$/],
    ["a file that does not parse", ["decrypt", "broken.yaml"], 1, /broken\.yaml:2:1: /],
  ];

for (const [title, args, status, error] of STATUSES) {
  test(`exit status and words: ${title}`, (t) => {
    const repository = withFiles(t);
    const ended = repository.tool(...args);
    t.is(ended.status, status, ended.stderr);
    t.regex(ended.stderr, error);
    if (status !== 0) t.is(ended.stdout, "");
  });

  testWith("sops")(`the same exit status as sops: ${title}`, (t) => {
    const repository = withFiles(t);
    t.is(repository.run(realTool("sops") ?? "", args).status, status);
  });
}

test("no key: exit status 128, and the recipient that is needed", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(DB))?.[0] ?? "";
  const ended = () =>
    repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", DB], {
      env: { HOME: repository.dir },
    });
  const { status, stderr } = ended();
  t.is(status, 128);
  t.true(stderr.includes(`it needs the private key of ${recipient}: in `), stderr);
  t.regex(
    stderr,
    /; or have somebody who can read it let a key of your own in \(npx flux-sops keys new .*; if nobody has such a key any more, its values are lost: write the file anew/,
  );

  const rules = repository.read(".sops.yaml");
  repository.write(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${OTHER}\n`));
  t.is(repository.tool("updatekeys", "-y", DB).status, 0);
  const ofTwo = ended().stderr;
  t.true(ofTwo.includes(`it needs the private key of ${recipient} or ${OTHER}: in `), ofTwo);
});

test("updatekeys: where a key is taken out, it says that the data key is known, and what makes a new one", (t) => {
  const repository = withFiles(t);
  const rules = repository.read(".sops.yaml");
  const says = /^flux-sops: .*db\.sops\.yaml: .* knows its data key.*: (npx flux-sops rotate .*)$/m;
  repository.write(".sops.yaml", rules.replace(/(age1[a-z0-9]+)\n/g, `$1,${OTHER}\n`));
  const added = repository.tool("updatekeys", "-y", DB);
  t.is(added.status, 0);
  t.notRegex(added.stderr, says);
  repository.write(".sops.yaml", rules);
  const [, command = ""] = says.exec(repository.tool("updatekeys", "-y", DB).stderr) ?? [];
  const value = () => /^ {2}a: .*$/m.exec(repository.read(DB))?.[0];
  const before = value();
  const run = command.replace("npx flux-sops", "node .flux-sops/flux-sops.mjs");
  t.is(repository.paste([run]).status, 0, command);
  t.not(value(), before);
  t.is(repository.tool("updatekeys", "-y", DB).stderr, "");
});

test("SOPS_AGE_KEY, SOPS_AGE_KEY_FILE and SOPS_AGE_KEY_CMD each open a file", (t) => {
  const repository = withFiles(t);
  const file = join(repository.home, ".config/sops/age/keys.txt");
  const key = readFileSync(file, "utf8").trim().split("\n").pop() ?? "";
  const elsewhere = { HOME: repository.dir };
  for (const env of [
    { SOPS_AGE_KEY: key },
    { SOPS_AGE_KEY_FILE: file },
    { SOPS_AGE_KEY_CMD: `sh -c 'cat "${file}"'` },
  ]) {
    const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", DB], {
      env: { ...elsewhere, ...env },
    });
    t.is(ended.stdout, PLAIN, ended.stderr);
  }
});

test("SOPS_AGE_KEY_CMD has nothing to read: in a hook it would wait for git's answers for ever", (t) => {
  const repository = withFiles(t);
  const file = join(repository.home, ".config/sops/age/keys.txt");
  const env = { HOME: repository.dir, SOPS_AGE_KEY_CMD: `sh -c 'cat; cat "${file}"'` };
  const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", DB], {
    env,
    input: "no key",
  });
  t.is(ended.stdout, PLAIN, ended.stderr);
});

test("SOPS_AGE_KEY_CMD is asked for the key of each recipient, by SOPS_AGE_RECIPIENT", (t) => {
  const repository = withFiles(t);
  const file = join(repository.home, ".config/sops/age/keys.txt");
  const recipient = /age1[a-z0-9]+/.exec(repository.read(DB))?.[0] ?? "";
  const other = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  repository.write("p.yaml", PLAIN);
  const encrypted = repository.tool("encrypt", "--age", `${other},${recipient}`, "p.yaml").stdout;
  repository.write("two.yaml", encrypted);
  repository.write(
    "key.sh",
    `echo "$SOPS_AGE_RECIPIENT" >> asked; test "$SOPS_AGE_RECIPIENT" != ${recipient} || cat '${file}'\n`,
  );
  const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", "two.yaml"], {
    env: { HOME: repository.dir, SOPS_AGE_KEY_CMD: "sh key.sh" },
  });
  t.is(ended.stdout, PLAIN, ended.stderr);
  t.is(repository.read("asked"), `${other}\n${recipient}\n`);
});

test("SOPS_AGE_KEY_CMD that fails is not asked again, and said to have failed once", (t) => {
  const repository = withFiles(t);
  repository.write("key.sh", `echo "$SOPS_AGE_RECIPIENT" >> asked; exit 1\n`);
  const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", DB], {
    env: { HOME: repository.dir, SOPS_AGE_KEY_CMD: "sh key.sh" },
  });
  t.is(ended.status, 128);
  t.is(ended.stderr.split("SOPS_AGE_KEY_CMD: the command failed").length, 2, ended.stderr);
  t.is(repository.read("asked").split("\n").length - 1, 1);
});

test("encrypting what is encrypted is refused", (t) => {
  const repository = withFiles(t);
  const ended = repository.tool("encrypt", "-i", DB);
  t.is(ended.status, 203);
  t.regex(ended.stderr, /encrypted already/);
});

test("an unknown command: exit status 2 and the list of commands", (t) => {
  const repository = withFiles(t);
  const ended = repository.tool("nonsense\u001b[31m");
  t.is(ended.status, 2);
  t.regex(ended.stderr, /there is no command nonsense\\033\[31m/);
  t.regex(ended.stderr, /decrypt/);
});

test("a command that sops alone has is said to be sops's, as it would be typed", (t) => {
  const repository = withFiles(t);
  for (const [words, line] of [
    [["publish", DB], `sops publish ${DB}`],
    [["groups", "add", "-f", "it's.yaml"], String.raw`sops groups add -f 'it'\''s.yaml'`],
    [["keyservice"], "sops keyservice"],
  ] as const) {
    const ended = repository.tool(...words);
    t.is(ended.status, 2);
    t.is(
      ended.stderr,
      `flux-sops: ${words[0]} is for sops itself, which works on the same files: ${line}\n`,
    );
  }
});

test("of a readable file no more is said than that a commit encrypts what is named so, or has been encrypted", (t) => {
  const repository = withFiles(t);
  const file = "clusters/homelab/secrets/it's.yaml";
  repository.write(file, PLAIN);
  const { status, stderr } = repository.tool("edit", file);
  t.is(status, 1);
  const [, command = ""] =
    / edit it as it is, then (npx .*) if it is to be encrypted\n$/.exec(stderr) ?? [];
  t.is(repository.paste([command]).status, 0, stderr);
  t.true(repository.read(file).includes("ENC["));
  t.regex(
    repository.tool("updatekeys", "-y", "plain.yaml").stderr,
    /is not encrypted: .*; where it lies here decrypted, git add and git commit encrypt it for/,
  );
});

test("standard input that no rule takes by its name is said to need another", (t) => {
  const repository = withFiles(t);
  const piped = (...args: readonly string[]) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", "encrypt", ...args, "/dev/stdin"], {
      input: PLAIN,
    });
  t.regex(piped().stderr, /takes this file: give it a name with --filename-override NAME\n$/);
  t.true(piped("--filename-override", DB).stdout.includes("ENC["));
});

test("an encryption that leaves all readable is said to have done so", (t) => {
  const repository = withFiles(t);
  const file = "clusters/homelab/secrets/settings.sops.yaml";
  repository.write(file, "password: hunter2\n");
  t.is(repository.tool("encrypt", "--encrypted-regex", "^password$", file).stderr, "");
  const made = "clusters/homelab/secrets/made.sops.yaml";
  const env = { SOPS_EDITOR: "cp settings" };
  repository.write("settings", "password: hunter2\n");
  for (const [at, ended] of [
    [file, repository.tool("encrypt", file)],
    [file, repository.tool("encrypt", "--output-type", "json", file)],
    [file, repository.tool("encrypt", "-i", file)],
    [made, repository.run("node", [".flux-sops/flux-sops.cjs", "edit", made], { env })],
  ] as const) {
    t.is(ended.status, 0);
    t.is(
      ended.stderr,
      `flux-sops: ${at}: nothing in it is encrypted: none of its values is selected, or only empty ones are, and all stay readable\n`,
    );
  }
  // What has no text is selected, and has no ciphertext.
  repository.write(file, 'stringData:\n  password: ""\n');
  t.regex(
    repository.tool("encrypt", file).stderr,
    /: none of its values is selected, or only empty ones are, and all stay readable\n$/,
  );
});

test("no command takes an encrypted file for a readable one because of its name, and what each says to add is enough", (t) => {
  const repository = withFiles(t);
  const enc = `${DB}.enc`;
  const before = repository.read(DB);
  repository.write(enc, before);
  const env = { SOPS_EDITOR: "printf 'stringData:\\n  a: c\\n' >" };
  const tool = (...args: readonly string[]) =>
    repository.run("node", [".flux-sops/flux-sops.cjs", ...args], { env });
  const both = ["--input-type", "yaml", "--output-type", "yaml"];
  const commands: readonly (readonly [added: readonly string[], ...args: string[]])[] = [
    [both, "decrypt", enc],
    [both, "edit", enc],
    [both, "rotate", "-i", enc],
    [both, "set", enc, '["stringData"]["a"]', '"c"'],
    [both, "unset", enc, '["stringData"]["a"]'],
    [both, "exec-file", enc, "cat {}"],
    [["--input-type", "yaml"], "updatekeys", "-y", enc],
    [["--input-type", "yaml"], "filestatus", enc],
    [[], "exec-env", enc, "true"],
  ];
  for (const [added, command = "", ...rest] of commands) {
    repository.write(enc, before);
    const { status, stderr } = tool(command, ...rest);
    t.is(status, 1, command);
    const mend = added.length === 0 ? "rename it" : `add ${added.join(" ")}, or rename it`;
    t.true(stderr.includes(`is encrypted as yaml, which its name does not say: ${mend}\n`), stderr);
    t.is(repository.read(enc), before);
    if (added.length === 0) continue;
    const again = tool(command, ...added, ...rest);
    t.is(again.status, 0, `${command}: ${again.stderr}`);
    t.regex(repository.read(enc), /^ {2}[ab]: ENC\[/m, command);
  }
});

test("an encrypted JSON file whose name does not say so: what decrypt says to add is enough", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(DB))?.[0] ?? "";
  repository.write("app.json", '{"a": "x", "b": "y"}\n');
  t.is(repository.tool("encrypt", "--age", recipient, "-i", "app.json").status, 0);
  repository.write("app.json.enc", repository.read("app.json"));
  const { status, stderr } = repository.tool("decrypt", "app.json.enc");
  t.is(status, 1);
  const added = ["--input-type", "json", "--output-type", "json"];
  t.true(stderr.includes(`for example ${added.join(" ")}, or rename it\n`), stderr);
  t.is(
    repository.tool("decrypt", ...added, "app.json.enc").stdout,
    repository.tool("decrypt", "app.json").stdout,
  );
});
