import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { execFileSync, spawnSync } from "../../bounded-programs.ts";
import type { RememberedAnswers } from "../../../scaffold/answers/answers.ts";
import { GATE_HOOKS } from "../../../scaffold/hook-manager/gate-hooks.ts";
import { hookLine, ownHookLine } from "../../../scaffold/hook-manager/lines.ts";
import {
  findHookManager,
  hookNamesIn,
  JOINED_HOOKS,
  OWN_HUSKY,
} from "../../../scaffold/hook-manager/find.ts";
import { turnHooksOn } from "../../../scaffold/hook-manager/turn-on.ts";
import { renderRepository } from "../../../scaffold/render.ts";
import { author, git, newPlace } from "../sandbox.ts";

function repository(): string {
  const directory = newPlace("repository");
  mkdirSync(directory);
  git(directory, "init", "-q", "-b", "main");
  return directory;
}

/** The stubs with content and mode. */
function stubs(directory: string): Record<string, [string, number]> {
  const folder = join(directory, ".husky/_");
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => {
        const path = join(folder, name);
        return [name, [readFileSync(path, "utf8"), statSync(path).mode & 0o777]];
      }),
  );
}

test.serial("leaves what husky's own command leaves", async (t) => {
  const [ours, theirs] = [repository(), repository()];
  const folder = process.cwd();
  t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true });
  t.is(process.cwd(), folder);
  const bin = fileURLToPath(new URL("../../../node_modules/husky/bin.js", import.meta.url));
  execFileSync(process.execPath, [bin], { cwd: theirs });
  t.deepEqual(stubs(ours), stubs(theirs));
  t.is(git(ours, "config", "--local", "core.hooksPath"), ".husky/_");
});

test.serial("works on the folder it is given, whatever GIT_DIR says", async (t) => {
  const [ours, other] = [repository(), repository()];
  process.env["GIT_DIR"] = join(other, ".git");
  try {
    t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true });
    t.is(process.env["GIT_DIR"], join(other, ".git"));
  } finally {
    delete process.env["GIT_DIR"];
  }
  t.is(git(ours, "config", "--local", "core.hooksPath"), ".husky/_");
  t.throws(() => git(other, "config", "--local", "core.hooksPath"));
});

test.serial("hooks that git ran here before are named: husky's take their place", async (t) => {
  const ours = repository();
  const elsewhere = newPlace("hooks");
  for (const folder of [join(ours, ".git/hooks"), elsewhere]) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "pre-commit"), "#!/bin/sh\n");
  }
  t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true, insteadOf: ".git/hooks" });
  t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true }, "they are off already");
  git(ours, "config", "core.hooksPath", elsewhere);
  t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true, insteadOf: elsewhere });
  git(ours, "config", "core.hooksPath", "/dev/null");
  t.deepEqual(await turnHooksOn(ours, OWN_HUSKY), { on: true });
});

for (const [title, folder] of [
  ["a folder that core.hooksPath names", "tools/hooks"],
  [".git/hooks", ".git/hooks"],
] as const) {
  test.serial(`hooks in ${title} are kept, the others join them`, async (t) => {
    const directory = repository();
    if (folder !== ".git/hooks") git(directory, "config", "core.hooksPath", folder);
    mkdirSync(join(directory, folder), { recursive: true });
    const own = join(directory, folder, "pre-commit");
    writeFileSync(own, "#!/bin/sh\necho mine\n");
    chmodSync(own, 0o755);
    const manager = await findHookManager(directory);
    t.like(manager, { kind: "folder", folder });
    const looked = await turnHooksOn(directory, manager, false);
    t.false(looked.on);
    t.deepEqual(hookNamesIn(join(directory, folder)), ["pre-commit"], "looking adds nothing");
    const state = await turnHooksOn(directory, manager);
    t.deepEqual(state.on ? null : state.lines, [
      `${folder}/pre-commit: sh -e .flux-sops/hooks/pre-commit "$@" || exit`,
    ]);
    t.is(readFileSync(own, "utf8"), "#!/bin/sh\necho mine\n");
    t.true(hookNamesIn(join(directory, folder)).includes("pre-push"));
    t.false(existsSync(join(directory, ".husky")));
    writeFileSync(own, `#!/bin/sh\n${hookLine("pre-commit")}\n`);
    t.deepEqual(await turnHooksOn(directory, manager), { on: true });
  });
}

test.serial("a folder of hooks that other repositories use too is never written to", async (t) => {
  const directory = repository();
  const folder = newPlace("hooks of all");
  mkdirSync(folder);
  git(directory, "config", "core.hooksPath", folder);
  const manager = await findHookManager(directory);
  t.like(manager, { kind: "folder", path: folder, isShared: true });
  const state = await turnHooksOn(directory, manager);
  t.deepEqual(readdirSync(folder), []);
  const lines = (state.on ? null : state.lines) ?? [];
  t.is(lines.length, GATE_HOOKS.length);
  const added = lines.map((line) => line.slice(line.indexOf(": ") + 2));
  for (const [index, name] of GATE_HOOKS.entries()) {
    t.true(lines[index]?.startsWith(`${folder}/${name}: `));
    writeFileSync(join(folder, name), `#!/bin/sh\n${added[index] ?? ""}\n`, { mode: 0o755 });
  }
  t.deepEqual(await turnHooksOn(directory, manager), { on: true });
  Object.assign(process.env, author);
  git(
    directory,
    "commit",
    "-q",
    "--allow-empty",
    "-m",
    "Nothing in the way where there is no gate",
  );
});

test.serial(".git/hooks that is a link to such a folder is not written to either", async (t) => {
  const directory = repository();
  const folder = newPlace("hooks");
  mkdirSync(folder);
  writeFileSync(join(folder, "commit-msg"), "#!/bin/sh\n");
  rmSync(join(directory, ".git/hooks"), { recursive: true, force: true });
  symlinkSync(folder, join(directory, ".git/hooks"));
  const manager = await findHookManager(directory);
  t.like(manager, { kind: "folder", folder: ".git/hooks", isShared: true });
  t.false((await turnHooksOn(directory, manager)).on);
  t.deepEqual(readdirSync(folder), ["commit-msg"]);
});

for (const where of ["core.hooksPath", ".git/hooks"]) {
  test.serial(`${where} that is no folder has no hooks that are at work`, async (t) => {
    const directory = repository();
    if (where === "core.hooksPath") git(directory, "config", where, "/dev/null");
    else {
      rmSync(join(directory, where), { recursive: true, force: true });
      symlinkSync("/dev/null", join(directory, where));
    }
    t.deepEqual(await findHookManager(directory), OWN_HUSKY);
    mkdirSync(join(directory, JOINED_HOOKS), { recursive: true });
    writeFileSync(join(directory, JOINED_HOOKS, "pre-commit"), "");
    t.false((await turnHooksOn(directory, await findHookManager(directory))).on);
  });
}

test.serial("hooks that cannot be written are said to be off", async (t) => {
  const directory = repository();
  git(directory, "config", "core.hooksPath", "tools/hooks");
  const manager = await findHookManager(directory);
  writeFileSync(join(directory, "tools"), "");
  t.like(await turnHooksOn(directory, manager), { on: false, isBroken: true });
});

test.serial("a hook that is a link which leads nowhere is its owner's", async (t) => {
  const directory = repository();
  mkdirSync(join(directory, ".git/hooks"), { recursive: true });
  symlinkSync("../../not/yet", join(directory, ".git/hooks/pre-commit"));
  const state = await turnHooksOn(directory, await findHookManager(directory));
  t.deepEqual(state.on ? null : state.lines, [
    '.git/hooks/pre-commit: sh -e .flux-sops/hooks/pre-commit "$@" || exit',
  ]);
});

test.serial("a hook of one's own reads what git tells after ours, and nothing of it stays", (t) => {
  const directory = repository();
  const temporary = newPlace("temporary");
  mkdirSync(temporary);
  mkdirSync(join(directory, JOINED_HOOKS), { recursive: true });
  writeFileSync(join(directory, JOINED_HOOKS, "pre-push"), 'sed "s/^/ours: /"\nexit "$1"\n');
  const told = (status: string) =>
    spawnSync("sh", ["-c", `${ownHookLine("pre-push")}\nsed "s/^/mine: /"`, "sh", status], {
      cwd: directory,
      env: { ...process.env, TMPDIR: temporary },
      input: "one\ntwo\n",
      encoding: "utf8",
    });
  t.like(told("0"), { status: 0, stdout: "ours: one\nours: two\nmine: one\nmine: two\n" });
  t.like(told("1"), { status: 1, stdout: "ours: one\nours: two\n" });
  t.deepEqual(readdirSync(temporary), []);
});

test.serial(
  "a clone of a repository whose own hooks the gate joined: they can be written",
  async (t) => {
    const directory = repository();
    mkdirSync(join(directory, JOINED_HOOKS), { recursive: true });
    writeFileSync(join(directory, JOINED_HOOKS, "pre-commit"), "");
    const manager = await findHookManager(directory);
    t.like(manager, { kind: "folder", isShared: false });
    t.like(await turnHooksOn(directory, manager, false), { on: false, canWrite: true });
    t.deepEqual(hookNamesIn(join(directory, ".git/hooks")), []);
    t.deepEqual(await turnHooksOn(directory, manager), { on: true });
    t.deepEqual(hookNamesIn(join(directory, ".git/hooks")), [...GATE_HOOKS].sort());
  },
);

test.serial("HUSKY=0 is respected, and said", async (t) => {
  process.env["HUSKY"] = "0";
  try {
    const state = await turnHooksOn(repository(), OWN_HUSKY);
    t.regex(state.on ? "" : state.reason, /HUSKY=0/);
  } finally {
    delete process.env["HUSKY"];
  }
});

test.serial(
  "a new linked worktree is armed by post-checkout, also on a branch without it",
  async (t) => {
    const directory = repository();
    const answers: RememberedAnswers = {
      ...{ cluster: "lab", provider: "github", owner: "", repository: "r", branch: "main" },
      ...{ host: "github.com", url: "", example: false },
    };
    const rendered = {
      answers,
      recipients: ["x"],
      tool: Buffer.of(),
      version: "1.2.3",
      yoRc: null,
    };
    const postCheckout = renderRepository(rendered).find(
      ({ path }) => path === ".husky/post-checkout",
    );
    Object.assign(process.env, author);
    git(directory, "commit", "-q", "--allow-empty", "-m", "empty");
    git(directory, "branch", "bare");
    await turnHooksOn(directory, OWN_HUSKY);
    writeFileSync(join(directory, ".husky/post-checkout"), postCheckout?.content ?? "");
    writeFileSync(join(directory, ".husky/pre-commit"), "exit 1 # instead of flux-sops\n");
    git(directory, "add", ".");
    git(directory, "commit", "-q", "--no-verify", "-m", "hooks");

    const place = newPlace("a b");
    git(directory, "worktree", "add", "-q", "-b", "second", place);
    t.deepEqual(stubs(place), stubs(directory));
    t.throws(
      () => git(place, "commit", "--allow-empty", "-m", "x"),
      undefined,
      "the hook runs there",
    );
    t.is(git(place, "status", "--porcelain"), "");

    const third = newPlace("third");
    git(place, "worktree", "add", "-q", third, "bare");
    t.deepEqual(stubs(third), stubs(directory), "made from a linked worktree");
    t.is(git(third, "status", "--porcelain"), "");
    git(third, "checkout", "-q", "-b", "fourth", "second");
    t.throws(() => git(third, "commit", "--allow-empty", "-m", "x"));
  },
);
