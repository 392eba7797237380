import { join } from "node:path";
import { Command, Option } from "commander";
import type { Answers } from "../scaffold/answers/answers.ts";
import { carryOut } from "../scaffold/carry-out.ts";
import { closingMessage } from "../scaffold/message/closing.ts";
import { previewMessage } from "../scaffold/message/preview.ts";
import { type Ask, collectAnswers } from "../scaffold/answers/collect.ts";
import { committedSecrets, committedSecretsMessage } from "../scaffold/committed-secrets.ts";
import { type Confirm, decideChanges } from "../scaffold/consent.ts";
import { isExplained, isInterruption } from "../scaffold/errors.ts";
import { requireUsableGit } from "../scaffold/git-in-folder.ts";
import { QUESTIONS, type Question, type RawAnswers } from "../scaffold/answers/questions.ts";
import { prepareScaffold } from "../scaffold/scaffold.ts";
import { scopeFor, settledAnswers } from "../scaffold/destination/scope.ts";
import { inspectDestination } from "../scaffold/destination/destination.ts";
import { isBundled, version } from "../scaffold/version.ts";
import { parseWithHint } from "./arguments/parse.ts";
import { OWN_EXIT } from "./exit/codes.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

interface Switches {
  readonly skipInstall: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly yes: boolean;
}

/**
 * `flux-sops init [DIR] [flags]`: scaffolds a repository, or adds to one.
 *
 * @param argv the arguments after `init`.
 * @returns the exit status.
 */
export async function init(argv: readonly string[]): Promise<number> {
  const command = initCommand();
  const refused = parseWithHint(command, argv, complain);
  if (refused !== null) return refused;
  const { given, switches, folder } = parsed(command);
  try {
    await requireUsableGit();
    const destination = await inspectDestination(folder);
    const scope = scopeFor(destination, given);
    const prompts = canAsk(switches) ? await terminalPrompts() : null;
    const answers = await collectAnswers(
      given,
      settledAnswers(destination, scope),
      destination.directory,
      prompts?.ask ?? null,
      destination.surroundings.found,
    );
    const planned = await prepareScaffold({
      ...{ destination, answers, version, scope },
      force: switches.force,
      tool: bundledTool(),
    });
    if (switches.dryRun) {
      process.stdout.write(previewMessage(planned));
      return OWN_EXIT.fine;
    }
    const prepared = prompts === null ? planned : await decideChanges(planned, prompts.confirm);
    const done = await carryOut(prepared, {
      install: switches.skipInstall
        ? null
        : { begins: () => process.stdout.write("Running npm install ...\n") },
    });
    process.stdout.write(closingMessage(done));
    process.stdout.write(committedSecretsMessage(await committedSecrets(done)));
    return !done.hooks.on && done.hooks.isBroken === true
      ? OWN_EXIT.brokenEnvironment
      : OWN_EXIT.fine;
  } catch (error) {
    if (isInterruption(error)) {
      complain("stopped; nothing was written");
      return OWN_EXIT.interrupted;
    }
    if (!isExplained(error)) throw error;
    complain(error.message);
    return OWN_EXIT.wrongUse;
  }
}

function initCommand(): Command {
  const command = new Command("flux-sops init")
    .description(
      "scaffold a Flux repository whose secrets git commit encrypts, or add what is missing to one; answers are remembered",
    )
    .argument("[DIR]", "folder to scaffold into (default: the current folder)")
    .allowExcessArguments(false);
  for (const question of QUESTIONS) {
    const value = question.value === undefined ? "" : ` <${question.value}>`;
    command.addOption(new Option(`--${question.flag}${value}`, question.description));
  }
  return command
    .option("--skip-install", "do not run npm install")
    .option("--dry-run", "say what would be written, and write nothing")
    .option("--force", "replace files that differ, and what you changed in them")
    .option("--yes", "ask nothing: flags and defaults only")
    .addOption(new Option("--default-dir <DIR>").hideHelp())
    .addHelpText(
      "after",
      examples(
        "npx -p generator-flux-sops flux-sops init my-cluster --owner me --example",
        "npx -p generator-flux-sops flux-sops init --dry-run",
        "npx -p generator-flux-sops flux-sops init --provider git --url ssh://git@git.example.org/me/flux.git",
      ),
    );
}

function parsed(command: Command): { given: RawAnswers; switches: Switches; folder: string } {
  const options = command.opts<Record<string, string | boolean | undefined>>();
  const given: Partial<Record<keyof Answers, string | boolean>> = {};
  for (const { name } of QUESTIONS) {
    const answer = options[name];
    if (answer !== undefined) given[name] = answer;
  }
  const switches = {
    skipInstall: options["skipInstall"] === true,
    dryRun: options["dryRun"] === true,
    force: options["force"] === true,
    yes: options["yes"] === true,
  };
  const fallback = options["defaultDir"];
  return {
    given,
    switches,
    folder: command.args[0] ?? (typeof fallback === "string" ? fallback : "."),
  };
}

function canAsk({ yes }: Switches): boolean {
  return !yes && process.stdin.isTTY && process.stdout.isTTY;
}

/** Loaded only when somebody is there to be asked. */
async function terminalPrompts(): Promise<{ readonly ask: Ask; readonly confirm: Confirm }> {
  const { confirm, prompter } = await import("./terminal/prompts.ts");
  const ask: Ask = async (question: Question, fallback) => {
    const message = question.message ?? question.flag;
    if (typeof fallback === "boolean") return confirm({ message, default: fallback });
    return question.choices === undefined
      ? prompter.input(message, fallback, question.problem)
      : prompter.select(message, question.choices, fallback);
  };
  return {
    ask,
    confirm: (message, diff, fallback) => {
      process.stdout.write(`\n${diff.join("\n")}\n`);
      return confirm({ message, default: fallback });
    },
  };
}

/** The tool: beside this very file once it is built, else what `npm run build` made. */
function bundledTool(): string {
  return join(import.meta.dirname, isBundled ? "flux-sops.mjs" : "../dist/flux-sops.mjs");
}

function complain(message: string): void {
  process.stderr.write(`flux-sops init: ${withToolHere(message)}\n`);
}
