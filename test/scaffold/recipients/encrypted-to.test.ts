import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { carryOut } from "../../../scaffold/carry-out.ts";
import { closingMessage } from "../../../scaffold/message/closing.ts";
import { encryptFile } from "../../../sops/encrypt.ts";
import { parseRuleFile } from "../../../sops/creation-rules/creation-rules.ts";
import { formatOf } from "../../../sops/format.ts";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { readSopsFile } from "../../../sops/sops-file.ts";
import { author, git, newPlace, prepare } from "../sandbox.ts";

Object.assign(process.env, author);

const keys = await Promise.all([generateKeyPair(), generateKeyPair(), generateKeyPair()]);
const [CLUSTER = "", OPS = "", OTHER = ""] = keys.map(({ recipient }) => recipient);

const SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  a: hunter2\n";
const TEXTS: Readonly<Record<string, string>> = {
  yaml: SECRET,
  dotenv: "A=b\n",
  json: '{"a":"b"}',
};
const FLUX =
  "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\n";

async function encrypted(path: string, ...recipients: string[]): Promise<string> {
  const rules = `creation_rules:\n  - age: ${recipients.join(",")}\n`;
  const [rule] = parseRuleFile(rules).rules ?? [];
  if (rule === undefined) throw new Error("no rule");
  const format = formatOf(path);
  const { file } = readSopsFile(Buffer.from(TEXTS[format] ?? ""), format);
  return (await encryptFile(file, rule, { previous: null })).text;
}

/** A repository that Flux builds, with files encrypted to recipients, and others as given. */
async function repository(
  files: Readonly<Record<string, readonly string[]>>,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = newPlace("mine");
  mkdirSync(directory);
  git(directory, "init", "-q", "-b", "main");
  const all: Record<string, string> = { "clusters/prod/ks.yaml": FLUX, ...more };
  for (const [path, recipients] of Object.entries(files))
    all[path] = await encrypted(path, ...recipients);
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  git(directory, "add", ".");
  git(directory, "commit", "-q", "-m", "Before");
  return directory;
}

test.serial(
  "without rules, a repository's new ones are for whom its files are encrypted to",
  async (t) => {
    const directory = await repository(
      {
        "apps/a.sops.yaml": [CLUSTER, OPS],
        "apps/b.sops.env": [CLUSTER],
        "c.sops.json": [OPS, CLUSTER],
      },
      { "README.md": `an example:\n    - recipient: ${OTHER}\n` },
    );
    const prepared = await prepare(directory);
    t.like(prepared.identity, { kind: "elsewhere", recipients: [CLUSTER] });
    const said = closingMessage(await carryOut(prepared, { install: null }));
    t.regex(
      said,
      new RegExp(
        `^What the rules in \\.sops\\.yaml encrypt, .*:\n  ${CLUSTER}\n    as apps/a\\.sops\\.yaml and 2 more\n`,
        "m",
      ),
    );
    t.notRegex(said, /BACK IT UP|give the cluster the key/);
    const rules = readFileSync(join(directory, ".sops.yaml"), "utf8");
    t.true(rules.includes(CLUSTER));
    t.false(rules.includes(OPS) || rules.includes(OTHER));
  },
);

test.serial(
  "where those files have nobody in common, for all of them; where there are none, for a new key",
  async (t) => {
    const apart = await repository({ "a.sops.yaml": [CLUSTER], "b.sops.yaml": [OTHER] });
    t.deepEqual((await prepare(apart)).identity.recipients, [CLUSTER, OTHER]);
    t.is((await prepare(await repository({}))).identity.kind, "new");
    const below = await repository(
      { "nas/a.sops.yaml": [OPS] },
      { "nas/.sops.yaml": `creation_rules:\n  - age: ${OPS}\n` },
    );
    t.is(
      (await prepare(below)).identity.kind,
      "new",
      "rules of its folder's own are for that file",
    );
    const given = await prepare(apart, { recipients: OPS });
    t.deepEqual(given.identity.recipients, [OPS], "--recipients counts");
  },
);

test.serial(
  "no rule is added that would take a file that others can read, and no rule took",
  async (t) => {
    const rules = `creation_rules:\n  - path_regex: ^apps/.*\\.sops\\.yaml$\n    age: ${CLUSTER}\n`;
    const directory = await repository(
      { "apps/a.sops.yaml": [CLUSTER], "bootstrap/age-key.sops.yaml": [OPS] },
      { ".sops.yaml": rules },
    );
    const said = closingMessage(await carryOut(await prepare(directory), { install: null }));
    t.is(readFileSync(join(directory, ".sops.yaml"), "utf8"), rules);
    t.regex(
      said,
      /^ {2}\.sops\.yaml: bootstrap\/age-key\.sops\.yaml is encrypted to other keys than a rule for \\\.sops\\\.ya\?ml\$ would have it: add rules for what else is to be encrypted$/m,
    );
    const fits = await repository(
      { "apps/a.sops.yaml": [CLUSTER], "bootstrap/age-key.sops.yaml": [CLUSTER] },
      { ".sops.yaml": rules },
    );
    await carryOut(await prepare(fits), { install: null });
    t.regex(readFileSync(join(fits, ".sops.yaml"), "utf8"), /path_regex: \\\.sops\\\.ya\?ml\$/);
  },
);

test.serial(
  "an encrypted file that a guide shows says nothing of whom new files are for",
  async (t) => {
    const shown = await encrypted("a.sops.yaml", OTHER);
    const guide = { "README.md": `# Guide\n\n\`\`\`yaml\n${shown}\`\`\`\n` };
    t.is((await prepare(await repository({}, guide))).identity.kind, "new");
    const inOne = `data:\n  a.yaml: |\n${shown.replace(/^/gm, "    ")}`;
    const beside = await repository({ "a.sops.yaml": [OPS] }, { ...guide, "map.yaml": inOne });
    t.deepEqual((await prepare(beside)).identity.recipients, [OPS]);
  },
);

test.serial(
  "encrypted files count whatever their names are, and what git takes them for",
  async (t) => {
    const directory = await repository(
      { "a\nb.sops.yaml": [CLUSTER, OPS] },
      {
        "kept.encrypted": await encrypted("b.sops.yaml", CLUSTER, OTHER),
        ".gitattributes": "*.yaml binary\n*.encrypted -diff\n",
      },
    );
    t.deepEqual((await prepare(directory)).identity.recipients, [CLUSTER]);
  },
);

test.serial("of files that only a plugin's key opens, nobody is said to read them", async (t) => {
  const plugin = "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t";
  const text = (await encrypted("a.sops.yaml", OTHER)).replaceAll(OTHER, plugin);
  const directory = await repository({}, { "a.sops.yaml": text });
  const file = join(newPlace("keys"), "..", "keys.txt");
  writeFileSync(file, `${keys[1]?.identity ?? ""}\n`);
  const prepared = await prepare(directory, { ageKeyFile: file });
  t.like(prepared.identity, { kind: "present", recipients: [OPS] });
  t.notRegex(
    closingMessage(await carryOut(prepared, { install: null })),
    /as what is encrypted already/,
  );
});

test.serial(
  "of a key in one file alone, maybe a test's, that file is named; a manual's is left out",
  async (t) => {
    const manual = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    const directory = await repository({
      "apps/a.sops.yaml": [CLUSTER],
      "tests/a.sops.yaml": [OTHER],
      "tests/b.sops.yaml": [manual],
    });
    const prepared = await prepare(directory);
    t.deepEqual(prepared.identity.recipients, [CLUSTER, OTHER]);
    t.regex(
      closingMessage(await carryOut(prepared, { install: null })),
      new RegExp(`\n  ${OTHER}\n    as tests/a\\.sops\\.yaml\nTake one out of the rules that is`),
    );
    const example = await repository({ "tests/b.sops.yaml": [manual] });
    t.is((await prepare(example)).identity.kind, "new");
  },
);

test.serial("no rule is for a key that the repository gives away, and that is said", async (t) => {
  const identity = keys[2]?.identity ?? "";
  const path = "tests/age\nkeys.txt";
  const fixture = { [path]: `# for the tests\nkey: "${identity}"\n${identity}\n` };
  const files = { "apps/a.sops.yaml": [CLUSTER], "tests/a.sops.yaml": [OTHER] };
  const prepared = await prepare(await repository(files, fixture));
  t.deepEqual(prepared.identity.recipients, [CLUSTER]);
  const said = closingMessage(await carryOut(prepared, { install: null }));
  t.true(said.includes(`\n  ${OTHER}\n    readable in tests/age\\nkeys.txt\n`), said);
  t.false(said.includes(identity));
  // The commit that is asked for next would be refused.
  t.regex(said, /^A new rule takes .*\n {2}tests\/a\.sops\.yaml\nFor those of a test, put a rule/m);

  // Where there is no other key, there will be.
  const alone = await repository({ "tests/a.sops.yaml": [OTHER] }, fixture);
  t.is((await prepare(alone)).identity.kind, "new");

  // Who asks for it gets it, and is told.
  const wished = await prepare(alone, { recipients: OTHER });
  const told = closingMessage(await carryOut(wished, { install: null }));
  t.regex(told, new RegExp(`has this repository, and the new rules name them:\\n {2}${OTHER}\\n`));
  t.false(told.includes("do not name them"), told);

  // One that lies about, which nobody else gets, is the owner's.
  const own = await repository({ "tests/a.sops.yaml": [OTHER] });
  writeFileSync(join(own, "age.agekey"), `${identity}\n`);
  t.deepEqual((await prepare(own)).identity.recipients, [OTHER]);
});

test.serial("a key that Flux has already keeps its place beside the new one", async (t) => {
  const identity = keys[2]?.identity ?? "";
  const directory = await repository({ "apps/a.sops.yaml": [OTHER] }, { "age.agekey": identity });
  const prepared = await prepare(directory);
  if (prepared.identity.kind !== "new") throw new Error("no new key");
  const said = closingMessage(await carryOut(prepared, { install: null }));
  const [, command = ""] = /keep the Secret .*\n {2}(grep .* patch .*)\n?/.exec(said) ?? [];
  const bin = newPlace("bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "kubectl"), '#!/bin/sh\necho "$*"\ncat\n', { mode: 0o755 });
  const PATH = `${bin}:${process.env["PATH"] ?? ""}`;
  const sent = execFileSync("sh", ["-c", command], { env: { PATH }, encoding: "utf8" });
  const [line, patch = ""] = sent.split("\n");
  t.is(line, "-n flux-system patch secret sops-age --patch-file=/dev/stdin");
  t.deepEqual(JSON.parse(patch), {
    stringData: { "flux-sops.agekey": prepared.identity.pair.identity },
  });

  // Where nothing is encrypted, Flux has no key yet.
  const empty = await prepare(await repository({}));
  t.notRegex(closingMessage(await carryOut(empty, { install: null })), /keep the Secret/);
});

/** A file as sops encrypts it to a PGP key. */
async function toPgp(path: string): Promise<string> {
  return (await encrypted(path, OTHER)).replace(
    / {4}age:\n(?: {8}.*\n)+/,
    `    pgp:\n        - created_at: "2024-01-01T00:00:00Z"\n          enc: |-\n            -----BEGIN PGP MESSAGE-----\n          fp: ${"A".repeat(40)}\n`,
  );
}

test.serial("files for PGP alone: the new rules are for age, and that is said", async (t) => {
  const directory = await repository(
    {},
    {
      "apps/a.sops.yaml": await toPgp("a.sops.yaml"),
      "apps/b.sops.yaml": await toPgp("b.sops.yaml"),
      // No new rule takes it.
      "apps/c.yaml": await toPgp("c.yaml"),
    },
  );
  const prepared = await prepare(directory);
  t.is(prepared.identity.kind, "new");
  t.regex(
    closingMessage(await carryOut(prepared, { install: null })),
    /^Encrypted already, to keys of another kind \(pgp\), which the new rules in \.sops\.yaml do not name:\n {2}apps\/a\.sops\.yaml\n {2}apps\/b\.sops\.yaml\nFor them to keep their keys, put a rule with these above the others\.$/m,
  );
  // Beside rules that leave such a file alone, none is added that would take it.
  const rules = `creation_rules:\n  - path_regex: ^infra/.*\\.sops\\.yaml$\n    age: ${OPS}\n`;
  const beside = await repository(
    {},
    { "apps/a.sops.yaml": await toPgp("a.sops.yaml"), ".sops.yaml": rules },
  );
  const said = closingMessage(await carryOut(await prepare(beside), { install: null }));
  t.is(readFileSync(join(beside, ".sops.yaml"), "utf8"), rules);
  t.regex(said, /\.sops\.yaml: apps\/a\.sops\.yaml is encrypted to other keys than a rule/);
});

test.serial("rules that are added beside those for PGP are said to be for age only", async (t) => {
  const rule = (folder: string, more: string) =>
    `  - path_regex: ^${folder}/.*\\.sops\\.yaml$\n    age: ${OPS}\n${more}`;
  const said = async (...rules: readonly string[]) => {
    const text = `creation_rules:\n${rules.join("")}`;
    const prepared = await prepare(await repository({}, { ".sops.yaml": text }));
    return closingMessage(await carryOut(prepared, { install: null }));
  };
  t.regex(
    await said(rule("infra", ""), rule("apps", `    pgp: ${"A".repeat(40)}\n`)),
    new RegExp(
      String.raw`^The rules added to \.sops\.yaml are for age only, not for keys of another kind that rules there name \(pgp\)\. What they encrypt, these keys can read:\n  ${OPS}$`,
      "m",
    ),
  );
  t.regex(await said(rule("infra", "")), /^What the rules added to \.sops\.yaml encrypt, these/m);
});

test.serial("where all rules are for PGP, nobody is told that a commit encrypts", async (t) => {
  const rules = `creation_rules:\n  - path_regex: \\.sops\\.yaml$\n    pgp: ${"A".repeat(40)}\n`;
  const files = { "apps/a.sops.yaml": await toPgp("a.sops.yaml"), ".sops.yaml": rules };
  const directory = await repository({}, files);
  const said = closingMessage(await carryOut(await prepare(directory), { install: null }));
  t.regex(said, /^The hooks are on: git commit refuses plaintext\.$/m);
  t.regex(
    said,
    /^No rule in \.sops\.yaml names an age key: encrypt with sops before you commit, /m,
  );
  t.notRegex(said, /it is encrypted|commit encrypts/);
  const withCluster = await prepare(await repository({}, files), { cluster: "lab" });
  t.regex(
    closingMessage(await carryOut(withCluster, { install: null })),
    /^ {2}2\. No rule in \.sops\.yaml names an age key: encrypt with sops before you commit, /m,
  );
});
