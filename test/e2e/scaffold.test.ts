import type { SpawnSyncReturns } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { parseAllDocuments } from "yaml";
import { spawnSync } from "../bounded-programs.ts";
import { generateKeyPair, parseKeyFile } from "../../sops/age/identity.ts";
import { runTool, testWith } from "../real-tools.ts";
import { author, git, home, newPlace, sandbox } from "../scaffold/sandbox.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));
const tool = join(project, "dist/flux-sops.mjs");
const TOOL_FILES = [
  "check.cjs",
  "commands.cjs",
  "decrypt-one.cjs",
  "en-and-decrypt.cjs",
  "flux-sops.cjs",
  "flux-sops.mjs",
  "hook.cjs",
  "hybrid.cjs",
  "nothing-to-do.cjs",
  "own-objects.cjs",
  "re2js.cjs",
  "rules-in-force.cjs",
  "yaml.cjs",
];
if (!existsSync(tool)) throw new Error("dist/flux-sops.mjs is not there: run npm run build first");

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** `flux-sops init ARGS` without a terminal, as the bundle runs it. */
function init(args: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd = sandbox) {
  return spawnSync(process.execPath, [tool, "init", ...args], {
    cwd,
    env: { ...process.env, ...environment },
    encoding: "utf8",
    stdio: "pipe",
  });
}

/** A scaffolded repository; throws where that fails. */
function scaffolded(args: readonly string[] = [], environment: NodeJS.ProcessEnv = author): string {
  const directory = newPlace("flux");
  const done = init([directory, "--skip-install", ...args], environment);
  if (done.status !== 0) throw new Error(done.stderr);
  return directory;
}

/** What fails in a command is in its message. */
function succeeded(
  t: { is: (a: unknown, b: unknown, message?: string) => void },
  done: SpawnSyncReturns<string>,
) {
  t.is(done.status, 0, `${done.stdout}\n${done.stderr}`);
}

test("Ctrl-C at npm install ends that alone: where the new key is was not said yet", (t) => {
  const bin = newPlace("bin");
  mkdirSync(bin);
  // As a terminal sends it, to both, or to one of them.
  const npm = '#!/bin/sh\nkill -s INT "$PPID"\nexec sleep 60\n';
  writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });
  const directory = newPlace("flux");
  const done = init([directory], { ...author, PATH: `${bin}:${process.env["PATH"] ?? ""}` });
  succeeded(t, done);
  t.regex(done.stdout, /npm install did not finish \(it was interrupted\);[^]*BACK IT UP NOW/);
  t.is(git(directory, "status", "--porcelain"), "");
});

const FAILING_NPM: Readonly<
  Record<string, { readonly script: string | null; readonly why: string }>
> = {
  "npm's code": {
    script:
      "echo 'npm error code E401' >&2; echo 'npm error https://me:hunter2@registry.example/husky' >&2; exit 1",
    why: " (npm says E401)",
  },
  "an old npm's code": {
    script: "echo 'npm WARN old' >&2; echo 'npm ERR! code ENOTFOUND' >&2; exit 1",
    why: " (npm says ENOTFOUND)",
  },
  "what is no code": {
    script: "echo 'npm error code https://me:hunter2@registry.example' >&2; exit 1",
    why: "",
  },
  "no npm": { script: null, why: " (npm is not on PATH)" },
};

for (const [name, { script, why }] of Object.entries(FAILING_NPM)) {
  test(`why npm install did not finish: ${name}`, (t) => {
    const bin = newPlace("bin");
    mkdirSync(bin);
    if (script !== null) writeFileSync(join(bin, "npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    symlinkSync(process.execPath, join(bin, "node"));
    for (const program of ["git", "sh", "ln", "rm", "mkfifo"]) {
      const { stdout } = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
      symlinkSync(stdout.trim(), join(bin, program));
    }
    const done = init([newPlace("flux")], { ...author, PATH: bin });
    succeeded(t, done);
    t.true(
      done.stdout.includes(`\nnpm install did not finish${why}; the hooks work without it.`),
      done.stdout,
    );
    t.notRegex(done.stdout + done.stderr, /hunter2|example/);
  });
}

test("scaffolds with defaults, commits, and leaves a clean worktree", (t) => {
  const directory = scaffolded();
  t.is(git(directory, "status", "--porcelain", "--ignored"), "");
  t.is(git(directory, "log", "--format=%s"), "Scaffold the Flux repository of cluster homelab");
  for (const part of TOOL_FILES) {
    t.deepEqual(
      readFileSync(join(directory, ".flux-sops", part)),
      readFileSync(join(project, "dist", part)),
    );
  }
  const inFolder = readdirSync(join(directory, ".flux-sops"));
  t.deepEqual(inFolder.filter((name) => /\.[cm]js$/.test(name)).sort(), TOOL_FILES);
});

test("the copy in the repository scaffolds again, and changes nothing", (t) => {
  const directory = scaffolded(["--cluster", "lab"]);
  const again = spawnSync(
    process.execPath,
    [".flux-sops/flux-sops.mjs", "init", "--skip-install"],
    {
      cwd: directory,
      encoding: "utf8",
    },
  );
  succeeded(t, again);
  t.regex(again.stdout, /nothing to change/);
  t.is(git(directory, "status", "--porcelain"), "");
});

test("DIR is the current folder by default", (t) => {
  const directory = newPlace("here");
  mkdirSync(directory);
  succeeded(t, init(["--skip-install"], author, directory));
  t.true(existsSync(join(directory, "clusters/homelab")));
});

test("--dry-run prints the plan and writes nothing", (t) => {
  const directory = newPlace("flux");
  const done = init([directory, "--dry-run"]);
  succeeded(t, done);
  t.regex(done.stdout, /new {7}clusters\/homelab\/secrets\.yaml/);
  t.false(existsSync(directory));
});

test("--help names every flag of the contract", (t) => {
  const { stdout, status } = init(["--help"]);
  t.is(status, 0);
  for (const flag of [
    ...["cluster", "provider", "owner", "repository", "branch", "host", "url", "recipients"],
    ...["age-key-file", "example", "skip-install", "dry-run", "force", "yes"],
  ]) {
    t.regex(stdout, new RegExp(`--${flag}\\b`));
  }
});

// Bad input: one line that says what to do, exit status 2, nothing written anywhere.

interface BadInput {
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  readonly prepare?: (directory: string) => void;
  readonly says: RegExp;
}

function programs(git: string | null): string {
  const folder = mkdtempSync(join(sandbox, "bin-"));
  if (git !== null) {
    writeFileSync(join(folder, "git"), `#!/bin/sh\necho 'git version ${git}'\n`);
    chmodSync(join(folder, "git"), 0o755);
  }
  return folder;
}

const badInput: Record<string, BadInput> = {
  "no git": { environment: { PATH: programs(null) }, says: /git is not on PATH: install it/ },
  "git too old": {
    environment: { PATH: programs("2.33.8") },
    says: /git 2\.34 or later is needed, and 2\.33\.8 is on PATH/,
  },
  "DIR is a file": {
    prepare: (directory) => writeFileSync(directory, "mine\n"),
    says: /it is a file; name another folder/,
  },
  "DIR lies under a file": {
    args: ["file/flux"],
    says: /file is a file; name another folder/,
    prepare: () => writeFileSync(join(sandbox, "file"), ""),
  },
  "an invalid recipient": {
    args: ["--recipients", "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs0000"],
    says: /--recipients cannot be used: .*checksum/,
  },
  "an unreadable key file": {
    args: ["--age-key-file", sandbox],
    says: /the age key file .* cannot be used: it is a folder; .*--age-key-file/,
  },
  "a key file that is none": { args: ["--age-key-file", tool], says: /line \d+: .*--age-key-file/ },
  "an unknown flag": { args: ["--nope"], says: /unknown option '--nope'; .*--help/ },
  "a flag without its value": { args: ["--cluster"], says: /--cluster <NAME>' argument missing/ },
  "a flag with a wrong value": { args: ["--provider", "svn"], says: /--provider must be one of/ },
  "two folders": { args: ["another"], says: /too many arguments/ },
  "a flag for another provider": {
    args: ["--url", "https://h.example/r"],
    says: /--url has no meaning for --provider github/,
  },
  "control characters in a flag": { args: ["--no\n\u001b[2Jpe"], says: /'--no\\n\\033\[2Jpe'/ },
};

for (const [title, { args = [], environment = {}, prepare, says }] of Object.entries(badInput)) {
  test.serial(`bad input: ${title}`, (t) => {
    const directory = newPlace("flux");
    prepare?.(directory);
    const around = readdirSync(dirname(directory));
    const homeBefore = readdirSync(home, { recursive: true }).length;
    const where = args[0]?.startsWith("file/") === true ? [] : [directory];
    const done = init([...where, "--skip-install", ...args], environment);
    t.is(done.status, 2, done.stderr);
    t.regex(done.stderr, says);
    t.regex(done.stderr, /^flux-sops init: [^\n]+\n$/);
    t.notRegex(done.stderr, /[\u0000-\u0009\u000b-\u001f]/);
    t.is(done.stdout, "");
    t.deepEqual(readdirSync(dirname(directory)), around);
    t.is(readdirSync(home, { recursive: true }).length, homeBefore);
  });
}

(isRoot ? test : test.skip)(
  "bad input: DIR is not writable [needs root, to become another user]",
  (t) => {
    const folder = mkdtempSync(join(sandbox, "root-"));
    chmodSync(sandbox, 0o755);
    chmodSync(folder, 0o755);
    for (const part of TOOL_FILES) cpSync(join(project, "dist", part), join(folder, part));
    const copy = join(folder, "flux-sops.mjs");
    for (const directory of [folder, join(folder, "new")]) {
      const done = spawnSync(process.execPath, [copy, "init", directory, "--skip-install"], {
        cwd: "/",
        uid: NOBODY,
        gid: NOBODY,
        encoding: "utf8",
        env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
      });
      t.is(done.status, 2);
      t.regex(
        done.stderr,
        /^flux-sops init: cannot scaffold into .* is not writable \(permission denied\); .*\n$/,
      );
    }
    t.deepEqual(readdirSync(folder).sort(), TOOL_FILES);
  },
);

// Flux and kustomize.

/** A folder as Flux builds it: without a kustomization.yaml, every YAML file below is taken. */
function fluxBuild(directory: string, path: string): { kind: string; name: string }[] {
  const copy = join(mkdtempSync(join(sandbox, "build-")), "copy");
  cpSync(directory, copy, { recursive: true });
  const folder = join(copy, path);
  if (!existsSync(join(folder, "kustomization.yaml"))) {
    const resources = readdirSync(folder, { recursive: true }).filter((name) =>
      /\.ya?ml$/.test(String(name)),
    );
    writeFileSync(
      join(folder, "kustomization.yaml"),
      JSON.stringify({
        apiVersion: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        resources,
      }),
    );
  }
  return parseAllDocuments(runTool("kustomize", ["build", folder]))
    .map((document) => document.toJS() as { kind: string; metadata: { name: string } } | null)
    .filter((object) => object !== null)
    .map(({ kind, metadata }) => ({ kind, name: metadata.name }));
}

const fluxKustomizations = ["apps", "infrastructure", "namespaces", "secrets"].map((name) => ({
  kind: "Kustomization",
  name,
}));

testWith("kustomize")("every Kustomization builds, without and with the example", (t) => {
  const plain = scaffolded();
  const root = "clusters/homelab";
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  t.deepEqual(fluxBuild(plain, root).sort(byName), fluxKustomizations);
  for (const path of [
    "infrastructure/namespaces",
    "secrets",
    "infrastructure/controllers",
    "apps",
  ]) {
    t.deepEqual(fluxBuild(plain, `${root}/${path}`), [], path);
  }
  const example = scaffolded(["--example"]);
  t.deepEqual(fluxBuild(example, root).sort(byName), fluxKustomizations);
  t.deepEqual(fluxBuild(example, `${root}/infrastructure/namespaces`), [
    { kind: "Namespace", name: "demo" },
  ]);
  t.deepEqual(fluxBuild(example, `${root}/secrets`), [{ kind: "Secret", name: "demo" }]);
  t.deepEqual(fluxBuild(example, `${root}/infrastructure/controllers`), []);
  t.deepEqual(
    fluxBuild(example, `${root}/apps`)
      .map(({ kind }) => kind)
      .sort(),
    ["Deployment", "Service"],
  );
});

// sops.

testWith("sops")(
  "real sops follows .sops.yaml, and reads the example Secret with the identity",
  async (t) => {
    const keyFile = newPlace("lab.agekey");
    const other = await generateKeyPair();
    const directory = scaffolded(["--example", "--cluster", "lab", "--age-key-file", keyFile]);
    const environment = { ...process.env, SOPS_AGE_KEY_FILE: keyFile };
    const sops = (...args: string[]) => runTool("sops", args, { cwd: directory, env: environment });

    t.regex(
      sops("decrypt", "clusters/lab/secrets/demo.sops.yaml"),
      /\n {4}?token: [\w-]{32}\n|token: [\w-]{32}\n/,
    );

    const manifest =
      "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: hunter2\n";
    const files: Record<string, [string, readonly string[]]> = {
      "clusters/lab/secrets/db.yaml": [manifest, ["name: db"]],
      "clusters/lab/apps/web/web.sops.yaml": [manifest, ["name: db"]],
      "clusters/lab/apps/web/web.sops.env": ["PASSWORD=hunter2\n", []],
      "clusters/lab/apps/web/web.sops.json": ['{"name":"hunter2"}\n', []],
      "clusters/lab/apps/web/web.sops.txt": ["hunter2\n", []],
      "talos/controlplane.sops.yaml": ["machine:\n  token: hunter2\n", []],
    };
    for (const [path, [text, readable]] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
      sops("encrypt", "-i", path);
      const encrypted = readFileSync(join(directory, path), "utf8");
      t.false(encrypted.includes("hunter2"), path);
      for (const part of readable) t.true(encrypted.includes(part), path);
      t.true(sops("decrypt", path).includes("hunter2"), path);
    }
    t.throws(() => sops("encrypt", "README.md"), undefined, "no rule takes it");
    t.throws(() =>
      runTool("sops", ["decrypt", "talos/controlplane.sops.yaml"], {
        cwd: directory,
        env: { ...process.env, SOPS_AGE_KEY: other.identity },
      }),
    );
  },
);

// What the README says.

/** The shell blocks of a README, in order. */
function shellBlocks(directory: string): string[] {
  const readme = readFileSync(join(directory, "README.md"), "utf8");
  return [...readme.matchAll(/```sh\n([^]*?)```/g)].map((match) => match[1] ?? "");
}

for (const shell of ["sh", "bash"]) {
  test(`README: its commands find this cluster's key among others and send only that, in ${shell}`, async (t) => {
    const ownHome = newPlace("home");
    const environment = { ...author, HOME: ownHome };
    scaffolded(["--cluster", "first"], environment);
    const directory = scaffolded(["--cluster", "second"], environment);
    scaffolded(["--cluster", "third"], environment);
    const keys = await parseKeyFile(
      readFileSync(join(ownHome, ".config/sops/age/keys.txt"), "utf8"),
    );
    t.is(keys.length, 3);

    // A stand-in that writes down what it gets.
    const bin = mkdtempSync(join(sandbox, "bin-"));
    const log = join(bin, "log");
    writeFileSync(
      join(bin, "kubectl"),
      `#!/bin/sh\ncase "$*" in *create*) printf "%s\\n" "$*" >> ${log};; esac\ncase "$*" in *secret*) cat >> ${log};; esac\n`,
    );
    chmodSync(join(bin, "kubectl"), 0o755);
    const blocks = shellBlocks(directory);
    const find = blocks.findIndex((block) => block.startsWith("KEYS="));
    const done = spawnSync(shell, [], {
      cwd: directory,
      input: `${blocks[find]}${blocks[find + 1]}`,
      encoding: "utf8",
      env: { ...process.env, HOME: ownHome, PATH: `${bin}:${process.env["PATH"]}` },
    });
    succeeded(t, done);
    t.is(done.stdout, `The key of this cluster: ${keys[1]?.recipient}\n`);
    const sent = readFileSync(log, "utf8");
    t.true(
      sent.includes(
        `--from-file=age.agekey=/dev/stdin --dry-run=client -o yaml\n${keys[1]?.identity}\n`,
      ),
    );
    t.is(sent.match(/AGE-SECRET-KEY/g)?.length, 1);
    t.true(
      sent.indexOf("create namespace flux-system") < sent.indexOf("create secret generic sops-age"),
    );
  });
}

test("README: the example of a Secret is one, where a rule takes it", (t) => {
  const directory = scaffolded();
  const block = shellBlocks(directory).find((text) => text.startsWith("cat > ")) ?? "";
  const [write = ""] = block.split("git add");
  succeeded(t, spawnSync("sh", ["-e"], { cwd: directory, input: write, encoding: "utf8" }));
  const text = readFileSync(join(directory, "clusters/homelab/secrets/db.sops.yaml"), "utf8");
  t.like(parseAllDocuments(text)[0]?.toJS(), {
    kind: "Secret",
    stringData: { password: "correct horse" },
  });
});

test("prettier has nothing to change in a scaffold, whatever the names", (t) => {
  for (const args of [
    ["--example"],
    [
      "--cluster",
      "c",
      "--provider",
      "gitlab",
      "--owner",
      "some/very/long/group-name/of-many-parts",
    ],
    ["--cluster", `a${"b".repeat(60)}`, "--provider", "forgejo"],
    ["--provider", "git", "--url", "https://h.example/r.git", "--branch", "a'b"],
    ["--provider", "git", "--url", "ssh://git@h.example/r.git"],
  ]) {
    const directory = scaffolded(args);
    succeeded(
      t,
      spawnSync(
        process.execPath,
        [join(project, "node_modules/prettier/bin/prettier.cjs"), "--check", "."],
        {
          cwd: directory,
          encoding: "utf8",
        },
      ),
    );
  }
});

// The package, as it is published.

/** What `npm pack` makes of the project as it is built now. */
function packed(): string {
  const folder = mkdtempSync(join(sandbox, "pack-"));
  const done = spawnSync(
    "npm",
    ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder],
    {
      cwd: project,
      encoding: "utf8",
    },
  );
  if (done.status !== 0) throw new Error(done.stderr);
  return join(folder, done.stdout.trim().split("\n").at(-1) ?? "");
}

/** npm's environment where it goes to a registry: `npm test` keeps the certificates from the others. */
function online(): NodeJS.ProcessEnv {
  const { FLUX_SOPS_CA_CERTS: certificates, ...environment } = process.env;
  return certificates === undefined
    ? environment
    : { ...environment, NODE_EXTRA_CA_CERTS: certificates };
}

test.serial("the packed tarball, installed in an empty folder, scaffolds with npm install", (t) => {
  const folder = mkdtempSync(join(sandbox, "empty-"));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", packed()];
  succeeded(t, spawnSync("npm", install, { cwd: folder, encoding: "utf8", env: online() }));
  const done = spawnSync(join(folder, "node_modules/.bin/flux-sops"), ["init", "flux", "--yes"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...online(), ...author },
  });
  succeeded(t, done);
  const directory = join(folder, "flux");
  t.true(existsSync(join(directory, "node_modules/lint-staged")));
  t.is(git(directory, "status", "--porcelain"), "");
  t.regex(git(directory, "ls-files"), /^package-lock\.json$/m);
  // npm takes the copy in the repository, and asks no registry for it.
  const npx = ["--offline", "flux-sops", "init", "--dry-run"];
  const again = spawnSync("npx", npx, { cwd: directory, encoding: "utf8" });
  succeeded(t, again);
  t.regex(again.stdout, /unchanged \.flux-sops\/flux-sops\.mjs/);
});

test("where the key file cannot take all of a new key, it is as it was, and nothing is scaffolded", (t) => {
  const ownHome = newPlace("home");
  const keys = join(ownHome, ".config/sops/age/keys.txt");
  mkdirSync(dirname(keys), { recursive: true });
  // POSIX counts blocks of 512 bytes: as on a disk that is nearly full, the first lines still go in.
  const before = `${"#".repeat(2048 * 512 - 100)}\n`;
  writeFileSync(keys, before, { mode: 0o600 });
  const directory = newPlace("flux");
  const done = spawnSync(
    "sh",
    [
      ...["-c", 'ulimit -f 2048; exec "$@"', "sh"],
      ...[process.execPath, tool, "init", directory, "--skip-install"],
    ],
    { env: { ...process.env, ...author, HOME: ownHome }, encoding: "utf8", stdio: "pipe" },
  );
  t.is(done.status, 2, done.stdout);
  t.regex(done.stderr, /keys\.txt cannot be used: the file is larger than may be written here/);
  t.true(readFileSync(keys, "utf8") === before);
  t.false(existsSync(directory));
});

test.serial("yo flux-sops scaffolds the same, as an ordinary user, from another folder", (t) => {
  // Where another user can read it: the project's dependencies, and the package beside them.
  chmodSync(sandbox, 0o755);
  const folder = mkdtempSync(join(sandbox, "yo-"));
  const modules = join(folder, "node_modules");
  spawnSync("cp", ["-R", join(project, "node_modules"), modules]);
  mkdirSync(join(modules, "generator-flux-sops"));
  spawnSync("tar", [
    "xzf",
    packed(),
    "--strip-components=1",
    "-C",
    join(modules, "generator-flux-sops"),
  ]);
  const own = { home: join(folder, "home"), work: join(folder, "work") };
  for (const path of Object.values(own)) mkdirSync(path);
  chmodSync(folder, 0o755);
  const user = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) for (const path of Object.values(own)) chownSync(path, NOBODY, NOBODY);

  const yo = (generator: string, args: string[], cwd = own.work) =>
    spawnSync(
      process.execPath,
      [join(modules, "yo/lib/cli.js"), generator, ...args, "--skip-install"],
      {
        ...user,
        cwd,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...author, HOME: own.home, NODE_PATH: modules },
      },
    );
  const done = yo("flux-sops", ["flux", "--cluster", "lab", "--example", "--branch", "1.0"]);
  succeeded(t, done);
  t.regex(done.stderr, /BACK IT UP NOW/);
  const directory = join(own.work, "flux");
  t.is(statSync(directory).uid, isRoot ? NOBODY : (process.getuid?.() ?? -1));

  const keys = join(own.home, ".config/sops/age/keys.txt");
  t.is(statSync(keys).mode & 0o777, 0o600);
  const recipient = /age1\w+/.exec(readFileSync(keys, "utf8"))?.[0] ?? "";
  const same = scaffolded([
    ...["--cluster", "lab", "--branch", "1.0", "--example", "--recipients", recipient],
  ]);
  const files = git(same, "ls-files").split("\n");
  const files2 = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith(".git/"));
  t.deepEqual(files2.sort(), files.sort());
  for (const path of files) {
    if (path.endsWith("demo.sops.yaml")) continue;
    t.deepEqual(readFileSync(join(directory, path)), readFileSync(join(same, path)), path);
  }

  const secret = ["db", "--namespace", "demo", "--generate", "password:20"];
  succeeded(t, yo("flux-sops:secret", secret, directory));
  const sops = readFileSync(join(directory, "clusters/lab/secrets/db.sops.yaml"), "utf8");
  t.regex(sops, /password: "?ENC\[/);

  const wrong = yo("flux-sops", ["second", "--cluster", "LAB"]);
  t.is(wrong.status, 2);
  t.regex(wrong.stderr, /--cluster must be a DNS label/);
  t.false(existsSync(join(own.work, "second")));
});
