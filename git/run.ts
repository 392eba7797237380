import type * as ChildProcess from "node:child_process";
import { statSync } from "node:fs";
import { childEnvironment } from "./environment.ts";
import { GitError, failedCall } from "./errors.ts";
import { printable } from "./escape.ts";
import { systemReason } from "./system-reason.ts";
import type { WaitingBatch } from "./objects/waiting-batch.ts";

/** Where git runs. */
export interface GitContext {
  /** The folder git starts in. */
  readonly cwd: string;
  /** The whole environment; GIT_DIR and GIT_INDEX_FILE in it are handed on as they are. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /**
   * Each call blocks until git has ended. Where nothing is to be done meanwhile, that is sooner: the
   * streams to a running program take node longer to set up than git takes to answer.
   */
  readonly blocks?: boolean;
  /** A git that answers the first question about objects, so that none need be started. */
  readonly waiting?: WaitingBatch | undefined;
}

/** Loaded when a program is started: most commits start none. */
function childProcess(): typeof ChildProcess {
  return process.getBuiltinModule("node:child_process");
}

export interface CallOptions {
  /** Bytes for git's stdin, written in this order. Default: nothing. */
  readonly input?: readonly Uint8Array[];
  /** The call runs the user's filter programs, which keep the user's locale. Default: false. */
  readonly filters?: boolean;
  /** Exit statuses that are an answer, not a failure. Default: only 0. */
  readonly allowed?: readonly number[];
}

/** How a call ended. */
export interface CallResult {
  readonly status: number;
  readonly stdout: Buffer;
}

/** Enough for git's complaint, however much a filter program prints after it. */
const keptStderr = 16 * 1024;

/** Node reports a missing program and a missing folder alike, as ENOENT. */
function startError(context: GitContext, error: Error): GitError {
  const cause = { cause: error };
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code !== "ENOENT") {
    const reason = systemReason(code) ?? error.message;
    return new GitError("git-missing", `git cannot be started: ${reason}`, cause);
  }
  if (!statSync(context.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    const folder = printable(context.cwd);
    return new GitError("not-a-repository", `there is no folder ${folder}`, cause);
  }
  return new GitError(
    "git-missing",
    "git is not on PATH: install it (https://git-scm.com) or add its folder to PATH",
    cause,
  );
}

/** A git that is running. */
export interface RunningGit {
  readonly child: ChildProcess.ChildProcessWithoutNullStreams;
  /** Settles when git has ended and all its output was read; rejects as runGit does. */
  readonly ended: Promise<number>;
}

/**
 * Starts git and leaves its stdin and stdout to the caller, who must read stdout to its end.
 *
 * @param args arguments after `git`
 * @throws GitError where the system has no room for one more program
 */
export function startGit(
  context: GitContext,
  args: readonly string[],
  options: CallOptions = {},
): RunningGit {
  const child = withStreams(context, () =>
    childProcess().spawn("git", [...args], {
      cwd: context.cwd,
      env: childEnvironment(context.env, options),
      stdio: "pipe",
      windowsHide: true,
    }),
  );
  let stderr = Buffer.alloc(0);
  child.stderr.on("data", (chunk: Buffer) => {
    if (stderr.length < keptStderr) stderr = Buffer.concat([stderr, chunk]);
  });
  // A git that ends early closes its stdin: its exit status tells, not our EPIPE.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", (error) => {
      reject(startError(context, error));
    });
    child.on("close", (status, signal) => {
      if (status !== null && (options.allowed ?? [0]).includes(status)) resolve(status);
      else reject(failedCall(args, status, signal, stderr));
    });
  });
  // Whoever awaits it gets the error; nobody must, when the output already was wrong.
  ended.catch(() => undefined);
  return { child, ended };
}

/** Where no more files can be opened, node gives a child without streams, and says so later. */
function withStreams(
  context: GitContext,
  start: () => ChildProcess.ChildProcessWithoutNullStreams,
): ChildProcess.ChildProcessWithoutNullStreams {
  let child: Partial<ChildProcess.ChildProcessWithoutNullStreams>;
  try {
    child = start();
  } catch (error) {
    throw startError(context, error as Error);
  }
  if (hasStreams(child)) return child;
  child.on?.("error", () => undefined);
  throw startError(context, Object.assign(new Error("spawn git"), { code: "EMFILE" }));
}

function hasStreams(
  child: Partial<ChildProcess.ChildProcessWithoutNullStreams>,
): child is ChildProcess.ChildProcessWithoutNullStreams {
  return child.stdout !== undefined;
}

/**
 * Hands over git's output as it comes, without a promise for each part of it, and settles when git has
 * ended.
 *
 * @param take called with bytes that are its own to keep; where it throws, git is ended
 * @throws GitError as runGit; what `take` throws
 */
export function eachChunk(
  { child, ended }: RunningGit,
  take: (chunk: Buffer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const taking = (chunk: Buffer): void => {
      try {
        take(chunk);
      } catch (error) {
        reject(error as Error);
        child.stdout.removeListener("data", taking).resume();
        child.kill();
      }
    };
    child.stdout.on("data", taking);
    ended.then(() => {
      resolve();
    }, reject);
  });
}

/** Writes all bytes to a stream, never more than it takes, and ends it. */
export async function writeAll(
  stream: NodeJS.WritableStream & { destroyed?: boolean },
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  for (const chunk of chunks) {
    if (stream.destroyed === true) return;
    if (!stream.write(chunk)) await drained(stream);
  }
  stream.end();
}

/** Settles when a stream takes more, or is closed. */
function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.removeListener("drain", done);
      stream.removeListener("close", done);
      resolve();
    };
    stream.once("drain", done);
    stream.once("close", done);
  });
}

/**
 * Runs git to its end, and does nothing else meanwhile.
 *
 * @throws GitError as runGit
 */
export function runGitBlocking(
  context: GitContext,
  args: readonly string[],
  options: CallOptions,
): CallResult {
  const { status, signal, stdout, stderr, error } = childProcess().spawnSync("git", [...args], {
    cwd: context.cwd,
    env: childEnvironment(context.env, options),
    input: Buffer.concat(options.input ?? []),
    maxBuffer: Infinity,
    windowsHide: true,
  });
  if (error !== undefined) throw startError(context, error);
  if (status !== null && (options.allowed ?? [0]).includes(status)) return { status, stdout };
  throw failedCall(args, status, signal, stderr.subarray(0, keptStderr));
}

/**
 * Runs git to its end.
 *
 * @param args arguments after `git`; text, so only paths that are UTF-8
 * @throws GitError `command-failed` (status not allowed), `git-missing`, `not-a-repository`
 */
export async function runGit(
  context: GitContext,
  args: readonly string[],
  options: CallOptions = {},
): Promise<CallResult> {
  if (context.blocks === true) return runGitBlocking(context, args, options);
  const { child, ended } = startGit(context, args, options);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [status] = await Promise.all([ended, writeAll(child.stdin, options.input ?? [])]);
  return { status, stdout: Buffer.concat(chunks) };
}

/**
 * The fields of NUL-separated output, one char per byte.
 *
 * @throws GitError `unexpected-output` when the last field is not ended by NUL: output cut short
 *   must never pass for "no more entries"
 */
export function nulFields(output: Buffer): string[] {
  const fields = output.toString("latin1").split("\0");
  if (fields.pop() !== "") {
    throw new GitError("unexpected-output", "git's output was cut short: run the command again");
  }
  return fields;
}
