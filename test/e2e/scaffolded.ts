import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { spawnSync } from "../bounded-programs.ts";
import { escapeRegExp } from "./escape-reg-exp.ts";

/** The built tool, as it is published: `npm test` builds it first. */
export const TOOL = fileURLToPath(new URL("../../dist/flux-sops.cjs", import.meta.url));

/** How a program ended; git's hooks print to standard error. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scaffolded repository in a home of its own, driven as its user would. */
export interface Scaffolded {
  readonly dir: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a program in the top folder (or another); never throws. */
  run(program: string, args: readonly string[], options?: RunOptions): Ended;
  git(...args: string[]): Ended;
  /** Runs git and returns its standard output; throws when it fails. */
  must(...args: string[]): string;
  /** Runs the repository's own copy of the tool. */
  tool(...args: string[]): Ended;
  /** Pastes lines into a POSIX shell in the top folder (or another). */
  paste(lines: readonly string[], cwd?: string): Ended;
  write(name: string, content: string | Uint8Array): void;
  read(name: string): string;
  /** What the index and the worktree hold, to see that nothing changed. */
  state(): string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

interface Teardown {
  teardown(cleanUp: () => void): void;
}

interface ScaffoldOptions {
  /** Whether git knows an author, so that the first commit is made. Default: true. */
  readonly commit?: boolean;
  /** Further flags of `init`. */
  readonly flags?: readonly string[];
  /** What is there before a test begins: done once for all that give the same function. */
  readonly prepare?: ((repository: Scaffolded) => void) | undefined;
}

/** What was scaffolded in this process, by its options: each is made once, and then copied. */
const models: { readonly options: ScaffoldOptions; readonly model: Scaffolded }[] = [];

/** Scaffolds a repository into a temporary home: a copy of one that was made so. */
export function scaffolded(t: Teardown, options: ScaffoldOptions = {}): Scaffolded {
  const made = models.find((one) => isDeepStrictEqual(one.options, options));
  return copied(t, made?.model ?? newModel(options));
}

function newModel(options: ScaffoldOptions): Scaffolded {
  const { prepare, ...bare } = options;
  let model: Scaffolded;
  if (prepare === undefined) {
    const root = temporaryRoot();
    untilTheEnd.teardown(() => {
      rmSync(root, { recursive: true, force: true });
    });
    scaffold(root, options);
    model = inRoot(root);
  } else {
    model = scaffolded(untilTheEnd, bare);
    prepare(model);
  }
  models.push({ options, model });
  return model;
}

/** Stands for a test's context where something is to last until its process ends. */
export const untilTheEnd: Teardown = {
  teardown: (cleanUp) => void atTheEnd.push(cleanUp),
};

const atTheEnd: (() => void)[] = [];
process.on("exit", () => {
  for (const cleanUp of atTheEnd) cleanUp();
});

/** A copy of a repository with its home and all that is beside them. */
export function copied(t: Teardown, original: Scaffolded): Scaffolded {
  const root = temporaryRoot();
  t.teardown(() => {
    rmSync(root, { recursive: true, force: true });
  });
  spawnSync("cp", ["-Rp", `${dirname(original.dir)}/.`, root]);
  const repository = inRoot(root);
  // The index knows the inodes of the files that were copied.
  repository.git("update-index", "-q", "--refresh");
  return repository;
}

function temporaryRoot(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "flux-sops-e2e-")));
}

function scaffold(root: string, options: ScaffoldOptions): void {
  const { dir, home, run } = inRoot(root);
  mkdirSync(home);
  if (options.commit !== false) {
    writeFileSync(
      join(home, ".gitconfig"),
      "[user]\n\tname = Author\n\temail = author@example.com\n",
    );
  }
  const init = run(
    "node",
    [TOOL, "init", dir, "--yes", "--skip-install", ...(options.flags ?? [])],
    {
      cwd: root,
    },
  );
  if (init.status !== 0) throw new Error(`init failed: ${init.stderr}`);
  // Fewer files to copy for every test.
  run("git", ["repack", "-adq"]);
  rmSync(join(dir, ".git/hooks"), { recursive: true });
}

function inRoot(root: string): Scaffolded {
  const home = join(root, "home");
  const dir = join(root, "flux-homelab");
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: home,
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_EDITOR: "true",
    NO_COLOR: "1",
  };
  const run = (program: string, args: readonly string[], more: RunOptions = {}): Ended => {
    const result = spawnSync(program, args, {
      cwd: more.cwd ?? dir,
      env: { ...env, ...more.env },
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      ...(more.input === undefined ? {} : { input: more.input }),
    });
    if (result.error !== undefined) throw result.error;
    return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
  };
  const git = (...args: string[]) => run("git", args);
  return {
    dir,
    home,
    env,
    run,
    git,
    must: (...args) => {
      const { status, stdout, stderr } = git(...args);
      if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
      return stdout;
    },
    tool: (...args) => run("node", [".flux-sops/flux-sops.cjs", ...args]),
    paste: (lines, cwd) =>
      run("sh", ["-e"], { input: lines.join("\n"), ...(cwd === undefined ? {} : { cwd }) }),
    write: (name, content) => {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    },
    read: (name) => readFileSync(join(dir, name), "utf8"),
    state: () =>
      git("ls-files", "-s").stdout +
      git("status", "--porcelain", "-uall").stdout +
      git("diff").stdout,
  };
}

/** A Kubernetes Secret in plaintext. */
export function secret(values: Readonly<Record<string, string>>, name = "db"): string {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${value}`);
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n${lines.join("\n")}\n`;
}

/** The commands that the gate prints for a file, as a user would copy them. */
export function printedCommands(stderr: string, path: string): string[] {
  const block = new RegExp(`^  ${escapeRegExp(path)}(?::\\d+)?  [a-z-]+\\n((?:    .*\\n)*)`, "m");
  const found = block.exec(stderr)?.[1] ?? "";
  return [...found.matchAll(/^ {6}(.*)$/gm)].map(([, command = ""]) => command);
}
