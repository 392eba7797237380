import { readdirSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { scaffolded, secret, type Scaffolded } from "../e2e/scaffolded.ts";
import { runTool, testWith } from "../real-tools.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const PLAIN = `${secret({ a: "one", b: '"two"' })}# end\n`;

function withFile(t: ExecutionContext, text = PLAIN): Scaffolded {
  const repository = scaffolded(t);
  repository.write(DB, text);
  t.is(repository.tool("encrypt", "--in-place", DB).status, 0);
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

test("set: a value that is no JSON is not quoted in the complaint", (t) => {
  const repository = withFile(t);
  const ended = repository.tool("set", DB, '["stringData"]["a"]', "hunter2");
  t.is(ended.status, 1);
  t.regex(ended.stderr, /the value is no JSON/);
  t.false(ended.stderr.includes("hunter2"));
});

test("set: a damaged file is not touched", (t) => {
  const repository = withFile(t);
  repository.write(DB, repository.read(DB).replace(/^ {2}b: .*\n/m, ""));
  const before = repository.read(DB);
  t.is(repository.tool("set", DB, '["stringData"]["a"]', '"x"').status, 51);
  t.is(repository.read(DB), before);
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

/** The editor's file and its folder are gone. */
function nothingLeft(repository: Scaffolded): boolean {
  const [name = ""] = repository.run("cat", [`${repository.home}/names`]).stdout.split("\n");
  return name !== "" && repository.run("ls", [name.replace(/\/[^/]*$/, "")]).status !== 0;
}

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

test("edit: a syntax error that nobody mends changes nothing", (t) => {
  const repository = withFile(t);
  const before = repository.read(DB);
  const ended = edit(repository, `sed -i.bak 's/: one/: [broken/' "$1"`);
  t.is(ended.status, 1);
  t.is(repository.read(DB), before);
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
  const ended = edit(repository, `kill -TERM $PPID; sleep 1`);
  t.not(ended.status, 0);
  t.is(repository.read(DB), before);
  t.true(nothingLeft(repository));
});

test("edit: a file that changed meanwhile is left as it is", (t) => {
  const repository = withFile(t);
  const ended = edit(
    repository,
    `sed -i.bak s/one/uno/ "$1"; echo '# theirs' >> "${repository.dir}/${DB}"`,
  );
  t.is(ended.status, 1);
  t.regex(ended.stderr, /was changed while it was edited/);
  t.true(repository.read(DB).endsWith("# theirs\n"));
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
  repository.tool("rotate", "-i", DB);
  t.deepEqual(readdirSync(`${repository.dir}/clusters/homelab/secrets`).sort(), [
    ".gitkeep",
    "db.sops.yaml",
  ]);
});
