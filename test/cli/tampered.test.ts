import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { scaffolded, type Scaffolded } from "../e2e/scaffolded.ts";

/**
 * Every command that opens a file × every kind of tampering: it is refused with the file's name, none of
 * its values are shown to anybody, and nothing is written. test/sops/tampering.test.ts changes every part
 * of every format; here it is what the commands do then.
 */

const FILE = "clusters/homelab/secrets/db.sops.yaml";
/** Without what an environment cannot hold. */
const FLAT = "clusters/homelab/secrets/flat.sops.yaml";
const VALUES = ["first-7q", "second-7q", "third-7q"];
const [first = "", second = "", third = ""] = VALUES;

/** What somebody does to an encrypted file. */
const TAMPERINGS: Readonly<Record<string, (text: string) => string>> = {
  "a byte of a value": (text) =>
    text.replace(/(?<=a: ENC\[AES256_GCM,data:)./, (digit) => (digit === "A" ? "B" : "A")),
  "swapped values": (text) => {
    const [a = "", b = ""] = [/a: (ENC\[.*\])/, /b: (ENC\[.*\])/].map((at) => at.exec(text)?.[1]);
    return text.replace(a, "@").replace(b, a).replace("@", b);
  },
  "a dropped document, or value": (text) => text.replace(/^(?:---\n)?c: ENC\[.*\]\n/m, ""),
  "no MAC": (text) => text.replace(/^ {2}mac: .*\n/m, ""),
  "another time": (text) => text.replace(/(lastmodified: "?)\d{4}/, "$12001"),
};

/** Where an editor or a command that is run leaves word that it was. */
const RUN = "../home/was-run";
const TELL = `echo run >>${RUN}; env; cat`;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  decrypt: ["decrypt", FILE],
  "decrypt --in-place": ["decrypt", "--in-place", FILE],
  "decrypt --extract": ["decrypt", "--extract", '["stringData"]["b"]', FILE],
  "decrypt --output-type": ["decrypt", "--output-type", "json", FILE],
  "decrypt of several": ["decrypt", "clusters"],
  edit: ["edit", FILE],
  set: ["set", FILE, '["stringData"]["a"]', '"new"'],
  unset: ["unset", FILE, '["stringData"]["b"]'],
  rotate: ["rotate", "--in-place", FILE],
  "rotate --output-type": ["rotate", "--in-place", "--output-type", "json", FLAT],
  "exec-env": ["exec-env", FLAT, TELL],
  "exec-file": ["exec-file", FILE, `${TELL} {}`],
};

function encryptFiles(repository: Scaffolded): void {
  const rules = repository.read(".sops.yaml").replace(/^ *encrypted_regex: .*\n/gm, "");
  repository.write(".sops.yaml", rules);
  const lines = (indent: string) => `${indent}a: ${first}\n${indent}b: ${second}\n`;
  repository.write(FILE, `stringData:\n${lines("  ")}---\nc: ${third}\n`);
  repository.write(FLAT, `${lines("")}c: ${third}\n`);
  const { status, stderr } = repository.tool("encrypt", "--in-place", FILE, FLAT);
  if (status !== 0) throw new Error(stderr);
}

/** A repository with both files, and their encrypted texts. */
function withFiles(t: Parameters<typeof scaffolded>[0]) {
  const repository = scaffolded(t, { prepare: encryptFiles });
  const encrypted = [FILE, FLAT].map((path) => [path, repository.read(path)] as const);
  return { repository, encrypted: new Map(encrypted) };
}

test("untouched, every command takes its file, so that the refusals mean something", (t) => {
  const { repository, encrypted } = withFiles(t);
  for (const [name, args] of Object.entries(COMMANDS)) {
    for (const [path, text] of encrypted) repository.write(path, text);
    const { status, stderr } = run(repository, args);
    // As sops ends where an editor changed nothing.
    t.is(status, name === "edit" ? 200 : 0, `${name}: ${stderr}`);
  }
  t.is(readFileSync(join(repository.dir, RUN), "utf8"), "run\n".repeat(3));
});

for (const [what, tamper] of Object.entries(TAMPERINGS)) {
  test(`${what}: every command refuses the file, names it, and shows and writes nothing`, (t) => {
    const { repository, encrypted } = withFiles(t);
    for (const [path, text] of encrypted) {
      t.not(tamper(text), text);
      repository.write(path, tamper(text));
    }
    const before = repository.state() + repository.read(FILE) + repository.read(FLAT);
    for (const [name, args] of Object.entries(COMMANDS)) {
      const { status, stdout, stderr } = run(repository, args);
      t.not(status, 0, name);
      t.regex(stderr, args.includes(FLAT) ? /flat\.sops\.yaml/ : /db\.sops\.yaml/, name);
      for (const value of VALUES) t.false(`${stdout}${stderr}`.includes(value), name);
    }
    // What git shows of it in a diff is the ciphertext.
    const diff = run(repository, ["textconv", FILE]);
    for (const value of VALUES) t.false(`${diff.stdout}${diff.stderr}`.includes(value), "textconv");
    t.is(repository.state() + repository.read(FILE) + repository.read(FLAT), before);
    t.false(existsSync(join(repository.dir, RUN)), "nothing was run with it");
  });
}

function run(repository: Scaffolded, args: readonly string[]) {
  return repository.run("node", [".flux-sops/flux-sops.cjs", ...args], {
    env: { SOPS_EDITOR: `sh -c '${TELL} "$1"' sh` },
    input: "",
  });
}

test("what others have written into rules and recipients reaches no terminal as control characters", (t) => {
  const repository = scaffolded(t);
  const hostile = String.raw`"age1\e[31mx\nage1y"`;
  repository.write(FILE, "kind: Secret\nstringData:\n  a: b\n");
  t.is(repository.tool("encrypt", "-i", FILE).status, 0);
  const [entry = ""] = /^ *- enc: [^]*?recipient: .*\n/m.exec(repository.read(FILE)) ?? [];
  const added = entry.replace(/recipient: .*/, `recipient: ${hostile}`);
  repository.write(FILE, repository.read(FILE).replace(entry, entry + added));
  const diff = repository.tool("textconv", FILE);
  t.is(diff.stdout.match(/^# encrypted to age1/gm)?.length, 2, diff.stdout);
  const ends = [diff, repository.tool("updatekeys", "-y", FILE)];
  const env = { SOPS_AGE_KEY_FILE: "/dev/null", HOME: "/nonexistent" };
  ends.push(repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", FILE], { env }));
  const rules = repository.read(".sops.yaml");
  for (const [from, to] of [
    [/path_regex: .*/, String.raw`path_regex: "a\e[31m("`],
    [/age: >-\n.*/, `age: ${hostile}`],
  ] as const) {
    repository.write(".sops.yaml", rules.replace(from, to));
    repository.must("add", ".sops.yaml");
    for (const command of [["doctor"], ["check"], ["encrypt", FILE]]) {
      ends.push(repository.tool(...command));
    }
  }
  for (const { stdout, stderr } of ends) t.false(/[^\n\x20-\x7e\x80-\uffff]/.test(stdout + stderr));
});
