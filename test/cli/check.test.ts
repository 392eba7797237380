import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { scaffolded, secret, type Scaffolded } from "../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";

/** One encrypted file committed, and a leak committed past the gate. */
function withLeak(t: ExecutionContext): Scaffolded {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  repository.write("web, 50%.yaml", secret({ token: "hunter2" }, "web"));
  repository.must("add", ".");
  repository.must("commit", "-qnm", "Leak");
  return repository;
}

test("a scaffolded repository has no findings", (t) => {
  const repository = scaffolded(t, { flags: ["--example"] });
  const ended = repository.tool("check", "--require-verify");
  t.is(ended.status, 0, ended.stdout);
  t.regex(ended.stdout, /^\d+ files, 0 findings\n$/);
});

test("text: the file, the line, the rule and the fix, never the value", (t) => {
  const ended = withLeak(t).tool("check");
  t.is(ended.status, 1);
  t.regex(ended.stdout, /^web, 50%\.yaml:6 {2}plaintext-secret\n/);
  t.regex(ended.stdout, /\d+ files, 1 finding\n$/);
  t.false(ended.stdout.includes("hunter2"));
});

test("a Secret that a rule takes, committed readable: the mend encrypts it under its name", (t) => {
  const repository = scaffolded(t);
  const other = "clusters/homelab/secrets/other.yaml";
  repository.write(other, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qnm", "Past the gate");
  const found = repository.tool("check");
  t.is(found.status, 1);
  t.true(
    found.stdout.includes(
      `\n    npx flux-sops encrypt --in-place ${other}\n    git add -- ${other}\n`,
    ),
    found.stdout,
  );
  t.false(found.stdout.includes("git mv"));
  t.is(repository.tool("encrypt", "--in-place", other).status, 0);
  repository.must("add", "--", other);
  t.is(repository.tool("check").status, 0);
});

test("beside its encrypted form a readable Secret is left out: git moves no file onto another", (t) => {
  const repository = scaffolded(t);
  const web = "clusters/homelab/web.yaml";
  repository.write(web, secret({ token: "hunter2" }, "web"));
  // As `sops -e web.yaml > web.sops.yaml` leaves them.
  repository.write("clusters/homelab/web.sops.yaml", "data: {a: it is}\n");
  repository.must("add", web);
  const fixesOf = (...args: string[]) =>
    repository.tool("check", ...args).stdout.match(/^ {4}git .*$/gm);
  t.deepEqual(fixesOf(), [`    git reset -q -- ${web}`]);
  t.deepEqual(fixesOf("--staged"), [`    git reset -q -- ${web}`]);
  const untrack = [`    git rm -q -f --cached --ignore-unmatch -- ${web}`];
  t.deepEqual(fixesOf(web), untrack);
  repository.must("commit", "-qnm", "Leak");
  t.deepEqual(fixesOf(), untrack);

  repository.write("clusters/homelab/api.yaml", secret({ token: "hunter2" }, "api"));
  repository.must("add", "clusters/homelab/api.yaml");
  const move = "    git mv -- clusters/homelab/api.yaml clusters/homelab/api.sops.yaml";
  repository.write("clusters/homelab/api.enc.yaml", "no: ciphertext\n");
  t.deepEqual(fixesOf("--staged"), [move]);
  const encrypted = repository.tool("encrypt", "clusters/homelab/web.sops.yaml").stdout;
  t.regex(encrypted, /^sops:/m);
  repository.write("clusters/homelab/api.enc.yaml", encrypted);
  t.deepEqual(fixesOf("--staged"), ["    git reset -q -- clusters/homelab/api.yaml"]);

  // As `sops -d web.sops.yaml > web.dec.yaml` leaves it.
  repository.must("reset", "-q", "--", "clusters/homelab/api.yaml");
  repository.write("clusters/homelab/web.sops.yaml", encrypted);
  for (const name of ["web.dec.yaml", "web-decrypted.yaml"]) {
    const path = `clusters/homelab/${name}`;
    repository.write(path, secret({ token: "hunter2" }, "web"));
    repository.must("add", path);
    t.deepEqual(fixesOf("--staged"), [`    git reset -q -- ${path}`]);
    repository.write("clusters/homelab/web.sops.yaml", "no: ciphertext\n");
    t.deepEqual(fixesOf("--staged"), [
      `    git mv -- ${path} clusters/homelab/${name.replace(".yaml", ".sops.yaml")}`,
    ]);
    repository.write("clusters/homelab/web.sops.yaml", encrypted);
    repository.must("reset", "-q", "--", path);
  }
});

test("a leak that is committed goes out of git by the command, one that is staged out of the commit", (t) => {
  const repository = scaffolded(t);
  repository.write(".env", "DB_PASSWORD=hunter2hunter\n");
  repository.must("add", "-f", ".env");
  const fixOf = () => /^ {4}(git .*)$/m.exec(repository.tool("check").stdout)?.[1] ?? "";
  t.is(fixOf(), "git reset -q -- .env");
  repository.must("commit", "-qnm", "Leak");
  t.is(repository.paste([fixOf()]).status, 0);
  t.is(repository.must("status", "--porcelain"), "D  .env\n");
  t.is(repository.tool("check").status, 0);
});

test("while a merge goes on, a file to edit is not reset to HEAD, which would leave out the other side", (t) => {
  const repository = withLeak(t);
  repository.must("switch", "-qc", "side");
  repository.write("notes.md", "side\n");
  repository.must("add", "notes.md");
  repository.must("commit", "-qnm", "Side");
  repository.must("switch", "-q", "main");
  repository.must("merge", "-q", "--no-commit", "--no-ff", "side");
  const encrypted = readFileSync(join(repository.dir, DB), "utf8");
  repository.write(
    DB,
    encrypted.replace(/^( +a: .*)$/m, "<<<<<<< HEAD\n$1\n=======\n$1\n>>>>>>> side"),
  );
  repository.must("add", DB);
  for (const flag of ["--staged", "--all"]) {
    const { stdout } = repository.tool("check", flag);
    t.true(stdout.includes("  To mend it, keep the lines you want of either side"), stdout);
    t.false(stdout.includes("git reset"), stdout);
  }
  repository.must("merge", "--quit");
  t.true(repository.tool("check", "--staged").stdout.includes(`    git reset -q -- ${DB}\n`));
});

test("files in conflict are not looked at by anyone who asks what is staged, and it is said", async (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.write(
    ".flux-sops.yaml",
    `allow:\n  - rule: plaintext-secret\n    path: ${DB}\n    reason: A test\n`,
  );
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  const rules = repository.read(".sops.yaml");
  const change = (value: string) => {
    repository.write(DB, secret({ a: value }));
    repository.write(".sops.yaml", rules.replace(/^# /, `# ${value} `));
    repository.must("commit", "-qam", value);
  };
  repository.must("switch", "-qc", "side");
  change("theirs");
  repository.must("switch", "-q", "main");
  change("ours");
  t.is(repository.git("merge", "side").status, 1);

  const note = (files: string) =>
    `flux-sops: ${files} in conflict, and not looked at: resolve the conflict, then git add what came of it\n`;
  const both = note(`.sops.yaml and 1 other file are`);
  for (const args of [["check"], ["check", "--staged"], ["keys", "list"], ["map"]]) {
    t.is(repository.tool(...args).stderr, both, args.join(" "));
  }
  const doctor = repository.tool("doctor").stdout;
  t.true(
    doctor.includes("note    .sops.yaml and 1 other file are in conflict, and not looked at\n"),
  );
  t.notRegex(doctor, /not in git|rules are sound|is missing/);

  const { recipient } = await generateKeyPair();
  // The rules alone are resolved, to others than those of the file's sides.
  repository.write(".sops.yaml", rules.replaceAll(/age1[a-z0-9]+/g, recipient));
  repository.must("add", ".sops.yaml");
  const checked = repository.tool("check");
  t.is(checked.stderr, note(`${DB} is`));
  // Nor is it said that an entry allows nothing, which may be for one of them.
  t.regex(checked.stdout, /^\d+ files, 0 findings\n$/);
  t.is(checked.status, 0);
  t.notRegex(repository.tool("doctor").stdout, /nothing is encrypted yet/);
});

test("creation rules and settings that are not staged as they are on disk do not count, and it is said", (t) => {
  const repository = scaffolded(t, { flags: ["--example"] });
  const rules = repository.read(".sops.yaml");
  const said = (...args: string[]) => repository.tool("check", ...args).stderr;
  const note = (name: string) =>
    `flux-sops: ${name} is not staged as it is on disk, and what is staged counts: git add -- ${name}\n`;
  t.is(said(), "");
  repository.write(".sops.yaml", `${rules}# edited\n`);
  t.is(said(), note(".sops.yaml"));
  t.is(said("--format", "json", "README.md"), note(".sops.yaml"));
  t.is(said("--history"), note(".sops.yaml"));
  t.is(said("--range", "HEAD..HEAD"), "");
  repository.must("add", ".sops.yaml");
  // Only its time: it is as staged.
  repository.write(".sops.yaml", `${rules}# edited\n`);
  t.is(said(), "");
  repository.write(".flux-sops.yaml", "allow: []\n");
  t.is(said(), note(".flux-sops.yaml"));
  repository.write("apps/.sops.yaml", "creation_rules: []\n");
  repository.must("add", ".");
  t.is(said(), "");
  // Only its line endings, which git stores as they are staged.
  repository.write(".flux-sops.yaml", "allow: []\r\n");
  t.is(said(), "");
  repository.must("config", "diff.relative", "true");
  repository.write("apps/.sops.yaml", "creation_rules: []\n# edited\n");
  t.is(said(), note("apps/.sops.yaml"));
  t.true(
    repository
      .run("node", ["../.flux-sops/flux-sops.cjs", "check"], { cwd: `${repository.dir}/apps` })
      .stderr.includes("counts: git add -- .sops.yaml\n"),
  );
});

test("json: the form of the contract, and nothing else on standard output", (t) => {
  const ended = withLeak(t).tool("check", "--format", "json");
  t.is(ended.status, 1);
  const report = JSON.parse(ended.stdout) as Record<string, unknown>;
  t.like(report, {
    version: 1,
    findings: [{ rule: "plaintext-secret", severity: "error", path: "web, 50%.yaml", line: 6 }],
    summary: { findings: 1, unverified: 0 },
  });
  t.deepEqual(Object.keys(report["summary"] as object), [
    "files",
    "findings",
    "unverified",
    "milliseconds",
  ]);
});

test("github: annotations are escaped", (t) => {
  const ended = withLeak(t).tool("check", "--format", "github");
  t.true(
    ended.stdout.startsWith("::error file=web%2C 50%25.yaml,line=6,title=plaintext-secret::"),
    ended.stdout,
  );
});

test("sarif: one run with the rule and its place", (t) => {
  const ended = withLeak(t).tool("check", "--format", "sarif");
  t.like(JSON.parse(ended.stdout), {
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "flux-sops", rules: [{ id: "plaintext-secret" }] } },
        results: [
          {
            ruleId: "plaintext-secret",
            level: "error",
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: "web%2C%2050%25.yaml" },
                  region: { startLine: 6 },
                },
              },
            ],
          },
        ],
      },
    ],
  });
});

test("without a key encrypted files are counted, and fail only with --require-verify", (t) => {
  const repository = scaffolded(t);
  repository.write(DB, secret({ a: "one" }));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add db");
  rmSync(join(repository.home, ".config"), { recursive: true });
  const ended = repository.tool("check");
  t.is(ended.status, 0);
  t.regex(
    ended.stdout,
    /0 findings, 1 not verified: no key here opens it \(npx flux-sops doctor says which key is missing\)\n$/,
  );
  t.regex(
    repository.tool("doctor").stdout,
    /no private key of this machine opens .*\n +put the key of age1/,
  );
  t.is(repository.tool("check", "--require-verify").status, 1);
});

test("--staged looks at what differs from the last commit, a path at the file on disk", (t) => {
  const repository = withLeak(t);
  t.is(repository.tool("check", "--staged").status, 0);
  repository.write("new.yaml", secret({ token: "hunter2" }));
  t.is(repository.tool("check", "--staged").status, 0);
  t.is(repository.tool("check", "new.yaml").status, 1);
  repository.must("add", "new.yaml");
  t.is(repository.tool("check", "--staged").status, 1);
  t.is(repository.tool("check", "README.md").status, 0);
});

test("a folder stands for all files in it, untracked ones too", (t) => {
  const repository = scaffolded(t);
  repository.write("docs/deep/web.yaml", secret({ token: "hunter2" }, "web"));
  repository.write("docs/a.txt", "a\n");
  for (const folder of ["docs", "."]) {
    const ended = repository.tool("check", folder);
    t.is(ended.status, 1, ended.stderr);
    t.regex(ended.stdout, /^docs\/deep\/web\.yaml:6 {2}plaintext-secret\n/);
  }
  t.regex(repository.tool("check", "docs").stdout, /\n2 files, 1 finding\n$/);
  const missing = repository.tool("check", "docs", "nothing");
  t.is(missing.status, 2);
  t.is(missing.stderr, "flux-sops: no such file: nothing\n");
});

test("a path that goes through a symbolic link is the one that git and the rules know", (t) => {
  const repository = scaffolded(t);
  const name = "clusters/homelab/secrets/web.yaml";
  repository.write(name, secret({ token: "hunter2" }, "web"));
  const link = join(repository.dir, "../link");
  symlinkSync(repository.dir, link);
  symlinkSync("clusters", join(repository.dir, "folder"));
  const here = repository.tool("check", "clusters").stdout;
  t.regex(here, /^clusters\/homelab\/secrets\/web\.yaml:6 {2}plaintext-secret\n/);
  for (const path of [join(link, "clusters"), "folder"]) {
    t.is(repository.tool("check", path).stdout, here);
  }
  t.is(repository.tool("check", join(link, name)).stdout, repository.tool("check", name).stdout);
});

test("a file outside the repository is looked at, and no command is printed that git would refuse", (t) => {
  const repository = scaffolded(t);
  repository.write("../apart/web.yaml", secret({ token: "hunter2" }, "web"));
  repository.write("../apart/.env", "DB_PASSWORD=hunter2hunter\n");
  const { status, stdout } = repository.tool("check", "../apart");
  t.is(status, 1);
  t.regex(stdout, /^\.\.\/apart\/web\.yaml:6 {2}plaintext-secret\n/m);
  t.is(stdout.match(/^ {2}To mend it, keep it out of git, or encrypt it\.$/gm)?.length, 2);
  t.notRegex(stdout, /git (?:mv|rm|reset)|creation rule/);
});

test("a damaged encrypted file is found where the key is", (t) => {
  const repository = withLeak(t);
  repository.write(DB, repository.read(DB).replace(/^( {2}a: ENC\[AES256_GCM,data:)../m, "$1AA"));
  const ended = repository.tool("check", DB);
  t.is(ended.status, 1);
  t.regex(ended.stdout, /sops-broken/);
});

test("what Flux would refuse: found in the whole repository, with what to write, in every format", (t) => {
  const repository = scaffolded(t);
  const kustomization = "clusters/homelab/secrets.yaml";
  repository.write(DB, secret({ a: "one" }));
  const text = repository.read(kustomization);
  repository.write(kustomization, text.replace(/^ {2}decryption:\n(?: {4}.*\n)+/m, ""));
  repository.must("add", ".");
  // How Flux builds is nothing that a commit waits for.
  repository.must("commit", "-qm", "Forget decryption");
  t.is(repository.tool("check", "--staged").status, 0);
  t.is(repository.tool("check", kustomization).status, 0);
  const ended = repository.tool("check");
  t.is(ended.status, 1);
  t.is(
    ended.stdout.replace(/\d+ files, 1 finding\n$/, ""),
    `${kustomization}:2  flux-ciphertext
  it has no decryption, and builds what is encrypted: Flux applies the ciphertext of ${DB}, without an error
  To mend it, add decryption: {provider: sops, secretRef: {name: sops-age}} to its spec.
`,
  );
  t.like(JSON.parse(repository.tool("check", "--format", "json").stdout), {
    findings: [
      { rule: "flux-ciphertext", severity: "error", path: kustomization, line: 2, fix: [] },
    ],
  });
  t.like(JSON.parse(repository.tool("check", "--format", "sarif").stdout), {
    runs: [{ results: [{ ruleId: "flux-ciphertext", level: "error" }] }],
  });
  t.true(
    repository
      .tool("check", "--format", "github")
      .stdout.startsWith(`::error file=${kustomization},line=2,title=flux-ciphertext::`),
  );
  repository.write(
    ".flux-sops.yaml",
    `allow:\n  - rule: flux-ciphertext\n    path: ${kustomization}\n    reason: the cluster adds it\n`,
  );
  repository.must("add", ".");
  t.is(repository.tool("check").status, 0);
});

test("a rule file in a folder that cannot be used is a finding, and all else is checked", (t) => {
  const repository = scaffolded(t);
  repository.write(
    "templates/config/.sops.yaml",
    "creation_rules:\n  - path_regex: .*\n    age: ${BOOTSTRAP_AGE_PUBLIC_KEY}\n",
  );
  repository.write("templates/config/a.txt", "a\n");
  repository.write("templates/config/b.yaml", "kind: Secret\nstringData: {a: hunter2}\n");
  repository.write("app/leak.yaml", "kind: Secret\nstringData: {a: hunter2}\n");
  repository.write("linked/leak.yaml", "kind: Secret\nstringData: {a: hunter2}\n");
  symlinkSync("../.sops.yaml", join(repository.dir, "linked/.sops.yaml"));
  repository.must("add", ".");
  const { status, stdout } = repository.tool("check", "--format", "json");
  t.is(status, 1);
  const { findings } = JSON.parse(stdout) as {
    findings: { rule: string; path: string; line: number | null }[];
  };
  t.deepEqual(
    findings.map(({ rule, path, line }) => [rule, path, line]),
    [
      ["sops-rule", "linked/.sops.yaml", null],
      ["sops-rule", "templates/config/.sops.yaml", 3],
      ["plaintext-secret", "app/leak.yaml", 2],
      ["plaintext-secret", "linked/leak.yaml", 2],
      ["plaintext-secret", "templates/config/b.yaml", 2],
    ],
  );
});

test("what is staged in the place of its encrypted form, and can be read as a whole or in part", (t) => {
  const repository = scaffolded(t);
  const [, age = ""] = /(age1[a-z0-9]+)/.exec(repository.read(".sops.yaml")) ?? [];
  const rule = `creation_rules:\n  - path_regex: ^other/\n    age: ${age}\n`;
  const rules = repository.read(".sops.yaml").replace("creation_rules:\n", rule);
  const files = ["talos/x.sops.yaml", "other/x.yaml", "other/y.yaml"] as const;
  const encrypted = (file: string, ...flags: string[]) => {
    repository.write(file, "a: one\nb: two\n");
    return repository.tool("encrypt", ...flags, file).stdout;
  };
  repository.write(".sops.yaml", rules);
  for (const file of files) repository.write(file, encrypted(file));
  repository.must("add", ".");
  repository.must("commit", "-qm", "Encrypted");
  const found = (flag: string) => {
    const { stdout } = repository.tool("check", flag, "--format", "json");
    const { findings } = JSON.parse(stdout) as {
      findings: { rule: string; path: string; message: string }[];
    };
    return findings.map(({ rule, path, message }) => [rule, path, message.split(".")[0]]);
  };
  t.deepEqual(found("--all"), []);

  const narrowed = ["talos/x.sops.yaml", "other/x.yaml", "talos/new.sops.yaml"];
  for (const file of narrowed) {
    const text = encrypted(file, "--encrypted-regex", "^a$");
    t.true(text.includes("\nb: two\n"), text);
    repository.write(file, text);
  }
  repository.write("other/y.yaml", "a: one\nb: two\n");
  repository.must("add", ".");
  const left = "its own sops block leaves b readable, which that of the version before encrypts";
  for (const flag of ["--staged", "--all"]) {
    t.deepEqual(found(flag), [
      ["sops-rule", "other/x.yaml", left],
      ["plaintext-secret", "other/y.yaml", "it is in plaintext, and its creation rule encrypts it"],
      // One that is new may have been encrypted so by whoever made it.
      ["sops-rule", "talos/x.sops.yaml", left],
    ]);
  }
});

test("--staged says of a rule file that cannot be used and is not staged, be it asked for a link alone", (t) => {
  const repository = scaffolded(t);
  repository.write("app/.sops.yaml", "creation_rules: [{path_regex: .*, age: none}]\n");
  repository.must("add", ".");
  repository.must("-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Break it");
  // As where links are plain files, and one was written over.
  const target = { input: "pin: 1\nother: 2\n" };
  const blob = repository.run("git", ["hash-object", "-w", "--stdin"], target).stdout.trim();
  repository.must("update-index", "--add", "--cacheinfo", `120000,${blob},app/link`);
  const { status, stderr } = repository.tool("check", "--staged");
  t.is(status, 2);
  t.regex(stderr, /app\/\.sops\.yaml:1: /);
});

test("wrong use: exit status 2", (t) => {
  const repository = scaffolded(t);
  t.is(repository.tool("check", "--format", "xml").status, 2);
  t.is(repository.tool("check", "--all", "--staged").status, 2);
  t.is(repository.tool("check", "nowhere.yaml").status, 2);
  repository.write(".sops.yaml", "creation_rules: [\n");
  repository.must("add", ".sops.yaml");
  t.is(repository.tool("check").status, 2);
});
