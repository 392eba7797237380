import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { scaffolded, secret, type Scaffolded } from "../e2e/scaffolded.ts";
import { realTool, runTool, testWith } from "../real-tools.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const PLAIN = `${secret({ a: "one", b: '"two"' })}# end\n`;

function encrypt({ write, tool }: Scaffolded, text: string): void {
  write(DB, text);
  const { status, stderr } = tool("encrypt", "--in-place", DB);
  if (status !== 0) throw new Error(stderr);
}

const encryptPlain = (repository: Scaffolded): void => {
  encrypt(repository, PLAIN);
};

/** DB is encrypted, on the disk. */
function withFile(t: ExecutionContext, text?: string): Scaffolded {
  if (text === undefined) return scaffolded(t, { prepare: encryptPlain });
  const repository = scaffolded(t);
  encrypt(repository, text);
  return repository;
}

/** Lines of the encrypted file that are not what they were, by their keys. */
function changedKeys(before: string, after: string): string[] {
  const old = new Set(before.split("\n"));
  return after
    .split("\n")
    .filter((line) => !old.has(line))
    .map((line) => line.trim().split(":")[0] ?? "")
    .filter((key) => key !== "lastmodified");
}

test("set: one value, from standard input, a file or an argument", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const at = '["stringData"]["a"]';
  const run = (args: string[], input?: string) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", "set", ...args], {
      ...(input === undefined ? {} : { input }),
    });
  t.is(run(["--value-stdin", DB, at], '"uno"\n').status, 0);
  t.deepEqual(changedKeys(before, repository.read(DB)), ["a", "mac"]);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("one", "uno"));
  repository.write("value.json", '"eins"');
  t.is(run(["--value-file", DB, at, "value.json"]).status, 0);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("one", "eins"));
  t.is(run([DB, at, '"one"']).status, 0);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN);
});

const SETS: readonly [title: string, path: string, value: string, plain: string][] = [
  [
    "a new key",
    '["stringData"]["c"]',
    '"three"',
    PLAIN.replace('b: "two"\n', 'b: "two"\n  c: three\n'),
  ],
  [
    "text of several lines",
    '["stringData"]["a"]',
    '"x\\ny\\n"',
    PLAIN.replace("a: one", "a: |\n    x\n    y"),
  ],
  ["text that needs quotes", '["stringData"]["a"]', '"a: b"', PLAIN.replace("a: one", 'a: "a: b"')],
  [
    "a new mapping",
    '["data"]["x"]["z"]',
    '"z"',
    PLAIN.replace("# end\n", "# end\ndata:\n  x:\n    z: z\n"),
  ],
  ["a list", '["stringData"]["a"]', '["p","q"]', PLAIN.replace("a: one", "a:\n    - p\n    - q")],
  [
    "a mapping of lines that begin with a space",
    '["stringData"]["a"]',
    '{"x":" p\\nq"}',
    PLAIN.replace("a: one", 'a:\n    x: " p\\nq"'),
  ],
  [
    "a readable value",
    '["metadata"]["name"]',
    '"database"',
    PLAIN.replace("name: db", "name: database"),
  ],
];
for (const [title, path, value, plain] of SETS) {
  test(`set: ${title}`, (t) => {
    const repository = withFile(t);
    const ended = repository.tool("set", DB, path, value);
    t.is(ended.status, 0, ended.stderr);
    t.is(repository.tool("decrypt", DB).stdout, plain);
  });

  // sops itself takes no list here.
  if (value.startsWith("[")) continue;
  testWith("sops")(`set: real sops reads the result, and says the same: ${title}`, (t) => {
    const repository = withFile(t);
    const json = () =>
      JSON.parse(
        runTool("sops", ["decrypt", "--output-type", "json", DB], {
          env: repository.env,
          cwd: repository.dir,
        }),
      ) as unknown;
    const before = repository.read(DB);
    t.is(repository.tool("set", DB, path, value).status, 0);
    const ours = json();
    repository.write(DB, before);
    runTool("sops", ["set", DB, path, value], { env: repository.env, cwd: repository.dir });
    t.deepEqual(ours, json());
  });
}

testWith("sops")("set on a file that sops wrote keeps sops's layout", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "|\n    one\n    two", b: '"3"' }));
  const env = { env: repository.env, cwd: repository.dir };
  runTool("sops", ["encrypt", "--in-place", DB], env);
  const before = repository.read(DB);
  t.is(repository.tool("set", DB, '["stringData"]["b"]', '"x\\ny\\n"').status, 0);
  t.deepEqual(changedKeys(before, repository.read(DB)), ["b", "mac"]);
  t.regex(repository.read(DB), /^ {2}b: ENC\[/m);
});

test("unset: a value, the last value, and one that is not there", (t) => {
  const repository = withFile(t);
  t.is(repository.tool("unset", DB, '["stringData"]["a"]').status, 0);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("  a: one\n", ""));
  t.is(repository.tool("unset", DB, '["stringData"]["b"]').status, 0);
  t.is(
    repository.tool("decrypt", DB).stdout,
    PLAIN.replace(/stringData:\n[^]*"two"\n/, "stringData: {}\n"),
  );
  const missing = repository.tool("unset", DB, '["stringData"]["b"]');
  t.is(missing.status, 1);
  t.regex(missing.stderr, /there is no value at stringData\.b/);
  t.is(repository.tool("unset", "--idempotent", DB, '["stringData"]["b"]').status, 0);
});

test("standard input that is set not to wait is waited for", (t) => {
  const repository = withFile(t);
  const set = `set --value-stdin ${DB} '["stringData"]["a"]'`;
  for (const [input, command] of [
    [`cat ${DB}`, "decrypt --input-type yaml --output-type yaml"],
    ["echo '\"late\"'", set],
    ["echo late", "new secret web --yes --from-literal-stdin a"],
  ] as const) {
    repository.run("mkfifo", ["../fifo"]);
    const fifo = join(repository.home, "../fifo");
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    // The writer is there, and takes its time.
    const line = `exec 4> ../fifo; { sleep 0.3; ${input} >&4; } & exec node .flux-sops/flux-sops.mjs ${command} <&3 4>&-`;
    const ended = spawnSync("sh", ["-c", line], {
      cwd: repository.dir,
      env: repository.env,
      stdio: ["ignore", "pipe", "pipe", reader],
      encoding: "utf8",
    });
    closeSync(reader);
    repository.run("rm", ["../fifo"]);
    t.is(ended.status, 0, ended.stderr);
    if (command.startsWith("decrypt")) t.is(ended.stdout, PLAIN);
  }
  t.regex(repository.tool("decrypt", DB).stdout, /a: late/);
  t.regex(repository.tool("decrypt", DB.replace("db", "web")).stdout, /a: "late"/);
  const folder = repository.run("sh", ["-c", "node .flux-sops/flux-sops.mjs decrypt < ."]);
  t.deepEqual(folder, { status: 2, stdout: "", stderr: "flux-sops: /dev/stdin: it is a folder\n" });
  const other = "node .flux-sops/flux-sops.mjs new secret other --yes --from-literal-stdin a < .";
  t.regex(
    repository.run("sh", ["-c", other]).stderr,
    /^flux-sops: new secret: standard input cannot be read: it is a folder$/m,
  );
});

test("set: a value that is no JSON, or in a wrong place, is not quoted in the complaint", (t) => {
  const repository = withFile(t);
  const ended = repository.tool("set", DB, '["stringData"]["a"]', "hunter2");
  t.is(ended.status, 7);
  t.regex(ended.stderr, /the value is no JSON/);
  t.false(ended.stderr.includes("hunter2"));
  for (const [flag, complaint] of [
    ["--value-stdin", "--value-stdin takes no value"],
    ["-value-stdin", "--value-stdin takes no value"],
    ["--value", "unknown option '--value'"],
  ] as const) {
    const { status, stderr } = repository.tool(
      "set",
      `${flag}="hunter2"`,
      DB,
      '["stringData"]["a"]',
    );
    t.is(status, 1);
    t.is(stderr, `flux-sops: ${complaint}\n`);
  }
});

test("set: a damaged file is not touched", (t) => {
  const repository = withFile(t);
  repository.write(DB, repository.read(DB).replace(/^ {2}b: .*\n/m, ""));
  const before = repository.read(DB);
  t.is(repository.tool("set", DB, '["stringData"]["a"]', '"x"').status, 51);
  t.is(repository.read(DB), before);
});

testWith("sops")("set and unset --output-type: the file becomes another, as in sops", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const plain = () =>
    runTool("sops", ["decrypt", "--input-type", "json", "--output-type", "json", DB], {
      env: repository.env,
      cwd: repository.dir,
    });
  for (const [command, ...args] of [
    ["set", DB, '["stringData"]["a"]', '"uno"'],
    ["unset", DB, '["stringData"]["a"]'],
  ] as const) {
    const all = [command, "--output-type", "json", ...args];
    t.is(repository.tool(...all).status, 0);
    const ours = plain();
    repository.write(DB, before);
    runTool("sops", all, { env: repository.env, cwd: repository.dir });
    t.is(ours, plain());
    repository.write(DB, before);
  }
});

function recipientOf(repository: Scaffolded): string {
  return /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
}

/** Other formats: what is encrypted, one change, and the plaintext behind it. */
const OTHERS: readonly [name: string, plain: string, change: string[], changed: string][] = [
  [
    "a.json",
    '{\n  "a": "one",\n  "b": 2\n}\n',
    ["set", '["a"]', '"uno"'],
    '{\n  "a": "uno",\n  "b": 2\n}\n',
  ],
  [
    "b.json",
    '{"l": ["one"], "b": 1.10}\n',
    ["set", '["l"][7]', '{"k": 3}'],
    '{"l": ["one", {"k": 3}], "b": 1.10}\n',
  ],
  ["c.json", '{\n\t"l": {\n\t\t"a": 1\n\t}\n}\n', ["unset", '["l"]["a"]'], '{\n\t"l": {}\n}\n'],
  [
    "d.json",
    '{\n  "l": {}\n}\n',
    ["set", '["l"]["a"]', "9007199254740993"],
    '{\n  "l": {\n    "a": 9007199254740993\n  }\n}\n',
  ],
  ["a.env", "# of A\nA=one\nB=two\n", ["set", '["A"]', '"x\\ny"'], "# of A\nA=x\\ny\nB=two\n"],
  ["b.env", "A=one\n# end", ["set", '["C"]', "5432"], "A=one\n# end\nC=5432"],
  ["c.env", "A=one\nB=two\n", ["unset", '["A"]'], "B=two\n"],
  [
    "a.ini",
    "[s]\nkey  = v ; beside\n\n[t]\nm=n\n",
    ["set", '["s"]["new"]', '"a;b"'],
    "[s]\nkey  = v ; beside\nnew  = `a;b`\n\n[t]\nm=n\n",
  ],
  [
    "b.ini",
    "[s]\nk=v\n# of the end\n",
    ["set", '["u"]["k"]', '"x"'],
    "[s]\nk=v\n# of the end\n\n[u]\nk = x\n",
  ],
  ["c.ini", "[s]\n; of k\nk=v\n; of l\nl=w\n", ["unset", '["s"]["k"]'], "[s]\n; of l\nl=w\n"],
  ["a.bin", "one\n", ["set", '["data"]', '"uno"'], "uno"],
  // The comment belongs to the top mapping from now on.
  [
    "d.yaml",
    "a: # of a\n  # note\n  c: 2\nz: 3\n",
    ["unset", '["a"]["c"]'],
    "a: {} # of a\n  # note\nz: 3\n",
  ],
  [
    "e.yaml",
    "l:\n  - p\n  # note\n  - q\n",
    ["set", '["l"][1]', '"x"'],
    "l:\n  - p\n  # note\n  - x\n",
  ],
  // A block of text would lose its line break with the file's end.
  [
    "f.yaml",
    "a: x\nb_unencrypted: y",
    ["set", '["b_unencrypted"]', '"x\\ny\\n"'],
    'a: x\nb_unencrypted: "x\\ny\\n"',
  ],
  [
    "g.yaml",
    "a: x",
    ["set", '["b_unencrypted"]', '["x\\ny\\n"]'],
    'a: x\nb_unencrypted: ["x\\ny\\n"]',
  ],
];
for (const [name, plain, [command = "", ...rest], changed] of OTHERS) {
  test(`${command} ${rest.join(" ")} in ${name}`, (t) => {
    const repository = scaffolded(t);
    repository.write(name, plain);
    t.is(repository.tool("encrypt", "-i", "--age", recipientOf(repository), name).status, 0);
    const ended = repository.tool(command, name, ...rest);
    t.is(ended.status, 0, ended.stderr);
    t.is(repository.tool("decrypt", name).stdout, changed);
    // A position behind the end of a list is a new item each time, as in sops.
    if (command !== "set" || rest.includes('["l"][7]')) return;
    const before = repository.read(name);
    t.is(repository.tool("set", "--idempotent", name, ...rest).status, 0);
    t.is(repository.read(name), before);
  });
}

testWith("sops")("set on JSON, dotenv and INI files that sops wrote touches one line", (t) => {
  const repository = scaffolded(t);
  const age = ["--config", "/dev/null", "encrypt", "-i", "--age", recipientOf(repository)];
  for (const [name, plain, path] of [
    ["a.json", '{"l": {"a": "one", "b": [1, 2]}, "c": 1.5}', '["l"]["a"]'],
    ["a.env", "# of A\nA=one\nB=two\n", '["A"]'],
    ["a.ini", "; of s\n[s]\n; of k\nkey=v\nl=`a;b`\n[t]\nm=n\n", '["s"]["key"]'],
  ] as const) {
    repository.write(name, plain);
    runTool("sops", [...age, name], { env: repository.env, cwd: repository.dir });
    const old = repository.read(name).split("\n");
    t.is(repository.tool("set", name, path, '"uno"').status, 0);
    const now = repository.read(name).split("\n");
    t.is(now.length, old.length, name);
    const differing = now.filter((line, index) => line !== old[index]);
    const [value = "", ...others] = differing;
    t.regex(value, /^\s*"?(a|A|key)"?\s*[:=]/, name);
    t.true(
      others.every((line) => /lastmodified|mac\b/.test(line)),
      others.join("\n"),
    );
  }
});

/** What sops refuses, with its exit status; null where it crashes or breaks the file. */
const REFUSED: readonly [name: string, args: string[], ours: number, sops: number | null][] = [
  ["a.env", ["set", '["A"]', "hunter2"], 7, 7],
  ["a.env", ["set", "A", '"a"'], 7, 7],
  ["a.env", ["set", '["C"]', '{"a":1}'], 4, 4],
  ["a.env", ["set", '["A"]["B"]', '"a"'], 4, 4],
  ["a.env", ["set", '["C"]', "null"], 4, null],
  ["a.env", ["set", '["sops_mac"]', '"a"'], 203, 203],
  ["a.env", ["set", '["C"]', '"x\\\\ny"'], 4, null],
  ["a.ini", ["set", '["s"]["x\ny"]', '"x"'], 4, null],
  ["a.env", ["unset", '["Z"]'], 1, 1],
  ["a.env", ["unset", '["A"]["b"]'], 1, 1],
  ["a.env", ["unset", "--idempotent", '["A"]["b"]'], 1, 1],
  ["a.ini", ["unset", "--idempotent", '["s"]["k"]["z"]'], 1, 1],
  ["a.json", ["unset", "--idempotent", '["a"]["b"]'], 1, 1],
  ["a.json", ["unset", "--idempotent", '["l"]["b"]'], 1, null],
  ["a.json", ["unset", '["a"]', "1"], 100, 100],
  ["a.json", ["set", '["a"]', "1", "2"], 100, 100],
  ["a.ini", ["set", '["u"]', '"x"'], 4, 4],
  ["a.ini", ["set", '["s"]["k"]["z"]', '"x"'], 4, null],
  ["a.ini", ["set", '["sops"]["mac"]', '"x"'], 203, 203],
  ["a.ini", ["unset", '["s"]["q"]'], 1, 1],
  ["a.json", ["set", '["sops"]', "1"], 203, 203],
  ["a.json", ["set", '["l"]["a"]', "1"], 1, null],
  ["a.json", ["set", '["o"][0]', "1"], 1, null],
  ["a.json", ["unset", '["l"][9]'], 1, 1],
  ["a.json", ["unset", '["sops"]'], 1, 1],
  ["a.bin", ["set", '["data"]', "5"], 4, null],
  ["a.bin", ["unset", '["data"]'], 4, null],
  ["none.json", ["set", '["a"]', "1"], 2, 2],
  ["a.json", ["set", "--value-file", '["a"]', "none"], 1, 1],
  ["a.json", ["set", "--value-stdin", '["a"]', "1"], 100, 100],
  ["a.json", ["set", '["a"]'], 100, 100],
  ["a.json", ["unset"], 100, 100],
];
const PLAINS: Readonly<Record<string, string>> = {
  "a.env": "A=one\n",
  "a.ini": "[s]\nk=v\n",
  "a.json": '{"a": 1, "l": [1], "o": {}}',
  "a.bin": "one",
};
test("set and unset refuse with sops's exit status, and leave the file", (t) => {
  const repository = scaffolded(t);
  const recipient = recipientOf(repository);
  for (const [name, plain] of Object.entries(PLAINS)) {
    repository.write(name, plain);
    t.is(repository.tool("encrypt", "-i", "--age", recipient, name).status, 0);
  }
  const before = Object.keys(PLAINS).map((name) => repository.read(name));
  const sops = realTool("sops");
  for (const [name, [command = "", ...rest], ours, theirs] of REFUSED) {
    const flags = rest.filter((one) => one.startsWith("--"));
    const args = [command, ...flags, name, ...rest.filter((one) => !one.startsWith("--"))];
    const ended = repository.tool(...args);
    t.is(ended.status, ours, `${args.join(" ")}: ${ended.stderr}`);
    t.false(ended.stderr.includes("hunter2"));
    if (sops !== null && theirs !== null)
      t.is(repository.run(sops, args).status, theirs, args.join(" "));
  }
  t.deepEqual(
    Object.keys(PLAINS).map((name) => repository.read(name)),
    before,
  );
});

/** An editor that appends what it saw of its file to a log, and runs a script on it. */
function editor(repository: Scaffolded, script: string): NodeJS.ProcessEnv {
  repository.write(
    "../editor",
    `#!/bin/sh\nls -ld "$1" "$(dirname "$1")" >> "${repository.home}/log"\necho "$1" >> "${repository.home}/names"\n${script}\n`,
  );
  repository.run("chmod", ["+x", "../editor"]);
  return { SOPS_EDITOR: `${repository.dir}/../editor` };
}

function edit(repository: Scaffolded, script: string, input = "") {
  return repository.run("node", [".flux-sops/flux-sops.mjs", "edit", DB], {
    env: editor(repository, script),
    input,
  });
}

/** As {@link edit}; the script knows the process by `$TOOL`. Between the two is a shell. */
function editKnownByItsPid(repository: Scaffolded, script: string) {
  const line = 'TOOL=$$ exec node .flux-sops/flux-sops.mjs edit "$1"';
  return repository.run("sh", ["-c", line, "sh", DB], { env: editor(repository, script) });
}

/** The editor's file and its folder are gone. */
function nothingLeft(repository: Scaffolded): boolean {
  const [name = ""] = repository.run("cat", [`${repository.home}/names`]).stdout.split("\n");
  return name !== "" && repository.run("ls", [name.replace(/\/[^/]*$/, "")]).status !== 0;
}

(existsSync("/dev/full") ? test : test.skip)(
  "a command that can say no more leaves no plaintext beside the files [needs /dev/full]",
  (t) => {
    const repository = withFile(t);
    const broken = DB.replace("db.", "e.");
    repository.write(broken, repository.read(DB).replace("mac: ENC", "mac: XENC"));
    const command = `node .flux-sops/flux-sops.mjs decrypt -i ${DB} ${broken} 2> /dev/full`;
    t.not(repository.run("sh", ["-c", command]).status, 0);
    const names = readdirSync(join(repository.dir, dirname(DB)));
    t.deepEqual(
      names.filter((name) => name.endsWith(".tmp")),
      [],
    );
  },
);

test("set, unset, edit: what the API server will refuse of a Secret is said, and written as by sops", (t) => {
  const repository = withFile(
    t,
    secret({ a: "one" }).replace("stringData", "data").replace("one", "b25l"),
  );
  const said =
    /: written, but the API server will refuse it: the value of b under data is no Base64: /;
  const set = (value: string) => repository.tool("set", DB, '["data"]["b"]', JSON.stringify(value));
  const refused = set("hunter2!");
  t.is(refused.status, 0);
  t.regex(refused.stderr, said);
  t.notRegex(refused.stderr, /hunter2/);
  t.regex(repository.tool("decrypt", DB).stdout, /b: hunter2!/);
  t.is(set("aHVudGVyMg==").stderr, "");
  t.regex(edit(repository, `sed -i.bak s/aHVudGVyMg==/hunter2!/ "$1"`).stderr, said);
  t.is(repository.tool("unset", DB, '["data"]["b"]').stderr, "");
});

test("edit: one value changes one line, and nothing is left behind", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = edit(repository, `sed -i.bak s/one/uno/ "$1"`);
  t.is(ended.status, 0, ended.stderr);
  t.deepEqual(changedKeys(before, repository.read(DB)), ["a", "mac"]);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("one", "uno"));
  const log = repository.run("cat", [`${repository.home}/log`]).stdout;
  t.regex(log, /^-rw------- /m);
  t.regex(log, /^drwx------ /m);
  t.true(nothingLeft(repository));
});

test("edit: nothing changed, nothing written", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = edit(repository, "true");
  t.is(ended.status, 200);
  t.is(repository.read(DB), before);
  t.true(nothingLeft(repository));
});

test("edit: after a syntax error the editor opens again with the same text", (t) => {
  const repository = withFile(t);
  const ended = edit(
    repository,
    `if grep -q broken "$1"; then sed -i.bak 's/: \\[broken/: mended/' "$1"; else sed -i.bak 's/: one/: [broken/' "$1"; fi`,
    "\n",
  );
  t.is(ended.status, 0, ended.stderr);
  t.regex(ended.stderr, /line \d+/);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("one", "mended"));
});

test("edit: what cannot be encrypted is not lost: the editor opens again with the same text", (t) => {
  const repository = withFile(t);
  const name = "clusters/homelab/secrets/new.sops.yaml";
  for (const [path, plain] of [
    [DB, PLAIN.replace("one", '"\\tx\\ny"')],
    [name, secret({ a: '"\\tx\\ny"' })],
  ] as const) {
    repository.write("../typed", plain);
    const env = editor(
      repository,
      `if grep -q 'tx' "$1"; then sed -i.bak 's/.tx/mended/' "$1"; else cat ../typed > "$1"; fi`,
    );
    const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "edit", path], {
      env,
      input: "\n",
    });
    t.is(ended.status, 0, ended.stderr);
    t.regex(
      ended.stderr,
      /line 6: the value at stringData\.a has several lines and begins with a tab/,
    );
    t.regex(repository.tool("decrypt", path).stdout, /a: "mended\\ny"/);
    t.true(nothingLeft(repository));
  }
});

test("edit: a syntax error that nobody mends changes nothing", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = edit(repository, `sed -i.bak 's/: one/: [broken/' "$1"`);
  t.is(ended.status, 1);
  t.is(repository.read(DB), before);
  t.true(nothingLeft(repository));
});

test("edit: nothing is made of a file that was emptied, removed, or given a sops of its own", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  for (const [script, status, said] of [
    [': > "$1"', 1, /^flux-sops: nothing is left in the file$/m],
    [`printf ' \\n' > "$1"`, 1, /^flux-sops: nothing is left in the file$/m],
    [`cat "${repository.dir}/${DB}" > "$1"`, 1, /^flux-sops: sops is a reserved key$/m],
    ['rm "$1"', 2, /^flux-sops: the editor has left no file behind: nothing was changed$/m],
  ] as const) {
    const ended = edit(repository, script);
    t.is(ended.status, status, `${script}: ${ended.stderr}`);
    t.regex(ended.stderr, said);
    t.is(repository.read(DB), before);
    t.true(nothingLeft(repository));
  }
});

const PGP =
  "{fp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21, created_at: '2026-01-01T00:00:00Z', enc: x}";

test("what is not encrypted, or for others than age keys, is left to its own tool", (t) => {
  const repository = withFile(t);
  const env = editor(repository, 'echo "a: b" > "$1"');
  const [plain, pgp] = [DB.replace("db", "plain"), DB.replace("db", "pgp")];
  repository.write(plain, PLAIN);
  repository.write(pgp, repository.read(DB).replace(/^sops:\n/m, `$&  pgp: [${PGP}]\n`));
  const set = [pgp, '["stringData"]["a"]', '"x"'];
  for (const [[name, ...args], said] of [
    [["edit", plain], /is not encrypted: edit it as it is, git commit encrypts it/],
    [["edit", pgp], /it has keys other than age: use sops edit/],
    [["set", ...set], /it has keys other than age: use sops set/],
    [["rotate", "-i", pgp], /it has keys other than age: use sops rotate/],
    [["updatekeys", "-y", pgp], /it has keys other than age: use sops updatekeys/],
    [["edit", "--output-type", "json", pgp], /it has keys other than age: use sops edit/],
    [["set", "--output-type", "json", ...set], /it has keys other than age: use sops set/],
    [["rotate", "-i", "--output-type", "json", pgp], /it has keys other than age/],
  ] as const) {
    const before = [plain, pgp].map((file) => repository.read(file));
    const tool = [".flux-sops/flux-sops.mjs", name, ...args];
    const ended = repository.run("node", tool, { env, input: "" });
    t.is(ended.status, 1, `${name} ${args.join(" ")}: ${ended.stderr}`);
    t.regex(ended.stderr, said);
    t.deepEqual(
      [plain, pgp].map((file) => repository.read(file)),
      before,
    );
  }
  t.false(existsSync(join(repository.home, "names")));
});

test("edit: where somebody else has made the new file meanwhile, that stays, and what was typed too", (t) => {
  const repository = scaffolded(t);
  const name = "clusters/homelab/secrets/new.sops.yaml";
  const kept = "clusters/homelab/secrets/new.edited.sops.yaml";
  const env = editor(
    repository,
    `printf 'password: one\\n' > "$1"; echo theirs > "${repository.dir}/${name}"`,
  );
  const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "edit", name], { env });
  t.is(ended.status, 1, ended.stderr);
  t.true(ended.stderr.includes(`was made meanwhile`), ended.stderr);
  t.is(repository.read(name), "theirs\n");
  t.is(repository.tool("decrypt", kept).stdout, "password: one\n");
  t.true(nothingLeft(repository));
});

test("edit: an editor that fails changes nothing", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = edit(repository, `sed -i.bak s/one/uno/ "$1"; exit 3`);
  t.is(ended.status, 201);
  t.is(repository.read(DB), before);
  t.true(nothingLeft(repository));
});

test("edit: a signal removes the plaintext", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = editKnownByItsPid(repository, "kill -TERM $TOOL; sleep 1");
  t.is(ended.status, -1, "ended by the signal");
  t.is(repository.read(DB), before);
  t.true(nothingLeft(repository));
});

test("exec-file: Ctrl-\\ leaves no plaintext behind", (t) => {
  const repository = withFile(t);
  const line = "echo {}; kill -QUIT $PPID; sleep 0.2; cat {}";
  const ended = repository.tool("exec-file", DB, line);
  t.is(ended.status, 0, ended.stderr);
  const [name = "", ...text] = ended.stdout.split("\n");
  t.is(text.join("\n"), PLAIN);
  t.false(existsSync(name));
});

/** Loaded by NODE_OPTIONS: a signal comes where the plaintext was just written, or is about to be removed. */
const SIGNALLED = `
const fs = require("node:fs");
const { writeFileSync, rmSync } = fs;
const signal = (moment, path) => {
  if (process.env.MOMENT !== moment || !String(path).includes("/flux-sops-")) return;
  process.kill(process.pid, process.env.SIGNAL);
};
fs.writeFileSync = (...args) => {
  writeFileSync(...args);
  signal("written", args[0]);
};
fs.rmSync = (...args) => {
  signal("removed", args[0]);
  rmSync(...args);
};
`;

test("edit, exec-file: no signal comes too early or too late to leave plaintext behind", (t) => {
  const repository = withFile(t);
  repository.write("../signalled.cjs", SIGNALLED);
  repository.run("mkdir", ["../private"]);
  for (const [moment, signal] of [
    ["written", "SIGTERM"],
    ["removed", "SIGINT"],
  ] as const) {
    const env = {
      ...editor(repository, `sed -i.bak s/one/uno/ "$1"`),
      NODE_OPTIONS: "--require ../signalled.cjs",
      XDG_RUNTIME_DIR: join(repository.home, "../private"),
      MOMENT: moment,
      SIGNAL: signal,
    };
    for (const args of [
      ["exec-file", DB, "cat {}"],
      ["edit", DB],
    ]) {
      repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { env });
      t.deepEqual(readdirSync(env.XDG_RUNTIME_DIR), [], `${args.join(" ")}: ${moment}`);
    }
  }
});

test("edit, exec-env: what cannot be started is said, and is no file that is missing", (t) => {
  const repository = withFile(t);
  const tool = join(repository.dir, ".flux-sops/flux-sops.mjs");
  const nowhere = { PATH: join(repository.dir, "nowhere"), SOPS_EDITOR: "ed" };
  const edited = repository.run(process.execPath, [tool, "edit", DB], { env: nowhere });
  t.is(edited.status, 201);
  t.regex(edited.stderr, /ed: .*not found\nflux-sops: the editor ended with status 127/);
  const big = "clusters/homelab/big.sops.env";
  repository.write(big, `A=${"x".repeat(2 ** 17)}\n`);
  t.is(repository.tool("encrypt", "-i", big).status, 0);
  const { status, stderr } = repository.tool("exec-env", big, "true");
  if (process.platform !== "linux") return;
  t.is(status, 1);
  t.is(
    stderr,
    "flux-sops: the command cannot be started: it is more than the system hands to a program\n",
  );
});

test("edit: Ctrl-C and Ctrl-\\ are the editor's, as long as it runs", (t) => {
  const repository = withFile(t);
  const script = `kill -INT $TOOL $PPID; kill -QUIT $TOOL $PPID; sleep 0.2; sed -i.bak s/one/uno/ "$1"`;
  const ended = editKnownByItsPid(repository, script);
  t.is(ended.status, 0, ended.stderr);
  t.is(repository.tool("decrypt", DB).stdout, PLAIN.replace("one", "uno"));
  t.true(nothingLeft(repository));
});

test("edit: a name as long as names can be", (t) => {
  const repository = withFile(t);
  const name = `clusters/homelab/secrets/${"x".repeat(255 - ".sops.yaml".length)}.sops.yaml`;
  repository.run("mv", [DB, name]);
  const env = editor(repository, `text=$(sed s/one/uno/ "$1"); printf '%s\\n' "$text" > "$1"`);
  const ended = repository.run("node", [".flux-sops/flux-sops.mjs", "edit", name], { env });
  t.is(ended.status, 0, ended.stderr);
  t.regex(repository.tool("decrypt", name).stdout, /uno/);
});

test("edit: a file that changed meanwhile is left as it is, and what was typed is kept beside it", (t) => {
  const repository = withFile(t);
  for (const [typed, kept] of [
    ["typed-first", DB.replace(".sops", ".edited.sops")],
    ["typed-next", DB.replace(".sops", ".edited2.sops")],
  ] as const) {
    const before = repository.read(DB);
    const ended = edit(
      repository,
      `sed -i.bak s/one/${typed}/ "$1"; printf '\\n' >> "${repository.dir}/${DB}"`,
    );
    t.is(ended.status, 1);
    t.true(ended.stderr.includes(`was changed while it was edited`), ended.stderr);
    t.true(ended.stderr.includes(`what you typed is in ${kept}, encrypted`), ended.stderr);
    t.is(repository.read(DB), `${before}\n`);
    t.notRegex(repository.read(kept), new RegExp(typed));
    t.regex(repository.tool("decrypt", kept).stdout, new RegExp(typed));
  }
  t.true(nothingLeft(repository));
});

test("edit: what was typed is kept also where the file is gone, or a folder, by now", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  for (const [meanwhile, kept] of [
    ["", DB.replace(".sops", ".edited.sops")],
    ['mkdir "$file"', DB.replace(".sops", ".edited2.sops")],
  ] as const) {
    const script = `sed -i.bak s/one/uno/ "$1"; file="${repository.dir}/${DB}"; rm "$file"; ${meanwhile}`;
    const ended = edit(repository, script);
    t.is(ended.status, 1);
    t.true(ended.stderr.includes(`what you typed is in ${kept}, encrypted`), ended.stderr);
    t.regex(repository.tool("decrypt", kept).stdout, /uno/);
    if (meanwhile === "") repository.write(DB, before);
  }
  t.true(nothingLeft(repository));
});

test("edit: a file that is not there begins empty, and is encrypted by its rule", (t) => {
  const repository = scaffolded(t);
  const name = "clusters/homelab/secrets/new.sops.yaml";
  const env = editor(
    repository,
    `test ! -s "$1" && printf '%s' "${PLAIN.replaceAll('"', '\\"')}" > "$1"`,
  );
  const args = [".flux-sops/flux-sops.mjs", "edit", name];
  const ended = repository.run("node", args, { env });
  t.is(ended.status, 0, ended.stderr);
  t.false(repository.read(name).includes("one"));
  t.is(repository.tool("decrypt", name).stdout, PLAIN);
  t.true(nothingLeft(repository));
});

test("edit: where it cannot be saved, its author mends that and goes on", (t) => {
  const repository = scaffolded(t);
  const name = "clusters/homelab/secrets/more/new.sops.yaml";
  const env = editor(
    repository,
    `rmdir "${repository.dir}/clusters/homelab/secrets/more"; printf 'password: one\\n' > "$1"`,
  );
  const folder = "clusters/homelab/secrets/more";
  const ended = repository.run(
    "sh",
    [
      "-c",
      `mkdir "$2"; { for n in $(seq 300); do grep -q Enter said && break; sleep 0.05; done; mkdir "$2"; echo; } | node .flux-sops/flux-sops.mjs edit "$1" 2> said`,
      ...["sh", name, folder],
    ],
    { env },
  );
  t.is(ended.status, 0, repository.read("said"));
  t.is(repository.tool("decrypt", name).stdout, "password: one\n");
  const given = repository.run(
    "sh",
    [
      "-c",
      `rm -r "$2"; mkdir "$2"; exec node .flux-sops/flux-sops.mjs edit "$1"`,
      ...["sh", name, folder],
    ],
    { env, input: "" },
  );
  t.regex(given.stderr, /no such file.*\nPress Enter to save it again/);
  t.not(given.status, 0);
});

test("edit, decrypt --output: no part of a new file is left where it cannot be written", (t) => {
  const repository = withFile(t);
  repository.write(DB, secret({ a: "x".repeat(5000) }));
  t.is(repository.tool("encrypt", "--in-place", DB).status, 0);
  const name = "clusters/homelab/secrets/new.sops.yaml";
  const env = editor(repository, `printf 'a: one\\n' > "$1"`);
  const limited = (blocks: number, ...args: string[]) =>
    repository.run(
      "sh",
      ["-c", `ulimit -f ${String(blocks)}; exec node .flux-sops/flux-sops.mjs "$@"`, "sh", ...args],
      { env, input: "" },
    );
  for (const ended of [limited(1, "edit", name), limited(1, "decrypt", "--output", name, DB)]) {
    t.is(ended.status, 3, ended.stderr);
    t.regex(ended.stderr, /the file is larger than may be written here/);
    t.throws(() => repository.read(name), { code: "ENOENT" });
  }
  const unopened = limited(1, "edit", DB);
  t.is(unopened.status, 3);
  t.regex(unopened.stderr, /^flux-sops: no temporary file can be written: \S+: the file is larger/);
});

test("decrypt --output: pipes and devices take the plaintext, and stay what they are", (t) => {
  const repository = withFile(t);
  const sh = (line: string) => repository.run("sh", ["-c", line, "sh", DB]);
  const tool = "node .flux-sops/flux-sops.mjs decrypt --output";
  const piped = sh(
    `mkfifo ../fifo.yaml; ${tool} ../fifo.yaml "$1" & cat ../fifo.yaml; wait; test -p ../fifo.yaml`,
  );
  t.deepEqual(piped, { status: 0, stdout: PLAIN, stderr: "" });
  t.deepEqual(sh(`${tool} /dev/stdout "$1" | cat`), { status: 0, stdout: PLAIN, stderr: "" });
  const both = sh(`{ ${tool} /dev/stdout "$1"; echo end >> ../both; } > ../both; cat ../both`);
  t.deepEqual(both, { status: 0, stdout: `${PLAIN}end\n`, stderr: "" });
  const inPlace = sh(
    `cat "$1" > ../fifo.yaml & node .flux-sops/flux-sops.mjs decrypt -i ../fifo.yaml`,
  );
  t.is(inPlace.status, 3);
  t.regex(inPlace.stderr, /^flux-sops: \.\.\/fifo\.yaml: is no regular file$/m);
});

test("set, rotate, decrypt -i: what somebody else writes meanwhile is not lost", (t) => {
  const repository = withFile(t);
  const theirs = repository.read(DB).replace("kind: Secret", "kind: Secret # theirs");
  repository.write("theirs", theirs);
  repository.write("key", `cp theirs ${DB}; cat "$HOME/.config/sops/age/keys.txt"`);
  const env = { SOPS_AGE_KEY_CMD: "sh key" };
  const set = ["set", DB, '["stringData"]["a"]', '"x"'];
  const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  for (const args of [set, ["rotate", "-i", "--add-age", recipient, DB], ["decrypt", "-i", DB]]) {
    repository.write(DB, theirs.replace(" # theirs", ""));
    const ended = repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { env });
    t.is(ended.status, 3, args.join(" "));
    t.regex(ended.stderr, /db\.sops\.yaml: was changed meanwhile: run this again/);
    t.is(repository.read(DB), theirs);
  }
  t.is(repository.run("sh", ["-c", "ls clusters/homelab/secrets/.flux-sops-*"]).stdout, "");
});

(process.getuid?.() === 0 ? test : test.skip)(
  "in place: a file keeps its owner and group, or its group gets no other's rights [needs root]",
  (t) => {
    const repository = withFile(t);
    const path = join(repository.dir, DB);
    const stat = () => {
      const { uid, gid, mode } = statSync(path);
      return [uid, gid, mode & 0o777];
    };
    chownSync(path, 1234, 5678);
    chmodSync(path, 0o640);
    t.is(repository.tool("decrypt", "-i", DB).status, 0);
    t.deepEqual(stat(), [1234, 5678, 0o640]);
  },
);

/** As if each file were mounted by itself. */
const MOUNTED = `
const fs = require("node:fs");
fs.renameSync = (from) => {
  fs.statSync(from);
  throw Object.assign(new Error("EBUSY: resource busy or locked"), { code: "EBUSY", syscall: "rename" });
};
`;

test("edit, decrypt -i: a file that is mounted by itself is written as sops writes it", (t) => {
  const repository = withFile(t);
  repository.write("../mounted.cjs", MOUNTED);
  const env = {
    ...editor(repository, `sed -i.bak s/one/uno/ "$1"`),
    NODE_OPTIONS: "--require ../mounted.cjs",
  };
  for (const args of [
    ["edit", DB],
    ["decrypt", "-i", DB],
  ]) {
    const ended = repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { env });
    t.deepEqual(ended, { status: 0, stdout: "", stderr: "" });
  }
  t.is(repository.read(DB), PLAIN.replace("one", "uno"));
  t.deepEqual(readdirSync(join(repository.dir, dirname(DB))).sort(), [".gitkeep", "db.sops.yaml"]);
});

test("a file or a folder that is read-only stays as it is, and is named", (t) => {
  const repository = withFile(t);
  const path = join(repository.dir, DB);
  const ordinary = `if (process.getuid() === 0) {
    process.setgroups([]);
    process.setgid(65534);
    process.setuid(65534);
  }
  require(process.argv[1]);`;
  const tool = (...args: string[]) => {
    const main = join(repository.dir, ".flux-sops/flux-sops.cjs");
    const env = { SOPS_EDITOR: "false" };
    return repository.run("node", ["-e", ordinary, main, ...args], { env });
  };
  if (process.getuid?.() === 0) {
    repository.run("chown", ["-R", "65534:65534", dirname(repository.dir)]);
  }
  const before = repository.read(DB);
  for (const [name, mode, writable] of [
    [path, 0o444, 0o644],
    [dirname(path), 0o555, 0o755],
  ] as const) {
    chmodSync(name, mode);
    for (const args of [
      ["rotate", "-i", DB],
      ["decrypt", "-i", DB],
      ["set", DB, '["a"]', '"x"'],
      // Before anybody types.
      ["edit", DB],
    ]) {
      const { status, stderr } = tool(...args);
      t.is(status, 3, args.join(" "));
      t.is(stderr, `flux-sops: ${name.slice(repository.dir.length + 1)}: permission denied\n`);
    }
    chmodSync(name, writable);
  }
  t.is(repository.read(DB), before);
  t.is(tool("rotate", "-i", DB).status, 0);
});

test("edit: nothing is made of an editor that is left empty, or where no rule says how to encrypt", (t) => {
  const repository = scaffolded(t);
  const args = (name: string) => [".flux-sops/flux-sops.mjs", "edit", name];
  const env = editor(repository, "true");
  const empty = "clusters/homelab/secrets/new.sops.yaml";
  t.is(repository.run("node", args(empty), { env }).status, 200);
  t.true(nothingLeft(repository));
  repository.write("../names", "");
  const outside = "elsewhere.sops.yaml";
  const config = { ...env, SOPS_CONFIG: "empty.yaml" };
  repository.write(
    "empty.yaml",
    "creation_rules:\n  - path_regex: nothing\n    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n",
  );
  const ended = repository.run("node", args(outside), { env: config });
  t.is(ended.status, 1);
  t.regex(ended.stderr, /no creation rule in empty\.yaml takes this file/);
  t.is(repository.run("ls", [empty, outside]).stdout, "");
});

test("edit: --output-type, and another format than the name says", (t) => {
  const repository = withFile(t);
  const env = editor(repository, `sed -i.bak s/one/uno/ "$1"`);
  const args = [".flux-sops/flux-sops.mjs", "edit", "--output-type", "json", DB];
  const ended = repository.run("node", args, { env });
  t.is(ended.status, 0, ended.stderr);
  t.is((JSON.parse(repository.read(DB)) as { kind: string }).kind, "Secret");
  const back = repository.tool("decrypt", "--input-type", "json", "--output-type", "yaml", DB);
  t.true(back.stdout.includes("a: uno\n"), back.stderr);
  t.is(repository.tool("filestatus", "--input-type", "json", DB).stdout, '{"encrypted":true}\n');
  const shown = repository.tool(
    "exec-file",
    "--input-type",
    "json",
    "--output-type",
    "yaml",
    DB,
    "cat {}",
  );
  t.true(shown.stdout.includes("a: uno\n"), shown.stderr);
});

test("a rule file that was chosen has to be there, whatever the command", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  for (const [command, ...rest] of [
    ["set", '["stringData"]["a"]', '"x"'],
    ["unset", '["stringData"]["a"]'],
    ["exec-env", "true"],
    ["exec-file", "true"],
    ["filestatus"],
    ["edit"],
    ["rotate"],
    ["updatekeys"],
    ["decrypt"],
  ] as const) {
    const ended = repository.tool(command, "--config", "missing.yaml", DB, ...rest);
    t.is(ended.status, 1, command);
    t.regex(ended.stderr, /the rules cannot be read: no such file: missing\.yaml/, command);
    t.is(repository.read(DB), before);
  }
});

test("set: the indentation of a rule file counts where the format changes", (t) => {
  const repository = withFile(t);
  repository.write("rules.yaml", "stores:\n  json:\n    indent: 3\n");
  const args = ["set", "--config", "rules.yaml", "--output-type", "json"];
  t.is(repository.tool(...args, DB, '["stringData"]["a"]', '"x"').status, 0);
  t.regex(repository.read(DB), /^ {3}"kind"/m);
});

test("filestatus", (t) => {
  const repository = withFile(t);
  t.is(repository.tool("filestatus", DB).stdout, '{"encrypted":true}\n');
  repository.write("plain.yaml", PLAIN);
  t.is(repository.tool("filestatus", "plain.yaml").stdout, '{"encrypted":false}\n');
});

test("no command leaves a temporary file beside the one it changes", (t) => {
  const repository = withFile(t);
  repository.tool("set", DB, '["stringData"]["a"]', '"x"');
  // The same file twice, too.
  repository.tool("rotate", "-i", DB, DB);
  t.deepEqual(readdirSync(`${repository.dir}/clusters/homelab/secrets`).sort(), [
    ".gitkeep",
    "db.sops.yaml",
  ]);
});
