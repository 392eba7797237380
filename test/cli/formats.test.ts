import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import test, { type ExecutionContext } from "ava";
import { spawnSync } from "../bounded-programs.ts";
import { scaffolded, type Scaffolded } from "../e2e/scaffolded.ts";
import { realTool, testWith } from "../real-tools.ts";

const NESTED = 'a: 5\nb: "x"\nc: true\nd: [1, {e: f}]\ng: {h: 1.50}\nk: null\nm: |\n  l1\n  l2\n';
const FLAT = 'a: 5\nb: "x y"\nc: true\n';
const SECTIONS = "x: {a: one, b: two}\n";

/** Encrypted files outside every rule, for a recipient given on the command line. */
function encryptFiles(repository: Scaffolded): void {
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  for (const [name, text] of Object.entries({
    "nested.yaml": NESTED,
    "flat.yaml": FLAT,
    "sections.yaml": SECTIONS,
  })) {
    repository.write(name, text);
    const ended = repository.tool("encrypt", "--age", recipient, "-i", name);
    if (ended.status !== 0) throw new Error(ended.stderr);
  }
}

function withFiles(t: ExecutionContext): Scaffolded {
  return scaffolded(t, { prepare: encryptFiles });
}

const CASES: readonly (readonly string[])[] = [
  ["nested.yaml", "--output-type", "json"],
  ["flat.yaml", "--output-type", "json"],
  ["flat.yaml", "--output-type", "dotenv"],
  ["sections.yaml", "--output-type", "ini"],
  ["nested.yaml", "--extract", '["a"]'],
  ["nested.yaml", "--extract", '["b"]'],
  ["nested.yaml", "--extract", '["c"]'],
  ["nested.yaml", "--extract", '["d"]'],
  ["nested.yaml", "--extract", '["d"][1]["e"]'],
  ["nested.yaml", "--extract", '["g"]'],
  ["nested.yaml", "--extract", '["k"]'],
  ["nested.yaml", "--extract", '["m"]'],
  ["nested.yaml", "--output-type", "json", "--extract", '["d"]'],
  ["sections.yaml", "--output-type", "json", "--extract", '["x"]'],
  ["sections.yaml", "--output-type", "dotenv", "--extract", '["x"]'],
];
for (const args of CASES) {
  testWith("sops")(`decrypt ${args.join(" ")} prints what sops prints`, (t) => {
    const repository = withFiles(t);
    const [file = "", ...flags] = args;
    const ours = repository.tool("decrypt", ...flags, file);
    const theirs = repository.run(realTool("sops") ?? "", ["decrypt", ...flags, file]);
    t.is(theirs.status, 0, theirs.stderr);
    t.is(ours.status, 0, ours.stderr);
    t.is(ours.stdout, theirs.stdout);
  });
}

const REFUSED: readonly (readonly [args: readonly string[], error: RegExp])[] = [
  [["--output-type", "dotenv", "nested.yaml"], /dotenv cannot hold d/],
  [["--output-type", "ini", "flat.yaml"], /a is none/],
  [["--output-type", "binary", "flat.yaml"], /no binary data/],
  [["--extract", '["zz"]', "flat.yaml"], /nothing at that path/],
  [["--extract", "zz", "flat.yaml"], /the path is malformed/],
];
for (const [args, error] of REFUSED) {
  test(`decrypt ${args.join(" ")} is refused`, (t) => {
    const ended = withFiles(t).tool("decrypt", ...args);
    t.not(ended.status, 0);
    t.is(ended.stdout, "");
    t.regex(ended.stderr, error);
  });
}

test("decrypt -i --output-type: what the other format has no place for stays in the file", (t) => {
  const repository = scaffolded(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write("two.yaml", "a: x\n---\nb: y\n");
  t.is(repository.tool("encrypt", "--age", recipient, "-i", "two.yaml").status, 0);
  const encrypted = repository.read("two.yaml");
  const ended = repository.tool("decrypt", "-i", "--output-type", "json", "two.yaml");
  t.is(ended.status, 4);
  t.regex(ended.stderr, /it holds several documents, which json cannot/);
  t.is(repository.read("two.yaml"), encrypted);
});

test("to INI and dotenv: what reads as something else is quoted or refused", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write("odd.yaml", "s:\n  a: '#secret'\n  'b ; c': x;y\n");
  t.is(repository.tool("encrypt", "-i", "--age", recipient, "odd.yaml").status, 0);
  const ini = repository.tool("decrypt", "--output-type", "ini", "odd.yaml");
  t.is(ini.stdout, "[s]\na = `#secret`\nb ; c = `x;y`\n");
  repository.write("line.yaml", "a: 'x\\ny'\n");
  t.is(repository.tool("encrypt", "-i", "--age", recipient, "line.yaml").status, 0);
  const dotenv = repository.tool("decrypt", "--output-type", "dotenv", "line.yaml");
  t.is(dotenv.status, 4);
  t.regex(dotenv.stderr, /dotenv has no spelling/);
});

test("JSON to YAML: lines that begin with a space are the same lines", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  const data = { a: " x\ny", b: { c: "\n  x\n" }, d: " x" };
  repository.write("odd.json", JSON.stringify(data));
  t.is(repository.tool("encrypt", "-i", "--age", recipient, "odd.json").status, 0);
  for (const indent of ["2", "3", "4"]) {
    const args = ["--output-type", "yaml", "--indent", indent];
    const { stdout } = repository.tool("decrypt", ...args, "odd.json");
    t.deepEqual(parse(stdout), data, stdout);
  }
});

test("standard input, --output, --filename-override", (t) => {
  const repository = withFiles(t);
  const tool = (args: string[], input: string) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", ...args], { input });
  const encrypted = tool(
    ["encrypt", "--filename-override", "clusters/homelab/secrets/x.sops.yaml"],
    "stringData:\n  a: hunter2\n",
  );
  t.is(encrypted.status, 0, encrypted.stderr);
  t.regex(encrypted.stdout, /a: ENC\[/);
  const unnamed = tool(["decrypt", "--input-type", "yaml"], encrypted.stdout);
  t.deepEqual([unnamed.status, unnamed.stdout], [4, ""]);
  t.regex(unnamed.stderr, /add --output-type yaml$/m);
  const types = ["--input-type", "yaml", "--output-type", "yaml"];
  const decrypted = tool(["decrypt", ...types, "--output", "out"], encrypted.stdout);
  t.is(decrypted.status, 0, decrypted.stderr);
  t.is(repository.read("out"), "stringData:\n  a: hunter2\n");
  t.is(statSync(join(repository.dir, "out")).mode & 0o777, 0o600);
  t.is(tool(["decrypt", "-i"], "").status, 8);
});

test("encrypt to another format, and read it back", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  repository.write("plain.yaml", FLAT);
  const json = repository.tool(
    "encrypt",
    "--age",
    recipient,
    "--output-type",
    "json",
    "plain.yaml",
  );
  repository.write("x.json", json.stdout);
  t.deepEqual(JSON.parse(repository.tool("decrypt", "x.json").stdout), { a: 5, b: "x y", c: true });
  const dotenv = repository.tool(
    "encrypt",
    "--age",
    recipient,
    "--output-type",
    "dotenv",
    "plain.yaml",
  );
  repository.write("x.env", dotenv.stdout);
  t.is(repository.tool("decrypt", "x.env").stdout, "a=5\nb=x y\nc=true\n");
});

test("exec-env and exec-file", (t) => {
  const repository = withFiles(t);
  t.is(
    repository.tool("exec-env", "flat.yaml", 'echo "[$a] [$b] [$c]"; exit 3').stdout,
    "[5] [x y] [true]\n",
  );
  t.is(repository.tool("exec-env", "flat.yaml", "exit 3").status, 3);
  t.is(repository.tool("exec-env", "--pristine", "flat.yaml", 'echo "[$HOME]"').stdout, "[]\n");
  const nested = repository.tool("exec-env", "nested.yaml", "true");
  t.is(nested.status, 1, "as sops");
  t.regex(
    nested.stderr,
    /the environment cannot hold \w+, which is no single value\. What works: npx flux-sops exec-file nested\.yaml 'COMMAND \{\}', or for one value npx flux-sops decrypt --extract/,
  );
  const recipient = /age1[a-z0-9]+/.exec(repository.read("flat.yaml"))?.[0] ?? "";
  for (const [file, content, section] of [
    ["app.ini", "[web]\nA = b\n", "SECTION"],
    ["secret.yaml", "kind: Secret\nstringData:\n  A: b\n", "stringData"],
    ["secret.json", '{"kind": "Secret", "data": {"A": "Yg=="}}', "data"],
  ] as const) {
    repository.write(file, content);
    t.is(repository.tool("encrypt", "--age", recipient, "-i", file).status, 0);
    const { stderr } = repository.tool("exec-env", file, "true");
    t.true(stderr.includes(`decrypt --extract '["${section}"]["KEY"]' ${file}`), stderr);
  }
  repository.write("-n.yaml", repository.read("nested.yaml"));
  t.regex(
    repository.tool("exec-env", "--", "-n.yaml", "true").stderr,
    /exec-file \.\/-n\.yaml 'COMMAND \{\}'.* \.\/-n\.yaml$/m,
  );
  const ended = repository.tool("exec-file", "flat.yaml", "ls -l {}; cat {}; echo {}");
  t.regex(ended.stdout, /^-rw------- /);
  t.true(ended.stdout.includes(FLAT));
  const name = ended.stdout.trim().split("\n").pop() ?? "";
  t.is(repository.run("ls", [name]).status !== 0, true);
});

test("exec-env and exec-file: a key or a name that would be something else is refused", (t) => {
  const repository = withFiles(t);
  const recipient = /age1[a-z0-9]+/.exec(repository.read("flat.yaml"))?.[0] ?? "";
  for (const plain of ["A=B: hunter2\n", 'A: "hunter2\\0"\n', '"": hunter2\n']) {
    repository.write("odd.yaml", plain);
    t.is(repository.tool("encrypt", "--age", recipient, "-i", "odd.yaml").status, 0);
    const ended = repository.tool("exec-env", "odd.yaml", "echo ran");
    t.is(ended.status, 1, plain);
    t.regex(ended.stderr, /a key or value cannot be an environment variable's/);
    t.deepEqual([ended.stdout, ended.stderr.includes("hunter2")], ["", false]);
  }
  for (const name of ["../elsewhere", "a/b", "..", "."]) {
    const ended = repository.tool("exec-file", "--filename", name, "flat.yaml", "echo ran");
    t.is(ended.status, 1, name);
    t.regex(ended.stderr, /the file name must be a plain name/);
    t.is(ended.stdout, "");
  }
});

test("rotate --add-age and --rm-age", (t) => {
  const repository = withFiles(t);
  const other = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
  t.is(repository.tool("rotate", "-i", "--add-age", other, "flat.yaml").status, 0);
  t.true(repository.read("flat.yaml").includes(`recipient: ${other}`));
  t.is(repository.tool("rotate", "-i", "--rm-age", other, "flat.yaml").status, 0);
  t.false(repository.read("flat.yaml").includes(other));
  t.is(repository.tool("decrypt", "flat.yaml").stdout, FLAT);
});

test("older forms: flags in any place, and a file alone to edit", (t) => {
  const repository = withFiles(t);
  t.is(repository.tool("-d", "flat.yaml").stdout, FLAT);
  t.is(repository.tool("-i", "-d", "flat.yaml").status, 0);
  t.is(repository.read("flat.yaml"), FLAT);
  const edited = repository.run("node", [".flux-sops/flux-sops.mjs", "nested.yaml"], {
    env: { EDITOR: "true" },
  });
  t.is(edited.status, 200);
});

test("a file alone that is not there yet is begun, and a mistyped command is none", (t) => {
  const repository = withFiles(t);
  const path = "clusters/homelab/secrets/new.sops.yaml";
  const run = (name: string) =>
    repository.run("node", [".flux-sops/flux-sops.mjs", name], {
      env: { EDITOR: "printf 'stringData:\\n  a: hunter2\\n' >" },
    });
  t.is(run(path).status, 0);
  t.notRegex(repository.read(path), /hunter2/);
  t.is(repository.tool("decrypt", path).stdout, "stringData:\n  a: hunter2\n");
  const mistyped = run("decript");
  t.is(mistyped.status, 2);
  t.regex(mistyped.stderr, /decript/);
});

test("a binary file goes through a pipe unchanged", (t) => {
  const repository = withFiles(t);
  const content = Buffer.from([0, 255, 10, 13, 128]);
  repository.write("blob.bin", content);
  const recipient = /age1[a-z0-9]+/.exec(repository.read(".sops.yaml"))?.[0] ?? "";
  t.is(repository.tool("encrypt", "--age", recipient, "-i", "blob.bin").status, 0);
  t.false(readFileSync(join(repository.dir, "blob.bin")).equals(content));
  for (const extract of [[], ["--extract", '["data"]']]) {
    const args = [".flux-sops/flux-sops.mjs", "decrypt", ...extract, "blob.bin"];
    const { stdout } = spawnSync("node", args, { cwd: repository.dir, env: repository.env });
    t.deepEqual(stdout, content);
  }
});
