import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { execFileSync } from "../bounded-programs.ts";
import { carryOut } from "../../scaffold/carry-out.ts";
import { closingMessage } from "../../scaffold/message/closing.ts";
import { previewMessage } from "../../scaffold/message/preview.ts";
import { blobId } from "../../scaffold/plan/generated-files.ts";
import { filesToWrite } from "../../scaffold/plan/plan.ts";
import { withDecisions } from "../../scaffold/scaffold.ts";
import { inspectDestination } from "../../scaffold/destination/destination.ts";
import { generateKeyPair, parseKeyFile } from "../../sops/age/identity.ts";
import { author, git, home, newPlace, prepare, toolOf } from "./sandbox.ts";

type Options = Parameters<typeof prepare>;

async function scaffold(...options: Options) {
  return carryOut(await prepare(...options), { install: null });
}

async function withAuthor<T>(action: () => Promise<T>): Promise<T> {
  Object.assign(process.env, author);
  try {
    return await action();
  } finally {
    for (const name of Object.keys(author)) Reflect.deleteProperty(process.env, name);
  }
}

/** Every file outside .git with its bytes. */
function snapshot(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.startsWith(join(directory, ".git/")))
      .sort()
      .map((path) => [path.slice(directory.length + 1), readFileSync(path, "latin1")]),
  );
}

/** What Vim and Emacs leave beside a file that is open in them, and what a killed `decrypt -i` leaves. */
const LEFT_BEHIND = [
  "a/.flux-sops-0a1b.tmp",
  "a/.db.sops.yaml.swp",
  "a/.db.yaml.swo",
  "a/db.sops.yaml~",
  "a/#db.yaml#",
];

/** Those of some paths that git ignores. */
function ignored(directory: string, paths: readonly string[]): string[] {
  return git(directory, "check-ignore", ...paths).split("\n");
}

const keysFile = join(home, ".config/sops/age/keys.txt");

async function keys(): Promise<number> {
  return existsSync(keysFile) ? (await parseKeyFile(readFileSync(keysFile, "utf8"))).length : 0;
}

// The tests share a home folder, and an author is known for some of them only.
test.serial(
  "a new repository: files, hooks, identity, everything staged, the command printed",
  async (t) => {
    const directory = newPlace("flux");
    const before = await keys();
    const done = await scaffold(directory);
    t.is(git(directory, "symbolic-ref", "HEAD"), "refs/heads/main");
    t.is(git(directory, "config", "--local", "core.hooksPath"), ".husky/_");
    t.deepEqual(ignored(directory, [...LEFT_BEHIND, "a/db.sops.yaml"]), LEFT_BEHIND);
    t.is(await keys(), before + 1);
    t.is(done.commit.kind, "pending");
    const staged = git(directory, "ls-files").split("\n");
    const ours = staged.filter((path) => !path.startsWith(".husky/_/"));
    t.deepEqual(ours, done.files.map(({ path }) => path).sort());
    t.true(staged.includes(".husky/_/pre-commit"));
    t.is(git(directory, "status", "--porcelain").split("\n").length, staged.length);
    t.is(
      statSync(join(directory, ".flux-sops/flux-sops.mjs")).mode & 0o111,
      0o111 & ~process.umask(),
    );
    const message = closingMessage(done);
    t.regex(message, /BACK IT UP NOW/);
    t.true(message.includes(keysFile));
    t.notRegex(message, /AGE-SECRET-KEY/);
  },
);

test.serial(
  "with an author it is committed, through the hooks, on the branch wanted",
  async (t) => {
    const directory = newPlace("flux");
    // The stand-in tool has no hook command: node runs it, and it does nothing.
    const done = await withAuthor(() => scaffold(directory, { branch: "prod/eu", cluster: "lab" }));
    t.is(done.commit.kind, "committed");
    t.is(git(directory, "status", "--porcelain"), "");
    t.is(
      git(directory, "log", "--format=%s|%an", "prod/eu"),
      "Scaffold the Flux repository of cluster lab|A U Thor",
    );
  },
);

test.serial("an author guessed from the machine's user is none", async (t) => {
  const directory = newPlace("flux");
  // With this git has an address, and would take the name from /etc/passwd.
  process.env["EMAIL"] = "somebody@example.org";
  try {
    t.is((await scaffold(directory)).commit.kind, "pending");
  } finally {
    delete process.env["EMAIL"];
  }
  t.throws(() => git(directory, "rev-parse", "HEAD"), undefined, "nothing is committed");
});

test.serial(
  "a hook that refuses the first commit: everything stays staged, and the reason is told",
  async (t) => {
    const directory = newPlace("flux");
    const tool = toolOf("1.2.3");
    writeFileSync(tool, 'console.error("error: refused by the gate"); process.exit(1);\n');
    const done = await withAuthor(async () => scaffold(directory, {}, { tool }));
    t.is(done.commit.kind, "pending");
    t.regex(closingMessage(done), /Not committed yet \(git commit failed: refused by the gate\)/);
    t.throws(() => git(directory, "rev-parse", "HEAD"));
  },
);

test.serial(
  "a folder that another repository has files of is no place for one of its own",
  async (t) => {
    const top = newPlace("monorepo");
    const folder = join(top, "infra");
    mkdirSync(folder, { recursive: true });
    git(top, "init", "-q");
    writeFileSync(join(folder, "kustomization.yaml"), "resources: []\n");
    await t.notThrowsAsync(inspectDestination(folder), "nothing of it is in git");
    git(top, "add", ".");
    await t.throwsAsync(inspectDestination(folder), {
      message: `${folder} is a part of the repository ${top}, and git looks for hooks at its top: run this there, or name a folder that it has no files of`,
    });
  },
);

test.serial("no repository is made where git keeps one", async (t) => {
  const bare = newPlace("bare.git");
  mkdirSync(bare);
  git(bare, "init", "-q", "--bare");
  const top = newPlace("top");
  mkdirSync(top);
  git(top, "init", "-q");
  for (const folder of [bare, join(bare, "refs"), join(top, ".git")]) {
    await t.throwsAsync(inspectDestination(folder), {
      message: `${folder} is where git keeps a repository: name a folder outside of it`,
    });
  }
});

test.serial("another user's repository is not told to be removed", async (t) => {
  const directory = newPlace("theirs");
  mkdirSync(directory);
  git(directory, "init", "-q");
  process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1";
  try {
    await t.throwsAsync(inspectDestination(directory), {
      message:
        /cannot use \(.*\); if you trust it, git config --global --add safe\.directory \/[^;]*$/,
    });
  } finally {
    delete process.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"];
  }
});

test.serial("nobody's home folder becomes a repository by a run in the wrong place", async (t) => {
  await t.throwsAsync(inspectDestination(home), {
    message: `${home} is your home folder: name a folder for the repository, such as flux-homelab`,
  });
});

test.serial(
  "hooks for all of a user's repositories are named: git runs them no more",
  async (t) => {
    const own = newPlace("hooks");
    mkdirSync(own);
    writeFileSync(join(own, "pre-commit"), "#!/bin/sh\n", { mode: 0o755 });
    const config = newPlace("gitconfig");
    writeFileSync(config, `[core]\n\thooksPath = ${own}\n`);
    process.env["GIT_CONFIG_GLOBAL"] = config;
    let message = "";
    try {
      message = closingMessage(await scaffold(newPlace("flux")));
    } finally {
      process.env["GIT_CONFIG_GLOBAL"] = "/dev/null";
    }
    t.true(message.includes(`\nYour own in ${own} do not run here: `), message);
  },
);

test.serial("a new repository is one that Flux can read, whatever git would make", async (t) => {
  const directory = newPlace("flux");
  process.env["GIT_DEFAULT_HASH"] = "sha256";
  try {
    await scaffold(directory);
  } finally {
    delete process.env["GIT_DEFAULT_HASH"];
  }
  t.is(git(directory, "rev-parse", "--show-object-format"), "sha1");
});

test.serial("inside another repository's folder it is a repository of its own", async (t) => {
  const outer = newPlace("outer");
  mkdirSync(outer);
  git(outer, "init", "-q", "-b", "trunk");
  const inner = join(outer, "flux");
  process.env["GIT_DIR"] = join(outer, ".git");
  process.env["GIT_INDEX_FILE"] = join(outer, ".git/index");
  let message = "";
  try {
    message = closingMessage(await scaffold(inner));
  } finally {
    delete process.env["GIT_DIR"];
    delete process.env["GIT_INDEX_FILE"];
  }
  t.true(message.includes(`It is a repository of its own: that around it, ${outer}, takes no `));
  t.is(git(inner, "rev-parse", "--show-toplevel"), inner);
  t.not(git(inner, "ls-files"), "");
  t.is(git(outer, "ls-files"), "");
  t.throws(() => git(outer, "config", "--local", "core.hooksPath"));
  t.is((await inspectDestination(inner)).outer, null, "it was said once");
  t.is((await inspectDestination(join(outer, "a/b"))).outer, outer);
  mkdirSync(join(outer, "a"));
  t.is((await inspectDestination(join(outer, "a"))).outer, outer);
  writeFileSync(join(outer, ".gitignore"), "a/\n");
  t.is((await inspectDestination(join(outer, "a"))).outer, null, "as this project has it");
  t.is((await inspectDestination(join(outer, "a/b"))).outer, null);
  rmSync(join(outer, "a"), { recursive: true });
  t.is((await inspectDestination(join(outer, "a"))).outer, null, "nor where it is yet to be made");
});

test.serial("a second run changes nothing and makes no key", async (t) => {
  const directory = newPlace("flux");
  await withAuthor(() => scaffold(directory, { cluster: "lab", example: true }));
  const [files, count] = [snapshot(directory), await keys()];
  const commit = git(directory, "rev-parse", "HEAD");
  const again = await withAuthor(() => scaffold(directory));
  t.deepEqual(snapshot(directory), files);
  t.is(await keys(), count);
  t.is(git(directory, "rev-parse", "HEAD"), commit);
  t.is(git(directory, "status", "--porcelain"), "");
  t.deepEqual(again.commit, { kind: "clean" });
  t.true(again.files.every(({ state }) => state === "unchanged"));
  t.is(again.identity.kind, "present");
  t.regex(closingMessage(again), /nothing to change/);
});

test.serial(
  "an edited file is kept and named; --force replaces it; a lost one comes back",
  async (t) => {
    const directory = newPlace("flux");
    await withAuthor(() => scaffold(directory));
    const readme = join(directory, "README.md");
    const apps = join(directory, "clusters/homelab/apps.yaml");
    const original = readFileSync(readme, "utf8");
    writeFileSync(readme, "mine\n");
    git(directory, "rm", "-q", "clusters/homelab/apps.yaml");
    const done = await withAuthor(() => scaffold(directory));
    t.is(readFileSync(readme, "utf8"), "mine\n");
    t.true(existsSync(apps));
    t.notRegex(closingMessage(done), /Kept as they are/, "there is nothing new for it");
    t.is(done.commit.kind, "left", "an existing repository is never committed to");
    t.regex(
      done.commit.kind === "left" ? done.commit.command : "",
      / add -- clusters\/homelab\/apps\.yaml && /,
    );
    t.true(
      git(directory, "status", "--porcelain", "clusters").startsWith("D "),
      "nor is anything staged",
    );
    await scaffold(directory, {}, { force: true });
    t.is(readFileSync(readme, "utf8"), original);
  },
);

test.serial("an example that was removed does not come back by itself", async (t) => {
  const directory = newPlace("flux");
  await withAuthor(() => scaffold(directory, { cluster: "lab", example: true }));
  const example = [
    "apps/demo",
    "infrastructure/namespaces/demo.yaml",
    "secrets/demo.sops.yaml",
  ].map((path) => join(directory, "clusters/lab", path));
  rmSync(join(directory, "clusters/lab/apps/demo/service.yaml"));
  await scaffold(directory);
  t.true(existsSync(join(directory, "clusters/lab/apps/demo/service.yaml")), "a part of it does");
  for (const path of example) rmSync(path, { recursive: true });
  await scaffold(directory, {}, { tool: toolOf("1.10.0"), version: "1.10.0" });
  t.deepEqual(example.filter(existsSync), []);
  t.regex(readFileSync(join(directory, ".yo-rc.json"), "utf8"), /"example": false/);
  await scaffold(directory, { example: true }, { tool: toolOf("1.10.0"), version: "1.10.0" });
  t.deepEqual(example.filter(existsSync), example);
});

test.serial(
  "what is for people and for CI does not come back by itself once it was removed",
  async (t) => {
    const directory = newPlace("flux");
    await withAuthor(() => scaffold(directory, { renovate: true, tasks: true }));
    const removed = [
      "README.md",
      ".editorconfig",
      "talos/README.md",
      ".github/workflows/flux-sops.yml",
    ];
    const optional = ["renovate.json", "mise.toml"];
    const paths = [...removed, ...optional].map((path) => join(directory, path));
    const needed = [".husky/pre-push", ".flux-sops/build.sh", "clusters/homelab/secrets.yaml"];
    for (const path of [...paths, ...needed.map((one) => join(directory, one))]) rmSync(path);
    const newer = { tool: toolOf("1.10.0"), version: "1.10.0" };
    await scaffold(directory, {}, newer);
    t.deepEqual(paths.filter(existsSync), []);
    t.deepEqual(
      needed.filter((path) => !existsSync(join(directory, path))),
      [],
      "what the gate and Flux need does",
    );
    await scaffold(directory, {}, newer);
    t.deepEqual(paths.filter(existsSync), [], "nor the next time");
    await scaffold(directory, { renovate: true, tasks: true }, newer);
    t.deepEqual(
      optional.filter((path) => !existsSync(join(directory, path))),
      [],
    );
    await scaffold(directory, {}, { ...newer, force: true });
    t.deepEqual(
      paths.filter((path) => !existsSync(path)),
      [],
    );
  },
);

test.serial(
  "what a sparse checkout leaves out is not taken for removed, nor made anew",
  async (t) => {
    const directory = newPlace("flux");
    await withAuthor(() => scaffold(directory, { cluster: "lab", example: true }));
    git(directory, "sparse-checkout", "set", ".flux-sops", ".husky");
    const newer = { tool: toolOf("1.10.0"), version: "1.10.0" };
    await t.throwsAsync(prepare(directory, {}, newer), {
      name: "ScaffoldError",
      message:
        /^a sparse checkout leaves .* out, .*: run git sparse-checkout disable, then this again$/,
    });
    t.false(existsSync(join(directory, "clusters")));
    git(directory, "sparse-checkout", "disable");
    await scaffold(directory, {}, newer);
    t.is(git(directory, "status", "--porcelain", "clusters"), "");
  },
);

test.serial(
  "the commit that is left to its owner says what it is: an upgrade, or a change",
  async (t) => {
    const directory = newPlace("flux");
    await withAuthor(() => scaffold(directory));
    const commandOf = async (...more: [object, object]) => {
      const { commit } = await scaffold(directory, ...more);
      return commit.kind === "left" ? commit.command : commit.kind;
    };
    t.regex(
      await commandOf({ tasks: true }, {}),
      / add -- \.flux-sops\/generated\.json \.yo-rc\.json mise\.toml && git .* -m 'Update what flux-sops 1\.2\.3 scaffolded'$/,
    );
    const upgrade = { tool: toolOf("1.10.0"), version: "1.10.0" };
    t.regex(
      await commandOf({}, upgrade),
      / add -- \.flux-sops .* -m 'Upgrade flux-sops from 1\.2\.3 to 1\.10\.0'$/,
    );
    t.regex(
      await commandOf({}, upgrade),
      /Upgrade flux-sops from 1\.2\.3/,
      "until it is committed",
    );
  },
);

test.serial("the recipients of a repository are kept, its own rules too", async (t) => {
  const directory = newPlace("flux");
  await scaffold(directory);
  const rules = join(directory, ".sops.yaml");
  const edited = `${readFileSync(rules, "utf8")}  # a rule of mine\n`;
  writeFileSync(rules, edited);
  const count = await keys();
  const done = await scaffold(directory);
  t.is(readFileSync(rules, "utf8"), edited);
  t.is(done.identity.kind, "present");
  t.is(await keys(), count);
});

test.serial("nobody is added to a rule who was given another one alone", async (t) => {
  const directory = newPlace("flux");
  await withAuthor(() => scaffold(directory));
  const path = join(directory, ".sops.yaml");
  const rules = readFileSync(path, "utf8");
  const { recipient: theirs } = await generateKeyPair();

  const further = `  - path_regex: ^clusters/staging/\n    age: ${theirs}\n`;
  const withCluster = rules.replace("creation_rules:\n", (line) => line + further);
  writeFileSync(path, withCluster);
  await scaffold(directory);
  t.is(readFileSync(path, "utf8"), withCluster);

  const withPerson = rules.replace("age1", `${theirs},\n      age1`);
  writeFileSync(path, withPerson);
  await scaffold(directory);
  t.is(readFileSync(path, "utf8"), withPerson);
});

test.serial(
  "a newer version replaces the tool and remembers itself; an older one changes nothing",
  async (t) => {
    const directory = newPlace("flux");
    await scaffold(directory);
    const tool = join(directory, ".flux-sops/flux-sops.mjs");
    const newer = await scaffold(directory, {}, { tool: toolOf("1.10.0"), version: "1.10.0" });
    t.deepEqual(
      newer.files
        .filter(({ state }) => state !== "unchanged")
        .map(({ path, state }) => [path, state]),
      [
        [".flux-sops/flux-sops.cjs", "upgraded"],
        [".flux-sops/flux-sops.mjs", "upgraded"],
        [".yo-rc.json", "upgraded"],
      ],
    );
    t.regex(readFileSync(tool, "utf8"), /flux-sops 1\.10\.0/);
    t.notRegex(closingMessage(newer), /Next:|ootstrap/, "all that was done long ago");
    const before = snapshot(directory);
    await t.throwsAsync(scaffold(directory), {
      message:
        /was scaffolded by flux-sops 1\.10\.0, and this is 1\.2\.3: run npx -p .*@latest flux-sops init; --force/,
    });
    t.deepEqual(snapshot(directory), before);
    await scaffold(directory, {}, { force: true });
    t.regex(readFileSync(tool, "utf8"), /flux-sops 1\.2\.3/);
  },
);

test.serial(
  "an existing repository: what is there stays, nothing is staged or committed",
  async (t) => {
    const directory = newPlace("mine");
    mkdirSync(directory);
    git(directory, "init", "-q", "-b", "trunk");
    writeFileSync(join(directory, ".gitignore"), "own\n");
    writeFileSync(join(directory, "package.json"), '{"name":"own"}\n');
    writeFileSync(join(directory, ".yo-rc.json"), '{"generator-other":{"a":1}}');
    const done = await withAuthor(() => scaffold(directory));
    t.regex(readFileSync(join(directory, ".gitignore"), "utf8"), /^own\n\n# Keys/);
    t.deepEqual(ignored(directory, [...LEFT_BEHIND, "a/db.sops.yaml"]), LEFT_BEHIND);
    t.like(JSON.parse(readFileSync(join(directory, "package.json"), "utf8")), {
      name: "own",
      scripts: { prepare: "husky || true" },
    });
    t.like(JSON.parse(readFileSync(join(directory, ".yo-rc.json"), "utf8")), {
      "generator-other": { a: 1 },
    });
    t.is(git(directory, "ls-files"), "");
    t.throws(() => git(directory, "rev-parse", "HEAD"));
    t.is(done.commit.kind, "left");
  },
);

test.serial(
  "a newer template: edits are kept, what is new is brought in, a conflict is told",
  async (t) => {
    const directory = newPlace("flux");
    await withAuthor(() => scaffold(directory));
    const path = (name: string) => join(directory, name);
    // As if an earlier version had generated these, and committed them.
    const earlier = (name: string, change: (text: string) => string) => {
      writeFileSync(path(name), change(readFileSync(path(name), "utf8")));
      return git(directory, "hash-object", "-w", name);
    };
    const record = JSON.parse(readFileSync(path(".flux-sops/generated.json"), "utf8")) as {
      files: Record<string, string>;
    };
    record.files[".editorconfig"] = earlier(".editorconfig", (text) => text.replace("lf", "crlf"));
    record.files["README.md"] = earlier("README.md", (text) => text.replace("# ", "# Old "));
    record.files["talos/README.md"] = earlier("talos/README.md", () => "# Older\n\nOne.\nTwo.\n");
    writeFileSync(path(".flux-sops/generated.json"), JSON.stringify(record));
    writeFileSync(path("README.md"), `${readFileSync(path("README.md"), "utf8")}\nMy own words.\n`);
    writeFileSync(path("talos/README.md"), "# Mine\n");
    const before = readFileSync(path("README.md"), "utf8");

    const done = await scaffold(directory);
    const states = Object.fromEntries(done.files.map(({ path, state }) => [path, state]));
    t.like(states, {
      ".editorconfig": "upgraded",
      "README.md": "merged",
      "talos/README.md": "differs",
    });
    t.is(readFileSync(path("README.md"), "utf8"), before.replace("# Old ", "# "));
    t.is(readFileSync(path("talos/README.md"), "utf8"), "# Mine\n");
    const message = closingMessage(done);
    const [, count, list = ""] =
      / (\d+) upgraded,[^]*Brought up to date:\n((?: {2}.*\n)*)/.exec(message) ?? [];
    // As many as are named.
    t.is(list, "  .editorconfig\n  .flux-sops/generated.json\n");
    t.is(count, "2");
    t.regex(
      closingMessage(done),
      /Kept as they are[^]*--force --dry-run[^]*\n {2}talos\/README\.md\n/,
    );
    t.true(
      (await scaffold(directory)).files.every(
        ({ state }) => !["merged", "upgraded", "new"].includes(state),
      ),
    );
  },
);

test.serial(
  "a newer template where git names objects by SHA-256: edits are kept as well",
  async (t) => {
    const directory = newPlace("flux");
    mkdirSync(directory);
    git(directory, "init", "-q", "-b", "main", "--object-format=sha256");
    await scaffold(directory);
    const path = (name: string) => join(directory, name);
    const readme = readFileSync(path("README.md"), "utf8");
    // As if an earlier version had generated it, and somebody had committed that.
    const earlier = readme.replace("# ", "# Old ");
    const record = JSON.parse(readFileSync(path(".flux-sops/generated.json"), "utf8")) as {
      files: Record<string, string>;
    };
    record.files["README.md"] = blobId(Buffer.from(earlier));
    writeFileSync(path("README.md"), earlier);
    writeFileSync(path(".flux-sops/generated.json"), JSON.stringify(record));
    git(directory, "add", "--all");
    await withAuthor(async () => git(directory, "commit", "-q", "--no-verify", "-m", "Scaffold"));
    writeFileSync(path("README.md"), `${earlier}\nMy own words.\n`);

    const done = await scaffold(directory);
    t.is(done.files.find((file) => file.path === "README.md")?.state, "merged");
    t.is(readFileSync(path("README.md"), "utf8"), `${readme}\nMy own words.\n`);
  },
);

test.serial(
  "git has husky's stubs executable, where it does not look at modes as well",
  async (t) => {
    const setting = {
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "core.fileMode",
      GIT_CONFIG_VALUE_0: "false",
    };
    Object.assign(process.env, setting);
    const modes = (directory: string) =>
      ["pre-commit", "h"].map((name) =>
        git(directory, "ls-files", "-s", `.husky/_/${name}`).slice(0, 6),
      );
    try {
      const directory = newPlace("flux");
      await withAuthor(() => scaffold(directory));
      t.deepEqual(modes(directory), ["100755", "100644"]);

      const existing = newPlace("flux");
      mkdirSync(existing);
      git(existing, "init", "-q");
      const { commit } = await scaffold(existing);
      const command = commit.kind === "left" ? commit.command : "";
      execFileSync("sh", ["-c", command.replace(/ && git -C \S+ commit .*/, "")]);
      t.deepEqual(modes(existing), ["100755", "100644"]);
    } finally {
      for (const name of Object.keys(setting)) Reflect.deleteProperty(process.env, name);
    }
  },
);

test.serial("what --force replaces is in the command that is printed", async (t) => {
  const directory = newPlace("flux");
  await withAuthor(() => scaffold(directory));
  const path = "clusters/homelab/apps.yaml";
  writeFileSync(join(directory, path), "mine: true\n");
  git(directory, "-c", "user.name=N", "-c", "user.email=n@example.com", "commit", "-qnam", "Mine");
  const planned = await prepare(directory, {}, { force: true });
  // Who is asked, and says no, keeps the file.
  const kept = withDecisions(planned, new Set([path]), new Set());
  t.false(filesToWrite(kept.files, true).some((file) => file.path === path));
  const done = await carryOut(planned, { install: null });
  const { commit } = done;
  t.regex(closingMessage(done), /^Replaced:\n {2}clusters\/homelab\/apps\.yaml\n(?! )/m);
  t.not(readFileSync(join(directory, path), "utf8"), "mine: true\n");
  t.regex(commit.kind === "left" ? commit.command : "", /add -- clusters\/homelab\/apps\.yaml /);
});

test.serial("what flux bootstrap has written is not replaced, by --force either", async (t) => {
  const directory = newPlace("flux");
  await withAuthor(() => scaffold(directory));
  const folder = join(directory, "clusters/homelab/flux-system");
  const names = ["gotk-components.yaml", "gotk-sync.yaml"];
  for (const name of names) writeFileSync(join(folder, name), "kind: Namespace\n");
  await scaffold(directory, {}, { force: true });
  // Where nothing is remembered, too.
  writeFileSync(join(directory, ".flux-sops/generated.json"), "{}\n");
  const planned = await prepare(directory, {}, { force: true });
  await carryOut(planned, { install: null });
  for (const name of names) t.is(readFileSync(join(folder, name), "utf8"), "kind: Namespace\n");
  t.notRegex(previewMessage(planned), /gotk-/);
});

test.serial("files that were in a new repository's folder are not committed", async (t) => {
  const directory = newPlace("flux");
  mkdirSync(directory);
  writeFileSync(join(directory, "my-kubeconfig"), "private\n");
  await withAuthor(() => scaffold(directory));
  t.is(git(directory, "status", "--porcelain"), "?? my-kubeconfig");
});

test.serial(
  "--age-key-file is made, and remembered for this clone only, as an absolute path",
  async (t) => {
    const directory = newPlace("flux");
    const file = newPlace("cluster.agekey");
    const count = await keys();
    await scaffold(directory, { ageKeyFile: file });
    t.is(await keys(), count);
    t.is(git(directory, "config", "--local", "flux-sops.ageKeyFile"), file);
    t.false(readFileSync(join(directory, ".yo-rc.json"), "utf8").includes(dirname(file)));
    const again = await prepare(directory);
    t.like(again.identity, { kind: "present", file });
  },
);

test.serial("--example: the Secret is encrypted from the first byte on disk, once", async (t) => {
  const directory = newPlace("flux");
  const done = await withAuthor(() => scaffold(directory, { example: true }));
  const secret = readFileSync(join(directory, "clusters/homelab/secrets/demo.sops.yaml"), "utf8");
  t.regex(secret, /token: "ENC\[AES256_GCM,/);
  t.is(done.commit.kind, "committed");
  t.is(
    (await prepare(directory, {}, { force: true })).files.some(({ path }) =>
      path.includes("demo.sops"),
    ),
    false,
  );
});

test.serial("--dry-run writes nothing, not even a key", async (t) => {
  const directory = newPlace("deep/flux");
  const count = await keys();
  const message = previewMessage(await prepare(directory));
  t.regex(message, /Nothing is written/);
  t.regex(message, /new {7}README\.md/);
  t.regex(message, /A new age identity would be written to /);
  t.false(existsSync(dirname(directory)));
  t.is(await keys(), count);
});

const broken: readonly [string, string, RegExp][] = [
  [".sops.yaml", "creation_rules:\n  - path_regex: [\n", /\.sops\.yaml:\d+:\d+: /],
  [".sops.yaml", "creation_rules:\n  - age: age1qqq\n", /\.sops\.yaml:2: .*recipient/],
  [".yo-rc.json", "{", /\.yo-rc\.json is no JSON/],
  [".yo-rc.json", "[]", /no JSON object/],
  [".yo-rc.json", '{"generator-flux-sops":1}', /under "generator-flux-sops"/],
  [".git", "gitdir: /nowhere\n", /has a \.git that git cannot use/],
];

for (const [name, text, expected] of broken) {
  test.serial(`a broken ${name} (${JSON.stringify(text)}) is an error that names it`, async (t) => {
    const directory = newPlace("flux");
    mkdirSync(directory);
    writeFileSync(join(directory, name), text);
    const error = await t.throwsAsync(prepare(directory), {
      name: "ScaffoldError",
      message: expected,
    });
    t.notRegex(error.message, /\n/);
    t.deepEqual(readdirSync(directory), [name]);
  });
}

test.serial(
  "another cluster in the same repository is not scaffolded over the first",
  async (t) => {
    const directory = newPlace("flux");
    await scaffold(directory);
    await t.throwsAsync(prepare(directory, { cluster: "second" }), {
      message:
        /for cluster homelab: leave --cluster out; npx flux-sops new cluster second, run there, adds a cluster$/,
    });
  },
);

async function leavesNothing(
  t: ExecutionContext,
  directory: string,
  action: () => Promise<unknown>,
) {
  const count = await keys();
  await t.throwsAsync(action(), { name: "ScaffoldError" });
  t.is(await keys(), count);
  t.false(existsSync(join(directory, ".git")));
}

test.serial("a place that a link leads out of: no file, no repository, no key", async (t) => {
  const directory = newPlace("flux");
  mkdirSync(directory);
  symlinkSync(dirname(directory), join(directory, "talos"));
  await leavesNothing(t, directory, () => scaffold(directory));
  t.deepEqual(readdirSync(directory), ["talos"]);
});

test.serial(
  "a failure while moving files into place takes the repository back as well",
  async (t) => {
    const directory = newPlace("flux");
    const prepared = await prepare(directory, { ageKeyFile: newPlace("k") });
    mkdirSync(join(directory, "talos"), { recursive: true });
    writeFileSync(join(directory, "talos/README.md"), "appeared\n");
    await leavesNothing(t, directory, () => carryOut(prepared, { install: null }));
    t.deepEqual(snapshot(directory), { "talos/README.md": "appeared\n" });
    t.deepEqual(readdirSync(directory), ["talos"]);
  },
);

test.serial(
  "a key that cannot be written after all: no file and no repository either",
  async (t) => {
    const directory = newPlace("flux");
    const keyFile = newPlace("folder/key");
    const prepared = await prepare(directory, { ageKeyFile: keyFile });
    writeFileSync(dirname(keyFile), "");
    await leavesNothing(t, directory, () => carryOut(prepared, { install: null }));
    t.false(existsSync(directory));
  },
);

test.serial("a repository that appears while a question waits is left alone", async (t) => {
  const directory = newPlace("flux");
  const keyFile = newPlace("folder/key");
  const prepared = await prepare(directory, { ageKeyFile: keyFile });
  git(dirname(directory), "init", "-q", directory);
  git(directory, "config", "some.setting", "of-its-owner");
  // So that what has begun would be taken back.
  writeFileSync(dirname(keyFile), "");
  await t.throwsAsync(carryOut(prepared, { install: null }), {
    name: "ScaffoldError",
    message: /flux has become a git repository meanwhile/,
  });
  t.is(git(directory, "config", "some.setting"), "of-its-owner");
  t.deepEqual(readdirSync(directory), [".git"]);
});
