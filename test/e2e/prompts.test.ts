import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "ava";
import { CTRL_C, ENTER, hasTerminal, onTerminal, type Step } from "../terminal.ts";
import { scaffolded, secret, TOOL, type Scaffolded } from "./scaffolded.ts";

const run = hasTerminal ? test.serial : test.serial.skip;

const DOWN = "\u001b[B";

function drive(repository: Scaffolded, args: readonly string[], steps: readonly Step[]) {
  return onTerminal(["node", TOOL, ...args], steps, {
    cwd: repository.dir,
    env: { ...repository.env, PATH: `${repository.home}/bin:${process.env["PATH"] ?? ""}` },
  });
}

interface Command {
  readonly args: string[];
  /** Every prompt, each with an answer that is taken. */
  readonly steps: Step[];
  /** Makes the repository what the command needs. */
  readonly prepare?: (repository: Scaffolded) => void;
  /** A file that is there in the end, or holds this then. */
  readonly written: readonly [path: string, holds: RegExp];
  /** What is said at Ctrl-C. Default: that nothing was written. */
  readonly stopped?: RegExp;
}

const DEFAULTS_OF_INIT: Command["steps"] = [
  ["Name of the cluster", ENTER],
  ["Where will the repository be hosted", ENTER],
  ["Owner of the repository", ENTER],
  ["Name of the repository", ENTER],
  ["Branch that Flux follows", ENTER],
  ["small example application", ENTER],
];

const PROMPTS: Record<string, Command> = {
  init: {
    written: ["../asked/clusters/homelab/secrets.yaml", /sops-age/],
    args: ["init", "../asked", "--skip-install"],
    steps: DEFAULTS_OF_INIT,
  },
  "init for a provider of one's own": {
    args: ["init", "../asked", "--skip-install"],
    written: ["../asked/README.md", /--hostname=git\.example\.org:8443/],
    steps: [
      ["Name of the cluster", ENTER],
      ["Where will the repository be hosted", DOWN + DOWN + ENTER],
      ["Owner of the repository", `me${ENTER}`],
      ["Name of the repository", `lab${ENTER}`],
      ["Host of the provider", `git.example.org:8443${ENTER}`],
      ["Branch that Flux follows", ENTER],
      ["small example application", ENTER],
    ],
  },
  "init for a plain git server": {
    args: ["init", "../asked", "--skip-install"],
    written: ["../asked/README.md", /--url=ssh:\/\/git@h\.example\/me\/lab\.git/],
    steps: [
      ["Name of the cluster", `edge${ENTER}`],
      ["Where will the repository be hosted", DOWN + DOWN + DOWN + ENTER],
      ["Name of the repository", ENTER],
      ["URL of the repository", `ssh://git@h.example/me/lab.git${ENTER}`],
      ["Branch that Flux follows", `trunk${ENTER}`],
      ["small example application", ENTER],
    ],
  },
  "init in somebody's repository": {
    args: ["init", "--skip-install"],
    // Yes to the first, the default; no to the others.
    written: [".gitignore", /^mine\n[^]*talosconfig/],
    prepare: (repository) => {
      const { dir, must, write } = repository;
      for (const name of readdirSync(dir)) if (name !== ".git") must("rm", "-rfq", "--", name);
      must("config", "--unset", "core.hooksPath");
      write(".gitignore", "mine\n");
      write(".gitattributes", "*.png binary\n");
      write("package.json", '{ "name": "mine", "private": true }\n');
      must("add", "-A");
      must("commit", "-q", "-m", "Before");
    },
    steps: [
      ...DEFAULTS_OF_INIT,
      ["Add this to .gitattributes?", `n${ENTER}`],
      ["Add this to .gitignore?", ENTER],
      ["Add this to package.json?", `n${ENTER}`],
    ],
  },
  bootstrap: {
    args: ["bootstrap"],
    written: ["../home/log", /^kubectl .*create secret[^]*^flux bootstrap.* token t0ken-typed$/m],
    stopped: /stopped; nothing was done/,
    prepare: (repository) => {
      const { home, must, write } = repository;
      must("init", "-q", "--bare", join(home, "server.git"));
      must("remote", "add", "origin", join(home, "server.git"));
      write(".yo-rc.json", repository.read(".yo-rc.json").replace('"owner": ""', '"owner": "me"'));
      must("commit", "-qam", "Owner");
      must("push", "-q", "-u", "origin", "main");
      mkdirSync(join(home, "bin"));
      for (const name of ["kubectl", "flux"]) {
        const script = `case "$*" in *version*) ;; *current-context*) echo talos ;;
*) cat >/dev/null </dev/stdin; echo "${name} $* token $GITHUB_TOKEN" >>"$HOME/log" ;; esac`;
        // flux has the terminal as its standard input.
        const own = name === "flux" ? script.replace("cat >/dev/null </dev/stdin; ", "") : script;
        writeFileSync(join(home, "bin", name), `#!/bin/sh\n${own}\n`);
        chmodSync(join(home, "bin", name), 0o755);
      }
    },
    steps: [
      ["Bootstrap homelab in the context talos?", `y${ENTER}`],
      ["Token or password for GITHUB_TOKEN (not shown)", `t0ken-typed${ENTER}`],
    ],
  },
  "secret with a cluster to choose": {
    args: ["new", "secret", "api", "--generate", "token"],
    written: ["clusters/prod/secrets/api.sops.yaml", /token: "?ENC\[/],
    prepare: ({ must, tool }) => {
      tool("new", "cluster", "prod");
      must("add", "-A");
      must("commit", "-q", "-m", "Add prod");
    },
    steps: [
      ["Which cluster?", DOWN + ENTER],
      ["Namespace", ENTER],
    ],
  },
  "secret of type docker-registry": {
    args: ["new", "secret", "reg"],
    written: ["clusters/homelab/secrets/reg.sops.yaml", /dockerconfigjson"?: "?ENC\[/],
    steps: [
      ["Namespace", ENTER],
      ["Type", DOWN + ENTER],
      ["Registry", ENTER],
      ["User name at the registry", `me${ENTER}`],
      ["Password or token (not shown)", `hunter2-typed${ENTER}`],
    ],
  },
  "secret of type tls": {
    args: ["new", "secret", "web-tls"],
    written: ["clusters/homelab/secrets/web-tls.sops.yaml", /type: kubernetes\.io\/tls/],
    prepare: ({ home, run }) => {
      run("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
        ...["-subj", "/CN=web", "-keyout", join(home, "key"), "-out", join(home, "crt")],
      ]);
    },
    steps: [
      ["Namespace", ENTER],
      ["Type", DOWN + DOWN + DOWN + ENTER],
      ["File with tls.crt", `../home/crt${ENTER}`],
      ["File with tls.key", `../home/key${ENTER}`],
    ],
  },
  secret: {
    args: ["new", "secret"],
    written: ["clusters/homelab/secrets/db.sops.yaml", /ENC\[/],
    steps: [
      ["Name of the Secret", `db${ENTER}`],
      ["Namespace", ENTER],
      ["Type", ENTER],
      ["Key", ENTER],
      ["Value of password (not shown", `hunter2-typed${ENTER}`],
      ["Another key", ENTER],
    ],
  },
  workload: {
    args: ["new", "workload"],
    written: ["clusters/homelab/apps/web/deployment.yaml", /podinfo/],
    steps: [
      ["Name of the workload", `web${ENTER}`],
      ["Image", ENTER],
      ["Port it listens on", ENTER],
      ["Namespace", ENTER],
      ["Keys of its Secret", ENTER],
    ],
  },
  cluster: {
    args: ["new", "cluster"],
    written: ["clusters/prod/secrets.yaml", /sops-age/],
    steps: [["Name of the cluster", `prod${ENTER}`]],
  },
};

/** What was typed wrongly at a prompt, and what is said. */
const WRONG: Record<string, Record<number, [typed: string, says: string]>> = {
  init: {
    0: ["A", "It must be a DNS label"],
    2: ["a b", "It must be letters"],
    4: ["a b", "It must not hold"],
  },
  "init for a provider of one's own": {
    3: ["lab.git", "It must be given without .git"],
    4: ["https://git.example.org", "It must be a host name"],
  },
  "init for a plain git server": {
    3: ["git@h:me/lab", "It must be a URL: write ssh://git@h/me/lab"],
  },
  "secret of type docker-registry": { 3: ["", "It is needed"], 4: ["", "It is needed"] },
  "secret of type tls": { 2: ["../nowhere", "It must be a file that is there"], 3: ["", "It is"] },
  secret: {
    0: ["Db", "It must be a DNS name"],
    1: ["A", "It must be a DNS label"],
    3: ["a b", "It must be at most 253"],
    5: ["password", "It is given already"],
  },
  workload: {
    0: ["1web", "It must begin with a letter"],
    1: ["A B", "It must be an image"],
    2: ["0", "It must be a number from 1"],
    3: ["A", "It must be a DNS label"],
    4: ["a,a", "It must not name a key twice"],
  },
  cluster: { 0: ["A", "It must be a DNS label"] },
};

/** One more would take the default away. */
const erase = (text: string) => "\u007f".repeat(text.length);

for (const [name, { args, steps, prepare, written, stopped }] of Object.entries(PROMPTS)) {
  run(
    `${name}: every wrong answer is refused as it is typed, then all is written [needs python3]`,
    (t) => {
      const repository = scaffolded(t);
      prepare?.(repository);
      const all = steps.flatMap((step, index): Step[] => {
        const wrong = WRONG[name]?.[index];
        return wrong === undefined
          ? [step]
          : [
              [step[0], wrong[0] + ENTER],
              [wrong[1], erase(wrong[0]) + step[1]],
            ];
      });
      const done = drive(repository, args, all);
      t.is(done.status, 0, done.seen);
      t.is(done.left, 0, done.seen);
      t.notRegex(done.seen, /hunter2|t0ken/);
      const [path, holds] = written;
      t.regex(readFileSync(join(repository.dir, path), "utf8"), holds);
      if (name === "secret") {
        t.regex(repository.tool("decrypt", path).stdout, /password: "hunter2-typed"/);
      }
      if (name.includes("somebody")) {
        t.is(repository.read("package.json"), '{ "name": "mine", "private": true }\n');
        t.is(repository.read(".gitattributes"), "*.png binary\n");
        t.true(existsSync(join(repository.dir, ".husky/pre-commit")));
      }
    },
  );

  run(`${name}: Ctrl-C at each prompt writes nothing [needs python3]`, (t) => {
    const repository = scaffolded(t);
    prepare?.(repository);
    const around = () => readdirSync(join(repository.dir, ".."), { recursive: true }).length;
    const before = around();
    // The questions of init itself are left by Ctrl-C in the first of its tests.
    const from = name.startsWith("init ") ? steps.findIndex(isOwn) : 0;
    for (const index of [...steps.keys()].slice(from)) {
      const [message] = steps[index] ?? ["", ""];
      const done = drive(repository, args, [...steps.slice(0, index), [message, CTRL_C]]);
      t.is(done.status, 130, done.seen);
      t.regex(done.seen, stopped ?? /stopped; nothing was written/);
    }
    t.is(around(), before);
    t.is(repository.must("status", "--porcelain"), "");
  });
}

const INIT = new Set(PROMPTS["init"]?.steps.map(([message]) => message));

/** Whether a prompt of init is not among those that the first of its tests has. */
function isOwn([message]: Step): boolean {
  return !INIT.has(message);
}

run("set --value-stdin: says on a terminal what it waits for [needs python3]", (t) => {
  const repository = scaffolded(t);
  const path = "clusters/homelab/secrets/db.sops.yaml";
  repository.write(path, secret({ a: "one" }));
  t.is(repository.tool("encrypt", "-i", path).status, 0);
  const { status, seen } = drive(
    repository,
    ["set", "--value-stdin", path, '["stringData"]["a"]'],
    [["the value as JSON", `"two"${ENTER}\u0004`]],
  );
  t.is(status, 0, seen);
  t.regex(repository.tool("decrypt", path).stdout, /^ {2}a: two$/m);
});

run(
  "new secret --from-literal-stdin: says it too, and takes it between two prompts [needs python3]",
  (t) => {
    const repository = scaffolded(t);
    const { status, seen } = drive(
      repository,
      ["new", "secret", "db", "--type", "basic-auth", "--from-literal-stdin", "username"],
      [
        ["Namespace", ENTER],
        ["the value, then Enter and Ctrl-D", `two${ENTER}\u0004`],
        ["Value of password", `three${ENTER}`],
      ],
    );
    t.is(status, 0, seen);
    const path = "clusters/homelab/secrets/db.sops.yaml";
    t.regex(
      repository.tool("decrypt", path).stdout,
      /^ {2}username: "two"\n {2}password: "three"$/m,
    );
  },
);
