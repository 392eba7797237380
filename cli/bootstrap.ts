import { spawn, spawnSync } from "node:child_process";
import { Command } from "commander";
import { printable } from "../git/escape.ts";
import { openRepository } from "../git/repository/open.ts";
import {
  type Bootstrap,
  bootstrapLines,
  prepareBootstrap,
  requirePushed,
  sentKeys,
} from "../scaffold/bootstrap.ts";
import { chosenCluster } from "../scaffold/new/cluster-folders.ts";
import { isExplained, isInterruption, ScaffoldError } from "../scaffold/errors.ts";
import { parseArguments } from "./arguments/parse.ts";
import { OWN_EXIT } from "./exit/codes.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { userKeyFile } from "../sops/age/key-locations.ts";
import { isNotFound, type Kubectl, kubectlIn } from "./cluster/kubectl.ts";
import { GIVE_KEY, heldKeys, SOPS_AGE } from "./cluster/sops-age.ts";
import { withoutKeys } from "./cluster/without-keys.ts";

const INSTALL: Readonly<Record<string, string>> = {
  kubectl: "https://kubernetes.io/docs/tasks/tools/",
  flux: "https://fluxcd.io/flux/installation/",
};

/** `flux-sops bootstrap [--dry-run] [flags] [-- FLUX FLAGS]` */
export async function bootstrap(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops bootstrap")
    .description("give the cluster its key and bootstrap Flux; may be repeated")
    .argument("[FLAGS...]", "after --: further flags for flux bootstrap")
    .option("--cluster <NAME>", "the cluster, where there are several")
    .option("--context <NAME>", "kubectl's context; needed where nobody can be asked")
    .option("--owner <NAME>", "owner of the repository, where init was not told")
    .option("--username <NAME>", "user at the git server, for HTTPS")
    .option("--private-key-file <FILE>", "SSH key, for ssh:// (default: the agent)")
    .option("--dry-run", "print the commands, the key left out, and run nothing")
    .option("--yes", "take the current context without asking")
    .addHelpText(
      "after",
      examples(
        "npx flux-sops bootstrap --dry-run",
        "npx flux-sops bootstrap --context admin@homelab",
        "npx flux-sops bootstrap -- --token-auth",
      ),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  try {
    return await run(command);
  } catch (error) {
    if (isInterruption(error)) {
      complain("bootstrap: stopped; nothing was done");
      return OWN_EXIT.interrupted;
    }
    if (!isExplained(error)) throw error;
    complain(`bootstrap: ${error.message}`);
    return 2;
  }
}

async function run(command: Command): Promise<number> {
  const options = command.opts<Record<string, string | boolean | undefined>>();
  const text = (name: string) => {
    const value = options[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const { cwd: directory } = await openRepository({ cwd: process.cwd(), env: process.env });
  const isDryRun = options["dryRun"] === true;
  const canAsk = options["yes"] !== true && process.stdin.isTTY && process.stdout.isTTY;
  const cluster = text("cluster");
  if (!isDryRun) {
    requireProgram("kubectl");
    requireProgram("flux");
  }
  // The context that the user was asked about is named to each command: by then another may be the
  // current one.
  const context = text("context") ?? (isDryRun ? null : currentContext());
  const prepared = await prepareBootstrap({
    directory,
    cluster: await chosenCluster(
      {
        directory,
        options: new Map(cluster === null ? [] : [["cluster", [cluster]]]),
        prompter: null,
      },
      `Flux needs the key alone: ${GIVE_KEY}`,
    ),
    ...{ context, owner: text("owner"), username: text("username") },
    ...{ privateKeyFile: text("privateKeyFile"), more: command.args, environment: process.env },
  });
  if (isDryRun || context === null) {
    process.stdout.write(`${bootstrapLines(prepared).join("\n")}\n`);
    return 0;
  }
  if (text("context") === null && options["yes"] !== true) {
    if (!canAsk) {
      throw new ScaffoldError(
        "usage",
        `say which cluster is meant: --context ${printable(context)}, or --yes for the current one`,
      );
    }
    const { confirm } = await import("./terminal/prompts.ts");
    const message = `Bootstrap ${prepared.answers.cluster} in the context ${printable(context)}? It gets ${sentKeys(prepared)}.`;
    if (!(await confirm({ message, default: false }))) return OWN_EXIT.interrupted;
  }
  await requirePushed(directory, prepared.answers.branch);
  const token = await tokenFor(prepared, canAsk);
  await refuseToReplaceKeys(prepared, kubectlIn(context));
  process.stdout.write(`Namespace flux-system in ${printable(context)} ...\n`);
  await pipe(prepared.namespace, "");
  process.stdout.write(`Secret sops-age: ${sentKeys(prepared)} ...\n`);
  await pipe(prepared.key, prepared.identities);
  const [flux = "flux", ...words] = prepared.flux;
  const { status } = spawnSync(flux, words, {
    cwd: directory,
    stdio: "inherit",
    env: { ...withoutKeys(), ...token },
  });
  if (status !== 0) {
    complain("bootstrap: flux bootstrap failed, see above; mend that and run this again");
    return 2;
  }
  process.stdout.write(
    "Flux is bootstrapped. It has pushed commits of its own:\n  git pull --rebase\n  flux check\n  flux get kustomizations\n",
  );
  return 0;
}

/**
 * The Secret is replaced as a whole. A key in it that files are still encrypted to, and that this
 * machine does not have, may be the last copy. Somebody with another key is a colleague, or sits at
 * another machine.
 *
 * @throws ScaffoldError `environment`
 */
async function refuseToReplaceKeys({ absent }: Bootstrap, kubectl: Kubectl): Promise<void> {
  if (absent.length === 0) return;
  const { namespace, name } = SOPS_AGE;
  const got = kubectl(["-n", namespace, "get", "secret", name, "-o", "json"]);
  if (got.kind === "failed" && !isNotFound(got)) {
    throw new ScaffoldError(
      "environment",
      `kubectl cannot read ${name} (${printable(got.complaint)}), which may have the last copy of a private key that .sops.yaml names and this machine does not have (${absent.join(", ")}): mend that and run this again`,
    );
  }
  if (got.kind !== "got") return;
  const { recipients } = await heldKeys(got.data);
  const lost = absent.filter((recipient) => recipients.has(recipient));
  if (lost.length === 0) return;
  throw new ScaffoldError(
    "environment",
    `the cluster has the private key of ${lost.join(", ")} in ${name}, which .sops.yaml names and this machine does not have: it would be replaced, and may be the last copy. Put it into ${printable(userKeyFile(process.env))} first (kubectl -n ${namespace} get secret ${name} -o yaml shows it in Base64), or run this where it is`,
  );
}

function requireProgram(name: string): void {
  const { error } = spawnSync(name, ["version", "--client"], {
    stdio: "ignore",
    env: withoutKeys(),
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    throw new ScaffoldError(
      "environment",
      `${name} is not on PATH: install it (${INSTALL[name] ?? ""}) and run this again`,
    );
  }
}

function currentContext(): string {
  const { status, stdout } = spawnSync("kubectl", ["config", "current-context"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: withoutKeys(),
  });
  const context = stdout.trim();
  if (status === 0 && context !== "") return context;
  throw new ScaffoldError(
    "environment",
    "kubectl has no current context: set one with kubectl config use-context NAME, or give --context",
  );
}

/** From the environment, else from a person, to whom it is not shown. */
async function tokenFor(
  { tokenVariable }: Bootstrap,
  canAsk: boolean,
): Promise<Record<string, string>> {
  if (tokenVariable === null || (process.env[tokenVariable] ?? "") !== "") return {};
  if (!canAsk) {
    throw new ScaffoldError(
      "usage",
      `flux needs a token: put it into ${tokenVariable}, and export that`,
    );
  }
  const { password } = await import("./terminal/prompts.ts");
  const message = `Token or password for ${tokenVariable} (not shown)`;
  return { [tokenVariable]: await password({ message }) };
}

/**
 * Runs `first | second`, with a text as the first one's standard input.
 *
 * @throws ScaffoldError `environment` where one of them fails; both print their own complaints.
 */
async function pipe(
  [first, second]: readonly [readonly string[], readonly string[]],
  input: string,
): Promise<void> {
  // Node gives a child a socket, which cannot be opened as /dev/stdin: cat makes a pipe of it.
  const producer = spawn("sh", ["-c", 'cat | "$@"', "sh", ...first], {
    stdio: ["pipe", "pipe", "inherit"],
    env: withoutKeys(),
  });
  const [program = "", ...words] = second;
  const consumer = spawn(program, words, {
    stdio: ["pipe", "inherit", "inherit"],
    env: withoutKeys(),
  });
  producer.stdin.on("error", () => undefined);
  consumer.stdin.on("error", () => undefined);
  const ended = [producer, consumer].map(
    async (child) =>
      new Promise<number>((resolve) => {
        child.on("error", () => resolve(1));
        child.on("close", (status) => resolve(status ?? 1));
      }),
  );
  producer.stdout.pipe(consumer.stdin);
  producer.stdin.end(input);
  const [made, applied] = await Promise.all(ended);
  const failed = made !== 0 ? first : applied !== 0 ? second : null;
  if (failed !== null) {
    throw new ScaffoldError(
      "environment",
      `kubectl failed, see above (${failed.join(" ")}): mend that and run this again`,
    );
  }
}
