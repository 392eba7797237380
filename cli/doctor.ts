import { Command } from "commander";
import { GitError } from "../git/errors.ts";
import { openRepository, type OpenedRepository } from "../git/repository/open.ts";
import { withToolCommand } from "../git/tool-command.ts";
import { localIdentities } from "../hooks/local-identities.ts";
import { unstagedRuleFiles } from "../hooks/rules/unstaged-rules.ts";
import { chosenCluster, clusterFolders } from "../scaffold/new/cluster-folders.ts";
import { isExplained } from "../scaffold/errors.ts";
import { parseArguments } from "./arguments/parse.ts";
import { complain } from "./terminal/complain.ts";
import { diagnoseAbsentGate } from "./doctor/absent-gate.ts";
import { diagnoseBranches } from "./doctor/branches.ts";
import { diagnoseCluster } from "./doctor/cluster.ts";
import { note, type Diagnosis } from "./doctor/diagnosis.ts";
import { readEncryption } from "./doctor/encrypted-files.ts";
import { diagnoseGit } from "./doctor/git.ts";
import { diagnoseHooks } from "./doctor/hooks.ts";
import { diagnoseGitButler } from "./doctor/gitbutler.ts";
import { diagnoseInterrupted } from "./doctor/interrupted.ts";
import { diagnoseIdentities, diagnoseKeyFiles } from "./doctor/keys.ts";
import { diagnoseJujutsu } from "./doctor/jujutsu.ts";
import { kubectlIn } from "./cluster/kubectl.ts";
import { diagnoseLeftPlaintext } from "./doctor/left-plaintext.ts";
import { diagnoseNode } from "./doctor/node-for-hooks.ts";
import { diagnoseRules } from "./doctor/rules.ts";
import { diagnoseSparseCheckout } from "./doctor/sparse-checkout.ts";
import { diagnoseTool } from "./doctor/tool.ts";
import { examples } from "./arguments/examples.ts";

/** `flux-sops doctor [--fix] [--cluster [NAME]]`: what is wrong with this clone, each with its fix. */
export async function doctor(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops doctor")
    .description("say what is wrong with this clone, each with its fix")
    .option(
      "--fix",
      "turn the hooks on where they are off, take key files from other users, and tidy up after a killed commit",
    )
    .option(
      "--cluster [NAME]",
      "ask the cluster too, with kubectl: its key, what Flux could not decrypt, ciphertext it applied",
    )
    .option("--context <NAME>", "kubectl's context (default: the current one)")
    .addHelpText(
      "after",
      examples(
        "npx flux-sops doctor",
        "npx flux-sops doctor --fix",
        "npx flux-sops doctor --cluster homelab",
      ),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const options = command.opts<{ fix?: true; cluster?: string | true; context?: string }>();
  try {
    const repository = await openRepository({ cwd: process.cwd(), env: process.env });
    const found = await examine(repository, options);
    for (const { state, what, remedy } of found) {
      const lines = remedy === null ? [] : withToolCommand(remedy, repository).split("\n");
      process.stdout.write(
        [`${state.padEnd(7)} ${what}`, ...lines.map((line) => `        ${line}`), ""].join("\n"),
      );
    }
    return found.some(({ state }) => state === "wrong") ? 1 : 0;
  } catch (error) {
    if (!isExplained(error)) throw error;
    complain(error instanceof GitError ? error.message : `doctor: ${error.message}`);
    return 2;
  }
}

async function examine(
  repository: OpenedRepository,
  options: { fix?: true; cluster?: string | true; context?: string },
): Promise<Diagnosis[]> {
  const { cwd: directory } = repository;
  const fix = options.fix === true;
  const encryption = await readEncryption(repository);
  const { rules, files } = encryption;
  const noHooks = [
    ...(await diagnoseSparseCheckout(repository)),
    ...(await diagnoseAbsentGate(repository)),
  ];
  const found = [
    ...(await diagnoseGit(repository)),
    ...(noHooks.length > 0
      ? noHooks
      : [...(await diagnoseTool(repository)), ...(await diagnoseHooks(repository, fix))]),
    ...diagnoseJujutsu(directory),
    ...diagnoseGitButler(repository.commonDir),
    ...(await diagnoseBranches(repository)),
    ...(await diagnoseNode(directory)),
    ...diagnoseRules(encryption, repository),
    ...(encryption.unstagedRules === null ? await unstagedOnDisk(repository) : []),
    ...(await diagnoseIdentities(await localIdentities(repository), rules, files, repository)),
    ...(await diagnoseKeyFiles(repository, fix)),
    ...(await diagnoseInterrupted(repository, fix)),
    ...(await diagnoseLeftPlaintext(repository)),
  ];
  if (options.cluster === undefined) return found;
  const cluster = await clusterMeant(directory, options.cluster);
  const kubectl = kubectlIn(options.context ?? null);
  return [...found, ...(await diagnoseCluster(encryption, cluster, kubectl, repository.prefix))];
}

/** Somebody who has just edited the rules takes what is said of them for what they say now. */
async function unstagedOnDisk(repository: OpenedRepository): Promise<Diagnosis[]> {
  return (await unstagedRuleFiles(repository)).map(({ what, command }) => note(what, command));
}

/** Null in a repository without clusters/NAME, where all rules are for the one cluster. */
async function clusterMeant(directory: string, given: string | true): Promise<string | null> {
  if (given === true && clusterFolders(directory).length === 0) return null;
  const options = new Map(given === true ? [] : [["cluster", [given]]]);
  return chosenCluster({ directory, options, prompter: null }, "leave the name out");
}
