import { accessSync, constants, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { GitError } from "../git/errors.ts";
import { findIdentities } from "../sops/identities.ts";
import { userKeyFile } from "../sops/key-locations.ts";
import { printable } from "./errors.ts";
import { gitLine, requireUsableGit } from "./git-in-folder.ts";
import { findHookManager, OWN_HUSKY } from "./hook-manager.ts";
import { turnHooksOn } from "./hooks-on.ts";
import { rememberedKeyFile } from "./repository.ts";
import { recipientsOfRules } from "./target.ts";

/** One thing that was looked at. */
export interface Diagnosis {
  readonly state: "ok" | "note" | "wrong" | "mended";
  /** What was found, one line. */
  readonly what: string;
  /** What to run or do; null where nothing. */
  readonly remedy: string | null;
}

const FIX = "node .flux-sops/flux-sops.mjs doctor --fix";

/**
 * Looks at a clone: can its hooks do their work, and can its secrets be read here?
 *
 * @param directory the top of a worktree.
 * @param fix whether to turn the hooks on where they are off.
 */
export async function diagnose(
  directory: string,
  fix: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Diagnosis[]> {
  return [
    await gitVersion(directory),
    toolFile(directory),
    await hooks(directory, fix),
    ...(await keys(directory, environment)),
  ];
}

async function gitVersion(directory: string): Promise<Diagnosis> {
  const line = printable(await gitLine(directory, ["version"]));
  try {
    await requireUsableGit();
    return ok(line);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return wrong(line, error.message);
  }
}

function toolFile(directory: string): Diagnosis {
  const path = ".flux-sops/flux-sops.mjs";
  return existsSync(join(directory, path))
    ? ok(`the tool is in ${path}`)
    : wrong(`${path} is missing, so no hook can run it`, `git checkout -- ${path}`);
}

async function hooks(directory: string, fix: boolean): Promise<Diagnosis> {
  const manager = await findHookManager(directory);
  if (manager.kind !== "husky") {
    const state = await turnHooksOn(directory, manager, fix);
    if (state.on) return ok("the hooks are on");
    const remedy = [state.reason, ...(state.lines ?? [])].join("; ");
    return wrong("the hooks are off: commits are not looked at", remedy);
  }
  const problem = await hooksProblem(directory);
  if (problem === null) return ok("the hooks are on");
  if (!fix) return wrong(problem, FIX);
  const state = await turnHooksOn(directory, OWN_HUSKY);
  if (!state.on) return wrong("the hooks could not be turned on", state.reason);
  return { state: "mended", what: "the hooks are on now", remedy: null };
}

async function hooksProblem(directory: string): Promise<string | null> {
  if (!existsSync(join(directory, ".husky/pre-commit"))) return ".husky/pre-commit is missing";
  const configured = await gitLine(directory, ["config", "--get", "core.hooksPath"]);
  if (configured !== ".husky/_") return "the hooks are off: commits are not looked at";
  // git skips a hook that it cannot execute, without an error.
  try {
    accessSync(join(directory, ".husky/_/pre-commit"), constants.X_OK);
    accessSync(join(directory, ".husky/_/h"), constants.R_OK);
    return null;
  } catch {
    return "the hooks are off: husky's stubs are missing in .husky/_";
  }
}

async function keys(directory: string, environment: NodeJS.ProcessEnv): Promise<Diagnosis[]> {
  let recipients: readonly string[] | null;
  try {
    recipients = recipientsOfRules(directory);
  } catch (error) {
    return [wrong((error as Error).message, "correct .sops.yaml")];
  }
  if (recipients === null) {
    return [wrong(".sops.yaml is missing, or has no creation rules", "git checkout -- .sops.yaml")];
  }
  const chosen = await rememberedKeyFile(directory);
  const { pairs, problems } = await findIdentities({
    environment,
    files: chosen === "" ? [] : [chosen],
  });
  const held = new Set(pairs.map(({ recipient }) => recipient));
  const matching = recipients.filter((recipient) => held.has(recipient));
  const found =
    matching.length > 0
      ? ok(`a private key of this machine opens its secrets (${matching.join(", ")})`)
      : note(
          "no private key of this machine opens its secrets: they can be added and committed, not read",
          `put the key of ${recipients.join(" or ")} into ${userKeyFile(environment)}`,
        );
  const files = [chosen, environment["SOPS_AGE_KEY_FILE"] ?? "", userKeyFile(environment)];
  return [
    found,
    ...problems.map((problem) => wrong(printable(problem), "mend or remove that key file")),
    ...[...new Set(files)].flatMap(openKeyFile),
  ];
}

/** A key file that others may read. */
function openKeyFile(path: string): Diagnosis[] {
  if (path === "") return [];
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return [];
  return [wrong(`others may read ${printable(path)}`, `chmod 600 '${printable(path)}'`)];
}

function ok(what: string): Diagnosis {
  return { state: "ok", what, remedy: null };
}

function note(what: string, remedy: string): Diagnosis {
  return { state: "note", what, remedy };
}

function wrong(what: string, remedy: string): Diagnosis {
  return { state: "wrong", what, remedy };
}
