import { symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { prePush } from "../../../hooks/push/pre-push.ts";
import { encryptFile } from "../../../sops/encrypt.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import type { Selection } from "../../../sops/selection/selection-option.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";
import { temporaryRepository } from "../../temporary-repository.ts";

const { recipient } = await generateKeyPair();
const RULES = `creation_rules: [{age: ${recipient}, path_regex: '^[^/]*\\.env$'}]\n`;

/** A repository whose branches were never pushed, without any hook. */
function repository(t: ExecutionContext) {
  const { dir, env, must, write } = temporaryRepository(t);
  const findings = async (branches: readonly string[]) => {
    const lines = branches.map((branch) => {
      const oid = must("rev-parse", branch);
      return `refs/heads/${branch} ${oid} refs/heads/${branch} ${"0".repeat(oid.length)}\n`;
    });
    const pushed = await prePush({ cwd: dir, env }, ["origin", "url"], lines.join(""));
    return pushed?.findings ?? [];
  };
  return {
    dir,
    must,
    /** Commits what is written on the branch at hand. */
    commit(files: Readonly<Record<string, string>>): void {
      for (const [name, content] of Object.entries(files)) write(name, content);
      must("add", "-f", ".");
      must("commit", "-q", "-m", `Change ${Object.keys(files).join(" ")}`);
    },
    /** What is said of new branches: of each finding where it is, by which rule, and how bad. */
    async push(...branches: string[]): Promise<string[]> {
      return (await findings(branches)).map(
        ({ path, rule, severity, tip }) =>
          `${path} ${rule} ${severity} ${tip === null ? "in the past" : "at the tip"}`,
      );
    },
    /** The same in words. */
    async messages(...branches: string[]): Promise<string[]> {
      return (await findings(branches)).map(({ message }) => message);
    },
  };
}

test("nothing is said where nothing leaves; else commands are for where the user stands", async (t) => {
  const { dir, env, must, write } = temporaryRepository(t);
  const said = async (line: string, more: Readonly<Record<string, string>> = {}) =>
    prePush({ cwd: dir, env: { ...env, ...more } }, ["origin", "url"], line);
  write("a.md", "a\n");
  must("add", "a.md");
  must("commit", "-q", "-m", "One");
  const one = must("rev-parse", "HEAD");
  const none = "0".repeat(one.length);
  t.is(await said(""), null);
  t.is(await said(`(delete) ${none} refs/heads/main ${one}\n`), null);
  t.is(await said(`HEAD ${one} refs/heads/main ${one}\n`), null, "it is there already");
  const line = `HEAD ${one} refs/heads/main ${none}\n`;
  t.is((await said(line))?.repository.prefix.toString(), "");
  t.is((await said(line, { GIT_PREFIX: "a/b/" }))?.repository.prefix.toString(), "a/b/");
  must("commit", "-q", "--allow-empty", "-m", "Two");
  const two = must("rev-parse", "HEAD");
  t.is(await said(`HEAD ${two} refs/heads/main ${one}\n`), null, "a commit without a file");
});

test("a rule file in a folder counts, at the tips and for their past", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ "a/b/.sops.yaml": RULES, "a.env": "A=1\n" });
  t.deepEqual(await push("main"), []);
  commit({ "a/b/a.sops.env": "A=2\n" });
  t.deepEqual(await push("main"), ["a/b/a.sops.env plaintext-secret error at the tip"]);
  must("rm", "-q", "a/b/a.sops.env");
  commit({ "a.md": "a\n" });
  t.deepEqual(await push("main"), ["a/b/a.sops.env plaintext-secret error in the past"]);
});

test("of several branches with the same rules, each is looked into, beside one with others", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ ".sops.yaml": RULES });
  must("branch", "other");
  commit({ "a.md": "a\n" });
  must("switch", "-q", "other");
  commit({ "a.sops.env": "A=1\n" });
  must("rm", "-q", "a.sops.env");
  commit({ "b.md": "b\n" });
  must("switch", "-q", "--orphan", "docs");
  commit({ "docs.md": "c\n" });
  const found = ["a.sops.env plaintext-secret error in the past"];
  for (const branches of [
    ["main", "other", "docs"],
    ["other", "docs", "main"],
  ]) {
    t.deepEqual(await push(...branches), found);
  }
  t.deepEqual(await push("main", "docs"), []);
});

test("what the settings of one branch allow is no excuse for another that has the same", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ "a.md": "a\n" });
  must("branch", "other");
  const entry = "{rule: age-key, path: a.txt, reason: gone}";
  commit({ ".flux-sops.yaml": `allow: [${entry}]\n` });
  must("switch", "-q", "other");
  const { identity } = await generateKeyPair();
  commit({ "a.txt": `${identity}\n` });
  t.deepEqual(await push("main", "other"), ["a.txt age-key error at the tip"]);
});

test("what is wrong with a file that the remote has is not told at the next push", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ ".sops.yaml": RULES, "a.sops.env": "A=1\n", "a.yaml": "sops: {mac: x}\n" });
  t.not((await push("main")).length, 0);
  must("update-ref", "refs/remotes/origin/old", "main");
  commit({ "a.md": "a\n" });
  t.deepEqual(await push("main"), []);
});

test("a guess is as bad as the settings have it, and of two branches' the worse counts", async (t) => {
  const { must, commit, push } = repository(t);
  commit({
    "values.yaml":
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec: {values: {auth: {password: wombat-7731-quartz}}}\n",
  });
  const found = (severity: string) => [`values.yaml inline-credential ${severity} at the tip`];
  t.deepEqual(await push("main"), found("warning"));
  must("switch", "-q", "-c", "strict");
  commit({ ".flux-sops.yaml": "severity: {inline-credential: error}\n" });
  t.deepEqual(await push("strict"), found("error"));
  t.deepEqual(await push("main", "strict"), found("error"));
  t.deepEqual(await push("strict", "main"), found("error"));
});

async function encrypted(
  text: string,
  format: "yaml" | "binary" = "yaml",
  selection: Selection | null = null,
): Promise<string> {
  const { file } = readSopsFile(Buffer.from(text), format);
  const encryption = { recipients: [recipient], selection, macOnlyEncrypted: false };
  return (await encryptFile(file, encryption)).text;
}

const ONLY_A: Selection = { option: "encrypted_regex", pattern: "^a$" };
const FOR_A_YAML = `creation_rules: [{age: ${recipient}, path_regex: '^a\\.yaml$'}]\n`;

test("a selection that takes less than that of the version before, at the tip and in the past", async (t) => {
  for (const selection of [ONLY_A, { option: "encrypted_regex", pattern: "^nothing$" } as const]) {
    const { commit, push } = repository(t);
    const wide = await encrypted("a: one\nb: two\n");
    commit({ ".sops.yaml": FOR_A_YAML, "a.yaml": wide });
    t.deepEqual(await push("main"), []);
    commit({ "a.yaml": await encrypted("a: one\nb: two\n", "yaml", selection) });
    t.deepEqual(await push("main"), ["a.yaml sops-rule error at the tip"]);
    commit({ "a.yaml": wide });
    t.deepEqual(await push("main"), ["a.yaml sops-rule error in the past"]);
    // Where its rule says so by the end, that is meant, unless nothing at all is encrypted.
    const { option, pattern } = selection;
    commit({ ".sops.yaml": FOR_A_YAML.replace("{age", `{${option}: ${pattern}, age`) });
    const left = selection === ONLY_A ? [] : ["a.yaml sops-rule error in the past"];
    t.deepEqual(await push("main"), left);
  }
});

test("what the remote has encrypted and comes readable, under its name or moved, and by the rules of any branch", async (t) => {
  const { must, commit, push } = repository(t);
  // A guess beside it is no reason to leave it out.
  const readable =
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec: {values: {auth: {password: wombat-7731-quartz}}}\n";
  commit({ ".sops.yaml": FOR_A_YAML, "a.yaml": await encrypted(readable) });
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  commit({ "a.md": "a\n", "a.yaml": readable });
  t.deepEqual(await push("main"), [
    "a.yaml inline-credential warning at the tip",
    "a.yaml plaintext-secret error at the tip",
  ]);
  must("mv", "a.yaml", "0.yaml");
  commit({});
  must("mv", "0.yaml", "1.yaml");
  commit({});
  const inThePast = "a.yaml plaintext-secret error in the past";
  t.true((await push("main")).includes(inThePast));
  must("switch", "-qc", "other");
  commit({ ".sops.yaml": "creation_rules: []\n" });
  t.false((await push("other")).includes(inThePast));
  for (const branches of [
    ["main", "other"],
    ["other", "main"],
  ]) {
    t.true((await push(...branches)).includes(inThePast));
  }
});

const NAMED = `secretGenerator: [{ name: a, files: [a.conf, "b=c.conf"] }]\n`;
const SOURCE = "wombat-7731-quartz\n";

test("what a secretGenerator at the tip names, where that or the kustomization is new", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ "app/a.conf": SOURCE, "app/c.conf": "", "app/other.conf": SOURCE });
  t.deepEqual(await push("main"), []);
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  commit({ "app/kustomization.yaml": NAMED });
  t.deepEqual(await push("main"), ["app/kustomization.yaml plaintext-secret error at the tip"]);
  commit({ "app/c.conf": `${SOURCE}2\n` });
  t.deepEqual(await push("main"), [
    "app/kustomization.yaml plaintext-secret error at the tip",
    "app/c.conf plaintext-secret error at the tip",
  ]);
  // The remote has what names it, and what is named is what is new.
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  commit({ "app/a.conf": `${SOURCE}3\n`, "app/other.conf": `${SOURCE}4\n` });
  t.deepEqual(await push("main"), ["app/a.conf plaintext-secret error at the tip"]);
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  commit({ "app/a.conf": await encrypted(SOURCE, "binary") });
  t.deepEqual(await push("main"), []);
});

test("what an object under generators names at the tip", async (t) => {
  const { must, commit, push } = repository(t);
  const object =
    "apiVersion: builtin\nkind: SecretGenerator\nmetadata: {name: a}\nfiles: [a.conf]\n";
  commit({
    "app/kustomization.yaml": "generators: [generators/a.yaml, missing.yaml]\n",
    "app/generators/a.yaml": object,
    "app/a.conf": SOURCE,
  });
  t.deepEqual(await push("main"), ["app/a.conf plaintext-secret error at the tip"]);
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  commit({ "app/a.conf": `${SOURCE}2\n` });
  t.deepEqual(await push("main"), ["app/a.conf plaintext-secret error at the tip"]);
});

test("what a secretGenerator named in the past, be the kustomization known there, changed or gone", async (t) => {
  const { must, commit, push } = repository(t);
  const found = ["app/a.conf plaintext-secret error in the past"];
  commit({ "app/kustomization.yaml": NAMED, "app/sub/kustomization.yaml": NAMED });
  must("update-ref", "refs/remotes/origin/old", "HEAD");
  const start = must("rev-parse", "HEAD");
  commit({ "app/a.conf": SOURCE, "app/other.conf": SOURCE });
  must("rm", "-q", "app/a.conf");
  commit({});
  t.deepEqual(await push("main"), found);
  commit({ "app/kustomization.yaml": "resources: []\n" });
  t.deepEqual(await push("main"), found);
  must("rm", "-rq", "app");
  commit({ "a.md": "a\n" });
  t.deepEqual(await push("main"), found);
  // One content by two names, of which git tells one.
  must("reset", "-q", "--hard", start);
  commit({ "0.conf": SOURCE, "app/a.conf": SOURCE });
  must("rm", "-rq", "app", "0.conf");
  commit({ "a.md": "a\n" });
  t.deepEqual(await push("main"), found);
});

test("what was a Secret by one of its names, whichever git tells of", async (t) => {
  const leak = "kind: Secret\nstringData: {token: wombat-7731-quartz}\n";
  for (const names of [
    ["a.yaml", "b.md"],
    ["a.md", "b.yaml"],
  ]) {
    const { must, commit, push } = repository(t);
    for (const name of names) {
      commit({ [name]: leak });
      must("rm", "-q", name);
    }
    commit({ "c.md": "c\n" });
    const [name = ""] = names.filter((one) => one.endsWith(".yaml"));
    t.deepEqual(await push("main"), [`${name} plaintext-secret error in the past`]);
  }
});

test("what can be read beside a sops block that is refused, at the tip and in the past", async (t) => {
  const FOR_DATA: Selection = { option: "encrypted_regex", pattern: "^(data|stringData)$" };
  const whole = await encrypted(
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  user: me\n  b: hunter2\n",
    "yaml",
    FOR_DATA,
  );
  const readable = whole.replace(/\bb: ENC.*/, "b: hunter2");
  t.not(readable, whole);
  const values = ["stringData.b holds plaintext in an encrypted file"];
  for (const [block, found] of [
    [(text: string) => text.replace(/^ +lastmodified: .*\n/m, ""), values],
    // Of two selections nobody knows which is meant: what a Secret has is not to be read.
    [
      (text: string) => text.replace(/^( +)encrypted_regex/m, "$1unencrypted_suffix: _\n$&"),
      values,
    ],
    // By a pattern that it cannot read sops encrypts nothing.
    [
      (text: string) =>
        text
          .replace(/encrypted_regex: .*/, 'encrypted_regex: "("')
          .replace(/^ +lastmodified: .*\n/m, ""),
      values,
    ],
    // What the block leaves readable is meant to be.
    [
      (text: string) =>
        text
          .replace(/encrypted_regex: .*/, "encrypted_regex: ^user$")
          .replace(/^ +lastmodified: .*\n/m, ""),
      [],
    ],
  ] as const) {
    for (const rules of ["", FOR_A_YAML]) {
      const { commit, push, messages } = repository(t);
      if (rules !== "")
        commit({
          ".sops.yaml": rules.replace("{age", `{encrypted_regex: ^(data|stringData)$, age`),
        });
      commit({ "a.yaml": whole });
      t.deepEqual(await push("main"), []);
      t.not(block(readable), readable);
      commit({ "a.yaml": block(readable) });
      t.true((await push("main")).includes("a.yaml sops-broken error at the tip"));
      commit({ "a.yaml": whole });
      t.deepEqual(await messages("main"), found);
    }
  }
});

test("a key in the message of a commit, and of a tag, beside no file", async (t) => {
  const { must, push, commit } = repository(t);
  const { identity } = await generateKeyPair();
  commit({ "a.md": "a\n" });
  must("tag", "-a", "-m", identity, "tagged");
  t.deepEqual(await push("tagged"), [" age-key error at the tip"]);
  must("update-ref", "refs/remotes/origin/main", "HEAD");
  t.deepEqual(await push("tagged"), [" age-key error at the tip"]);
  must("commit", "-q", "--allow-empty", "-m", identity);
  t.deepEqual(await push("main"), [" age-key error in the past"]);
});

test("of contents that differ in a version only, one that another branch has is judged by its rules", async (t) => {
  const { must, commit, push } = repository(t);
  const content = (version: string) => ({
    "a.sops.yaml": `animal: wombat\nversion: ${version}\n`,
  });
  commit({ "a.md": "a\n" });
  for (const [branch, version] of [
    ["without", "1.0.1"],
    ["with", "1.0.2"],
  ] as const) {
    must("switch", "-qc", branch, "main");
    commit({
      ...content(version),
      ...(branch === "with"
        ? { ".sops.yaml": FOR_A_YAML.replace("a\\.yaml", "a\\.sops\\.yaml") }
        : {}),
    });
    must("rm", "-q", "a.sops.yaml");
    commit({ "b.md": `${branch}\n` });
  }
  const found = ["a.sops.yaml plaintext-secret error in the past"];
  t.deepEqual(await push("without"), []);
  t.deepEqual(await push("without", "with"), found);
  t.deepEqual(await push("with", "without"), found);
});

test("a merge may keep what one of its sides leaves readable", async (t) => {
  const { must, commit, push } = repository(t);
  commit({ ".sops.yaml": FOR_A_YAML, "a.yaml": await encrypted("a: one\nb: two\n") });
  must("switch", "-qc", "side");
  commit({ "a.yaml": await encrypted("a: one\nb: two\n", "yaml", ONLY_A) });
  must("update-ref", "refs/remotes/origin/side", "HEAD");
  must("switch", "-q", "main");
  commit({ "a.yaml": await encrypted("a: one\nb: three\n") });
  must("merge", "-q", "-s", "ours", "--no-commit", "side");
  // As the side has it, in other words.
  const alike = { ...ONLY_A, pattern: "^(a)$" };
  commit({ "a.yaml": await encrypted("a: three\nb: two\n", "yaml", alike) });
  t.is(must("log", "-1", "--format=%p").split(" ").length, 2);
  t.deepEqual(await push("main"), []);
});

test("a rule file that is a symbolic link, at the tip of what is pushed, ends the push", async (t) => {
  for (const folder of ["", "a/"]) {
    const { dir, commit, push } = repository(t);
    commit({ [`${folder}rules`]: RULES, [`${folder}b.sops.env`]: "A=1\n" });
    symlinkSync("rules", join(dir, `${folder}.sops.yaml`));
    commit({});
    const error = await t.throwsAsync(push("main"), { name: "BrokenRulesError" });
    t.true(error.message.startsWith(`${folder}.sops.yaml is a symbolic link`), error.message);
  }
});

test("a symbolic link in the place of an encrypted file is not that file in plaintext", async (t) => {
  const { dir, must, commit, push } = repository(t);
  const rules = `creation_rules: [{age: ${recipient}, path_regex: '^a\\.txt$'}]\n`;
  commit({ ".sops.yaml": rules, "a.txt": await encrypted("hunter2\n", "binary") });
  const link = join(dir, "a.txt");
  unlinkSync(link);
  symlinkSync("b.txt", link);
  commit({});
  t.deepEqual(await push("main"), []);
  unlinkSync(link);
  commit({ "a.txt": "hunter2\n" });
  t.deepEqual(await push("main"), []);
  must("revert", "--no-edit", "HEAD", "HEAD~1");
  commit({ "a.txt": "hunter2\n" });
  t.deepEqual(await push("main"), ["a.txt plaintext-secret error at the tip"]);
});
