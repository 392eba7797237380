import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawnSync } from "./bounded-programs.ts";

/** How a git command ended. */
export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A throwaway repository; git and home know nothing of the machine's user. */
export interface TemporaryRepository {
  /** The top of the worktree, symlinks resolved. */
  readonly dir: string;
  /** An environment with an empty home, an author, and no git configuration but the repository's. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs git in the top folder; never throws. */
  git(...args: string[]): GitResult;
  /** Runs git and returns its stdout as text without the last newline; throws when it fails. */
  must(...args: string[]): string;
  /** Runs git with bytes on its stdin; throws when it fails. */
  feed(input: string | Uint8Array, ...args: string[]): Buffer;
  /** Writes a file below the top (its folders too), and returns where it is. */
  write(name: string | Buffer, content: string | Uint8Array, mode?: number): string | Buffer;
  /** Removes everything; for callers without a test context. */
  remove(): void;
}

/** The part of ava's test context that is needed here. */
interface Teardown {
  teardown(cleanUp: () => void): void;
}

export interface RepositoryOptions {
  /** Default: sha1. */
  readonly objectFormat?: "sha1" | "sha256";
  /** The name of the folder. Default: `repository`. */
  readonly name?: string;
}

/**
 * Makes an empty repository on branch `main` in a temporary folder.
 *
 * @param t ava's test context: everything is removed when its test ends
 */
export function temporaryRepository(
  t?: Teardown,
  { objectFormat = "sha1", name = "repository" }: RepositoryOptions = {},
): TemporaryRepository {
  const root = realpathSync(mkdtempSync(path.join(tmpdir(), "flux-sops-test-")));
  const dir = path.join(root, name);
  const home = path.join(root, "home");
  mkdirSync(dir);
  mkdirSync(home);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, ".config"),
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "A U Thor",
    GIT_AUTHOR_EMAIL: "author@example.com",
    GIT_COMMITTER_NAME: "C O Mitter",
    GIT_COMMITTER_EMAIL: "committer@example.com",
    GIT_TERMINAL_PROMPT: "0",
    GIT_EDITOR: "true",
  };

  const run = (args: string[], input?: string | Uint8Array): GitResult => {
    const result = spawnSync("git", args, {
      cwd: dir,
      env,
      maxBuffer: 2 ** 30,
      ...(input === undefined ? {} : { input }),
    });
    if (result.error !== undefined) throw result.error;
    return {
      status: result.status ?? -1,
      stdout: result.stdout,
      stderr: result.stderr.toString("utf8"),
    };
  };
  const mustRun = (args: string[], input?: string | Uint8Array): Buffer => {
    const { status, stdout, stderr } = run(args, input);
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${String(status)} ${stderr}`);
    return stdout;
  };
  const remove = (): void => {
    rmSync(root, { recursive: true, force: true });
  };

  const repository: TemporaryRepository = {
    dir,
    env,
    git: (...args) => run(args),
    must: (...args) => mustRun(args).toString("utf8").replace(/\n$/, ""),
    feed: (input, ...args) => mustRun(args, input),
    write(file, content, mode) {
      const location = Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(file)]);
      mkdirSync(location.subarray(0, location.lastIndexOf("/")), { recursive: true });
      writeFileSync(location, content);
      if (mode !== undefined) chmodSync(location, mode);
      return typeof file === "string" ? location.toString("utf8") : location;
    },
    remove,
  };
  t?.teardown(remove);
  mustRun(["init", "--quiet", "--initial-branch=main", `--object-format=${objectFormat}`]);
  return repository;
}
