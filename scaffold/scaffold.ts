import { existsSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../git/escape.ts";
import { type IdentityPlan, planIdentity } from "./recipients/identity.ts";
import type { Answers } from "./answers/answers.ts";
import { isBrought } from "./brought-files.ts";
import { ScaffoldError } from "./errors.ts";
import { exampleSecret, exampleSecretPath } from "./example-secret.ts";
import { blobId, GENERATED_PATH, printGenerated } from "./plan/generated-files.ts";
import { hookFiles } from "./hook-manager/files.ts";
import { findHookManager, type HookManager, OWN_HUSKY } from "./hook-manager/find.ts";
import { filesToWrite, type PlannedFile, planFiles, type WantedFile } from "./plan/plan.ts";
import { presentRecipients, recipientsOfFiles } from "./recipients/present.ts";
import { renderRepository } from "./render.ts";
import { rememberedKeyFile } from "./commit/commit.ts";
import { refuseLeftOut } from "./destination/sparse-checkout.ts";
import { commandsAtTop } from "./message/commands-at-top.ts";
import type { Scope } from "./destination/surroundings.ts";
import type { Destination } from "./destination/destination.ts";
import { isOlderOrSame, readTool } from "./tool-file.ts";
import { isWrittenByFlux } from "./plan/written-by-flux.ts";

export interface ScaffoldRequest {
  readonly destination: Destination;
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
  readonly destination: Destination;
  readonly answers: Answers;
  readonly force: boolean;
  readonly identity: IdentityPlan;
  readonly files: readonly PlannedFile[];
  readonly scope: Scope;
  readonly manager: HookManager;
  /** Of the tool that scaffolds. */
  readonly version: string;
}

/**
 * Decides what to write: reads only.
 *
 * @throws ScaffoldError, GitError, SopsError: nothing can be scaffolded.
 */
export async function prepareScaffold(request: ScaffoldRequest): Promise<PreparedScaffold> {
  const { answers, force, scope } = request;
  const destination = withRulesKept(request.destination, scope);
  refuseOtherCluster(destination, answers);
  if (!force) refuseOlderVersion(destination, request.version);
  if (scope === "gate" && answers.example) {
    throw new ScaffoldError(
      "usage",
      "--example needs a cluster of its own here: name one that Flux does not build yet with --cluster, or leave --example out",
    );
  }
  const identity = await planIdentity({
    directory: destination.directory,
    recipients: answers.recipients,
    ageKeyFile: answers.ageKeyFile,
    rememberedKeyFile: destination.isRepository
      ? await rememberedKeyFile(destination.directory)
      : "",
    // Rules without age recipients are kept as they are, so a new identity would open nothing.
    present:
      destination.creationRules === null
        ? recipientsOfFiles(destination, scope)
        : presentRecipients(destination.creationRules, scope, answers.cluster),
  });
  const manager = destination.isRepository
    ? await findHookManager(destination.directory)
    : OWN_HUSKY;
  const wanted = renderRepository({
    answers,
    recipients: identity.recipients,
    ...readTool(request.tool),
    version: request.version,
    yoRc: destination.yoRc,
    scope,
    encryptedTo: destination.encryptedTo,
    hooks: hookFiles(destination.directory, manager),
  }).filter((file) => isBrought(file, destination, manager, force));
  if (destination.isRepository) {
    const ours = new Set([...wanted.map(({ path }) => path), ...destination.generated.ids.keys()]);
    await refuseLeftOut(destination.directory, ours);
  }
  const planned = planFiles(destination.directory, wanted, destination.generated);
  const files = planned.filter((file) => !isWrittenByFlux(file));
  if (
    answers.example &&
    !existsSync(join(destination.directory, exampleSecretPath(answers.cluster)))
  ) {
    const secret = await exampleSecret(answers.cluster, rulesThatWillHold(files));
    files.push(...planFiles(destination.directory, [{ ...secret, isRemembered: false }]));
  }
  return withRecord({
    destination,
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
    if (declined.has(file.path)) return { ...file, state: "edited", isDeclined: true };
    return accepted.has(file.path) ? { ...file, state: "upgraded" } : file;
  });
  return withRecord({ ...prepared, files });
}

/** Brings `.flux-sops/generated.json` in line with the plan. */
function withRecord(prepared: PreparedScaffold): PreparedScaffold {
  const { destination, force } = prepared;
  const files = prepared.files.filter(({ path }) => path !== GENERATED_PATH);
  const written = new Set(filesToWrite(files, force).map(({ path }) => path));
  const ids = new Map(destination.generated.ids);
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
  return { ...prepared, files: [...files, ...planFiles(destination.directory, [record])] };
}

/**
 * Where the hooks alone were scaffolded, and a cluster's folder comes to them: rules for any layout take files
 * that are encrypted by now. They are only added to, as those of somebody else, and not replaced by the cluster's.
 */
function withRulesKept(destination: Destination, scope: Scope): Destination {
  if (destination.surroundings.scope !== "gate" || scope === "gate") return destination;
  const ids = new Map(destination.generated.ids);
  ids.delete(".sops.yaml");
  return { ...destination, generated: { ...destination.generated, ids } };
}

function refuseOtherCluster(
  { remembered, directory, surroundings }: Destination,
  { cluster }: Answers,
): void {
  const first = remembered.cluster;
  if (surroundings.scope === "gate" || typeof first !== "string" || first === cluster) return;
  const another = commandsAtTop(`npx flux-sops new cluster ${cluster}`, { directory });
  throw new ScaffoldError(
    "usage",
    `${printable(directory)} was scaffolded for cluster ${printable(first)}: leave --cluster out; ${another}, run there, adds a cluster`,
  );
}

/** Its files would be those of an earlier version, beside the tool of a later one. */
function refuseOlderVersion({ remembered, directory }: Destination, version: string): void {
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
