import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { runTool, testWith } from "../real-tools.ts";
import { scaffolded, TOOL, type Scaffolded } from "./scaffolded.ts";

const PLANTED = "hunter2-planted";

/** Everything the folder and the home hold, but the keys. */
function holds(repository: Scaffolded, text: string): boolean {
  return repository.run("grep", ["-rlF", text, "."]).stdout !== "";
}

test("new secret: encrypted before it is written, found by check, the same again", (t) => {
  const repository = scaffolded(t);
  const args = ["new", "secret", "db", "--namespace", "demo", "--generate", "token:40"];
  const preview = repository.tool(...args, "--dry-run");
  t.regex(preview.stdout, /Nothing is written/);
  t.is(repository.git("status", "--porcelain").stdout, "");

  const input = { input: `${PLANTED}\n` };
  const all = [".flux-sops/flux-sops.mjs", ...args, "--from-literal-stdin", "password"];
  const done = repository.run("node", all, input);
  t.is(done.status, 0, done.stderr);
  t.notRegex(done.stdout + done.stderr, new RegExp(PLANTED));
  t.false(holds(repository, PLANTED));
  const path = "clusters/homelab/secrets/db.sops.yaml";
  const plaintext = repository.tool("decrypt", path).stdout;
  t.regex(plaintext, new RegExp(`^ {2}password: "${PLANTED}"$`, "m"));
  t.regex(plaintext, /^ {2}token: "[A-Za-z0-9]{40}"$/m);
  t.true(existsSync(join(repository.dir, "clusters/homelab/infrastructure/namespaces/demo.yaml")));

  const again = repository.run("node", all, input);
  t.regex(again.stdout, /nothing to change/);
  const other = repository.run("node", all, { input: "other" });
  t.is(other.status, 2);
  t.regex(other.stderr, /is there already: .*--force/);
  t.is(repository.tool("decrypt", path).stdout, plaintext);
  t.is(repository.run("node", [...all, "--force"], { input: "other" }).status, 0);
  t.regex(repository.tool("decrypt", path).stdout, /password: "other"/);

  repository.must("add", "-A");
  t.is(repository.git("commit", "-qm", "x").status, 0);
  t.is(repository.tool("check").status, 0);
  t.is(repository.must("status", "--porcelain"), "");
});

test("new secret: what git ignores is added by force in the command that is printed", (t) => {
  const repository = scaffolded(t);
  repository.write(".git/info/exclude", "secrets/\n");
  const { stdout } = repository.tool(
    "new",
    "secret",
    "db",
    "--namespace",
    "demo",
    "--generate",
    "a",
  );
  const command = /^Next:\n {2}(.*)$/m.exec(stdout)?.[1] ?? "";
  t.regex(command, /^git add -- \S+ && git add --force -- \S*\/db\.sops\.yaml && git commit /);
  t.is(repository.paste([command]).status, 0);
  t.true(repository.must("ls-files").includes("secrets/db.sops.yaml"));
});

test("new secret: what is wrong is said in one line, and nothing is written", (t) => {
  const repository = scaffolded(t);
  const wrong: [args: string[], says: RegExp][] = [
    [["Db"], /the name Db must be a DNS name/],
    [["db"], /has no values/],
    [["db", "--generate", "a", "--from-literal", `a=${PLANTED}`], /the key a is given twice/],
    [["db", "--from-literal", PLANTED], /must look like KEY=VALUE/],
    [["db", "--generate", "a b"], /the key a b must be/],
    [["db", "--generate", "a", "--namespace", "A"], /--namespace must be a DNS label/],
    [["db", "--generate", "a", "--cluster", "no"], /no folder clusters\/no\/secrets/],
    [["db", "--generate", "a", "--type", "tls"], /needs tls\.crt and tls\.key/],
    [["db", "--type", "tls"], /needs tls\.crt and tls\.key: give --cert FILE and --key FILE$/m],
    [["db", "--type", "basic-auth"], /needs username or password: give --from-literal username=/],
    [["db", "--type", "ssh-auth"], /needs ssh-privatekey: give --from-file ssh-privatekey=FILE$/m],
    [["db", "--docker-username", "u"], /needs --docker-username and --docker-password-stdin/],
    [
      ["db", "--from-literal-stdin", "a", "--docker-username", "u", "--docker-password-stdin"],
      /standard input can be one value only/,
    ],
    [["db", "--from-file", "none"], /none cannot be read: it does not exist/],
    [["db", "--nope"], /unknown option '--nope'/],
    // For sops they mean something else than was meant here: these are no commands of its.
    [["db", "--user", "u"], /unknown option '--user';/],
    [["db", "-p", PLANTED], /unknown option '-p';/],
    [["db", `--from-litteral=a=${PLANTED}`], /unknown option '--from-litteral';/],
    [[], /the NAME is missing/],
  ];
  for (const [args, says] of wrong) {
    const done = repository.run("node", [TOOL, "new", "secret", ...args], { input: "x" });
    t.is(done.status, 2, args.join(" "));
    t.regex(done.stderr, says);
    t.regex(done.stderr, /^flux-sops: new secret: [^\n]+\n$/);
    t.notRegex(done.stderr, new RegExp(PLANTED));
  }
  t.is(repository.must("status", "--porcelain"), "");
});

test("new secret: where its rule would not encrypt it as Flux can use it, nothing is written", (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const recipient = /age1\w+/.exec(rules)?.[0] ?? "";
  const ruleFile = (...lines: string[]) => `creation_rules:\n  - ${lines.join("\n    ")}\n`;
  const made = () =>
    repository.run("node", [TOOL, "new", "secret", "db", "--from-literal-stdin", "password"], {
      input: PLANTED,
    });
  const age = `age: ${recipient}`;
  for (const [text, says] of [
    [
      ruleFile("path_regex: ^elsewhere/", age),
      /no rule in \.sops\.yaml encrypts \S+db\.sops\.yaml/,
    ],
    [ruleFile("path_regex: .*", "pgp: 85D77543"), /has keys that only sops can encrypt to/],
    [ruleFile("path_regex: .*"), /no rule in \.sops\.yaml encrypts \S+ to an age recipient/],
    [ruleFile("path_regex: .*", age), /must encrypt the values of a Secret and nothing else/],
    [
      ruleFile("path_regex: .*", "encrypted_regex: ^token$", age),
      /must encrypt the values of a Secret and nothing else/,
    ],
    ["creation_rules: []\n", /no rule in \.sops\.yaml encrypts/],
    ["stores: {}\n", /there is no \.sops\.yaml with creation rules for/],
    [
      "creation_rules: [\n",
      /^flux-sops: new secret: \.sops\.yaml:2:1: .*; mend it and run this again/,
    ],
  ] as const) {
    repository.write(".sops.yaml", text);
    const { status, stderr } = made();
    t.is(status, 2, text);
    t.regex(stderr, says, text);
    t.is(repository.must("status", "--porcelain"), " M .sops.yaml\n");
  }
  // The nearest one counts, and its patterns begin at its folder.
  const near = "clusters/homelab/.sops.yaml";
  repository.write(".sops.yaml", rules);
  repository.write(
    near,
    ruleFile("path_regex: ^secrets/", "encrypted_regex: ^(data|stringData)$", age),
  );
  const { status, stderr } = made();
  t.is(status, 0, stderr);
  t.false(holds(repository, PLANTED));
});

test("new workload: what is there stays as it is, unless it is to be replaced", (t) => {
  const repository = scaffolded(t);
  const args = ["new", "workload", "web", "--without-secret", "--image", "nginx:1"];
  t.is(repository.tool(...args).status, 0);
  const path = "clusters/homelab/apps/web/service.yaml";
  const own = `${repository.read(path)}# own\n`;
  repository.write(path, own);
  const refused = repository.tool(...args);
  t.is(refused.status, 2, refused.stdout);
  t.regex(refused.stderr, /web\/service\.yaml is there already and differs: .*--force$/m);
  t.is(repository.read(path), own);
  t.is(repository.tool(...args, "--force").status, 0);
  t.not(repository.read(path), own);
});

test("new workload: what is wrong is said in one line, and nothing is written", (t) => {
  const repository = scaffolded(t);
  const wrong: [args: string[], says: RegExp][] = [
    [["--image", "no image"], /--image must be an image such as/],
    [["--port", "65536"], /--port must be a number from 1 to 65535/],
    [["--without-secret", "--generate", "a"], /--without-secret leaves no place for values/],
    [["--generate", "a.b", "--generate", "a-b"], /the keys a\.b and a-b would both be .* A_B/],
  ];
  for (const [args, says] of wrong) {
    const { status, stderr } = repository.tool("new", "workload", "web", ...args);
    t.is(status, 2, args.join(" "));
    t.regex(stderr, says);
    t.regex(stderr, /^flux-sops: new workload: [^\n]+\n$/);
  }
  t.is(repository.must("status", "--porcelain"), "");
});

test("new secret: an empty standard input is no password", (t) => {
  const repository = scaffolded(t);
  const made = (input: string, ...args: string[]) =>
    repository.run("node", [TOOL, "new", ...args], { input });
  const docker = ["--type", "docker-registry", "--docker-username", "u", "--docker-password-stdin"];
  // As of `echo "$PASSWORD" |`, the variable misspelt.
  for (const input of ["", "\n", "\r\n"]) {
    for (const kind of ["secret", "workload"]) {
      const { status, stderr } = made(input, kind, "db", "--from-literal-stdin", "a");
      t.is(status, 2);
      t.regex(stderr, /standard input is empty: .* an empty one is --from-literal a=$/m);
    }
    t.regex(
      made(input, "secret", "db", ...docker).stderr,
      /--docker-password-stdin: .* is empty$/m,
    );
  }
  t.is(repository.must("status", "--porcelain"), "");
  t.is(made("", "secret", "db", "--from-literal", "a=", "--from-file", "b=-").status, 0);
});

test("new secret: what is there under a name that it would take stays as it is", (t) => {
  const repository = scaffolded(t);
  const quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: shop\n";
  const path = "clusters/homelab/infrastructure/namespaces/shop.yaml";
  repository.write(path, quota);
  for (const [kind = "", ...more] of [["secret", "--generate", "a"], ["workload"]]) {
    const refused = repository.tool("new", kind, "web", "--namespace", "shop", ...more, "--force");
    t.is(refused.status, 2, refused.stdout);
    t.regex(
      refused.stderr,
      /namespaces\/shop\.yaml is there already, and git sees no Namespace shop/,
    );
  }
  t.is(repository.read(path), quota);

  const made = (name: string, namespace: string) =>
    repository.tool("new", "secret", name, "--namespace", namespace, "--generate", "a");
  t.is(made("db.default", "flux-system").status, 0);
  t.is(made("db", "kube-system").status, 0);
  t.regex(
    made("db", "default").stderr,
    /db\.sops\.yaml and \S*db\.default\.sops\.yaml hold other Secrets than db in namespace default: rename/,
  );
});

test("a folder's list names what is new in it, and where there is none, Flux takes all: none is made", (t) => {
  const repository = scaffolded(t);
  const folder = "clusters/homelab";
  const list = "resources:\n- a.sops.yaml # mine\n";
  repository.write(`${folder}/secrets/kustomization.yaml`, list);
  repository.write(`${folder}/infrastructure/namespaces/kustomization.yml`, "resources: []\n");
  for (const removed of ["apps/kustomization.yaml", "kustomization.yaml"]) {
    rmSync(join(repository.dir, folder, removed));
  }
  repository.write(`${folder}/apps/old.yaml`, "apiVersion: v1\nkind: ConfigMap\n");
  const done = repository.tool("new", "workload", "shop");
  t.is(done.status, 0, done.stderr);
  t.is(repository.read(`${folder}/secrets/kustomization.yaml`), `${list}- shop.sops.yaml\n`);
  t.is(
    repository.read(`${folder}/infrastructure/namespaces/kustomization.yml`),
    "resources:\n  - shop.yaml\n",
  );
  t.is(repository.tool("new", "cluster", "homelab").status, 0);
  const init = repository.run("node", [TOOL, "init", "--yes", "--skip-install"]);
  t.is(init.status, 0, init.stderr);
  t.false(existsSync(join(repository.dir, folder, "apps/kustomization.yaml")), "old.yaml stays");
  t.false(existsSync(join(repository.dir, folder, "kustomization.yaml")), "so do theirs beside it");
  t.true(existsSync(join(repository.dir, folder, "apps/shop/kustomization.yaml")));
});

testWith("sops", "kustomize")("what the generators make opens with sops, and builds", (t) => {
  const repository = scaffolded(t);
  writeFileSync(join(repository.home, "blob"), Buffer.of(0, 255, 1));
  const made = [
    ["secret", "bin", "--namespace", "a", "--from-file", `k=${join(repository.home, "blob")}`],
    ["secret", "reg", "--docker-username", "u", "--docker-password", "p"],
    ["workload", "web", "--generate", "api-key"],
    ["workload", "two", "--namespace", "web", "--image", "nginx", "--without-secret"],
    ["cluster", "prod"],
    ["workload", "web", "--cluster", "prod"],
  ];
  for (const args of made) {
    const given = args[1] === "reg" || args[0] === "cluster" ? args : [...args];
    const done = repository.tool("new", ...given);
    t.is(done.status, 0, done.stderr);
    if (args[1] === "two") {
      t.regex(
        done.stdout,
        /^ {2}unchanged clusters\/homelab\/infrastructure\/namespaces\/web\.yaml$/m,
      );
    }
    if (args[0] !== "cluster") continue;
    // From here on there are two.
    t.regex(
      repository.tool("new", "secret", "x", "--generate", "a").stderr,
      /--cluster \(homelab, prod\)/,
    );
  }
  const env = { ...process.env, HOME: repository.home, XDG_CONFIG_HOME: "" };
  const secrets = "clusters/homelab/secrets";
  t.regex(
    runTool("sops", ["-d", `${secrets}/bin.sops.yaml`], { cwd: repository.dir, env }),
    /k: AP8B/,
  );
  t.regex(
    runTool("sops", ["-d", `${secrets}/reg.sops.yaml`], { cwd: repository.dir, env }),
    /"auth":"dTpw"/,
  );
  for (const cluster of ["homelab", "prod"]) {
    const root = runTool("kustomize", ["build", join(repository.dir, `clusters/${cluster}`)]);
    t.is(root.match(/^kind: Kustomization$/gm)?.length, 4);
    const apps = runTool("kustomize", ["build", join(repository.dir, `clusters/${cluster}/apps`)]);
    t.is(apps.match(/^kind: Deployment$/gm)?.length, cluster === "homelab" ? 2 : 1);
    t.regex(apps, /namespace: web/);
  }
  repository.must("add", "-A");
  t.is(repository.git("commit", "-qm", "x").status, 0);
  t.is(repository.tool("check").status, 0);
});

test("new cluster: its own key and rules; the others keep every byte", async (t) => {
  const repository = scaffolded(t);
  const rules = repository.read(".sops.yaml");
  const preview = repository.tool("new", "cluster", "prod", "--dry-run");
  t.is(preview.status, 0);
  t.notRegex(preview.stdout, /private key/, "none was made");
  t.is(repository.must("status", "--porcelain"), "");
  t.is(repository.tool("new", "cluster", "prod").status, 0);
  const after = repository.read(".sops.yaml");
  const kept = rules.split("\n").filter((line) => line !== "");
  const lines = after.split("\n");
  let at = -1;
  for (const line of kept) {
    at = lines.indexOf(line, at + 1);
    t.not(at, -1, line);
  }
  const keys = readFileSync(join(repository.home, ".config/sops/age/keys.txt"), "utf8");
  const [first, second] = [...keys.matchAll(/public key: (age1\w+)/g)].map(([, one]) => one);
  t.regex(keys, /identity of cluster prod/);
  t.regex(after, new RegExp(`\\^talos/prod/[^]*?${second}[^]*\\^talos/\\.\\*[^]*?${first}`));
  t.is(repository.tool("new", "secret", "x", "--cluster", "prod", "--generate", "a").status, 0);
  const secret = repository.read("clusters/prod/secrets/x.sops.yaml");
  t.true(secret.includes(second ?? "-") && !secret.includes(first ?? "-"));
  const again = repository.tool("new", "cluster", "prod");
  t.regex(again.stdout, /nothing to change/);
  const { recipient } = await generateKeyPair();
  const others = repository.tool("new", "cluster", "prod", "--recipients", recipient);
  t.is(others.status, 2, others.stdout);
  t.regex(others.stderr, /prod is there already, .*updatekeys -y clusters\/prod$/m);
  const below = repository.run(
    "node",
    ["../.flux-sops/flux-sops.mjs", "new", "cluster", "prod", "--recipients", recipient],
    { cwd: join(repository.dir, "clusters") },
  );
  t.regex(below.stderr, /updatekeys -y prod$/m);
  t.is(repository.tool("new", "cluster", "prod", "--recipients", second ?? "").status, 0);
  // Without what flux bootstrap has written, Flux would remove itself.
  const components = "clusters/prod/flux-system/gotk-components.yaml";
  repository.write(components, "kind: Namespace\n");
  t.is(repository.tool("new", "cluster", "prod", "--force").status, 0);
  t.is(repository.read(components), "kind: Namespace\n");
  // Flux builds all that is in a folder without a kustomization.yaml: one more would have it remove the rest.
  repository.write("clusters/old/apps.yaml", "kind: ConfigMap\n");
  const taken = repository.tool("new", "cluster", "old");
  t.is(taken.status, 2, taken.stdout);
  t.regex(taken.stderr, /clusters\/old is there already, and no rule in \.sops\.yaml is its own/);
  t.false(existsSync(join(repository.dir, "clusters/old/kustomization.yaml")));
  t.is(readFileSync(join(repository.home, ".config/sops/age/keys.txt"), "utf8"), keys);
});

test("new cluster: where its rules cannot be added, no key is made and nothing is written", (t) => {
  const repository = scaffolded(t);
  const keyFile = join(repository.home, ".config/sops/age/keys.txt");
  const keys = readFileSync(keyFile, "utf8");
  for (const [text, says] of [
    ["creation_rules: [\n", /new cluster: \.sops\.yaml:2:1: .*; mend it and run this again/],
    ["stores: {}\n", /\.sops\.yaml has no list of creation_rules that can be added to/],
    [Buffer.of(0xff, 0xfe, 0x0a), /\.sops\.yaml is no UTF-8: save it as that/],
    [null, /has no \.sops\.yaml: run npx -p generator-flux-sops flux-sops init first/],
  ] as const) {
    const path = join(repository.dir, ".sops.yaml");
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
    const { status, stderr } = repository.tool("new", "cluster", "prod");
    t.is(status, 2, stderr);
    t.regex(stderr, says);
    t.is(readFileSync(keyFile, "utf8"), keys);
    t.is(repository.must("status", "--porcelain"), ` ${text === null ? "D" : "M"} .sops.yaml\n`);
  }
});

test("new cluster: a folder for Talos comes only where there is one for all", (t) => {
  const repository = scaffolded(t);
  t.is(repository.tool("new", "cluster", "prod").status, 0);
  t.true(existsSync(join(repository.dir, "talos/prod")));
  rmSync(join(repository.dir, "talos"), { recursive: true });
  t.is(repository.tool("new", "cluster", "test").status, 0);
  t.false(existsSync(join(repository.dir, "talos")));
  // What may be put there later is taken by its own rule all the same, and encrypted for it alone.
  t.regex(repository.read(".sops.yaml"), /\^talos\/test\//);
});

test("new cluster: says that a colleague who reads the others cannot read it, and how to let them in", async (t) => {
  const repository = scaffolded(t);
  const said =
    /^Nobody else can read what its rules will encrypt\. To let a key in: npx flux-sops (keys add) KEY (--beside) (age1\w+)$/m;
  t.notRegex(repository.tool("new", "cluster", "one").stdout, said);
  const { recipient } = await generateKeyPair();
  const rules = repository.read(".sops.yaml");
  const [own = ""] = /age1\w+/.exec(rules) ?? [];
  repository.write(".sops.yaml", rules.replaceAll(own, `${own},${recipient}`));
  const command = said.exec(repository.tool("new", "cluster", "two").stdout)?.slice(1);
  t.is(command?.length, 3);
  const [keysAdd = "", ...beside] = command ?? [];
  const added = repository.tool(...keysAdd.split(" "), recipient, ...beside);
  t.is(added.status, 0, added.stderr);
  const files = [...added.stdout.matchAll(/\((\^\S+)\) names it now$/gm)].map(([, rule]) => rule);
  t.deepEqual(
    files.map((rule) => /\/two\//.test(rule ?? "")),
    [true, true, true],
  );
  const given = repository.tool("new", "cluster", "three", "--recipients", `${own},${recipient}`);
  t.notRegex(given.stdout, said);
});

/** Programs that note their arguments, environment and standard input, instead of kubectl and flux. */
function standIns(repository: Scaffolded): { path: string; log: () => string } {
  const folder = join(repository.home, "bin");
  const log = join(repository.home, "log");
  mkdirSync(folder);
  for (const name of ["kubectl", "flux"]) {
    writeFileSync(
      join(folder, name),
      `#!/bin/sh
case "$*" in
  version* | config*) echo current; exit 0 ;;
  *"create secret"*) input=$(cat /dev/stdin); printf 'RAN %s %s\\nENV %s\\nIN %s\\n' ${name} "$*" "$(env | grep -c AGE-SECRET-KEY)" "$input" >> '${log}' ;;
  *"get secret"*) cat "$0.sops-age.json"; exit ;;
  *apply*) cat >/dev/null; exit "\${APPLY_STATUS:-0}" ;;
  *) printf 'RAN %s %s\\nTOKEN %s\\n' ${name} "$*" "$GITHUB_TOKEN" >> '${log}' ;;
esac
echo manifest
`,
    );
    chmodSync(join(folder, name), 0o755);
  }
  return { path: `${folder}:${process.env["PATH"] ?? ""}`, log: () => readFileSync(log, "utf8") };
}

test("bootstrap: this cluster's key alone, through standard input, in the right order", (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  t.is(repository.tool("new", "cluster", "prod").status, 0);
  repository.must("add", "-A");
  repository.must("commit", "-qm", "x");
  const keys = readFileSync(join(repository.home, ".config/sops/age/keys.txt"), "utf8");
  const [first = "", second = ""] = keys.match(/^AGE-SECRET-KEY-.*$/gm) ?? [];
  const { path, log } = standIns(repository);
  const run = (args: string[], more: NodeJS.ProcessEnv = {}) =>
    repository.run("node", [TOOL, "bootstrap", "--cluster", "prod", ...args], {
      env: { PATH: path, SOPS_AGE_KEY: first, ...more },
    });

  const dry = run(["--dry-run"]);
  t.is(dry.status, 0, dry.stderr);
  t.regex(dry.stdout, /flux bootstrap github --owner=me .*--path=clusters\/prod --personal\n$/);
  t.notRegex(dry.stdout, /AGE-SECRET-KEY/);
  t.regex(
    run(["--dry-run", "--", "--personal=false", "--branch", "dev"]).stdout,
    /flux bootstrap github --owner=me --repository=\S+ --path=clusters\/prod --personal=false --branch dev\n$/,
  );

  t.regex(run([]).stderr, /say which cluster is meant: --context/);
  t.regex(run(["--context", "k"]).stderr, /git cannot ask origin .*git push -u origin main/);
  const remote = join(repository.home, "remote.git");
  repository.must("init", "-q", "--bare", remote);
  repository.must("remote", "add", "origin", remote);
  t.regex(run(["--context", "k"]).stderr, /is not on origin yet: run git push -u origin main/);
  repository.must("push", "-q", "-u", "origin", "main");
  t.regex(run(["--context", "k"]).stderr, /put it into GITHUB_TOKEN/);
  t.false(existsSync(join(repository.home, "log")), "nothing ran");
  // As of the real kubectl, which makes a manifest where there is no cluster, and cannot apply it.
  const nowhere = run(["--context", "k"], { GITHUB_TOKEN: "t0ken", APPLY_STATUS: "1" });
  t.is(nowhere.status, 2);
  t.regex(nowhere.stderr, /see above \(kubectl --context=k apply --server-side -f -\): mend that/);
  t.notRegex(log(), /sops-age|RAN flux/, "nothing follows");

  for (const context of [["--context", "k"], ["--yes"]]) {
    const done = run([...context, "--", "--private=true"], { GITHUB_TOKEN: "t0ken" });
    // As of the real flux, which pushes commits of its own.
    const there = (...args: string[]) => repository.must("-C", remote, ...args).trim();
    const theirs = there("commit-tree", "-p", "main", "-m", "Add Flux", "main^{tree}");
    there("update-ref", "refs/heads/main", theirs);
    t.is(done.status, 0, done.stderr);
    t.notRegex(done.stdout + done.stderr, /AGE-SECRET-KEY|t0ken/);
  }
  repository.must("commit", "-q", "--allow-empty", "-m", "Not pushed");
  t.regex(
    run(["--context", "k"], { GITHUB_TOKEN: "t0ken" }).stderr,
    /origin has commits that are not here: run git pull --rebase, then git push -u origin main/,
  );
  const ran = log();
  t.regex(
    ran,
    /^RAN kubectl --context=current -n flux-system create secret [^]*--context=current --private/m,
  );
  t.is(ran.match(new RegExp(second, "g"))?.length, 2);
  t.false(ran.includes(first));
  t.notRegex(ran, /^RAN .*AGE-SECRET-KEY/m);
  t.deepEqual(
    [...ran.matchAll(/^ENV (\d)$/gm)].map(([, count]) => count),
    ["0", "0"],
  );
  t.regex(
    ran,
    /^RAN kubectl --context=k create namespace[^]*create secret generic sops-age --from-file=age\.agekey=\/dev\/stdin[^]*RAN flux bootstrap github .*--context=k --private=true\nTOKEN t0ken/,
  );
});

test("bootstrap: says that the cluster gets a person's own key, where its rules alone name that", async (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const own = await generateKeyPair();
  const rules = repository.read(".sops.yaml");
  const [cluster = ""] = /age1\w+/.exec(rules) ?? [];
  const sent = () =>
    repository
      .run("node", [TOOL, "bootstrap", "--dry-run"], { env: { SOPS_AGE_KEY: own.identity } })
      .stdout.split("\n")[1];
  t.is(sent(), `# standard input: the private key of ${cluster}`);
  repository.write(".sops.yaml", rules.replaceAll(cluster, `${cluster},${own.recipient}`));
  t.regex(
    sent() ?? "",
    new RegExp(`^# standard input: 2 private keys, .*\\b${cluster}\\b.*: where one is your own, `),
  );
});

test("bootstrap: the cluster's key is not replaced by that of a colleague, who does not have it", async (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const theirs = await generateKeyPair();
  const rules = repository.read(".sops.yaml");
  const [cluster = ""] = /age1\w+/.exec(rules) ?? [];
  repository.write(".sops.yaml", rules.replaceAll(cluster, `${cluster},${theirs.recipient}`));
  repository.must("commit", "-qam", "Let a colleague read the secrets");
  const remote = join(repository.home, "remote.git");
  repository.must("init", "-q", "--bare", remote);
  repository.must("remote", "add", "origin", remote);
  repository.must("push", "-q", "-u", "origin", "main");
  const keys = join(repository.home, ".config/sops/age/keys.txt");
  const own = readFileSync(keys, "utf8");
  const { path, log } = standIns(repository);
  const holds = (file: string) => {
    const data = { "age.agekey": Buffer.from(file).toString("base64") };
    writeFileSync(join(repository.home, "bin/kubectl.sops-age.json"), JSON.stringify({ data }));
  };
  const bootstrap = () =>
    repository.run("node", [TOOL, "bootstrap", "--context", "k"], {
      env: { PATH: path, GITHUB_TOKEN: "t0ken" },
    });
  writeFileSync(keys, `${theirs.identity}\n`);
  holds(own);
  const refused = bootstrap();
  t.is(refused.status, 2, refused.stdout);
  t.regex(
    refused.stderr,
    new RegExp(`the cluster has the private key of ${cluster} in sops-age, .*may be the last copy`),
  );
  t.false((refused.stdout + refused.stderr).includes("AGE-SECRET-KEY"));
  t.false(existsSync(join(repository.home, "log")), "nothing ran");
  rmSync(join(repository.home, "bin/kubectl.sops-age.json"));
  t.regex(
    bootstrap().stderr,
    /kubectl cannot read sops-age \(.*\), which may have the last copy .*\(age1/,
  );
  holds(theirs.identity);
  t.is(bootstrap().status, 0, "nothing is lost");
  writeFileSync(keys, `${own}\n${theirs.identity}\n`);
  holds(own);
  t.is(bootstrap().status, 0, "it is here");
  t.true(log().includes("create secret"));
});

test("bootstrap: says which program is missing, and which key", (t) => {
  const repository = scaffolded(t, { flags: ["--owner", "me"] });
  const bin = join(repository.home, "bin");
  mkdirSync(bin);
  for (const name of ["git", "node", "sh"]) {
    const path = repository.run("sh", ["-c", `command -v ${name}`]).stdout.trim();
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nexec '${path}' "$@"\n`.replace("#!/bin/sh", "#!/bin/sh"),
    );
    chmodSync(join(bin, name), 0o755);
  }
  const bare = { env: { PATH: bin } };
  const missing = repository.run(process.execPath, [TOOL, "bootstrap", "--context", "k"], bare);
  t.is(missing.status, 2);
  t.regex(missing.stderr, /kubectl is not on PATH: install it \(https:/);
  const elsewhere = repository.run("node", [TOOL, "bootstrap", "--dry-run"], {
    env: { HOME: join(repository.home, "none") },
  });
  t.is(elsewhere.status, 2);
  t.regex(elsewhere.stderr, /no private key of cluster homelab is on this machine/);
});

test("what new prints to be pasted names folders, commits what was written, and nothing else", (t) => {
  const repository = scaffolded(t);
  repository.write("clusters/homelab/apps/notes.txt", "mine\n");
  const done = repository.tool("new", "workload", "shop", "--generate", "token");
  const [, line = ""] = /^Next:\n {2}(.*)\n$/m.exec(done.stdout) ?? [];
  t.is(
    line,
    "git add -- clusters/homelab/apps/kustomization.yaml clusters/homelab/apps/shop clusters/homelab/infrastructure/namespaces/shop.yaml clusters/homelab/secrets/shop.sops.yaml && git commit -m 'Add workload shop'",
  );
  t.is(repository.paste([line]).status, 0);
  t.is(repository.must("status", "--porcelain"), "?? clusters/homelab/apps/notes.txt\n");

  // From another folder the paths are still those of the repository.
  const inside = join(repository.dir, "clusters");
  const all = [join(repository.dir, ".flux-sops/flux-sops.mjs"), "new", "cluster", "prod"];
  const other = repository.run("node", all, { cwd: inside });
  const [, second = ""] = /^Next:\n {2}(.*)\n$/m.exec(other.stdout) ?? [];
  t.true(second.startsWith(`git -C ${repository.dir} add -- .sops.yaml clusters/prod talos/prod`));
  t.is(repository.paste([second], inside).status, 0);
  t.is(repository.must("status", "--porcelain"), "?? clusters/homelab/apps/notes.txt\n");
});

test("with --schemas, what new adds has the comments too, where there is a schema", (t) => {
  const repository = scaffolded(t, { flags: ["--schemas", "--example"] });
  const workload = ["new", "workload", "shop", "--without-secret", "--cluster", "homelab"];
  t.is(repository.tool(...workload).status, 0);
  t.is(repository.tool("new", "cluster", "prod").status, 0);
  for (const path of [
    "clusters/homelab/apps/demo/kustomization.yaml",
    "clusters/homelab/apps/shop/kustomization.yaml",
    "clusters/prod/apps.yaml",
    "clusters/prod/apps/kustomization.yaml",
  ]) {
    t.regex(
      repository.read(path),
      /^# yaml-language-server: \$schema=https:\S+\n(?!# yaml-l)/,
      path,
    );
  }
  t.notRegex(repository.read("clusters/homelab/apps/shop/service.yaml"), /yaml-language-server/);
  t.regex(repository.tool("new", "cluster", "prod").stdout, /nothing to change/);
  t.regex(repository.tool(...workload).stdout, /nothing to change/);
  const plain = scaffolded(t);
  t.is(plain.tool("new", "cluster", "prod").status, 0);
  t.notRegex(plain.read("clusters/prod/apps.yaml"), /yaml-language-server/);
});
