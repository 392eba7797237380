import test from "ava";
import { sopsVerdict } from "../../../findings/sops/sops-verdict.ts";
import type { SopsCandidate } from "../../../findings/sops/verdict.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { encryptFile } from "../../../sops/encrypt.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";

const { recipient } = await generateKeyPair();
const { rules } = parseRuleFile(
  `creation_rules:\n  - encrypted_regex: ^(data|stringData)$\n    age: ${recipient}\n`,
);

const [everything = null] = rules ?? [];

function verdictOn(
  path: string,
  content: string,
  rule = everything,
  more: Partial<SopsCandidate> = {},
) {
  return sopsVerdict({
    path,
    bytes: Buffer.from(content),
    rule,
    below: path,
    indent: null,
    leaks: false,
    before: "nothing",
    ...more,
  });
}

test("a binary file is encrypted whole under a rule that selects keys", (t) => {
  const [onlyPasswords = null] =
    parseRuleFile(`creation_rules:\n  - {encrypted_regex: ^password$, age: ${recipient}}\n`)
      .rules ?? [];
  for (const rule of [everything, onlyPasswords]) {
    t.is(verdictOn("blob.sops.bin", "hunter2", rule).kind, "encrypt");
  }
});

test("what a filter has made of a file is not encrypted in its place", (t) => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 3\n`;
  for (const [path, content, filter] of [
    ["blob.sops.bin", pointer, "Git LFS"],
    ["db.sops.yaml", pointer, "Git LFS"],
    ["blob.sops.bin", "\0GITCRYPT\0abcdefgh", "git-crypt"],
  ] as const) {
    t.like(verdictOn(path, content), {
      kind: "blocked",
      finding: {
        rule: "sops-rule",
        message: `git is given what ${filter} makes of it, and not the file that is to be encrypted`,
      },
    });
  }
  t.is(verdictOn("secrets/db.yaml", pointer).kind, "plain");
  t.is(verdictOn("blob.sops.txt", `It says: ${pointer}`).kind, "encrypt");
});

test("a folder with .sops. in its name says nothing of the files in it", (t) => {
  t.is(verdictOn("x.sops.d/a.yaml", "data: {password: hunter2}\n", null).kind, "plain");
  t.is(verdictOn("x.sops.d/a.yaml", "data: {password: hunter2}\n").kind, "plain");
});

test("a file with keys of which the rule selects none is refused", (t) => {
  t.like(verdictOn("x.sops.yaml", "password: hunter2\n"), {
    kind: "blocked",
    finding: { rule: "sops-rule" },
  });
  t.is(verdictOn("x.sops.yaml", "data: {password: hunter2}\n").kind, "encrypt");
});

test("what a .sops file is made of is no .sops file, unless a rule takes it on purpose", (t) => {
  const [onPurpose = null] =
    parseRuleFile(`creation_rules:\n  - path_regex: j2$\n    age: ${recipient}\n`).rules ?? [];
  const text = "stringData:\n  a: #{ a }#\n";
  for (const name of ["x.sops.yaml.j2", "x.sops.env.tmpl", "x.sops.yaml.example"]) {
    t.is(verdictOn(name, text).kind, "plain", name);
    t.is(verdictOn(name, text, null).kind, "plain", name);
  }
  t.is(verdictOn("x.sops.yaml.j2", text, onPurpose).kind, "encrypt");
  t.is(verdictOn("x.sops.yaml.bak", text, null).kind, "blocked");
  t.is(verdictOn("templates/x.sops.yaml", text, null).kind, "blocked");
});

test("a rule for encrypted files that takes what they are made of as well, is not for that", (t) => {
  const [open = null] =
    parseRuleFile(`creation_rules:\n  - path_regex: \\.sops\\.ya?ml\n    age: ${recipient}\n`)
      .rules ?? [];
  const text = "stringData:\n  a: #{ a }#\n  b: hunter2\n";
  for (const name of ["x.sops.yaml.j2", "x.sops.yaml.tmpl", "x.sops.yaml.example"]) {
    t.is(verdictOn(name, text, open, { leaks: true }).kind, "plain", name);
    t.is(verdictOn(name, text, open, { before: "encrypted" }).kind, "encrypt", name);
  }
  t.is(verdictOn("x.sops.yaml.bak", text, open).kind, "encrypt");
  const env = "A=hunter2\n";
  t.is(verdictOn("vault/x.sops.env.tmpl", env, whole).kind, "encrypt");
  const [closed = null] =
    parseRuleFile(`creation_rules:\n  - path_regex: \\.sops\\.[^y]+$\n    age: ${recipient}\n`)
      .rules ?? [];
  t.is(verdictOn("x.sops.env.tmpl", env, closed).kind, "encrypt");
});

test("a copy of a rule file under another name is no encrypted file", (t) => {
  const text = "creation_rules: []\n";
  for (const name of [".sops.yaml.disabled", "a/.sops.yaml.bak", ".sops.yml~"])
    t.is(verdictOn(name, text, null).kind, "plain", name);
  for (const name of [".sops.env", "a/.sops.yaml.enc.yaml", ".sops.yaml-db.sops.yaml"])
    t.is(verdictOn(name, "A: hunter2\n", null).kind, "blocked", name);
});

const [ofCluster = null, whole = null, ofSecrets = null] =
  parseRuleFile(
    `creation_rules:\n  - {path_regex: ^cluster/, encrypted_regex: ^(data|stringData)$, age: ${recipient}}\n  - {path_regex: ^vault/, age: ${recipient}}\n  - {path_regex: ^secrets/, encrypted_regex: ^(data|stringData)$, age: ${recipient}}\n`,
  ).rules ?? [];

test("what sops cannot read, and a rule for much takes, is left alone where it would encrypt nothing", (t) => {
  for (const text of [
    "api_key: !env_var RADARR_API_KEY\n",
    "- op: add\n  path: /spec\n  value: {a: b}\n",
    "lookups: {1: other}\n",
    "a: [\n",
  ]) {
    t.is(verdictOn("cluster/a.yaml", text, ofCluster).kind, "plain", text);
    t.is(verdictOn("cluster/a.sops.yaml", text, ofCluster).kind, "blocked", text);
    t.is(verdictOn("vault/a.yaml", text, whole).kind, "blocked", text);
    t.is(verdictOn("vault/a.yaml", text, whole, { before: "plaintext" }).kind, "plain", text);
    t.is(verdictOn("cluster/a.yaml", text, ofCluster, { leaks: true }).kind, "blocked", text);
  }
});

test("what sops cannot read, and may hold what the rule takes, is refused when it is new", (t) => {
  for (const text of ["data: !env_var A\n", '{"stringData" : [\n', "- data: a\n"]) {
    t.is(verdictOn("secrets/a.yaml", text, ofSecrets).kind, "blocked", text);
    for (const committed of [text, `# not for sops\n${text}`]) {
      const { kind } = verdictOn("secrets/a.yaml", committed, ofSecrets, { before: "plaintext" });
      t.is(kind, "plain", committed);
    }
  }
  const beside = "api_key: !env_var A\n";
  t.is(verdictOn("secrets/a.yaml", beside, ofSecrets).kind, "plain");
  t.is(verdictOn("secrets/a.yaml", `${beside}data: a\n`, ofSecrets).kind, "blocked");
});

test("of what sops cannot read, a rule for much asks for what looks like a Secret", (t) => {
  for (const [text, kind] of Object.entries({
    "stringData: !env_var A\n": "blocked",
    "kind: Secret\na: [\n": "blocked",
    '{"kind" : "Secret", [\n': "blocked",
    "kind: ConfigMap\ndata: !env_var A\n": "plain",
    "kind: ExternalSecret\nspec: {data: !x a}\n": "plain",
  })) {
    t.true(verdictOn("cluster/a.yaml", text, ofCluster).kind === kind, text);
    t.is(verdictOn("cluster/a.yaml", text, ofCluster, { before: "plaintext" }).kind, "plain", text);
    // What a chart makes of it the leak rules know.
    t.is(verdictOn("cluster/templates/a.yaml", text, ofCluster).kind, "plain", text);
  }
});

test("the PGP keys beside .sops.yaml are public", (t) => {
  const key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
  t.is(verdictOn(".sops.pub.asc", key, null).kind, "plain");
  t.is(verdictOn("a.sops.pub.asc", key, null).kind, "blocked");
});

test("metadata without any ciphertext, or spelled with escapes, is seen in a file that was committed readable", (t) => {
  const metadata = `{"mac":"x","version":"3.9.0","lastmodified":"2025-01-01T00:00:00Z","age":[{"recipient":"${recipient}","enc":"x"}]}`;
  for (const name of ['"sops"', '"s\\x6fps"', '"s\\u006f\\u0070s"']) {
    const text = `{"data":{"a":"b"},${name}:${metadata}}\n`;
    t.is(verdictOn("a.yaml", text, everything, { before: "plaintext" }).kind, "encrypted", name);
  }
});

test("a value of a Secret that the rule encrypts and the file's own selection leaves readable is refused", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  const added = text.replace("stringData:\n", "stringData:\n  other: hunter2\n");
  const narrowed = added.replace(/encrypted_regex: .*/, "encrypted_regex: ^password$");
  t.is(verdictOn("a.sops.yaml", text).kind, "encrypted");
  t.is(verdictOn("a.sops.yaml", added).kind, "encrypted");
  t.like(verdictOn("a.sops.yaml", narrowed), {
    kind: "blocked",
    finding: { rule: "sops-rule", line: 6 },
  });
  const onlyPasswords =
    parseRuleFile(`creation_rules:\n  - {encrypted_regex: ^password$, age: ${recipient}}\n`)
      .rules?.[0] ?? null;
  t.is(verdictOn("a.sops.yaml", narrowed, onlyPasswords).kind, "encrypted");
  t.is(verdictOn("a.sops.yaml", narrowed, null).kind, "encrypted");
  t.is(verdictOn("a.sops.yaml", narrowed.replace("kind: Secret", "kind: Other")).kind, "encrypted");
});

test("ciphertext without a sops block is broken, and nothing to encrypt: it would be encrypted twice", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  const [withoutBlock = ""] = text.split(/^sops:/m);
  for (const before of ["nothing", "encrypted", "plaintext"] as const) {
    t.like(verdictOn("a.sops.yaml", withoutBlock, everything, { before }), {
      kind: "blocked",
      finding: { rule: "sops-broken", line: 6, mend: { what: "restore the encrypted file" } },
    });
  }
  const withReadable = withoutBlock.replace("stringData:\n", "stringData:\n  other: hunter2\n");
  t.is(verdictOn("a.sops.yaml", withReadable).kind, "encrypt");
});

test("metadata that sops cannot read is refused, with what to write there", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  for (const [changed, message] of [
    [text.replace(/^ *version: .*\n/m, ""), /no version: write version: 3\.13\.3/],
    [text.replace(/version: .*/, "version: 3.9"), /a version that is none/],
    [text.replace(/(lastmodified: )"(.*)"/, "$1$2"), /put it into quotes/],
    [text.replace(/(lastmodified: "[-\d]*)T/, "$1t"), /no lastmodified in RFC 3339/],
    [text.replace("version:", "shamir_threshold: two\n    version:"), /no whole number/],
  ] as const) {
    for (const rule of [everything, null]) {
      const verdict = verdictOn("a.sops.yaml", changed, rule);
      t.like(verdict, { kind: "blocked", finding: { rule: "sops-broken", severity: "error" } });
      t.regex(verdict.kind === "blocked" ? verdict.finding.message : "", message);
    }
  }
});

test("an encrypted file with metadata that sops cannot read is refused where no rule takes it, too", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  const broken = text
    .replace(/(lastmodified: )"(.*)"/, "$1$2")
    .replace("stringData:\n", "stringData:\n  other: hunter2\n");
  t.like(verdictOn("a.yaml", broken, null), {
    kind: "blocked",
    finding: { rule: "sops-broken", severity: "error" },
  });
  t.is(verdictOn("a.yaml.tmpl", broken, null).kind, "plain", "what a file is made of");
  t.is(verdictOn("a.yaml", "sops: {}\na: b\n", null).kind, "plain", "no ciphertext");
});

test("a file whose own selection is no pattern is refused where a rule takes it: sops has encrypted nothing", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  const readable = text.replace(/password: .*/, "password: hunter2");
  for (const option of ["encrypted_regex", "unencrypted_regex"]) {
    const broken = readable.replace(/encrypted_regex: .*/, `${option}: (`);
    const verdict = verdictOn("a.sops.yaml", broken);
    t.like(verdict, { kind: "blocked", finding: { rule: "sops-broken" } });
    t.regex(JSON.stringify(verdict), /take the sops block out/);
    // Without its block nothing opens what is encrypted.
    const edited = verdictOn("a.sops.yaml", text.replace(/encrypted_regex: .*/, `${option}: (`));
    t.like(edited, { kind: "blocked", finding: { rule: "sops-broken" } });
    t.notRegex(JSON.stringify(edited), /take the sops block out/);
    t.is(verdictOn("a.sops.yaml", broken, null).kind, "unverified");
  }
});

test("a sops block under which nothing is encrypted is refused, unless it is an object of another name", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  const block = /^sops:[^]*/m.exec(text)?.[0] ?? t.fail();
  // As sops leaves them under a rule for the values of Secrets.
  const talenv = `domain: example.com\ntsAuth: hunter2\n${block}`;
  for (const rule of [everything, null]) {
    for (const name of ["talenv.sops.yaml", "talenv.yaml"]) {
      const verdict = verdictOn(name, talenv, rule);
      t.like(verdict, { kind: "blocked", finding: { rule: "sops-rule", severity: "error" } });
      // Once somebody has edited it, the MAC is another.
      const mend = /npx flux-sops decrypt -i --ignore-mac\).*; or, if it is meant to be readable, /;
      t.regex(JSON.stringify(verdict), mend);
      t.is(/a name without \.sops/.test(JSON.stringify(verdict)), name.includes(".sops."));
    }
    t.is(verdictOn("web.yaml", `kind: Deployment\n${block}`, rule).kind, "encrypted");
    t.is(verdictOn("talenv.sops.yaml.example", talenv, rule).kind, "encrypted");
    const empty = "kind: Secret\nmetadata: {name: a}\nstringData:\n  a: ''\n";
    t.is(
      verdictOn("a.sops.yaml", empty + block, rule).kind,
      "encrypted",
      "a Secret without values",
    );
    const beside = `${empty}${block}---\nkind: HelmRelease\nspec: {a: hunter2}\n`;
    t.is(verdictOn("a.sops.yaml", beside + block, rule).kind, "blocked", "beside such a Secret");
    t.is(verdictOn("a.sops.yaml", `a: null\n${block}`, rule).kind, "encrypted", "no values");
    const comment = `#ENC[AES256_GCM,data:AA==,iv:${"A".repeat(43)}=,tag:${"A".repeat(22)}==,type:comment]\n`;
    t.is(verdictOn("a.sops.yaml", `${comment}a: b\n${block}`, rule).kind, "encrypted", "a comment");
  }
});

test("what a whole rule takes beside the values of a Secret may stay readable by the file's own selection", async (t) => {
  const { file } = readSopsFile(Buffer.from(SECRET), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  for (const more of ["", "database: main\n"]) {
    t.is(verdictOn("vault/a.sops.yaml", `${more}${text}`, whole).kind, "encrypted", more);
  }
});

test("an encrypted file of each format is seen by what is in it, also where no rule takes it", async (t) => {
  const plaintexts = {
    yaml: "a: hunter2\n",
    json: '{"a": "hunter2"}',
    dotenv: "A=hunter2\n",
    ini: "[b]\na = hunter2\n",
  } as const;
  for (const [format, plaintext] of Object.entries(plaintexts)) {
    const { file } = readSopsFile(Buffer.from(plaintext), format as keyof typeof plaintexts);
    const { text } = await encryptFile(file, whole ?? t.fail(), { previous: null });
    const path = format === "dotenv" ? "a.env" : `a.${format}`;
    t.is(verdictOn(path, text, null).kind, "encrypted", format);
  }
});

test("a new file of any format is encrypted where a rule singles it out, and left where it takes a whole tree", (t) => {
  const ruleFor = (pattern: string) =>
    parseRuleFile(`creation_rules:\n  - {path_regex: '${pattern}', age: ${recipient}}\n`)
      .rules?.[0] ?? null;
  const files = {
    "deploy/credentials.secret.json": '{"login": "hunter2"}',
    "deploy/secret.env": "LOGIN=hunter2\n",
    "deploy/secret.ini": "[a]\nlogin = hunter2\n",
  };
  for (const [path, content] of Object.entries(files)) {
    t.is(verdictOn(path, content, ruleFor(".*secret.*")).kind, "encrypt", path);
    t.is(verdictOn(path, content, ruleFor("^deploy/.*")).kind, "plain", path);
    // It was left readable on purpose.
    const before = { before: "plaintext" } as const;
    t.is(verdictOn(path, content, ruleFor(".*secret.*"), before).kind, "plain", path);
  }
  t.is(
    verdictOn("deploy/secret.example.env", "LOGIN=hunter2\n", ruleFor(".*secret.*")).kind,
    "plain",
  );
  t.is(verdictOn("secrets/logo.svg", "<svg/>", ruleFor("^secrets/.*")).kind, "plain");
  for (const name of ["package.json", "tsconfig.json", "tsconfig.build.json", ".prettierrc.json"]) {
    for (const text of ['{"name": "web"}', '// no JSON\n{"name": "web"}'])
      t.is(verdictOn(`secrets/${name}`, text, ruleFor("^secrets/.*")).kind, "plain", name);
  }
  t.is(verdictOn("secrets/web.json", '{"a": "b"}', ruleFor("^secrets/.*")).kind, "encrypt");
});

test("a new file of any format that sops cannot read is refused where a rule singles it out", (t) => {
  const ruleWith = (more: string) =>
    parseRuleFile(`creation_rules:\n  - {path_regex: .*secret.*, ${more}age: ${recipient}}\n`)
      .rules?.[0] ?? null;
  const rule = ruleWith("");
  const files = {
    "deploy/secret.json": '{"login": "hunter2"\n',
    "deploy/secret-list.json": '["hunter2"]\n',
    "deploy/secret.env": 'LOGIN="hunter2\nhunter3"\n',
    "deploy/secret.ini": "[a\nlogin = hunter2\n",
  };
  for (const [path, content] of Object.entries(files)) {
    const broken = { kind: "blocked", finding: { rule: "sops-broken" } } as const;
    t.like(verdictOn(path, content, rule), broken, path);
    t.regex(
      JSON.stringify(verdictOn(path, content, rule)),
      /rule in line 2 of .* has it encrypted/,
    );
    t.is(verdictOn(path, content, rule, { before: "plaintext" }).kind, "plain", path);
    t.is(verdictOn(path, content, everything).kind, "plain", path);
  }
  t.is(verdictOn("deploy/secret.json", "\n", rule).kind, "plain");
  t.is(verdictOn("deploy/secret.schema.json", "[1]\n", rule).kind, "plain");
  t.is(verdictOn("secret/templates/a.json", '{"a": {{ .Values.a }}}\n', rule).kind, "plain");
  t.is(
    verdictOn("secret/a.json", '{"a": 1} // b\n', ruleWith("encrypted_regex: ^data$, ")).kind,
    "plain",
  );
});

test("an encrypted file that is switched off by another ending stays encrypted, in its format", async (t) => {
  const plaintexts = {
    yaml: "stringData:\n  a: hunter2\n",
    json: '{"data": {"a": "hunter2"}}',
    dotenv: "data=hunter2\n",
    binary: "hunter2",
  } as const;
  for (const [format, plaintext] of Object.entries(plaintexts)) {
    const { file } = readSopsFile(Buffer.from(plaintext), format as keyof typeof plaintexts);
    const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
    const path = `a.sops.${format === "dotenv" ? "env" : format}.disabled`;
    for (const rule of [everything, null])
      t.is(verdictOn(path, text, rule).kind, "encrypted", format);
    if (format !== "yaml") continue;
    const added = text.replace("stringData:\n", "stringData:\n  b: hunter2\n");
    t.like(verdictOn(path, added), { added: [{ path: "stringData.b" }] });
  }
  t.is(verdictOn("a.sops.yaml.disabled", "data:\n  a: hunter2\n", null).kind, "blocked");
});

test("an encrypted file is of the format of its last ending, whatever stands before that", async (t) => {
  const { file } = readSopsFile(Buffer.from("stringData:\n  a: hunter2\n"), "yaml");
  const { text } = await encryptFile(file, everything ?? t.fail(), { previous: null });
  for (const path of ["a.sops.prod.yaml", "a.sops.enc.yml", "a.sops.json.yaml"])
    for (const rule of [everything, null])
      t.is(verdictOn(path, text, rule).kind, "encrypted", path);
});

test("a dotenv file whose own selection leaves a value readable that the rule encrypts is refused", async (t) => {
  const { file } = readSopsFile(Buffer.from("A=hunter2\nB=hunter2\n"), "dotenv");
  const { text } = await encryptFile(file, whole ?? t.fail(), { previous: null });
  t.is(verdictOn("vault/a.sops.env", text, whole).kind, "encrypted");
  const narrowed = text
    .replace(/^A=.*/m, "A=hunter2")
    .replace(/sops_unencrypted_suffix=.*/, "sops_encrypted_regex=^B$");
  t.like(verdictOn("vault/a.sops.env", narrowed, whole), {
    kind: "blocked",
    finding: { rule: "sops-rule", line: 1 },
  });
});

test("what stands beside secrets is left alone by its whole name, whatever the rules say", (t) => {
  const text = "data: {password: hunter2}\n";
  for (const name of [
    "kustomization.yaml",
    "kustomization.yml",
    "Kustomization",
    "README.sops.md",
    ".gitignore",
    ".sops.yaml",
  ]) {
    for (const path of [name, `secrets/${name}`]) {
      t.is(verdictOn(path, text, ofSecrets, { before: "encrypted" }).kind, "plain", path);
    }
  }
  for (const path of [
    "README/db.sops.yaml",
    "kustomization.yaml.sops.yaml",
    "my-kustomization.sops.yaml",
    "a.gitignore.sops.yaml",
  ]) {
    t.is(verdictOn(path, text, ofSecrets).kind, "encrypt", path);
    t.is(verdictOn(path, text, null).kind, "blocked", path);
  }
});

test("a file of no known format is looked into where it begins as an encrypted one does", async (t) => {
  const { file } = readSopsFile(Buffer.from("hunter2"), "binary");
  const { text } = await encryptFile(file, whole ?? t.fail(), { previous: null });
  t.is(verdictOn("vault/blob", text, whole).kind, "encrypted");
  t.is(verdictOn("blob", text, null).kind, "encrypted");
  t.is(verdictOn("vault/blob", "hunter2", whole).kind, "plain");
});

test("what was left readable stays so, though it speaks of sops", (t) => {
  const text = "# encrypt this with sops\ndata: {password: hunter2}\n";
  t.is(verdictOn("vault/a.yaml", text, whole).kind, "encrypt");
  t.is(verdictOn("vault/a.yaml", text, whole, { before: "plaintext" }).kind, "plain");
  t.is(
    verdictOn("vault/a.yaml", text, whole, { before: "plaintext", leaks: true }).kind,
    "encrypt",
  );
});

test("a conflict in an encrypted file is resolved otherwise than one in a readable file", (t) => {
  const mendOf = (ours: string, theirs: string) => {
    const text = `data:\n<<<<<<< HEAD\n  a: ${ours}\n=======\n  a: ${theirs}\n>>>>>>> topic\n`;
    const verdict = verdictOn("a.sops.yaml", text, everything, { before: "encrypted" });
    const mend = verdict.kind === "blocked" ? verdict.finding.mend : null;
    return mend?.kind === "edit" ? mend.what : null;
  };
  const token = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]";
  t.regex(mendOf(token, "two") ?? "", /^keep the lines .* decrypt --in-place --ignore-mac/);
  t.regex(mendOf("one", "two") ?? "", /^correct it/);
});

test("a rule for everything asks for no file by itself, readable or not", (t) => {
  for (const text of ["data: {password: hunter2}\n", "data: !env_var A\n"]) {
    t.is(verdictOn("secrets/a.yaml", text).kind, "plain", text);
  }
  t.is(
    verdictOn("secrets/a.yaml", "data: !env_var A\n", everything, { leaks: true }).kind,
    "plain",
  );
});

test("a rule with a key of another kind than age is for sops itself", (t) => {
  const verdictUnder = (keys: string) => {
    const text = `creation_rules:\n  - {path_regex: ^vault/, ${keys}}\n`;
    const [rule = null] = parseRuleFile(text).rules ?? [];
    return verdictOn("vault/a.sops.yaml", "data: {password: hunter2}\n", rule);
  };
  const inGroup = (keys: string) => `key_groups: [{age: [${recipient}], ${keys}}]`;
  t.is(verdictUnder(`age: ${recipient}`).kind, "encrypt");
  t.is(verdictUnder(inGroup("pgp: []")).kind, "encrypt");
  for (const keys of [
    ...["pgp: A", "kms: A", "gcp_kms: A", "azure_keyvault: A", "hc_vault_transit_uri: A"].map(
      (foreign) => `age: ${recipient}, ${foreign}`,
    ),
    `age: ${recipient}, hckms: [A]`,
    ...["pgp: [A]", "kms: [{arn: A}]", "gcp_kms: [{resource_id: A}]", "hckms: [{key_id: A}]"].map(
      inGroup,
    ),
    ...["azure_keyvault: [{key: A}]", "hc_vault: [A]", "merge: [{pgp: [A]}]"].map(inGroup),
    `key_groups: [{age: [${recipient}]}, {age: [${recipient}]}]`,
  ]) {
    const finding = { rule: "sops-unsupported" };
    t.like(verdictUnder(keys), { kind: "blocked", finding }, keys);
  }
});

test("without a rule, it is said what the file is taken for an encrypted one by", (t) => {
  const messageOf = (path: string, before: SopsCandidate["before"]) => {
    const verdict = verdictOn(path, "data: {a: b}\n", null, { before });
    return verdict.kind === "blocked" ? verdict.finding.message : verdict.kind;
  };
  t.regex(messageOf("a.sops.yaml", "nothing"), /^its name says it is encrypted, /);
  t.regex(messageOf("a.yaml", "encrypted"), /^it was encrypted before, /);
  t.is(messageOf("a.yaml", "nothing"), "plain");
});

test("without a rule, what says where a Secret is kept elsewhere may take the place of an encrypted one", (t) => {
  const kindOf = (path: string, text: string) =>
    verdictOn(path, text, null, { before: "encrypted" }).kind;
  const external = "kind: ExternalSecret\nspec: {target: {name: a}}\n";
  const sealed = "kind: SealedSecret\nspec: {encryptedData: {a: AgBy}}\n";
  for (const text of [external, `---\n${external}---\n${sealed}---\n`, sealed]) {
    t.is(kindOf("a.yaml", text), "plain", text);
    t.is(kindOf("a.sops.yaml", text), "blocked", text);
  }
  for (const text of [
    `${external}---\npassword: hunter2\n`,
    `${external}---\nkind: ConfigMap\ndata: {a: hunter2}\n`,
    "kind: [ExternalSecret]\n",
    "spec: {kind: ExternalSecret}\n",
    "---\n",
  ]) {
    t.is(kindOf("a.yaml", text), "blocked", text);
  }
  t.is(kindOf("a.json", '{"kind": "ExternalSecret"}'), "blocked");
});

const SECRET =
  "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: hunter2\n";
