import { GitError } from "../git/errors.ts";
import { systemReason } from "../git/system-reason.ts";
import type { GitContext } from "../git/run.ts";
import { WorktreeError } from "../git/worktree/error.ts";
import { PushLineError } from "../hooks/push/push-lines.ts";
import type { Begun } from "../hooks/commit/pre-commit.ts";
import type { Refusal } from "../hooks/commit/refuse-plaintext.ts";
import { SettingsError } from "../findings/settings-error.ts";
import { BrokenRulesError } from "../hooks/rules/rules-in-force.ts";
import { examples } from "./arguments/examples.ts";

/** Runs a hook with git's arguments: what it has to say, and its exit status. */
type Hook = (
  context: GitContext,
  args: readonly string[],
  begun: Begun | null,
) => Promise<{ readonly status: number; readonly words: string }>;

const HOOKS: Readonly<Record<string, Hook>> = {
  "pre-commit": async (context, _args, begun) => {
    const { preCommit } = await import("../hooks/commit/pre-commit.ts");
    const { repository, findings, stored, operation, ...formatting } = await preCommit(
      context,
      begun,
    );
    const { failedFormatting, unformatted } = formatting;
    const isSilent = failedFormatting === null && unformatted === null;
    if (findings.length === 0 && stored.length === 0 && isSilent) return { status: 0, words: "" };
    const words = await import("../hooks/commit/commit-words.ts");
    if (failedFormatting !== null) {
      return { status: 1, words: words.notFormatted(failedFormatting) };
    }
    if (findings.some(({ severity }) => severity === "error")) {
      const { unstagedRules } = await import("../hooks/rules/unstaged-rules.ts");
      // In a commit of some paths, what else is staged does not count.
      const unstaged = repository.isPartialCommit
        ? []
        : await unstagedRules(repository).catch(() => []);
      return { status: 1, words: words.refusal(repository, findings, operation, unstaged) };
    }
    return {
      status: 0,
      words:
        words.warnings(repository, findings) +
        words.encrypted(repository, stored) +
        words.staleIndex(operation, stored) +
        words.leftUnformatted(unformatted),
    };
  },
  "pre-merge-commit": async (context) => {
    const { preMergeCommit } = await import("../hooks/commit/refuse-plaintext.ts");
    return refusal(await preMergeCommit(context));
  },
  "prepare-commit-msg": async (context, args) => {
    const { prepareCommitMsg } = await import("../hooks/commit/refuse-plaintext.ts");
    return refusal(await prepareCommitMsg(context, args));
  },
  "pre-applypatch": async (context) => {
    const { preApplypatch } = await import("../hooks/commit/refuse-plaintext.ts");
    return refusal(await preApplypatch(context));
  },
  "post-rewrite": async (context) => {
    const { postRewrite } = await import("../hooks/commit/refuse-plaintext.ts");
    return refusal(await postRewrite(context));
  },
  "pre-push": async (context, args) => {
    const { prePush } = await import("../hooks/push/pre-push.ts");
    const { text } = await import("node:stream/consumers");
    const push = await prePush(context, args, await text(process.stdin));
    if (push === null) return { status: 0, words: "" };
    const { pushWords, isPushRefused } = await import("../hooks/push/push-words.ts");
    return { status: isPushRefused(push) ? 1 : 0, words: await pushWords(push) };
  },
};

const HELP = `Usage: flux-sops hook NAME [ARGUMENTS]

do what git's hook NAME is for: encrypt what is staged, or refuse it. The files in .husky (or those of
another hook manager) call it, with git's own arguments and standard input.

Hooks: ${Object.keys(HOOKS).join(", ")}
${examples("npx flux-sops hook pre-commit")}
`;

/**
 * `flux-sops hook NAME`: what git's hooks call.
 *
 * @param begun what pre-commit has read already
 * @returns the exit status: 0, 1 for findings, 2 for a broken environment. git refuses what it was
 *   about to do for anything but 0.
 */
export async function hook(
  [name = "", ...args]: readonly string[],
  begun: Begun | null = null,
): Promise<number> {
  if (name === "--help" || name === "-h") {
    process.stdout.write(HELP);
    return 0;
  }
  const run = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined;
  if (run === undefined) {
    process.stderr.write(
      `flux-sops: ${name === "" ? "hook: the name of a hook is missing" : `there is no hook ${JSON.stringify(name)}`}; flux-sops hook --help lists them\n`,
    );
    return 2;
  }
  try {
    const { status, words } = await run({ cwd: process.cwd(), env: process.env }, args, begun);
    process.stderr.write(words);
    return status;
  } catch (error) {
    process.stderr.write(await failed(name, error));
    return 2;
  }
}

async function failed(name: string, error: unknown): Promise<string> {
  const { broken } = await import("../hooks/words.ts");
  const { FailedAfterEncrypting } = await import("../hooks/commit/pre-commit.ts");
  if (error instanceof FailedAfterEncrypting) {
    const { brokenLater } = await import("../hooks/commit/commit-words.ts");
    return brokenLater(error.repository, error.stored, reasonOf(error.cause));
  }
  const isUndone = !(error instanceof GitError && error.code === "undo-failed");
  return broken(name, reasonOf(error), isUndone);
}

function reasonOf(error: unknown): string {
  const expected =
    error instanceof GitError ||
    error instanceof WorktreeError ||
    error instanceof BrokenRulesError ||
    error instanceof SettingsError ||
    error instanceof PushLineError;
  return expected ? error.message : (systemError(error) ?? unexpected(error));
}

/** What the operating system refuses anywhere is no bug. Its own message may name any file. */
function systemError(error: unknown): string | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return null;
  return systemReason(code) ?? `${syscall}: ${code}`;
}

async function refusal(refused: Refusal | null): Promise<{ status: number; words: string }> {
  if (refused === null) return { status: 0, words: "" };
  const { isRefused } = await import("../hooks/commit/refuse-plaintext.ts");
  const { refusalWords } = await import("../hooks/commit/refusal-words.ts");
  return { status: isRefused(refused) ? 1 : 0, words: refusalWords(refused) };
}

/** A bug: name its kind and place, never its text, which may quote a file. */
function unexpected(error: unknown): string {
  const { name, message, stack } =
    error instanceof Error ? error : { name: "unknown", message: "", stack: "" };
  const place = /^ +at .*$/m.exec(stack?.replace(message, "") ?? "")?.[0].trim();
  return `an internal error (${name}${place === undefined ? "" : ` ${place}`}): please report it`;
}
