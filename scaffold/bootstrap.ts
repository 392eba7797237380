import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../git/escape.ts";
import { parseRuleFile, ruleFor } from "../sops/creation-rules/creation-rules.ts";
import { findIdentities } from "../sops/age/identities.ts";
import type { KeyPair } from "../sops/age/identity.ts";
import { shellCommand } from "../git/shell-word.ts";
import type { RememberedAnswers } from "./answers/answers.ts";
import { bootstrapCommand } from "./bootstrap-command.ts";
import { ScaffoldError } from "./errors.ts";
import { gitComplaint, gitInFolder, gitLine } from "./git-in-folder.ts";
import { collectAnswers } from "./answers/collect.ts";
import { rememberedKeyFile } from "./commit/commit.ts";
import { probesOf } from "./new/cluster-folders.ts";
import { inspectDestination } from "./destination/destination.ts";

export interface BootstrapRequest {
  /** The top of the repository. */
  readonly directory: string;
  readonly cluster: string;
  /** kubectl's context; null for the current one. */
  readonly context: string | null;
  readonly owner: string | null;
  readonly username: string | null;
  readonly privateKeyFile: string | null;
  /** Further words for `flux bootstrap`. */
  readonly more: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** What is to be run, in this order; nothing is run yet. */
export interface Bootstrap {
  readonly answers: RememberedAnswers;
  /** Makes the namespace: the first command's output goes into the second. */
  readonly namespace: readonly [readonly string[], readonly string[]];
  /** Makes the Secret `sops-age`; the first command reads `identities` from standard input. */
  readonly key: readonly [readonly string[], readonly string[]];
  /** The text of a key file: the private keys of this cluster and no others. */
  readonly identities: string;
  /** Their public keys. */
  readonly recipients: readonly string[];
  /** What else the rules of this cluster encrypt to: no private key of this machine is theirs. */
  readonly absent: readonly string[];
  readonly flux: readonly string[];
  /** The environment variable that flux takes its token from; null where it takes none. */
  readonly tokenVariable: string | null;
}

/**
 * Decides what bootstraps a cluster from this repository: reads only.
 *
 * @throws ScaffoldError, GitError, SopsError
 */
export async function prepareBootstrap(request: BootstrapRequest): Promise<Bootstrap> {
  const { directory, cluster, context, environment } = request;
  const { remembered } = await inspectDestination(directory);
  const recorded = await collectAnswers({}, { provider: "github", ...remembered }, directory, null);
  const answers = { ...recorded, cluster, owner: request.owner ?? recorded.owner };
  const { words, tokenVariable } = bootstrapCommand(answers);
  const flux = words.flatMap((word) => {
    if (word === "--owner=OWNER") {
      throw new ScaffoldError(
        "usage",
        "the owner of the repository is not known: give --owner NAME",
      );
    }
    if (word === "--username=USER") {
      if (request.username !== null) return [`--username=${request.username}`];
      throw new ScaffoldError(
        "usage",
        "flux needs the user of the repository: give --username NAME",
      );
    }
    if (word === "--private-key-file=KEY_FILE") {
      // Without it, flux asks the SSH agent.
      return request.privateKeyFile === null
        ? []
        : [`--private-key-file=${request.privateKeyFile}`];
    }
    return [word];
  });
  const { pairs, absent } = await clusterIdentities(directory, cluster, environment);
  const at = context === null ? [] : [`--context=${context}`];
  const kubectl = (...args: string[]) => ["kubectl", ...at, ...args];
  const apply = kubectl("apply", "--server-side", "-f", "-");
  return {
    answers,
    namespace: [
      kubectl("create", "namespace", "flux-system", "--dry-run=client", "-o", "yaml"),
      apply,
    ],
    key: [
      kubectl(
        ...["-n", "flux-system", "create", "secret", "generic", "sops-age"],
        ...["--from-file=age.agekey=/dev/stdin", "--dry-run=client", "-o", "yaml"],
      ),
      apply,
    ],
    identities: pairs
      .map(({ recipient, identity }) => `# public key: ${recipient}\n${identity}\n`)
      .join(""),
    recipients: pairs.map(({ recipient }) => recipient),
    absent,
    flux: [...flux.filter((word) => !isGiven(word, request.more)), ...at, ...request.more],
    tokenVariable,
  };
}

/** Whether the user says a flag of our own anew: `--personal=false` takes the place of `--personal`. */
function isGiven(word: string, more: readonly string[]): boolean {
  const name = (flag: string) => flag.split("=")[0];
  return word.startsWith("--") && more.some((one) => name(one) === name(word));
}

/**
 * The private keys that a cluster needs: those that its rules encrypt to. A key that other clusters'
 * files are encrypted to as well (a person's own) stays here, as long as another one opens these.
 *
 * @throws ScaffoldError `environment` where this machine has none.
 */
async function clusterIdentities(
  directory: string,
  cluster: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ pairs: KeyPair[]; absent: string[] }> {
  const file = parseRuleFile(readFileSync(join(directory, ".sops.yaml"), "utf8"));
  const own = probesOf(cluster)
    .map((path) => ruleFor(file, path))
    .filter((rule) => rule !== null);
  const wanted = new Set(own.flatMap(({ recipients }) => recipients));
  const others = new Set(
    (file.rules ?? [])
      .filter((rule) => !own.includes(rule) && rule.pathRegex.includes("clusters/"))
      .flatMap(({ recipients }) => recipients),
  );
  const keyFile = await rememberedKeyFile(directory);
  const { pairs } = await findIdentities({ environment, keyFile });
  const held = pairs.filter(({ recipient }) => wanted.has(recipient));
  const alone = held.filter(({ recipient }) => !others.has(recipient));
  if (held.length === 0) {
    throw new ScaffoldError(
      "environment",
      `no private key of cluster ${printable(cluster)} is on this machine: put the one of ${[...wanted].join(" or ") || "its rules"} into sops's keys.txt, or name its file with SOPS_AGE_KEY_FILE`,
    );
  }
  const known = new Set(held.map(({ recipient }) => recipient));
  return {
    pairs: alone.length > 0 ? alone : held,
    absent: [...wanted].filter((recipient) => !known.has(recipient)),
  };
}

/**
 * Makes sure that what Flux will read is on the server: bootstrap clones from there.
 *
 * @throws ScaffoldError `environment` with the command that mends it.
 */
export async function requirePushed(directory: string, branch: string): Promise<void> {
  const local = await gitLine(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    `refs/heads/${branch}`,
  ]);
  if (local === "") {
    throw new ScaffoldError(
      "environment",
      `there is no branch ${printable(branch)} here, which Flux is to follow: commit to it first`,
    );
  }
  const remote =
    (await gitLine(directory, ["config", "--get", `branch.${branch}.remote`])) || "origin";
  const push = shellCommand(["git", "push", "-u", remote, branch]);
  let listed: string;
  try {
    listed = await gitLine(directory, ["ls-remote", remote, `refs/heads/${branch}`]);
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `git cannot ask ${printable(remote)} (${printable(gitComplaint(error))}): make it reachable, then run ${push}`,
    );
  }
  const theirs = /^[0-9a-f]+/.exec(listed)?.[0];
  if (theirs === local) return;
  if (theirs === undefined) {
    throw new ScaffoldError("environment", `branch ${branch} is not on ${remote} yet: run ${push}`);
  }
  const isAncestor = ["merge-base", "--is-ancestor", local, theirs];
  let { status } = await gitInFolder(directory, isAncestor, { allowed: [0, 1, 128] });
  if (status === 128) {
    // Their commit is not here: flux bootstrap pushes some of its own.
    await gitInFolder(directory, ["fetch", "-q", remote, branch], { allowed: [0, 1, 128] });
    ({ status } = await gitInFolder(directory, isAncestor, { allowed: [0, 1, 128] }));
  }
  if (status === 0) return;
  throw new ScaffoldError(
    "environment",
    (await isBehind(directory, theirs, local))
      ? `commits of ${branch} are not on ${remote} yet: run ${push}`
      : `${remote} has commits that are not here: run git pull --rebase, then ${push}`,
  );
}

async function isBehind(directory: string, theirs: string, local: string): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", theirs, local];
  return (await gitInFolder(directory, args, { allowed: [0, 1, 128] })).status === 0;
}

/** Which private keys the cluster gets, for whoever would not want it to have their own. */
export function sentKeys({ recipients }: Bootstrap): string {
  const [first = "", ...more] = recipients;
  if (more.length === 0) return `the private key of ${first}`;
  return `${String(recipients.length)} private keys, all that its rules name and this machine has, those of ${recipients.join(", ")}: where one is your own, the cluster gets that too`;
}

/** The commands as a person would type them, the key left out. */
export function bootstrapLines(bootstrap: Bootstrap): string[] {
  const pipe = (words: readonly (readonly string[])[]) => words.map(shellCommand).join(" | ");
  return [
    pipe(bootstrap.namespace),
    `# standard input: ${sentKeys(bootstrap)}`,
    pipe(bootstrap.key),
    ...(bootstrap.tokenVariable === null
      ? []
      : [`# flux takes its token from ${bootstrap.tokenVariable}`]),
    shellCommand(bootstrap.flux),
  ];
}
