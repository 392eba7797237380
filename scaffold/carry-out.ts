import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../git/escape.ts";
import { ScaffoldError } from "./errors.ts";
import { writeIdentity } from "./recipients/write-identity.ts";
import type { HooksState } from "./hook-manager/hooks-state.ts";
import { HUSKY_STUBS } from "./hook-manager/run-husky.ts";
import { turnHooksOn } from "./hook-manager/turn-on.ts";
import { type Installation, installDependencies } from "./install-dependencies.ts";
import { filesToWrite, type PlannedFile } from "./plan/plan.ts";
import {
  type CommitState,
  firstCommit,
  initRepository,
  leftToOwner,
  rememberKeyFile,
} from "./commit/commit.ts";
import type { PreparedScaffold } from "./scaffold.ts";
import { stageFiles } from "./plan/write.ts";

/** What has happened. */
export interface Scaffolded extends PreparedScaffold {
  readonly hooks: HooksState;
  readonly commit: CommitState;
  /** Null where nobody wanted it. */
  readonly installation: Installation | null;
}

/**
 * Does what was prepared. Until the files are in place, a failure takes everything back but a new
 * identity: keys are never deleted. Whatever fails after that is told in the result.
 *
 * @param options.install whether to run `npm install`, and who to tell that it begins.
 * @throws ScaffoldError, GitError
 */
export async function carryOut(
  prepared: PreparedScaffold,
  options: { readonly install: { readonly begins: () => void } | null },
): Promise<Scaffolded> {
  const { destination, answers, identity, force } = prepared;
  const { directory } = destination;
  // It would be committed to, and removed after a failure.
  if (!destination.isRepository && existsSync(join(directory, ".git"))) {
    throw new ScaffoldError(
      "environment",
      `${printable(directory)} has become a git repository meanwhile, and nothing was written: run this again`,
    );
  }
  const files = filesToWrite(prepared.files, force);
  const staged = stageFiles(directory, files);
  try {
    if (!destination.isRepository) await initRepository(directory, answers.branch);
    if (identity.kind === "new") {
      writeIdentity(identity, prepared.scope === "gate" ? null : answers.cluster, directory);
    }
    if (answers.ageKeyFile !== "" && identity.kind !== "elsewhere") {
      await rememberKeyFile(directory, identity.file);
    }
    staged.moveIntoPlace();
  } catch (error) {
    if (!destination.isRepository)
      rmSync(join(directory, ".git"), { recursive: true, force: true });
    throw error;
  } finally {
    staged.discard();
  }
  const hooks = await turnHooksOn(directory, prepared.manager);
  const isOurs = ({ path, state }: PlannedFile) =>
    files.some((file) => file.path === path) || !OTHERS.includes(state);
  const paths = prepared.files.filter(isOurs).map(({ path }) => path);
  const stubs = hooks.on && isHuskyOurs(prepared) ? [HUSKY_STUBS] : [];
  let installation: Installation | null = null;
  if (options.install !== null && wantsInstall(directory, prepared.files, files)) {
    options.install.begins();
    installation = await installDependencies(directory);
    // Without it, `git status` would not be clean after the first commit.
    const isInstalled = installation.failure === null;
    if (isInstalled && existsSync(join(directory, LOCK_FILE))) paths.push(LOCK_FILE);
  }
  const about = { cluster: answers.cluster, scope: prepared.scope, version: prepared.version };
  const commit = destination.isRepository
    ? await leftToOwner(directory, paths, stubs, about)
    : await firstCommit(directory, paths, stubs, about);
  return { ...prepared, hooks, installation, commit };
}

/**
 * Whether the hook files are the scaffold's alone: then so are the stubs that husky puts beside them.
 */
function isHuskyOurs({ files }: PreparedScaffold): boolean {
  const hook = files.find(({ path }) => path === ".husky/pre-commit");
  return hook?.content.equals(hook.generated) === true;
}

/** Somebody else's package.json is theirs to install; what is installed already stays. */
function wantsInstall(
  directory: string,
  planned: readonly PlannedFile[],
  written: readonly PlannedFile[],
): boolean {
  const manifest = planned.find(({ path }) => path === "package.json");
  const isOurs =
    manifest !== undefined &&
    ["new", "unchanged", "upgraded"].includes(manifest.state) &&
    manifest.content.equals(manifest.generated);
  return (
    isOurs &&
    (written.some(({ path }) => path === "package.json") ||
      !existsSync(join(directory, "node_modules")))
  );
}

/** Of files that are not written, those whose content is not the scaffold's. */
const OTHERS: readonly PlannedFile["state"][] = ["differs", "by-hand", "edited"];

const LOCK_FILE = "package-lock.json";
