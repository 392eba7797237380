import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { parse } from "yaml";
import { execFileSync } from "../bounded-programs.ts";
import { carryOut } from "../../scaffold/carry-out.ts";
import { closingMessage } from "../../scaffold/message/closing.ts";
import { committedSecretsMessage } from "../../scaffold/committed-secrets.ts";
import { decideChanges } from "../../scaffold/consent.ts";
import { GATE_HOOKS } from "../../scaffold/hook-manager/gate-hooks.ts";
import { hookLine } from "../../scaffold/hook-manager/lines.ts";
import { filesToWrite } from "../../scaffold/plan/plan.ts";
import { inspectSurroundings } from "../../scaffold/destination/surroundings.ts";
import { generateKeyPair } from "../../sops/age/identity.ts";
import { author, git, newPlace, prepare } from "./sandbox.ts";

const recipient = (await generateKeyPair()).recipient;
Object.assign(process.env, author);

const FLUX = (path: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: apps\n  namespace: flux-system\nspec:\n  path: ${path}\n`;
const HOOK_NAMES = ["pre-commit", "prepare-commit-msg", "pre-push", "pre-merge-commit"];

interface Shape {
  /** The repository's files before. */
  readonly files: Readonly<Record<string, string>>;
  readonly set?: (directory: string) => void;
  /** Files that get lines added; every other file keeps its bytes. */
  readonly added?: readonly string[];
  /** Files that must be there, and that must not. */
  readonly has?: readonly string[];
  readonly hasNot?: readonly string[];
  /** Files that git must be able to execute. */
  readonly executable?: readonly string[];
  /** Whether the hooks are on afterwards, and what the message says. */
  readonly on: boolean;
  readonly says?: RegExp;
}

const LEFTHOOK = `# our hooks
pre-commit:
  commands:
    # keep prettier first
    prettier:
      run: prettier --check {staged_files}   # fast
pre-push:
  jobs:
    - name: test
      run: npm test
`;
const PRE_COMMIT = `# see https://pre-commit.com
repos:
- repo: https://github.com/pre-commit/pre-commit-hooks
  rev: v5.0.0   # pinned
  hooks:
  - id: check-yaml
# the end
`;

const shapes: Record<string, Shape> = {
  "an application with a package.json of its own": {
    files: {
      "package.json": '{\n\t"name": "app",\n\t"scripts": { "test": "ava" }\n}\n',
      "src/index.js": "export {};\r\n",
      "README.md": "# App\n",
      ".editorconfig": "root = true\n",
    },
    added: ["package.json"],
    has: ["clusters/homelab/secrets.yaml", ".husky/pre-commit"],
    on: true,
  },
  "a Flux repository made by flux bootstrap, without any hook": {
    files: {
      "clusters/production/flux-system/gotk-sync.yaml": FLUX("./clusters/production"),
      "clusters/production/apps/web.yaml": "kind: ConfigMap\n",
      "README.md": "# Ours\n",
    },
    has: [".sops.yaml", ".flux-sops/flux-sops.mjs", "package.json"],
    hasNot: [
      "clusters/homelab",
      "clusters/production/kustomization.yaml",
      ".editorconfig",
      "talos",
    ],
    on: true,
    says: / -m 'Add flux-sops, which encrypts Secrets at commit'[^]*nothing was added to what it builds/,
  },
  "another layout, with rules of its own": {
    files: {
      "kubernetes/flux/cluster.yaml": FLUX("./kubernetes/apps"),
      ".sops.yaml": `# ours\ncreation_rules:\n  - path_regex: kubernetes/.*\\.sops\\.ya?ml # Flux\n    encrypted_regex: "^(data|stringData)$"\n    age: ${recipient}\n`,
    },
    added: [".sops.yaml"],
    hasNot: ["clusters"],
    on: true,
  },
  "rules for every path": {
    files: {
      "a.txt": "x\n",
      ".sops.yaml": `creation_rules:\n- age: ${recipient}   # everything\n`,
    },
    has: ["clusters/homelab/secrets.yaml"],
    on: true,
  },
  "rules in a flow list": {
    files: {
      "a.txt": "x\n",
      ".sops.yaml": `creation_rules: [{path_regex: ^infra/, age: "${recipient}"}]\n`,
    },
    on: true,
    says: /Yours to do[^]*\.sops\.yaml: no rule in it takes /,
  },
  "husky with hooks of its own": {
    files: {
      "package.json":
        '{\n  "name": "app",\n  "scripts": {\n    "prepare": "husky"\n  },\n  "devDependencies": {\n    "husky": "^9.0.0"\n  }\n}\n',
      ".husky/pre-commit": "npx lint-staged",
      ".husky/pre-push": "#!/bin/sh\n# tests\nnpm test\n",
      ".husky/commit-msg": "npx commitlint --edit $1\n",
      ".husky/post-checkout": "npm install\n",
    },
    added: [".husky/pre-commit", ".husky/pre-push"],
    has: [".flux-sops/hooks/pre-push", ".husky/prepare-commit-msg"],
    hasNot: [".flux-sops/hooks/pre-commit"],
    on: true,
  },
  "lint-staged that runs prettier": {
    files: {
      "package.json": '{ "lint-staged": { "*": "prettier --write" } }\n',
      ".husky/pre-commit": "npx lint-staged\n",
    },
    added: ["package.json", ".husky/pre-commit"],
    has: [".prettierignore"],
    on: true,
  },
  "husky 8, whose hooks git runs itself": {
    files: {
      ".husky/pre-commit":
        '#!/usr/bin/env sh\n. "$(dirname -- "$0")/_/husky.sh"\n\nnpx lint-staged\n',
      "a.txt": "x\n",
    },
    set: (directory) => {
      chmodSync(join(directory, ".husky/pre-commit"), 0o755);
      git(directory, "config", "core.hooksPath", ".husky");
    },
    added: [".husky/pre-commit"],
    executable: HOOK_NAMES.map((name) => `.husky/${name}`),
    hasNot: [".husky/_"],
    on: true,
  },
  "husky with a hook that ends by itself": {
    files: { ".husky/pre-commit": "exec npx lint-staged\n", "a.txt": "x\n" },
    on: false,
    says: /\.husky\/pre-commit: it ends by itself/,
  },
  "husky with a hook that ends by itself beside pre-commit": {
    files: {
      ".husky/prepare-commit-msg": "exec < /dev/tty && npx cz --hook || true\n",
      "a.txt": "x\n",
    },
    on: false,
    says: /^NOT ALL HOOKS ARE ON, .*\n {2}\.husky\/prepare-commit-msg: sh -e \.flux-sops\/hooks\/prepare-commit-msg "\$@" \|\| exit$/m,
  },
  "husky with a hook that works in a folder": {
    files: { ".husky/pre-commit": "cd web\nnpm test\n", "a.txt": "x\n" },
    on: false,
    says: /\.husky\/pre-commit: it goes to another folder \(cd\)[^]*^THE HOOKS ARE NOT ON/m,
  },
  "husky with a hook that works in a folder by itself": {
    files: {
      ".husky/pre-commit": "(cd web && npm test)\n",
      ".husky/pre-push": "#!/bin/sh\n# nothing yet",
      "a.txt": "x\n",
    },
    added: [".husky/pre-commit", ".husky/pre-push"],
    on: true,
  },
  lefthook: {
    files: { "lefthook.yml": LEFTHOOK, "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n"),
    added: ["lefthook.yml"],
    has: HOOK_NAMES.map((name) => `.flux-sops/hooks/${name}`),
    hasNot: [".husky", "package.json"],
    on: true,
    says: /hooks are on, run by lefthook/,
  },
  "lefthook that runs its jobs at the same time": {
    files: {
      "lefthook.yml": "pre-commit:\n  parallel: true\n  jobs:\n    - run: x\n",
      "a.txt": "",
    },
    hasNot: [".husky"],
    on: false,
    says: /lefthook\.yml: its pre-commit runs its jobs at the same time, and the gate has to be last \(without parallel: true, init adds it\); let .* run sh -e \.flux-sops\/hooks\/HOOK \{0\}, last, pre-push and post-rewrite with use_stdin$/m,
  },
  "lefthook configured elsewhere": {
    files: { ".config/lefthook.yml": LEFTHOOK, "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n"),
    added: [".config/lefthook.yml"],
    on: true,
  },
  "lefthook whose configuration is a link": {
    files: { "config/lefthook.yml": LEFTHOOK, "a.txt": "x\n" },
    set: (directory) => symlinkSync("config/lefthook.yml", join(directory, "lefthook.yml")),
    on: false,
    says: /^Yours to do[^]*lefthook\.yml: it is no file but a link or a folder: put a file in its place, and run this again$[^]*^THE HOOKS ARE NOT ON/m,
  },
  "lefthook whose configuration is a link, with our commands": {
    files: {
      "config/lefthook.yml": GATE_HOOKS.map(
        (name) => `${name}:\n  commands:\n    gate:\n      run: ${hookLine(name)}\n`,
      ).join(""),
      "a.txt": "x\n",
    },
    set: (directory) => {
      symlinkSync("config/lefthook.yml", join(directory, "lefthook.yml"));
      hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n");
    },
    on: true,
  },
  "a folder by the name of lint-staged": {
    files: { "lint-staged/index.js": "", "package.json": "{}\n" },
    added: ["package.json"],
    on: true,
  },
  "lefthook configured in TOML": {
    files: { ".lefthook.toml": "# ours\n", "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n"),
    on: false,
    says: /^ {2}\.lefthook\.toml: put this at its end:\n {6}\[pre-commit\.commands\.zz-flux-sops\]\n {6}run = "sh -e \.flux-sops\/hooks\/pre-commit \{0\}"\n[^]*^ {6}\[pre-push\.commands\.zz-flux-sops\]\n {6}run = .*\n {6}use_stdin = true$/m,
  },
  "lefthook configured in TOML, that runs its commands at the same time": {
    files: { ".lefthook.toml": "[pre-commit]\nparallel = true\n", "a.txt": "x\n" },
    on: false,
    says: /^ {2}\.lefthook\.toml: take parallel = true out of it, as the gate has to be last, and put this at its end:$/m,
  },
  "lefthook configured in TOML, with our commands": {
    files: {
      "lefthook.toml": GATE_HOOKS.map(
        (name) => `[${name}.commands.gate]\nrun = "sh -e .flux-sops/hooks/${name} {0}"\n`,
      ).join(""),
      "a.txt": "x\n",
    },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n"),
    on: true,
    says: /hooks are on, run by lefthook/,
  },
  "lefthook configured in TOML, with one of our commands": {
    files: {
      "lefthook.toml": `[pre-commit.commands.gate]\nrun = "${hookLine("pre-commit")}"\n`,
      "a.txt": "x\n",
    },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nlefthook run pre-commit\n"),
    on: false,
    says: /^NOT ALL HOOKS ARE ON, .*: lefthook\.toml does not run prepare-commit-msg, pre-push, .*: node \.flux-sops\/flux-sops\.mjs init adds that, /m,
  },
  "pre-commit": {
    files: { ".pre-commit-config.yaml": PRE_COMMIT, "a.txt": "x\n" },
    added: [".pre-commit-config.yaml"],
    hasNot: [".husky"],
    on: false,
    says: /pre-commit is not at work: run pre-commit install -t pre-commit[^]*Next:\n.*\n {2}2\. Turn the hooks on, as said above: until then/,
  },
  "pre-commit at work for commits only": {
    files: { ".pre-commit-config.yaml": PRE_COMMIT, "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nexec pre-commit hook-impl\n"),
    added: [".pre-commit-config.yaml"],
    on: false,
    says: /^NOT ALL HOOKS ARE ON, .*: pre-commit is not at work for prepare-commit-msg, pre-push, pre-merge-commit: run pre-commit install -t pre-commit -t[^]*until then merges and pushes may/m,
  },
  "pre-commit, with a hook of one's own in its place": {
    files: { ".pre-commit-config.yaml": PRE_COMMIT, "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\n# my pre-commit hook\nmake\n"),
    added: [".pre-commit-config.yaml"],
    on: false,
    says: /^THE HOOKS ARE NOT ON, .*: pre-commit is not at work: run pre-commit install/m,
  },
  "prek, which installs the same hooks": {
    files: { ".pre-commit-config.yaml": PRE_COMMIT, "a.txt": "x\n" },
    set: (directory) => {
      for (const name of HOOK_NAMES) {
        hook(directory, name, `#!/bin/sh\nexec prek hook-impl --hook-type=${name} -- "$@"\n`);
      }
    },
    added: [".pre-commit-config.yaml"],
    on: true,
  },
  "plain hooks in .git/hooks": {
    files: { "a.txt": "x\n" },
    set: (directory) => hook(directory, "pre-commit", "#!/bin/sh\nmake check\n"),
    hasNot: [".husky", "package.json"],
    on: false,
    says: /^THE HOOKS ARE NOT ON[^]*\.git\/hooks\/pre-commit: sh -e \.flux-sops\/hooks\/pre-commit "\$@"/m,
  },
  "a core.hooksPath with hooks in the repository": {
    files: { "tools/hooks/commit-msg": "#!/bin/sh\n", "a.txt": "x\n" },
    set: (directory) => git(directory, "config", "core.hooksPath", "tools/hooks"),
    has: ["tools/hooks/pre-commit"],
    on: true,
    says: /hooks are on, run by what is in tools\/hooks/,
  },
  "simple-git-hooks": {
    files: { "package.json": '{"simple-git-hooks": {"pre-commit": "x"}}\n' },
    hasNot: [".husky"],
    on: false,
    says: /simple-git-hooks runs the hooks here/,
  },
  "husky 4": {
    files: { "package.json": '{"husky": {"hooks": {"pre-push": "x"}}}\n' },
    hasNot: [".husky"],
    on: false,
    says: /husky 4 runs the hooks here, and does not hand them what git says: replace it with husky 9/,
  },
  "simple-git-hooks that has our commands": {
    files: { "package.json": '{"simple-git-hooks": {"pre-commit": "x"}}\n' },
    set: (directory) => {
      for (const name of GATE_HOOKS) hook(directory, name, `#!/bin/sh\n${hookLine(name)}\n`);
    },
    on: true,
    says: /hooks are on, run by simple-git-hooks/,
  },
  "a hook that has our command in a comment": {
    files: { "a.txt": "x\n" },
    set: (directory) => {
      for (const name of GATE_HOOKS) hook(directory, name, `#!/bin/sh\n# ${hookLine(name)}\n`);
    },
    on: false,
    says: /^THE HOOKS ARE NOT ON/m,
  },
  "simple-git-hooks that has one of our commands": {
    files: { "package.json": '{"simple-git-hooks": {"pre-commit": "x"}}\n' },
    set: (directory) => hook(directory, "pre-commit", `#!/bin/sh\n${hookLine("pre-commit")}\n`),
    on: false,
    says: /simple-git-hooks runs the hooks here: [^]*\n {2}prepare-commit-msg: sh -e /,
  },
  "ignore and attribute files with CRLF, a lock file, no line break at the end": {
    files: {
      ".gitignore": "dist/\r\n*.log",
      ".gitattributes": "*.png binary\r\n",
      ".prettierignore": "dist",
      "index.ts": "",
    },
    added: [".gitignore", ".gitattributes", ".prettierignore"],
    on: true,
  },
  "a pnpm workspace, package.json with tabs, CRLF and no line break at the end": {
    files: {
      "package.json":
        '{\r\n\t"name": "mono",\r\n\t"private": true,\r\n\t"devDependencies": {}\r\n}',
      "pnpm-workspace.yaml": "packages:\r\n  - packages/*\r\n",
      "packages/a/package.json": '{"name":"a"}\n',
    },
    added: ["package.json"],
    hasNot: ["package-lock.json"],
    on: true,
  },
  "yarn workspaces, package.json with a byte order mark": {
    files: {
      "package.json": '\ufeff{\n  "private": true,\n  "workspaces": ["packages/*"]\n}\n',
      "yarn.lock": "# yarn lockfile v1\n",
      "packages/a/index.js": "",
    },
    added: ["package.json"],
    on: true,
  },
  "a package.json that is none": {
    files: { "package.json": '{ "name": "x", // mine\n}\n' },
    on: true,
    says: /package\.json: it is no JSON that can be added to/,
  },
  "rules with anchors, comments and key groups": {
    files: {
      ".sops.yaml": [
        "# the keys\n.keys: &me >-",
        `  ${recipient}`,
        "creation_rules:",
        "  # ours",
        "  - path_regex: ansible/.*\\.yaml$ # playbooks",
        "    key_groups:",
        "      - age: [*me]",
        "stores: { yaml: { indent: 2 } }",
        "",
      ].join("\n"),
      "a.txt": "x\n",
    },
    added: [".sops.yaml"],
    on: true,
  },
  "no creation rules yet": {
    files: { ".sops.yaml": "# soon\ncreation_rules: []\n", "a.txt": "x\n" },
    on: true,
    says: /Yours to do[^]*\.sops\.yaml: no rule in it takes /,
  },
  "clusters in a folder of a monorepo, two of them": {
    files: {
      "infra/clusters/east/flux-system/gotk-sync.yaml": FLUX("./infra/clusters/east"),
      "infra/clusters/east/apps.yaml": FLUX("./infra/apps"),
      "infra/clusters/west/flux-system/gotk-sync.yaml": FLUX("./infra/clusters/west"),
      "infra/apps/a.yaml": "kind: ConfigMap\n",
      "src/main.go": "package main\n",
    },
    has: [".sops.yaml", ".husky/pre-commit"],
    hasNot: ["clusters", "infra/clusters/homelab"],
    on: true,
  },
  "a repository with CRLF throughout": {
    files: {
      ".gitattributes": "* text=auto eol=crlf\r\n",
      ".gitignore": "dist/\r\n",
      ".sops.yaml": `creation_rules:\r\n  - path_regex: \\.enc\\.yaml$\r\n    age: ${recipient}\r\n`,
      "README.md": "# Mine\r\n",
    },
    added: [".gitattributes", ".gitignore", ".sops.yaml"],
    on: true,
  },
  "folders that are symbolic links": {
    files: { "deploy/clusters/a.yaml": "kind: ConfigMap\n", "a.txt": "x\n" },
    set: (directory) => {
      symlinkSync("deploy/docs", join(directory, "docs"));
      symlinkSync("deploy", join(directory, "current"));
    },
    has: ["clusters/homelab/secrets.yaml"],
    on: true,
  },
  "a package.json that is a link, and leads nowhere": {
    files: { "a.txt": "x\n" },
    set: (directory) => symlinkSync("gone/package.json", join(directory, "package.json")),
    on: true,
    says: /^Yours to do[^]*package\.json: it is no file but a link or a folder: /m,
  },
  "links that lead to themselves": {
    files: { "a.txt": "x\n" },
    set: (directory) => {
      for (const name of ["current", "package.json"]) symlinkSync(name, join(directory, name));
    },
    on: true,
    says: /^Yours to do[^]*package\.json: it is no file but a link or a folder: /m,
  },
  "a GitLab pipeline": {
    files: { ".gitlab-ci.yml": "test:\n  script: make # all\n", Makefile: "" },
    set: (directory) =>
      git(directory, "remote", "add", "origin", "git@gitlab.com:group/sub/app.git"),
    on: true,
    says: /\.gitlab-ci\.yml: add a job to it/,
  },
};

function hook(directory: string, name: string, text: string): void {
  const path = join(directory, ".git/hooks", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

function repositoryOf({ files, set }: Shape): string {
  const directory = newPlace("mine");
  mkdirSync(directory);
  git(directory, "init", "-q", "-b", "trunk");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  git(directory, "add", ".");
  git(directory, "-c", "core.autocrlf=false", "commit", "-q", "--no-verify", "-m", "Before");
  set?.(directory);
  return directory;
}

/** Whether a text is another with something put in between: no character of it is lost. */
function keepsAll(before: string, after: string): boolean {
  let at = 0;
  for (const character of before) {
    at = after.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

function snapshot(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
      .filter((path) => !/^\.git\/(?!hooks\/)/.test(path))
      .map((path) => [path, readFileSync(join(directory, path), "latin1")]),
  );
}

for (const [title, shape] of Object.entries(shapes)) {
  test.serial(`${title}: joined, every byte kept, nothing committed, the same again`, async (t) => {
    const directory = repositoryOf(shape);
    const head = git(directory, "rev-parse", "HEAD");
    const index = git(directory, "ls-files", "-s");
    const before = snapshot(directory);
    const done = await carryOut(await prepare(directory), { install: null });
    const after = snapshot(directory);
    for (const [path, text] of Object.entries(before)) {
      if (shape.added?.includes(path) === true) {
        t.not(after[path], text, path);
        t.true(keepsAll(text, after[path] ?? ""), path);
      } else t.is(after[path], text, path);
    }
    t.is(git(directory, "rev-parse", "HEAD"), head);
    t.is(git(directory, "ls-files", "-s"), index);
    const message = closingMessage(done);
    t.is(done.hooks.on, shape.on, message);
    if (shape.says !== undefined) t.regex(message, shape.says);
    for (const path of shape.has ?? []) t.true(existsSync(join(directory, path)), path);
    for (const path of shape.executable ?? []) {
      t.is(statSync(join(directory, path)).mode & 0o111, 0o111, path);
    }
    for (const path of shape.hasNot ?? []) t.false(existsSync(join(directory, path)), path);
    for (const [path, text] of Object.entries(after)) {
      if (/\.ya?ml$/.test(path) && shape.added?.includes(path) === true) {
        t.notThrows(() => parse(text) as unknown, path);
      }
      if (path === "package.json" && shape.added?.includes(path) === true) {
        // A byte order mark, read as Latin-1.
        t.notThrows(() => JSON.parse(text.replace(/^\u00ef\u00bb\u00bf/, "")) as unknown);
      }
    }
    await carryOut(await prepare(directory), { install: null });
    t.deepEqual(snapshot(directory), after, "a second run changes nothing");
  });
}

test.serial("lefthook gets our commands last, by name, and its comments stay", async (t) => {
  const directory = repositoryOf({ files: { "lefthook.yml": LEFTHOOK, a: "" }, on: true });
  await carryOut(await prepare(directory), { install: null });
  const text = readFileSync(join(directory, "lefthook.yml"), "utf8");
  t.regex(text, /run: prettier --check \{staged_files\} {3}# fast\n {4}zz-flux-sops:\n/);
  const parsed = parse(text) as Record<string, { commands?: object; jobs?: object[] }>;
  t.deepEqual(Object.keys(parsed["pre-commit"]?.commands ?? {}), ["prettier", "zz-flux-sops"]);
  t.deepEqual(parsed["pre-push"]?.jobs?.[1], {
    name: "flux-sops",
    run: "sh -e .flux-sops/hooks/pre-push {0}",
    use_stdin: true,
  });
});

test.serial(
  "a plain pre-commit install turns on all hooks, and their own stay at commits",
  async (t) => {
    const added = async (text: string) => {
      const files = { ".pre-commit-config.yaml": text };
      const directory = repositoryOf({ files, on: false });
      await carryOut(await prepare(directory), { install: null });
      return parse(readFileSync(join(directory, ".pre-commit-config.yaml"), "utf8")) as Readonly<
        Record<string, unknown>
      >;
    };
    const plain = await added(PRE_COMMIT);
    t.deepEqual(plain["default_install_hook_types"], HOOK_NAMES);
    t.deepEqual(plain["default_stages"], ["pre-commit"]);
    const staged = await added(
      PRE_COMMIT.replace("- id: check-yaml", "$&\n    stages: [pre-push]"),
    );
    t.deepEqual(staged["default_install_hook_types"], HOOK_NAMES);
    t.is(staged["default_stages"], undefined);
    const own = await added(`default_install_hook_types: [pre-commit, commit-msg]\n${PRE_COMMIT}`);
    t.deepEqual(own["default_install_hook_types"], ["pre-commit", "commit-msg"]);
    t.is(own["default_stages"], undefined);
  },
);

test("what Flux would apply as ciphertext is no password that was readable", (t) => {
  const found = (rule: string) => ({ path: rule, line: 1, rule, message: "it is wrong", fix: [] });
  const flux = committedSecretsMessage([found("flux-ciphertext")]);
  t.regex(flux, /^What is encrypted is not all decrypted by Flux:\n {2}flux-ciphertext:1: it is/m);
  t.notRegex(flux, /readable|passwords/);
  const both = committedSecretsMessage([found("flux-ciphertext"), found("plaintext-secret")]);
  t.regex(both, /readable secrets, or broken;.*\n {2}plaintext-secret:1: [^]*make new/);
  t.regex(both, /by Flux:\n {2}flux-ciphertext:1: /);
});

test.serial(
  "what the user ignores stays ignored, and what they say of line ends and diffs theirs",
  async (t) => {
    const settings = {
      ".gitignore": "*.bak\n*.dec\n",
      ".gitattributes": "*.yaml diff=sopsdiffer\n",
    };
    const directory = repositoryOf({ files: { ...settings, a: "" }, on: true });
    await carryOut(await prepare(directory), { install: null });
    const names = [
      ...[
        "db.sops.yaml.bak",
        "db.sops.yaml.dec",
        ".decrypted~db.sops.yaml",
        "x.decrypted.sops.yaml",
      ],
      ...["db.sops.yaml", "kubeconfig.sops.yaml", "lab.sops.kubeconfig", "old.sops.agekey"],
    ];
    for (const name of names) writeFileSync(join(directory, name), "");
    const status = git(directory, "status", "--porcelain", "--ignored", "--", ...names);
    t.deepEqual(
      status.split("\n").map((line) => line.slice(0, 2)),
      [...Array<string>(4).fill("??"), ...Array<string>(4).fill("!!")],
      status,
    );
    t.is(
      git(directory, "check-attr", "diff", "text", "--", "db.sops.yaml"),
      "db.sops.yaml: diff: sopsdiffer\ndb.sops.yaml: text: unset",
    );
    const other = repositoryOf({ files: { ".gitattributes": "*.png binary\n", a: "" }, on: true });
    await carryOut(await prepare(other), { install: null });
    t.is(git(other, "check-attr", "diff", "--", "db.sops.yaml"), "db.sops.yaml: diff: sops");
    const { files } = await prepare(other, { provider: "git", url: "https://h/r" });
    t.is(files.find(({ path }) => path === ".gitattributes")?.state, "unchanged");
    // A whole scaffold brings a line for all files: behind theirs it would hold.
    const alone = repositoryOf({ files: { ".gitattributes": "*.bat text eol=crlf\n" }, on: true });
    await carryOut(await prepare(alone), { install: null });
    t.is(git(alone, "check-attr", "eol", "--", "run.bat"), "run.bat: eol: crlf");
    t.is(git(alone, "check-attr", "text", "--", "db.sops.yaml"), "db.sops.yaml: text: unset");
    // Of scripts with other line ends sh runs none.
    for (const files of [{}, { a: "" }]) {
      const crlf = repositoryOf({
        files: { ".gitattributes": "* text=auto eol=crlf\n", ...files },
        on: true,
      });
      await carryOut(await prepare(crlf), { install: null });
      for (const script of [".husky/pre-commit", ".husky/_/h", ".flux-sops/hooks/pre-push"]) {
        t.is(git(crlf, "check-attr", "eol", "--", script), `${script}: eol: lf`);
      }
      const tool = ".flux-sops/hook.cjs";
      t.is(git(crlf, "check-attr", "text", "--", tool), `${tool}: text: unset`);
    }
  },
);

test.serial(
  "where the rules take all files, it is said that --recipients adds nobody",
  async (t) => {
    const [theirs, given] = await Promise.all([generateKeyPair(), generateKeyPair()]);
    const rules = `creation_rules:\n  - age: ${theirs.recipient}\n`;
    const directory = repositoryOf({ files: { ".sops.yaml": rules, a: "" }, on: true });
    const recipients = `${theirs.recipient},${given.recipient}`;
    const done = await carryOut(await prepare(directory, { recipients }), { install: null });
    t.true(
      closingMessage(done).includes(
        `others than these keys: add them there by hand.\n  ${given.recipient}\n`,
      ),
      closingMessage(done),
    );
    t.is(readFileSync(join(directory, ".sops.yaml"), "utf8"), rules);
  },
);

test.serial(
  "--example is refused where a rule encrypts the names of a Secret as well",
  async (t) => {
    const { recipient } = await generateKeyPair();
    const rules = `creation_rules:\n  - age: ${recipient}\n`;
    const directory = repositoryOf({ files: { ".sops.yaml": rules, a: "" }, on: true });
    await t.throwsAsync(prepare(directory, { example: true }), {
      name: "ScaffoldError",
      message:
        /demo\.sops\.yaml in \.sops\.yaml must encrypt the values of a Secret and nothing else/,
    });
  },
);

test.serial("a second run before the commit still names what was added to", async (t) => {
  const files = {
    "package.json": '{ "name": "app", "devDependencies": { "husky": "^9.1.7" } }\n',
    ".husky/pre-commit": "npx lint-staged\n",
    ".gitignore": "dist\n",
  };
  const directory = repositoryOf({ files, on: true });
  const command = async () => {
    const { commit } = await carryOut(await prepare(directory), { install: null });
    return "command" in commit ? commit.command.replace(/^.*?add/, "") : "";
  };
  const first = await command();
  t.regex(first, / \.gitignore .*\.husky .*package\.json /);
  t.is(await command(), first);
});

for (const [title, files, ends] of [
  [
    "a package.json comes with a line for its node_modules",
    { "a.txt": "x\n" },
    /^node_modules\/$/m,
  ],
  [
    "who has a line for node_modules gets no second one",
    { "package.json": '{ "name": "app" }\n', ".gitignore": "/node_modules\n" },
    /^\/node_modules\n(?![^]*node_modules)[^]*kubeconfig/,
  ],
  [
    "who has no package.json, and gets none, no such line",
    { ".pre-commit-config.yaml": PRE_COMMIT },
    /^(?![^]*node_modules)[^]*kubeconfig/,
  ],
] as const) {
  test.serial(title, async (t) => {
    const directory = repositoryOf({ files, on: true });
    await carryOut(await prepare(directory), { install: null });
    const text = readFileSync(join(directory, ".gitignore"), "utf8");
    t.regex(text, ends);
    t.regex(
      closingMessage(await carryOut(await prepare(directory), { install: null })),
      /nothing to change/,
    );
    t.is(readFileSync(join(directory, ".gitignore"), "utf8"), text);
  });
}

for (const [title, to, from] of [
  ["the first push", "", ""],
  ["a later one", "b".repeat(40), "a".repeat(40)],
] as const) {
  test.serial(`pre-commit hands pre-push what git told it: ${title}`, async (t) => {
    const directory = repositoryOf({ files: { ".pre-commit-config.yaml": PRE_COMMIT }, on: true });
    await carryOut(await prepare(directory), { install: null });
    const text = readFileSync(join(directory, ".pre-commit-config.yaml"), "utf8");
    const { repos } = parse(text) as { repos: { hooks: { id: string; entry: string }[] }[] };
    const { entry = "" } = repos.at(-1)?.hooks.find(({ id }) => id === "flux-sops-pre-push") ?? {};
    writeFileSync(join(directory, ".flux-sops/hooks/pre-push"), 'cat; echo "$@"\n');
    const branch = git(directory, "symbolic-ref", "HEAD");
    const PRE_COMMIT_ENV = {
      ...{ PRE_COMMIT_LOCAL_BRANCH: branch, PRE_COMMIT_REMOTE_BRANCH: branch },
      ...{ PRE_COMMIT_REMOTE_NAME: "origin", PRE_COMMIT_REMOTE_URL: "u" },
      // Not set, where it has nothing to say.
      ...(to === "" ? {} : { PRE_COMMIT_TO_REF: to, PRE_COMMIT_FROM_REF: from }),
    };
    const said = execFileSync("sh", ["-c", entry], {
      cwd: directory,
      env: { ...process.env, ...PRE_COMMIT_ENV },
      encoding: "utf8",
    });
    const pushed = to === "" ? git(directory, "rev-parse", "HEAD") : to;
    const there = from === "" ? "0".repeat(40) : from;
    t.is(said, `${branch} ${pushed} ${branch} ${there}\norigin u\n`);
  });
}

test.serial(
  "a Flux repository: a cluster that is named gets its folder; one that is there not",
  async (t) => {
    const shape = shapes["a Flux repository made by flux bootstrap, without any hook"];
    const directory = repositoryOf(shape ?? { files: {}, on: true });
    await t.throwsAsync(prepare(directory, { cluster: "production" }), {
      message: /clusters\/production\/ is built by Flux already/,
    });
    await t.throwsAsync(prepare(directory, { example: true }), {
      message: /--example needs a cluster/,
    });
    await carryOut(await prepare(directory, { cluster: "edge" }), { install: null });
    t.true(existsSync(join(directory, "clusters/edge/secrets.yaml")));
    t.false(existsSync(join(directory, "clusters/production/kustomization.yaml")));
  },
);

test.serial(
  "a Flux repository with the hooks alone: a cluster that is named later is treated in the same way",
  async (t) => {
    const shape = shapes["a Flux repository made by flux bootstrap, without any hook"];
    const directory = repositoryOf(shape ?? { files: {}, on: true });
    await carryOut(await prepare(directory), { install: null });
    const rules = readFileSync(join(directory, ".sops.yaml"), "utf8");
    await t.throwsAsync(prepare(directory, { cluster: "production" }), {
      message: /clusters\/production\/ is built by Flux already/,
    });
    // The rules for any layout go on taking what they have encrypted elsewhere.
    for (const given of [{ cluster: "edge" }, {}]) {
      await carryOut(await prepare(directory, given), { install: null });
      t.true(existsSync(join(directory, "clusters/edge/secrets.yaml")));
      t.is(readFileSync(join(directory, ".sops.yaml"), "utf8"), rules);
    }
    const untold = await prepare(directory);
    t.deepEqual(filesToWrite(untold.files, false), []);
  },
);

test.serial("what Flux builds already is found whatever the user has git do", async (t) => {
  const directory = repositoryOf({ files: { "flux/apps.yaml": FLUX("./apps") }, on: true });
  for (const [name, value] of [
    ["submodule.recurse", "true"],
    ["color.ui", "always"],
  ] as const) {
    git(directory, "config", name, value);
  }
  t.deepEqual((await inspectSurroundings(directory)).fluxFiles, ["flux/apps.yaml"]);
});

test.serial("the remote and the branch are the defaults of their questions", async (t) => {
  for (const [remote, expected] of [
    ["git@github.com:me/lab.git", { provider: "github", owner: "me", repository: "lab" }],
    ["https://gitlab.com/a/b/lab.git", { provider: "gitlab", owner: "a/b", repository: "lab" }],
    ["ssh://git@codeberg.org/me/lab", { provider: "forgejo", owner: "me", host: "codeberg.org" }],
    [
      "git@git.example.org:me/lab.git",
      { provider: "git", url: "ssh://git@git.example.org/me/lab.git" },
    ],
    ["https://u:secret@h.example/lab.git", { provider: "git", url: "https://h.example/lab.git" }],
    [
      "https://h.example/lab.git?private_token=secret#x",
      { provider: "git", url: "https://h.example/lab.git" },
    ],
    ["/srv/lab.git", { provider: "github", owner: "" }],
  ] as const) {
    const directory = repositoryOf({ files: { a: "" }, on: true });
    git(directory, "remote", "add", "origin", remote);
    const { answers } = await prepare(directory);
    t.like(answers, { branch: "trunk", ...expected }, remote);
  }
});

test.serial("what the repository ignores of what is written is added by force", async (t) => {
  const files = { ".gitignore": "*secrets*\n.flux-sops/*.cjs\n", a: "" };
  const directory = repositoryOf({ files, on: true });
  const { commit } = await carryOut(await prepare(directory), { install: null });
  const command = "command" in commit ? commit.command : "";
  t.regex(
    command,
    / add --force -- \S*\.flux-sops\/flux-sops\.cjs .*\/secrets\.yaml .*\.husky\/_ /,
  );
  execFileSync("sh", [
    "-e",
    "-c",
    command.replace(/ commit /, " -c core.hooksPath=/dev/null commit "),
  ]);
  t.is(git(directory, "status", "--porcelain", "--ignored"), "");
  t.true(git(directory, "ls-files").includes("clusters/homelab/secrets/.gitkeep"));
});

test.serial("Flux follows the main branch of the remote, whichever is checked out", async (t) => {
  const directory = repositoryOf({ files: { a: "" }, on: true });
  const clone = newPlace("clone");
  git(directory, "clone", "-q", ".", clone);
  git(clone, "switch", "-q", "-c", "add-the-gate");
  t.is((await prepare(clone)).answers.branch, "trunk");
  git(clone, "branch", "-q", "-d", "-r", "origin/trunk");
  t.is((await prepare(clone)).answers.branch, "add-the-gate", "it is gone there");
});

test.serial(
  "a main branch that was renamed at the remote is the one that is checked out",
  async (t) => {
    const directory = repositoryOf({ files: { a: "" }, on: true });
    const clone = newPlace("clone");
    git(directory, "clone", "-q", ".", clone);
    git(directory, "branch", "-q", "-m", "main");
    git(clone, "fetch", "-q");
    git(clone, "switch", "-q", "main");
    t.is(
      git(clone, "symbolic-ref", "refs/remotes/origin/HEAD").trim(),
      "refs/remotes/origin/trunk",
    );
    t.is((await prepare(clone)).answers.branch, "main");
  },
);

test.serial(
  "asked: what is declined stays and is not asked again, what is accepted is replaced",
  async (t) => {
    const directory = repositoryOf({
      files: { ".gitignore": "own\n", "clusters/homelab/apps.yaml": "# mine\n", a: "" },
      on: true,
    });
    const asked: string[] = [];
    const prepared = await decideChanges(await prepare(directory), async (message, diff) => {
      asked.push(message);
      t.true(diff.some((line) => line.startsWith("+")));
      return message.startsWith("Replace");
    });
    t.deepEqual(asked, [
      "Add this to .gitignore?",
      "Replace clusters/homelab/apps.yaml, which is not as the scaffold would write it?",
    ]);
    await carryOut(prepared, { install: null });
    t.is(readFileSync(join(directory, ".gitignore"), "utf8"), "own\n");
    t.regex(readFileSync(join(directory, "clusters/homelab/apps.yaml"), "utf8"), /dependsOn/);
    const again = await decideChanges(await prepare(directory), () =>
      Promise.reject(new Error("asked again")),
    );
    t.true(again.files.every(({ state }) => ["unchanged", "edited", "upgraded"].includes(state)));
  },
);

test.serial(
  "nobody to ask: a file that differs is kept; --force replaces it, but adds to shared ones",
  async (t) => {
    const directory = repositoryOf({
      files: { ".gitignore": "own\n", "clusters/homelab/apps.yaml": "# mine\n" },
      on: true,
    });
    await carryOut(await prepare(directory), { install: null });
    t.is(readFileSync(join(directory, "clusters/homelab/apps.yaml"), "utf8"), "# mine\n");
    await carryOut(await prepare(directory, {}, { force: true }), { install: null });
    t.regex(readFileSync(join(directory, "clusters/homelab/apps.yaml"), "utf8"), /dependsOn/);
    t.regex(readFileSync(join(directory, ".gitignore"), "utf8"), /^own\n/);
  },
);
