import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { generateKeyPair } from "../../../sops/age/identity.ts";
import { scaffolded, secret, type Scaffolded } from "../../e2e/scaffolded.ts";

const DB = "clusters/homelab/secrets/db.sops.yaml";
const AGE = /age1[a-z0-9]{58}/g;

/** With a committed Secret, and somebody who has a key that opens nothing yet. */
async function withColleague(t: ExecutionContext) {
  const repository = scaffolded(t);
  repository.write(DB, secret({ password: "hunter2" }));
  repository.write("talos/secrets.sops.yaml", "cluster: {secret: hunter3}\n");
  repository.write("clusters/homelab/app.sops.env", "TOKEN=hunter4\n");
  repository.must("add", ".");
  repository.must("commit", "-qm", "Add them");
  const [own = ""] = AGE.exec(repository.read(".sops.yaml")) ?? [];
  AGE.lastIndex = 0;
  const { recipient: theirs, identity } = await generateKeyPair();
  return { repository, own, theirs, asThem: { ...repository.env, SOPS_AGE_KEY: identity } };
}

function decryptedBy(repository: Scaffolded, env: NodeJS.ProcessEnv, path = DB) {
  const home = join(repository.dir, "../nobody");
  return repository.run("node", [".flux-sops/flux-sops.mjs", "decrypt", path], {
    env: { ...env, HOME: home, XDG_CONFIG_HOME: join(home, ".config") },
  });
}

test("keys add: a colleague reads all files, and the commit goes through as it is printed", async (t) => {
  const { repository, theirs, asThem } = await withColleague(t);
  t.not(decryptedBy(repository, asThem).status, 0);
  const added = repository.tool("keys", "add", theirs);
  t.is(added.status, 0, added.stderr);
  t.is(repository.read(".sops.yaml").split(theirs).length, 4);
  const rules = repository.read(".sops.yaml").split("\n");
  const places = [...added.stdout.matchAll(/^\.sops\.yaml:(\d+)  \((.*)\) names it now$/gm)];
  t.deepEqual(
    places.map(([, line]) => rules[Number(line) - 1]?.trim()),
    places.map(([, , pattern]) => `- path_regex: ${pattern}`),
  );
  t.is(places.length, 3);
  t.regex(added.stdout, /^3 files can be read with this key now$/m);
  const [, next = "false"] = /next: (git add .*)\n/.exec(added.stderr) ?? [];
  const commit = repository.run("sh", ["-c", `${next} && git commit -qm 'Let them in'`]);
  t.is(commit.status, 0, commit.stderr);
  t.is(repository.must("status", "--porcelain"), "");
  for (const path of [DB, "talos/secrets.sops.yaml", "clusters/homelab/app.sops.env"]) {
    t.regex(decryptedBy(repository, asThem, path).stdout, /hunter[234]/);
    t.is(repository.tool("decrypt", path).status, 0);
  }
  const again = repository.tool("keys", "add", theirs);
  t.is(again.status, 0);
  t.regex(again.stdout, /^nothing to do.*\n$/);
  t.is(repository.must("status", "--porcelain"), "");
});

test("keys remove: what is new cannot be read with the key, nor with the data key that it opened", async (t) => {
  const { repository, own, theirs, asThem } = await withColleague(t);
  const rules = repository.read(".sops.yaml");
  t.is(repository.tool("keys", "add", theirs).status, 0);
  repository.must("commit", "-qam", "Let them in");
  const before = repository.read(DB);
  const removed = repository.tool("keys", "remove", theirs);
  t.is(removed.status, 0, removed.stderr);
  t.is(repository.read(".sops.yaml"), rules);
  t.regex(removed.stderr, /git's history holds: change those passwords\n$/);
  t.not(decryptedBy(repository, asThem).status, 0);
  t.regex(repository.tool("decrypt", DB).stdout, /hunter2/);
  const tokens = (text: string) => text.match(/ENC\[[^\]]*\]/g) ?? [];
  t.true(tokens(before).length > 1);
  t.deepEqual(
    tokens(repository.read(DB)).filter((token) => before.includes(token)),
    [],
  );
  repository.must("commit", "-qam", "Let them out");
  t.is(repository.tool("doctor").status, 0);
  t.regex(repository.tool("keys", "list").stdout, new RegExp(own));
  const gone = repository.tool("keys", "remove", theirs);
  t.is(gone.status, 2);
  t.regex(gone.stderr, /no rule and no file names this key/);
});

test("keys add, remove: a key in the place of an old one", async (t) => {
  const { repository, own, theirs, asThem } = await withColleague(t);
  const sole = repository.tool("keys", "remove", own);
  t.is(sole.status, 2);
  t.regex(sole.stderr, /\.sops\.yaml:\d+, .*: no other key could read what this encrypts/);
  t.is(repository.must("status", "--porcelain"), "");
  t.is(repository.tool("keys", "add", theirs, "--beside", own).status, 0);
  const removed = repository.tool("keys", "remove", own);
  t.is(removed.status, 0);
  t.regex(removed.stderr, /its private half is on this machine: /);
  t.false(repository.read(".sops.yaml").includes(own));
  t.false(repository.read(DB).includes(own));
  t.regex(decryptedBy(repository, asThem).stdout, /hunter2/);
  repository.must("commit", "-qam", "Another key");
});

test("keys add: where rules have several readers, somebody says which", async (t) => {
  const { repository, own, theirs } = await withColleague(t);
  const { recipient: second } = await generateKeyPair();
  repository.write(
    "apps/.sops.yaml",
    `creation_rules:\n  - path_regex: .*\n    age: ${second} # theirs\n`,
  );
  repository.must("add", ".");
  const refused = repository.tool("keys", "add", theirs);
  t.is(refused.status, 2);
  t.regex(
    refused.stderr,
    /not all rules have the same readers: say which by --beside KEY, or --all/,
  );
  t.true(refused.stderr.includes(`apps/.sops.yaml:2: ${second} (theirs)\n`), refused.stderr);
  t.regex(refused.stderr, /nothing was changed/);
  t.false(repository.read(".sops.yaml").includes(theirs));

  t.is(repository.tool("keys", "add", theirs, "--beside", second).status, 0);
  t.false(repository.read(".sops.yaml").includes(theirs));
  t.true(repository.read("apps/.sops.yaml").includes(`age: ${second},${theirs} # theirs\n`));
  t.is(repository.tool("keys", "add", theirs, "--all").status, 0);
  t.is(repository.read(".sops.yaml").split(theirs).length, 4);
  const nobody = repository.tool(
    "keys",
    "add",
    theirs,
    "--beside",
    (await generateKeyPair()).recipient,
  );
  t.is(nobody.status, 2);
  t.is(repository.tool("keys", "add", theirs, "--all", "--beside", own).status, 2);
});

test("keys add: from a subfolder, what is named and printed works there", async (t) => {
  const { repository, theirs } = await withColleague(t);
  const cwd = join(repository.dir, "clusters/homelab");
  const tool = "../../.flux-sops/flux-sops.mjs";
  const added = repository.run("node", [tool, "keys", "add", theirs], { cwd });
  t.is(added.status, 0, added.stderr);
  const [, next = "false"] = /next: (git add .*)\n/.exec(added.stderr) ?? [];
  t.is(repository.run("sh", ["-c", `${next} && git commit -qm more`], { cwd }).status, 0);
  t.is(repository.must("status", "--porcelain"), "");
});

test("keys add, remove: where one file cannot be done, nothing is", async (t) => {
  const { repository, theirs, asThem } = await withColleague(t);
  const rules = repository.read(".sops.yaml");
  const intact = (what: string, ...args: string[]) => {
    const { status, stderr, stdout } = repository.tool("keys", ...args);
    t.is(status, 2, what);
    t.is(stdout, "", what);
    t.regex(stderr, /nothing was changed|read-only/, what);
    t.false(stderr.includes("hunter"), what);
    t.is(repository.read(".sops.yaml"), rules, what);
    t.false(repository.read(DB).includes(theirs), what);
    return stderr;
  };
  // One file of nobody's here.
  const { recipient: stranger } = await generateKeyPair();
  const sealed = repository.read(DB);
  const foreign = repository.run(
    "node",
    [".flux-sops/flux-sops.mjs", "encrypt", "--age", stranger, "--filename-override", "x.yaml"],
    { input: secret({ a: "b" }) },
  );
  t.is(foreign.status, 0, foreign.stderr);
  repository.write("clusters/homelab/secrets/other.sops.yaml", foreign.stdout);
  t.regex(intact("no key", "add", theirs), /other\.sops\.yaml: of the age identities here/);
  rmSync(join(repository.dir, "clusters/homelab/secrets/other.sops.yaml"));

  repository.write(DB, sealed.replace(/lastmodified: .*/, "lastmodified: never"));
  t.regex(intact("a broken block", "add", theirs), /db\.sops\.yaml has a sops block that/);
  repository.write(DB, sealed);

  for (const place of [DB, "clusters/homelab/secrets"]) {
    chmodSync(join(repository.dir, place), place === DB ? 0o400 : 0o500);
    intact(place, "add", theirs);
    chmodSync(join(repository.dir, place), place === DB ? 0o644 : 0o755);
  }
  t.deepEqual(
    readdirSync(join(repository.dir, "clusters/homelab/secrets")).filter((name) =>
      /tmp$/.test(name),
    ),
    [],
  );
  t.is(repository.must("status", "--porcelain"), "");
  t.not(decryptedBy(repository, asThem).status, 0);
});

test("keys add: what takes a person is left to one", async (t) => {
  const { repository, own, theirs } = await withColleague(t);
  for (const [rule, reason] of [
    [`age: ${own}\n    pgp: ABCD`, /\.sops\.yaml:2 has keys of other kinds \(pgp\)/],
    [
      `age: &key ${own}\n  - age: *key`,
      /\.sops\.yaml:3: written so that it is not plain what to change: put this key in there by hand/,
    ],
    ["age: nobody", /\.sops\.yaml:2: .* no age recipient/],
  ] as const) {
    repository.write(".sops.yaml", `creation_rules:\n  - ${rule}\n`);
    const { status, stderr } = repository.tool("keys", "add", theirs);
    t.is(status, 2);
    t.regex(stderr, reason);
    t.false(repository.read(".sops.yaml").includes(theirs));
  }
  rmSync(join(repository.dir, ".sops.yaml"));
  t.regex(repository.tool("keys", "add", theirs).stderr, /there is no \.sops\.yaml/);
});

test("keys add, remove: what a person has changed in the rules by hand is done in the files", async (t) => {
  const { repository, own, theirs, asThem } = await withColleague(t);
  const rule = (...lines: string[]) =>
    ["creation_rules:", "  - encrypted_regex: ^(data|stringData)$", "    age:", ...lines, ""].join(
      "\n",
    );
  repository.write(".sops.yaml", rule("      # people", `      - ${own}`, `      - ${theirs}`));
  repository.must("rm", "-q", "talos/secrets.sops.yaml", "clusters/homelab/app.sops.env");
  t.is(repository.tool("keys", "add", theirs).status, 0);
  t.regex(decryptedBy(repository, asThem).stdout, /hunter2/);

  repository.write(".sops.yaml", rule("      # people", `      - ${theirs}`, `      - ${own}`));
  const refused = repository.tool("keys", "remove", theirs);
  t.is(refused.status, 2);
  t.regex(refused.stderr, /\.sops\.yaml:2: written .*: take this key out there by hand, and run/);
  t.regex(refused.stderr, /nothing was changed/);
  const byHand = rule("      # people", `      - ${own}`);
  repository.write(".sops.yaml", byHand);
  t.is(repository.tool("keys", "remove", theirs).status, 0);
  t.is(repository.read(".sops.yaml"), byHand);
  t.not(decryptedBy(repository, asThem).status, 0);
  t.regex(repository.tool("decrypt", DB).stdout, /hunter2/);
});

test("keys add: no key at all, another's private half, or a manual's", async (t) => {
  const { repository } = await withColleague(t);
  const { identity, recipient } = await generateKeyPair();
  for (const args of [
    [],
    [identity],
    [`${recipient},${recipient}`],
    ["age1xyz"],
    ["ssh-ed25519 AAAA"],
    ["age1yt3tfqlfrwdwx0z0ynwplcr6qxcxfaqycuprpmy89nr83ltx74tqdpszlw"],
  ]) {
    const { status, stderr } = repository.tool("keys", "add", ...args);
    t.is(status, 2, args[0]);
    t.false(stderr.includes(identity));
  }
  t.is(repository.tool("keys", "remove", identity).status, 2);
  t.false(repository.tool("keys", "remove", identity).stderr.includes(identity));
  t.is(repository.must("status", "--porcelain"), "");
});

test("keys remove: a file under no rule, and one that no rule has it for, lose the key, too", async (t) => {
  const { repository, own, theirs, asThem } = await withColleague(t);
  const both = `${own},${theirs}`;
  const make = (path: string) => {
    const args = [
      ".flux-sops/flux-sops.mjs",
      "encrypt",
      "--age",
      both,
      "--filename-override",
      "x.yaml",
    ];
    const made = repository.run("node", args, { input: secret({ a: "hunter5" }) });
    t.is(made.status, 0, made.stderr);
    repository.write(path, made.stdout);
  };
  make("elsewhere/a.yaml");
  make("clusters/homelab/secrets/drifted.sops.yaml");
  t.regex(decryptedBy(repository, asThem, "elsewhere/a.yaml").stdout, /hunter5/);
  const removed = repository.tool("keys", "remove", theirs);
  t.is(removed.status, 0, removed.stderr);
  t.regex(removed.stdout, /^2 files got a new data key, without this key$/m);
  for (const path of ["elsewhere/a.yaml", "clusters/homelab/secrets/drifted.sops.yaml"]) {
    t.not(decryptedBy(repository, asThem, path).status, 0);
    t.regex(repository.tool("decrypt", path).stdout, /hunter5/);
  }
});

test("keys add: what is not on disk, or lies decrypted there, is told and left", async (t) => {
  const { repository, theirs, asThem } = await withColleague(t);
  rmSync(join(repository.dir, "talos/secrets.sops.yaml"));
  t.is(repository.tool("decrypt", "-i", DB).status, 0);
  const plain = repository.read(DB);
  const added = repository.tool("keys", "add", theirs);
  t.is(added.status, 0, added.stderr);
  t.regex(
    added.stderr,
    /talos\/secrets\.sops\.yaml is encrypted in git, and not on disk, .*: check/,
  );
  t.regex(added.stderr, /db\.sops\.yaml is decrypted on disk, and keeps its keys until git add/);
  t.is(repository.read(DB), plain);
  t.false(existsSync(join(repository.dir, "talos/secrets.sops.yaml")));
  // As they say.
  repository.must("checkout", "-q", "--", "talos");
  const again = repository.tool("keys", "add", theirs);
  t.regex(again.stdout, /^1 file can be read with this key now$/m);
  t.notRegex(again.stderr, /talos.* keeps/);
  repository.must("add", ".");
  repository.must("commit", "-qm", "Let them in");
  t.regex(decryptedBy(repository, asThem).stdout, /hunter2/);
  t.is(repository.tool("keys", "add", theirs).stderr, "");
});

test("keys add: of what is not on disk, nothing is said where other rules take it", async (t) => {
  const { repository, own, theirs } = await withColleague(t);
  const { recipient: second } = await generateKeyPair();
  repository.write("apps/.sops.yaml", `creation_rules:\n  - age: ${own},${second}\n`);
  repository.must("add", ".");
  rmSync(join(repository.dir, "talos/secrets.sops.yaml"));
  const added = repository.tool("keys", "add", theirs, "--beside", second);
  t.is(added.status, 0, added.stderr);
  t.notRegex(added.stderr, /talos/);
});

test("keys remove: a file that somebody changes meanwhile stays, and nothing else is said of it", async (t) => {
  const { repository, theirs } = await withColleague(t);
  t.is(repository.tool("keys", "add", theirs).status, 0);
  repository.must("commit", "-qam", "Let them in");
  const keys = join(repository.home, ".config/sops/age/keys.txt");
  const away = join(repository.home, "keys.txt");
  repository.run("mv", [keys, away]);
  const [first, , last] = [DB, "talos/secrets.sops.yaml", "clusters/homelab/app.sops.env"];
  const command = `sh -c 'cd "${repository.dir}"; echo "#theirs=1" >> ${last}; cat "${away}"'`;
  const { status, stdout, stderr } = repository.run(
    "node",
    [".flux-sops/flux-sops.cjs", "keys", "remove", theirs],
    { env: { ...repository.env, SOPS_AGE_KEY_CMD: command } },
  );
  t.is(status, 2, stderr);
  t.regex(stderr, /app\.sops\.env was changed meanwhile: run this again/);
  t.false(stdout.includes(last), stdout);
  t.true(stdout.includes(first));
  t.regex(stdout, /^2 files got a new data key/m);
  t.notRegex(stderr, /git add .*app\.sops\.env/);
  t.true(repository.read(last).includes(theirs));
  // Where that is all that was to do.
  const again = repository.run("node", [".flux-sops/flux-sops.cjs", "keys", "remove", theirs], {
    env: { ...repository.env, SOPS_AGE_KEY_CMD: command },
  });
  t.is(again.status, 2);
  t.is(again.stdout, "");
  t.regex(again.stderr, /app\.sops\.env was changed meanwhile: run this again/);
});

test("keys remove: what a killed one had begun is completed, and committed as it is printed", async (t) => {
  const { repository, theirs } = await withColleague(t);
  t.is(repository.tool("keys", "add", theirs).status, 0);
  repository.must("commit", "-qam", "Let them in");
  t.is(repository.tool("keys", "remove", theirs).status, 0);
  repository.must("checkout", "-q", "--", "talos", DB);
  const again = repository.tool("keys", "remove", theirs);
  t.is(again.status, 0, again.stderr);
  t.regex(again.stdout, /^2 files got a new data key/m);
  repository.must("add", "clusters/homelab/app.sops.env");
  const [, next = "false"] = /next: (git add .*)\n/.exec(again.stderr) ?? [];
  const commit = repository.run("sh", ["-c", `${next} && git commit -qm 'Let them out'`]);
  t.is(commit.status, 0, commit.stderr);
  t.is(repository.must("status", "--porcelain"), "");
});

test("keys add: whom only another rule names is left out, and told", async (t) => {
  const { repository, own, theirs } = await withColleague(t);
  const { recipient: third } = await generateKeyPair();
  repository.write(
    "apps/.sops.yaml",
    `# ${third}: Carol\u001b[31m\ncreation_rules:\n  - age: ${own},${third}\n`,
  );
  const args = [".flux-sops/flux-sops.mjs", "rotate", "-i", "--add-age", third, DB];
  t.is(repository.run("node", args).status, 0);
  const { stdout } = repository.tool("keys", "add", theirs, "--all");
  const left = `${third} (Carol\\033[31m)`;
  t.true(stdout.includes(`${DB}  (its rule does not name ${left}: left out)\n`), stdout);
  t.false(repository.read(DB).includes(third));
});

test("keys add: all is on the disk before any of it is put in place", async (t) => {
  const { repository, theirs } = await withColleague(t);
  const preload = `
    import fs from "node:fs";
    const { promises: { open }, renameSync } = fs;
    fs.promises.open = async (...args) => {
      const handle = await open(...args);
      const sync = handle.sync.bind(handle);
      handle.sync = () => sync().then(() => fs.writeSync(2, "synced\\n"));
      return handle;
    };
    fs.renameSync = (...args) => { fs.writeSync(2, "renamed\\n"); renameSync(...args); };
  `;
  const { status, stderr } = repository.run(
    "node",
    [
      `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      ...[".flux-sops/flux-sops.cjs", "keys", "add", theirs],
    ],
    { env: repository.env },
  );
  t.is(status, 0, stderr);
  t.true(
    stderr.startsWith(`${"synced\n".repeat(4)}${"renamed\n".repeat(4)}flux-sops: next:`),
    stderr,
  );
});

test("keys add: Ctrl-C while files are put in place leaves none half done", async (t) => {
  const { repository, theirs } = await withColleague(t);
  const content = repository.read("talos/secrets.sops.yaml");
  const names = Array.from({ length: 150 }, (_, index) => `talos/copy${index}.sops.yaml`);
  for (const name of names) repository.write(name, content);
  const tool = spawn("node", [".flux-sops/flux-sops.cjs", "keys", "add", theirs], {
    cwd: repository.dir,
    env: repository.env,
    stdio: "ignore",
  });
  const ended = once(tool, "exit");
  const folder = join(repository.dir, "talos");
  const waiting = () => readdirSync(folder).filter((name) => name.endsWith(".tmp"));
  while (waiting().length === 0 && tool.exitCode === null) await setImmediate();
  tool.kill("SIGINT");
  await ended;
  t.deepEqual(waiting(), []);
  const done = names.filter((name) => repository.read(name).includes(theirs));
  t.is(done.length, names.length);
});

test("keys add: rules behind a symlink, which sops would follow, are nobody's guess", async (t) => {
  const { repository, theirs } = await withColleague(t);
  const rules = join(repository.dir, ".sops.yaml");
  const elsewhere = join(repository.home, "rules.yaml");
  repository.run("mv", [rules, elsewhere]);
  symlinkSync(elsewhere, rules);
  const before = repository.read(DB);
  const refused = repository.tool("keys", "add", theirs);
  t.is(refused.status, 2);
  t.regex(refused.stderr, /: \.sops\.yaml is no regular file: put the file itself in its place$/m);
  t.regex(refused.stderr, /nothing was changed/);
  t.is(repository.read(DB), before);
  t.false(repository.read(".sops.yaml").includes(theirs));
});

test("keys add: no symlink leads out of the repository, and a conflict comes first", async (t) => {
  const { repository, theirs } = await withColleague(t);
  const outside = join(repository.home, "outside.sops.yaml");
  repository.run("cp", [DB, outside]);
  rmSync(join(repository.dir, DB));
  symlinkSync(outside, join(repository.dir, DB));
  const added = repository.tool("keys", "add", theirs);
  t.is(added.status, 0, added.stderr);
  t.false(repository.run("cat", [outside]).stdout.includes(theirs));
  repository.must("checkout", "-q", "--", ".");

  const oid = repository.must("rev-parse", `HEAD:${DB}`).trim();
  const stages = [1, 2, 3].map((stage) => `100644 ${oid} ${stage}\t${DB}\n`).join("");
  repository.run("git", ["update-index", "--index-info"], {
    input: `0 ${"0".repeat(40)}\t${DB}\n${stages}`,
  });
  const refused = repository.tool("keys", "add", theirs);
  t.is(refused.status, 2);
  t.regex(refused.stderr, /db\.sops\.yaml is in conflict/);
});
