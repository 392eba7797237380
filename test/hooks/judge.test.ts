import test from "ava";
import { judge, type FileToJudge } from "../../hooks/judge.ts";
import { RulesInForce } from "../../hooks/rules/rules-in-force.ts";
import { encryptFile } from "../../sops/encrypt.ts";
import { parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { readSopsFile } from "../../sops/sops-file.ts";

const { recipient } = await generateKeyPair();
const RULES = `creation_rules:\n  - path_regex: \\.sops\\.yaml$\n    encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n  - path_regex: ^apps/\n    encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`;
const rules = new RulesInForce(new Map([["clusters/", Buffer.from(RULES)]]));

const SECRET =
  "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: hunter2\n";
const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: b\n";
const CHANGED = CONFIG_MAP.replace("a: b", "a: c");
const SETTINGS = "user: app\ndata:\n  a: b\n";

async function encrypted(text: string): Promise<string> {
  const [rule] = parseRuleFile(RULES).rules ?? [];
  if (rule === undefined) throw new Error("no rule");
  const { file } = readSopsFile(Buffer.from(text), "yaml");
  return (await encryptFile(file, rule, { previous: null })).text;
}

function judged(path: string, text: string, more: Partial<FileToJudge> = {}) {
  const bytes = Buffer.from(text);
  return judge({ path, bytes, before: null, ...more }, rules);
}

const kindOf = (...of: Parameters<typeof judged>) => judged(...of).verdict.kind;

test("a Secret is encrypted where a rule takes it, whatever the last commit has", async (t) => {
  const path = "clusters/apps/web/db.yaml";
  const before = [null, Buffer.from(CONFIG_MAP), Buffer.from(await encrypted(SECRET))];
  for (const one of before) t.is(kindOf(path, SECRET, { before: one }), "encrypt");
  const bytes = Buffer.from(SECRET);
  t.is(judge({ path, bytes, before: bytes }, rules).verdict.kind, "encrypt", "committed already");
});

test("a Secret in a conflict that a merge has left is a leak, and ciphertext in one is none", async (t) => {
  const conflict = (ours: string, theirs: string) =>
    `<<<<<<< HEAD\n${ours}=======\n${theirs}>>>>>>> topic\n`;
  const leaksIn = (text: string) =>
    judged("elsewhere/db.yaml", text).leaks.map(({ rule, line }) => `${rule} ${String(line)}`);
  const [head = "", value = ""] = SECRET.split(/(?<=stringData:\n)/);
  t.deepEqual(leaksIn(head + conflict(value, "  password: other\n")), [
    "plaintext-secret 7",
    "plaintext-secret 9",
  ]);
  const ours = await encrypted(SECRET);
  const theirs = await encrypted(SECRET.replace("hunter2", "hunter3"));
  t.deepEqual(leaksIn(conflict(ours, theirs)), []);
  const inHunks = ours.split("\n").map((line, at) => {
    const other = theirs.split("\n")[at] ?? "";
    return line === other ? `${line}\n` : conflict(`${line}\n`, `${other}\n`);
  });
  t.deepEqual(leaksIn(inHunks.join("")), []);
});

test("a Secret that no rule takes is a leak, with the name that has it encrypted", (t) => {
  for (const [path, to] of [
    ["clusters/x/db.yaml", "clusters/x/db.sops.yaml"],
    ["clusters/x/db.yml", undefined],
    ["elsewhere/db.yaml", undefined],
  ] as const) {
    const { verdict, leaks } = judged(path, SECRET);
    t.is(verdict.kind, "plain");
    t.deepEqual(
      leaks.map(({ rule, line }) => [rule, line]),
      [["plaintext-secret", 6]],
    );
    const [{ mend } = { mend: null }] = leaks;
    t.is(mend?.kind === "rename" ? mend.to : undefined, to, path);
  }
});

test("a Secret that cannot be encrypted for what is in it is not mended by another name", (t) => {
  const { verdict, leaks } = judged("clusters/apps/web/db.yaml", `${SECRET}  other: "a\n`);
  t.is(verdict.kind, "blocked");
  t.deepEqual(
    leaks.map(({ rule, mend }) => [rule, mend.kind === "rename"]),
    [["plaintext-secret", false]],
  );
  const { leaks: inUtf16 } = judge(
    { path: "clusters/apps/web/db.yaml", bytes: Buffer.from(SECRET, "utf16le"), before: null },
    rules,
  );
  t.deepEqual(
    inUtf16.map(({ mend }) => mend.kind),
    ["leave-out"],
  );
});

test("a rule without a recipient: what is missing is said, and no command of sops's, which would fail too", (t) => {
  const file = Buffer.from("creation_rules:\n  - path_regex: \\.sops\\.yaml$\n");
  const without = new RulesInForce(new Map([["", file]]));
  const bytes = Buffer.from(SECRET);
  const { verdict } = judge({ path: "a.sops.yaml", bytes, before: null }, without);
  t.like(verdict, {
    kind: "blocked",
    finding: {
      rule: "sops-rule",
      message: "the creation rule in line 2 of .sops.yaml names no recipient",
      mend: { kind: "edit", what: "add one under age: there, and stage that too" },
    },
  });
});

test("no other name is told for a file that has it, or is no YAML", (t) => {
  for (const path of ["clusters/x/db.sops.yaml", "clusters/apps/web/db.txt"]) {
    const { leaks } = judged(path, SECRET);
    t.is(leaks.length, 1, path);
    t.true(
      leaks.every(({ mend }) => mend.kind !== "rename"),
      path,
    );
  }
});

test("Talos secrets count as such, where a rule takes them", (t) => {
  const talos =
    "cluster:\n  id: a\n  secret: hunter2hunter2hunter2\nsecrets:\n  bootstraptoken: abcdef.0123456789abcdef\ndata:\n  a: b\ntrustdinfo:\n  token: hunter2hunter2\n";
  const { verdict, leaks } = judged("clusters/apps/talos.yaml", talos, {
    before: Buffer.from(CONFIG_MAP),
  });
  t.true(leaks.some(({ rule }) => rule === "talos-secrets"));
  t.is(verdict.kind, "encrypt");
});

test("another leak is no reason to encrypt what the last commit has readable", (t) => {
  const kubeconfig = `${SETTINGS}kind: Config\nusers:\n- name: a\n  user: {token: hunter2hunter2}\n`;
  const { verdict, leaks } = judged("clusters/apps/web/k.yaml", kubeconfig, {
    before: Buffer.from(SETTINGS),
  });
  t.deepEqual(
    leaks.map(({ rule }) => rule),
    ["kubeconfig"],
  );
  t.is(verdict.kind, "plain");
});

test("what feeds a Secret is encrypted, whatever is in it", (t) => {
  const path = "clusters/apps/web/settings.yaml";
  const before = Buffer.from(CONFIG_MAP);
  t.is(kindOf(path, CHANGED, { before }), "plain");
  t.is(kindOf(path, CHANGED, { before, feedsSecret: false }), "plain");
  t.is(kindOf(path, CHANGED, { before, feedsSecret: true }), "encrypt");
});

test("what the last commit has encrypted is encrypted again, or refused where no rule takes it", async (t) => {
  const before = Buffer.from(await encrypted(CONFIG_MAP));
  t.is(kindOf("clusters/apps/web/a.yaml", CONFIG_MAP, { before }), "encrypt");
  t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP, { before }), "blocked");
  t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP), "plain");
  t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP, { before: Buffer.from(CHANGED) }), "plain");
});

test("a file that was encrypted, with metadata that sops cannot read, does not become readable in silence", async (t) => {
  const text = (await encrypted(CONFIG_MAP)).replace(/(lastmodified: )"(.*)"/, "$1$2");
  const before = Buffer.from(text);
  t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP, { before }), "blocked");
  t.is(kindOf("clusters/apps/web/a.yaml", CONFIG_MAP, { before }), "encrypt");
});

test("encrypted with what cannot be opened here counts as encrypted, too", async (t) => {
  const other = (await encrypted(CONFIG_MAP)).replace(
    /encrypted_regex: .*/,
    'encrypted_regex: "("',
  );
  t.is(kindOf("clusters/x/a.yaml", other), "unverified");
  const before = Buffer.from(other);
  t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP, { before }), "blocked");
});

test("a sops block is no proof: where its own selection leaves all readable, the file is refused", async (t) => {
  const block = (await encrypted(CONFIG_MAP)).replace(/^[^]*(?=^sops:)/m, "");
  const path = "clusters/x/a.sops.yaml";
  for (const selection of ["encrypted_regex: ^nothing$", "encrypted_suffix: _x"]) {
    const forged = block.replace(/encrypted_regex: .*/, selection);
    t.like(judged(path, CONFIG_MAP + forged).verdict, {
      kind: "blocked",
      finding: { rule: "sops-rule" },
    });
    t.is(kindOf("clusters/x/a.yaml", CONFIG_MAP + forged), "encrypted", "no rule asks for it");
    // The rule would encrypt nothing in it either.
    t.is(kindOf(path, `kind: Secret\ndata: {a: ""}\n${forged}`), "encrypted");
    t.is(kindOf(path, `kind: Namespace\n${forged}`), "blocked");
    const half = (await encrypted(CONFIG_MAP)).replace(/encrypted_regex: .*/, selection);
    t.is(kindOf(path, half), "encrypted", "sops was told what to encrypt");
  }
  // A new value is another matter: the commit encrypts it.
  t.like(judged(path, CONFIG_MAP + block).verdict, { kind: "encrypted", added: [{ line: 6 }] });
});

test("rules that are not asked say nothing", (t) => {
  const without = new Set(["plaintext-secret"] as const);
  t.deepEqual(judged("elsewhere/db.yaml", SECRET, { without }).leaks, []);
});

test("where sops alone can encrypt a Secret, no other command takes it out of the commit again", (t) => {
  const pgp = `creation_rules:\n  - {path_regex: ^apps/, age: ${recipient}, pgp: A}\n`;
  const withPgp = new RulesInForce(new Map([["", Buffer.from(pgp)]]));
  const of = (path: string, text: string) =>
    judge({ path, bytes: Buffer.from(text), before: null }, withPgp);
  const { verdict, leaks } = of("apps/db.yaml", SECRET);
  t.like(verdict, { kind: "blocked", finding: { mend: { kind: "on-file" } } });
  t.like(leaks, [{ rule: "plaintext-secret", line: 6, mend: { kind: "run", commands: [] } }]);
  t.is(leaks.length, 1);
  const number = of("apps/db.yaml", SECRET.replace("hunter2", "42")).leaks;
  const notValid = number.find(({ rule }) => rule === "secret-not-valid");
  t.is(notValid?.mend.kind, "edit", "what encrypting does not mend keeps its own");
  const hidden = of("apps/db.yaml", SECRET.replace("hunter2", "#hunter2")).leaks;
  t.like(hidden, [{ rule: "plaintext-secret", mend: { what: "write the value in quotes" } }]);
  const list = `kind: List\nitems:\n  - {kind: Secret, stringData: {a: hunter2}}\n`;
  t.like(of("apps/db.yaml", list).leaks, [{ mend: { kind: "run", commands: [] } }]);
  t.is(of("elsewhere/db.yaml", SECRET).leaks[0]?.mend.kind, "leave-out");
});
