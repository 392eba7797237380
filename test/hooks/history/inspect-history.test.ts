import test from "ava";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { HistoryLog } from "../../../git/history/log.ts";
import { openRepository } from "../../../git/repository/open.ts";
import { inspectHistory } from "../../../hooks/history/inspect-history.ts";
import type { PastFinding } from "../../../hooks/history/past-contents.ts";
import { encryptFile } from "../../../sops/encrypt.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import type { Selection } from "../../../sops/selection/selection-option.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";
import { secret } from "../../e2e/scaffolded.ts";
import { temporaryRepository, type TemporaryRepository } from "../../temporary-repository.ts";

async function inspect({ dir, env }: TemporaryRepository) {
  const repository = await openRepository({ cwd: dir, env });
  return inspectHistory(repository, new HistoryLog(repository), new Set(["inline-credential"]));
}

function commit(repository: TemporaryRepository, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) repository.write(name, content);
  repository.must("add", "-f", ".");
  repository.must("commit", "-q", "--allow-empty", "-m", "Change");
  return repository.must("rev-parse", "HEAD");
}

const shown = (findings: readonly PastFinding[]) =>
  findings.map(({ rule, path, paths, commits }) => ({
    rule,
    path: String(path),
    paths: paths.map(String).sort(),
    commits: commits.map((one) => one.commit),
  }));

const LEAK = secret({ token: "hunter2" }, "web");

for (const objectFormat of ["sha1", "sha256"] as const) {
  test(`every content that a ref reaches, packed or not, and no other (${objectFormat})`, async (t) => {
    const repository = temporaryRepository(t, { objectFormat });
    const first = commit(repository, { "a.yaml": "a: 1\n", "sub/web.yaml": LEAK });
    repository.must("gc", "--quiet");
    repository.must("checkout", "-q", "-b", "side");
    const side = commit(repository, { "side.yaml": secret({ token: "hunter3" }, "side") });
    repository.must("checkout", "-q", "main");
    // Staged and never committed.
    repository.write("staged.yaml", secret({ token: "hunter4" }, "staged"));
    repository.must("add", ".");
    repository.must("reset", "-q", "--hard");
    // Of a submodule there is no content here.
    repository.must("update-index", "--add", "--cacheinfo", `160000,${first},sub.env`);
    commit(repository, { "\u00fc b.yaml": LEAK });

    const { findings, files } = await inspect(repository);
    t.is(files, 3);
    const [one, two, ...more] = shown(findings).sort((a, b) => a.paths.length - b.paths.length);
    t.deepEqual(more, []);
    t.deepEqual(one, {
      rule: "plaintext-secret",
      path: "side.yaml",
      paths: ["side.yaml"],
      commits: [side],
    });
    t.like(two, {
      rule: "plaintext-secret",
      commits: [first, repository.must("rev-parse", "HEAD")],
    });
    t.is(two?.paths.length, 2);
  });
}

test("a content that is harmless under one path is judged under each other kind, too", async (t) => {
  const repository = temporaryRepository(t);
  const login = "user=a\nsecretvalue=hunter22\npassword=hunter22\n";
  commit(repository, { "notes.txt": login, "web.md": LEAK });
  t.deepEqual((await inspect(repository)).findings, []);
  const moved = commit(repository, { "app/.env": login, "web.yaml": LEAK });
  const { findings } = await inspect(repository);
  t.deepEqual(
    shown(findings)
      .map(({ path, paths, commits }) => [path, paths, commits.at(-1)])
      .sort(),
    [
      ["app/.env", ["app/.env", "notes.txt"], moved],
      ["web.yaml", ["web.md", "web.yaml"], moved],
    ],
  );
});

test("a content that was read long before another path of it is come upon", async (t) => {
  const repository = temporaryRepository(t);
  const commitOf = (path: string, content: string) =>
    `commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n` +
    `deleteall\nM 100644 inline ${path}\ndata ${String(Buffer.byteLength(content))}\n${content}\n`;
  const login = "user=a\nsecretvalue=hunter22\npassword=hunter22\n";
  const between = Array.from({ length: 4000 }, (_, at) => commitOf("a.yaml", `a: ${String(at)}\n`));
  const stream = [
    ...[commitOf("web.yaml", LEAK), commitOf("app/.env", login)],
    ...between,
    ...[commitOf("web.md", LEAK), commitOf("notes.txt", login)],
  ];
  repository.feed(stream.join(""), "fast-import", "--quiet");
  const { findings, files } = await inspect(repository);
  t.is(files, 4002);
  t.deepEqual(
    shown(findings).map(({ path, paths, commits }) => [path, paths, commits.length]),
    // As the log comes upon the contents.
    [
      ["app/.env", ["app/.env", "notes.txt"], 2],
      ["web.yaml", ["web.md", "web.yaml"], 2],
    ],
  );
});

test("a leak beside changes of a version, and what only a merge has", async (t) => {
  const repository = temporaryRepository(t);
  const release = (version: string, more: string) =>
    `kind: Secret\nmetadata:\n  name: web\n  labels: {version: ${version}}\nstringData:\n  a: ${more}\n`;
  commit(repository, { "a.yaml": release("1.2.3", '""') });
  commit(repository, { "a.yaml": release("1.2.4", '""') });
  const leaks = commit(repository, { "a.yaml": release("1.2.5", "hunter2") });
  const again = commit(repository, { "a.yaml": release("1.2.6", "hunter2") });
  commit(repository, { "a.yaml": release("1.2.7", '""') });
  repository.must("checkout", "-q", "-b", "side", "HEAD~1");
  commit(repository, { "b.yaml": "b: 1\n" });
  repository.must("checkout", "-q", "main");
  repository.must("merge", "-q", "--no-commit", "side");
  const merge = commit(repository, { "b.yaml": LEAK });
  const { findings } = await inspect(repository);
  t.deepEqual(
    shown(findings).map(({ commits }) => commits),
    [[merge], [again], [leaks]],
  );
});

test("what was encrypted before and could be read in between, as a whole or in part", async (t) => {
  const { recipient } = await generateKeyPair();
  const encrypted = async (text: string, selection: Selection | null = null) => {
    const { file } = readSopsFile(Buffer.from(text), "yaml");
    const encryption = { recipients: [recipient], selection, macOnlyEncrypted: false };
    return (await encryptFile(file, encryption)).text;
  };
  const repository = temporaryRepository(t);
  const rules = `creation_rules: [{age: ${recipient}, path_regex: '^a\\.yaml$'}]\n`;
  const whole = await encrypted("a: one\nb: two\n");
  const part = await encrypted("a: one\nb: two\n", { option: "encrypted_regex", pattern: "^a$" });
  commit(repository, { ".sops.yaml": rules, "a.yaml": whole, "b.yaml": whole });
  const readable = { "a.yaml": "a: one\nb: two\n", "b.yaml": "a: one\nb: two\n" };
  const decrypted = commit(repository, readable);
  const anew = await encrypted("a: one\nb: 3\n");
  commit(repository, { "a.yaml": anew, "b.yaml": anew });
  // Of b.yaml nobody knows whether a rule that is none now had it so.
  const narrowed = commit(repository, { "a.yaml": part, "b.yaml": `${part}# b\n` });
  commit(repository, { "a.yaml": whole });
  const found = async () =>
    shown((await inspect(repository)).findings).map(({ rule, path, commits }) => [
      rule,
      path,
      ...commits,
    ]);
  t.deepEqual(await found(), [
    ["sops-rule", "a.yaml", narrowed],
    ["plaintext-secret", "a.yaml", decrypted],
  ]);
  // Where its rule says so by now, that was meant.
  const open = rules.replace("{age", "{encrypted_regex: ^nothing$, age");
  commit(repository, { ".sops.yaml": open });
  t.deepEqual(await found(), []);
});

test("a value in plaintext beside a sops block that is refused", async (t) => {
  const { recipient } = await generateKeyPair();
  const { file } = readSopsFile(Buffer.from(secret({ token: "hunter2", a: "b" }, "web")), "yaml");
  const selection = { option: "encrypted_regex", pattern: "^(data|stringData)$" } as const;
  const encryption = { recipients: [recipient], selection, macOnlyEncrypted: false };
  const { text } = await encryptFile(file, encryption);
  const repository = temporaryRepository(t);
  const readable = text.replace(/token: .*/, "token: hunter2").replace(/^ +lastmodified.*\n/m, "");
  const bad = commit(repository, { "web.yaml": readable });
  commit(repository, { "web.yaml": text });
  t.deepEqual(shown((await inspect(repository)).findings), [
    { rule: "plaintext-value", path: "web.yaml", paths: ["web.yaml"], commits: [bad] },
  ]);
});

test("a copy of an encrypted file under an ending that tells no format is none in plaintext", async (t) => {
  const { recipient } = await generateKeyPair();
  const text = "a: one\nb: two\n";
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  const encryption = { recipients: [recipient], selection: null, macOnlyEncrypted: false };
  const encrypted = (await encryptFile(file, encryption)).text;
  const repository = temporaryRepository(t);
  commit(repository, { "a.sops.yaml_bak": encrypted, "b.sops.yaml_bak": text });
  t.deepEqual(
    shown((await inspect(repository)).findings).map(({ path }) => path),
    ["b.sops.yaml_bak"],
  );
});

test("a content, and a tree, that a tag names", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, { a: "1\n" });
  const blob = repository.feed(LEAK, "hash-object", "-w", "--stdin").toString().trim();
  const other = repository.feed(`${LEAK}# 2\n`, "hash-object", "-w", "--stdin").toString().trim();
  const tree = repository.feed(`100644 blob ${other}\tin/tree.yaml\n`.replace("in/", ""), "mktree");
  repository.must("update-ref", "refs/tags/light", blob);
  repository.must("tag", "-m", "x", "inner", tree.toString().trim());
  repository.must("tag", "-m", "x", "outer", "inner");
  repository.must("tag", "-d", "inner");
  const { findings } = await inspect(repository);
  t.deepEqual(
    shown(findings)
      .map(({ path }) => path)
      .sort(),
    ["", "tree.yaml"],
  );
});

test("keys in the message of a tag, and of a tag that only a tag names", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, { a: "1\n" });
  const { identity } = await generateKeyPair();
  repository.must("tag", "-m", identity, "inner");
  repository.must("tag", "-m", "harmless", "outer", "inner");
  repository.must("tag", "-m", "harmless", "outermost", "outer");
  for (const name of ["inner", "outer"]) repository.must("tag", "-d", name);
  const { findings } = await inspect(repository);
  t.deepEqual(
    findings.map(({ rule, message, blob }) => [rule, message, blob]),
    [["age-key", "an age private key, in tag refs/tags/outermost", null]],
  );
});

test("a content that is missing is an error, and never passed over", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, { "web.yaml": LEAK, "a.yaml": "a: 1\n" });
  const blob = repository.must("rev-parse", "HEAD:a.yaml");
  rmSync(join(repository.dir, ".git/objects", blob.slice(0, 2), blob.slice(2)));
  await t.throwsAsync(inspect(repository), { code: "missing-object" });
});

test("so is a folder that is missing", async (t) => {
  const repository = temporaryRepository(t);
  commit(repository, { "web.yaml": LEAK, "sub/a.yaml": "a: 1\n" });
  commit(repository, { "sub/a.yaml": "a: 2\n" });
  const tree = repository.must("rev-parse", "HEAD~1:sub");
  rmSync(join(repository.dir, ".git/objects", tree.slice(0, 2), tree.slice(2)));
  await t.throwsAsync(inspect(repository), { code: "command-failed" });
});
