import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type IdentityPlan, planIdentity, writeIdentity } from "./age-identity.ts";
import type { Answers } from "./answers.ts";
import { printable, ScaffoldError, systemReason } from "./errors.ts";
import { wouldHide } from "./folder-list.ts";
import { exampleSecret, exampleSecretPath } from "./example-secret.ts";
import { type HooksState, HUSKY_STUBS, turnHooksOn } from "./hooks-on.ts";
import { installDependencies } from "./install-dependencies.ts";
import { blobId, GENERATED_PATH, printGenerated } from "./generated-files.ts";
import { hookFiles } from "./hook-files.ts";
import { findHookManager, type HookManager, OWN_HUSKY } from "./hook-manager.ts";
import { filesToWrite, type PlannedFile, planFiles, type WantedFile } from "./plan.ts";
import type { RawAnswers } from "./questions.ts";
import type { Scope } from "./surroundings.ts";
import { renderRepository } from "./render.ts";
import {
  type CommitState,
  firstCommit,
  initRepository,
  leftToOwner,
  rememberedKeyFile,
  rememberKeyFile,
} from "./repository.ts";
import type { Target } from "./target.ts";
import { presentRecipients } from "./present-recipients.ts";
import { isOlderOrSame } from "./tool-file.ts";
import { stageFiles } from "./write-plan.ts";
import { isWrittenByFlux } from "./written-by-flux.ts";

export interface ScaffoldRequest {
  readonly target: Target;
  readonly answers: Answers;
  /** Replace files that differ. */
  readonly force: boolean;
  /** Path of the bundled tool, `flux-sops.mjs`, to put into the repository. */
  readonly tool: string;
  readonly version: string;
  /** What to bring; see `scopeFor`. */
  readonly scope: Scope;
}

/** All that would happen, decided and checked; nothing is written yet. */
export interface PreparedScaffold {
  readonly target: Target;
  readonly answers: Answers;
  readonly force: boolean;
  readonly identity: IdentityPlan;
  readonly files: readonly PlannedFile[];
  readonly scope: Scope;
  readonly manager: HookManager;
  /** Of the tool that scaffolds. */
  readonly version: string;
}

/** What has happened. */
export interface Scaffolded extends PreparedScaffold {
  readonly hooks: HooksState;
  readonly commit: CommitState;
  /** Null where nobody wanted it. */
  readonly installed: boolean | null;
}

/**
 * Decides what to write: reads only.
 *
 * @throws ScaffoldError, GitError, SopsError: nothing can be scaffolded.
 */
export async function prepareScaffold(request: ScaffoldRequest): Promise<PreparedScaffold> {
  const { target, answers, force, scope } = request;
  refuseOtherCluster(target, answers);
  if (!force) refuseOlderVersion(target, request.version);
  if (scope === "gate" && answers.example) {
    throw new ScaffoldError(
      "usage",
      "--example needs a cluster of its own here: name one that Flux does not build yet with --cluster, or leave --example out",
    );
  }
  const identity = await planIdentity({
    directory: target.directory,
    recipients: answers.recipients,
    ageKeyFile: answers.ageKeyFile,
    rememberedKeyFile: target.isRepository ? await rememberedKeyFile(target.directory) : "",
    // Rules without age recipients are kept as they are, so a new identity would open nothing.
    present:
      target.creationRules === null
        ? null
        : presentRecipients(target.creationRules, scope, answers.cluster),
  });
  const manager = target.isRepository ? await findHookManager(target.directory) : OWN_HUSKY;
  const wanted = renderRepository({
    answers,
    recipients: identity.recipients,
    ...readTool(request.tool),
    version: request.version,
    yoRc: target.yoRc,
    scope,
    hooks: hookFiles(target.directory, manager),
  }).filter((file) => hasPlace(file, target, manager) && !isTakenAway(file, target));
  const planned = planFiles(target.directory, wanted, target.generated);
  const files = planned.filter((file) => !isWrittenByFlux(file));
  if (answers.example && !existsSync(join(target.directory, exampleSecretPath(answers.cluster)))) {
    const secret = await exampleSecret(answers.cluster, rulesThatWillHold(files));
    files.push(...planFiles(target.directory, [{ ...secret, isRemembered: false }]));
  }
  return withRecord({
    target,
    answers,
    force,
    identity,
    files,
    scope,
    manager,
    version: request.version,
  });
}

/**
 * What the scaffold brings to a folder.
 *
 * @param given answers from flags: a cluster that is named gets its folder also where Flux builds
 *   something already.
 * @throws ScaffoldError `usage` when Flux builds that cluster's folder already.
 */
export function scopeFor({ surroundings }: Target, { cluster }: RawAnswers): Scope {
  if (surroundings.scope !== "gate" || typeof cluster !== "string") return surroundings.scope;
  const folder = `clusters/${cluster}/`;
  const taken = surroundings.fluxFiles.find((path) => path.startsWith(folder));
  if (taken === undefined) return "joined";
  throw new ScaffoldError(
    "usage",
    `${folder} is built by Flux already (${printable(taken)}): leave --cluster out to add the hooks and rules only, or name a new cluster`,
  );
}

/** What is not asked: what was answered before, and what has no meaning for the hooks alone. */
export function settledAnswers(target: Target, scope: Scope): RawAnswers {
  if (scope === "gate") return { cluster: "homelab", example: false, ...target.remembered };
  return isExampleRemoved(target) ? { ...target.remembered, example: false } : target.remembered;
}

/** Flux would deploy it again. */
function isExampleRemoved({ remembered, directory, generated }: Target): boolean {
  const folder = `clusters/${String(remembered.cluster)}/apps/demo`;
  const isRemembered = [...generated.ids.keys()].some((path) => path.startsWith(`${folder}/`));
  return remembered.example === true && isRemembered && !existsSync(join(directory, folder));
}

/** A list that was taken away for Flux to take all that is in its folder. */
function isTakenAway({ path }: WantedFile, { directory, generated }: Target): boolean {
  return generated.ids.has(path) && wouldHide(directory, path);
}

/** In somebody's repository, files that say how they work there are theirs alone. */
function hasPlace(file: WantedFile, target: Target, manager: HookManager): boolean {
  const { directory, isRepository, generated } = target;
  const scope = target.surroundings.scope;
  if (!isRepository || scope === "repository") return true;
  const isThere = existsSync(join(directory, file.path));
  switch (file.path) {
    case "README.md":
    case ".editorconfig":
      return !isThere || generated.ids.has(file.path);
    case "package.json":
      return manager.kind === "husky";
    case ".prettierignore":
      return isThere || usesPrettier(directory);
    default:
      return true;
  }
}

/** prettier would write the tool's files anew, as lint-staged has it do with all that is staged. */
function usesPrettier(directory: string): boolean {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);
  if (names.some((name) => /^\.?prettier(rc|\.config)/.test(name))) return true;
  const runners = names.filter((name) => /^(package\.json$|\.?lint-?staged)/.test(name));
  return runners.some((name) => readFileSync(join(directory, name), "utf8").includes("prettier"));
}

/**
 * Leaves out changes of files that are there.
 *
 * @param declined paths of files that somebody wants kept as they are; they are not offered again
 *   until the scaffold has something new for them.
 * @param accepted paths of files that differ and may be replaced.
 */
export function withDecisions(
  prepared: PreparedScaffold,
  declined: ReadonlySet<string>,
  accepted: ReadonlySet<string>,
): PreparedScaffold {
  const files = prepared.files.map((file): PlannedFile => {
    if (declined.has(file.path)) return { ...file, state: "edited" };
    return accepted.has(file.path) ? { ...file, state: "upgraded" } : file;
  });
  return withRecord({ ...prepared, files });
}

/** Brings `.flux-sops/generated.json` in line with the plan. */
function withRecord(prepared: PreparedScaffold): PreparedScaffold {
  const { target, force } = prepared;
  const files = prepared.files.filter(({ path }) => path !== GENERATED_PATH);
  const written = new Set(filesToWrite(files, force).map(({ path }) => path));
  const ids = new Map(target.generated.ids);
  for (const { path, state, generated, mayReplace, isRemembered } of files) {
    if (mayReplace !== undefined || isRemembered === false) continue;
    if (written.has(path) || state === "unchanged" || state === "edited") {
      ids.set(path, blobId(generated));
    }
  }
  const record: WantedFile = {
    path: GENERATED_PATH,
    content: Buffer.from(printGenerated(ids)),
    mode: 0o644,
    mayReplace: () => true,
  };
  return { ...prepared, files: [...files, ...planFiles(target.directory, [record])] };
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
  const { target, answers, identity, force } = prepared;
  const { directory } = target;
  const files = filesToWrite(prepared.files, force);
  const staged = stageFiles(directory, files);
  try {
    if (!target.isRepository) await initRepository(directory, answers.branch);
    if (identity.kind === "new") {
      writeIdentity(identity, prepared.scope === "gate" ? null : answers.cluster, directory);
    }
    if (answers.ageKeyFile !== "" && identity.kind !== "elsewhere") {
      await rememberKeyFile(directory, identity.file);
    }
    staged.moveIntoPlace();
  } catch (error) {
    if (!target.isRepository) rmSync(join(directory, ".git"), { recursive: true, force: true });
    throw error;
  } finally {
    staged.discard();
  }
  const hooks = await turnHooksOn(directory, prepared.manager);
  const ours = prepared.files.filter(
    ({ path, state }) =>
      files.some((file) => file.path === path) || (state !== "differs" && state !== "by-hand"),
  );
  const paths = ours.filter(({ state }) => state !== "edited").map(({ path }) => path);
  const stubs = hooks.on && isHuskyOurs(prepared) ? [HUSKY_STUBS] : [];
  let installed: boolean | null = null;
  if (options.install !== null && wantsInstall(directory, prepared.files, files)) {
    options.install.begins();
    installed = await installDependencies(directory);
    // Without it, `git status` would not be clean after the first commit.
    if (installed && existsSync(join(directory, LOCK_FILE))) paths.push(LOCK_FILE);
  }
  const about = { cluster: answers.cluster, scope: prepared.scope, version: prepared.version };
  const commit = target.isRepository
    ? await leftToOwner(directory, paths, stubs, about)
    : await firstCommit(directory, paths, stubs, about);
  return { ...prepared, hooks, installed, commit };
}

/** Whether the hook files are the scaffold's alone: then so is what husky puts beside them. */
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

const LOCK_FILE = "package-lock.json";

/** The tool, and the files that the build put beside it. */
function readTool(path: string): { tool: Buffer; toolParts: ReadonlyMap<string, Buffer> } {
  try {
    const folder = dirname(path);
    const beside = readdirSync(folder).filter(
      (name) => /\.[cm]js$/.test(name) && name !== basename(path),
    );
    const parts = beside.sort().map((name) => [name, readFileSync(join(folder, name))] as const);
    return { tool: readFileSync(path), toolParts: new Map(parts) };
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `the bundled tool ${printable(path)} cannot be read (${systemReason(error)}): build it with npm run build, or install generator-flux-sops again`,
    );
  }
}

function refuseOtherCluster(
  { remembered, directory, surroundings }: Target,
  { cluster }: Answers,
): void {
  const first = remembered.cluster;
  if (surroundings.scope === "gate" || typeof first !== "string" || first === cluster) return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} was scaffolded for cluster ${printable(first)}: leave --cluster out, or name another folder for cluster ${cluster}`,
  );
}

/** Its files would be those of an earlier version, beside the tool of a later one. */
function refuseOlderVersion({ remembered, directory }: Target, version: string): void {
  const { version: theirs } = remembered as Record<string, unknown>;
  if (typeof theirs !== "string" || !/^\d+\.\d+\.\d+/.test(theirs)) return;
  if (isOlderOrSame(theirs, version)) return;
  throw new ScaffoldError(
    "environment",
    `${printable(directory)} was scaffolded by flux-sops ${printable(theirs)}, and this is ${version}: run npx -p generator-flux-sops@latest flux-sops init; --force goes back to this one`,
  );
}

/** `.sops.yaml` as it will be: the one that is there stays, with rules added. */
function rulesThatWillHold(files: readonly PlannedFile[]): string {
  const rules = files.find(({ path }) => path === ".sops.yaml");
  if (rules === undefined) throw new Error("the scaffold has no .sops.yaml");
  const stays = ["edited", "by-hand", "differs"].includes(rules.state);
  return ((stays ? rules.before : null) ?? rules.content).toString("utf8");
}
