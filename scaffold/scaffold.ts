import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type IdentityPlan, planIdentity, writeIdentity } from "./age-identity.ts";
import type { Answers } from "./answers.ts";
import { printable, ScaffoldError, systemReason } from "./errors.ts";
import { exampleSecret, exampleSecretPath } from "./example-secret.ts";
import { type HooksState, turnHooksOn } from "./hooks-on.ts";
import { installDependencies } from "./install-dependencies.ts";
import { filesToWrite, type PlannedFile, planFiles } from "./plan.ts";
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
import { stageFiles } from "./write-plan.ts";

export interface ScaffoldRequest {
  readonly target: Target;
  readonly answers: Answers;
  /** Replace files that differ. */
  readonly force: boolean;
  /** Path of the bundled tool, `flux-sops.mjs`, to put into the repository. */
  readonly tool: string;
  readonly version: string;
}

/** All that would happen, decided and checked; nothing is written yet. */
export interface PreparedScaffold {
  readonly target: Target;
  readonly answers: Answers;
  readonly force: boolean;
  readonly identity: IdentityPlan;
  readonly files: readonly PlannedFile[];
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
  const { target, answers, force } = request;
  refuseOtherCluster(target, answers);
  const identity = await planIdentity({
    directory: target.directory,
    recipients: answers.recipients,
    ageKeyFile: answers.ageKeyFile,
    rememberedKeyFile: target.isRepository ? await rememberedKeyFile(target.directory) : "",
    // Rules without age recipients are kept as they are, so a new identity would open nothing.
    present: force && target.recipients?.length === 0 ? null : target.recipients,
  });
  const wanted = renderRepository({
    answers,
    recipients: identity.recipients,
    ...readTool(request.tool),
    version: request.version,
    yoRc: target.yoRc,
  });
  const files = planFiles(target.directory, wanted);
  if (answers.example && !existsSync(join(target.directory, exampleSecretPath(answers.cluster)))) {
    const secret = await exampleSecret(answers.cluster, rulesThatWillHold(target, files, force));
    files.push(...planFiles(target.directory, [secret]));
  }
  return { target, answers, force, identity, files };
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
    if (identity.kind === "new") writeIdentity(identity, answers.cluster, directory);
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
  const hooks = await turnHooksOn(directory, !target.isRepository);
  const ours = prepared.files.filter(({ state }) => force || state !== "differs");
  const paths = ours.map(({ path }) => path);
  let installed: boolean | null = null;
  if (options.install !== null && wantsInstall(directory, paths, files)) {
    options.install.begins();
    installed = await installDependencies(directory);
    // Without it, `git status` would not be clean after the first commit.
    if (installed && existsSync(join(directory, LOCK_FILE))) paths.push(LOCK_FILE);
  }
  const commit = target.isRepository
    ? await leftToOwner(directory, paths, answers.cluster)
    : await firstCommit(directory, paths, answers.cluster);
  return { ...prepared, hooks, installed, commit };
}

/** Somebody else's package.json is theirs to install; what is installed already stays. */
function wantsInstall(
  directory: string,
  ours: readonly string[],
  written: readonly PlannedFile[],
): boolean {
  return (
    ours.includes("package.json") &&
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
      (name) => name.endsWith(".mjs") && name !== basename(path),
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

function refuseOtherCluster({ remembered, directory }: Target, { cluster }: Answers): void {
  const first = remembered.cluster;
  if (typeof first !== "string" || first === cluster) return;
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} was scaffolded for cluster ${printable(first)}: leave --cluster out, or name another folder for cluster ${cluster}`,
  );
}

/** `.sops.yaml` as it will be: the one that is there stays, unless it is to be replaced. */
function rulesThatWillHold(target: Target, files: readonly PlannedFile[], force: boolean): string {
  const rules = files.find(({ path }) => path === ".sops.yaml");
  if (rules === undefined) throw new Error("the scaffold has no .sops.yaml");
  return rules.state === "differs" && !force
    ? readFileSync(join(target.directory, rules.path), "utf8")
    : rules.content.toString("utf8");
}
