import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import type { Answers } from "../scaffold/answers/answers.ts";
import { carryOut } from "../scaffold/carry-out.ts";
import { closingMessage, previewMessage } from "../scaffold/closing-message.ts";
import { type Ask, collectAnswers } from "../scaffold/answers/collect.ts";
import { committedSecrets, committedSecretsMessage } from "../scaffold/committed-secrets.ts";
import { type Confirm, decideChanges } from "../scaffold/consent.ts";
import { isExplained, printable } from "../scaffold/errors.ts";
import { requireUsableGit } from "../scaffold/git-in-folder.ts";
import { QUESTIONS, type Question, type RawAnswers } from "../scaffold/answers/questions.ts";
import { prepareScaffold } from "../scaffold/scaffold.ts";
import { scopeFor, settledAnswers } from "../scaffold/target/scope.ts";
import { inspectTarget } from "../scaffold/target/target.ts";
import { isBundled, version } from "../scaffold/version.ts";
import { complaintOf } from "./arguments/parse.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** Exit statuses of the contract; 130 is what shells report for Ctrl-C. */
const FINE = 0;
const WRONG_USE = 2;
const BROKEN_ENVIRONMENT = 2;
const INTERRUPTED = 130;

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
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return FINE;
    const problem = printable(complaintOf(error, command).replace(/\.$/, ""));
    return complain(`${problem}; npx flux-sops init --help lists what there is`);
  }
  const { given, switches, folder } = parsed(command);
  try {
    await requireUsableGit();
    const target = await inspectTarget(folder);
    const scope = scopeFor(target, given);
    const prompts = canAsk(switches) ? await terminalPrompts() : null;
    const answers = await collectAnswers(
      given,
      settledAnswers(target, scope),
      target.directory,
      prompts?.ask ?? null,
      target.surroundings.found,
    );
    const planned = await prepareScaffold({
      ...{ target, answers, version, scope },
      force: switches.force,
      tool: bundledTool(),
    });
    if (switches.dryRun) {
      process.stdout.write(previewMessage(planned));
      return FINE;
    }
    const prepared = prompts === null ? planned : await decideChanges(planned, prompts.confirm);
    const done = await carryOut(prepared, {
      install: switches.skipInstall
        ? null
        : { begins: () => process.stdout.write("Running npm install ...\n") },
    });
    process.stdout.write(closingMessage(done));
    process.stdout.write(committedSecretsMessage(await committedSecrets(done)));
    return !done.hooks.on && done.hooks.isBroken === true ? BROKEN_ENVIRONMENT : FINE;
  } catch (error) {
    if (isInterruption(error)) {
      process.stderr.write("flux-sops init: stopped; nothing was written\n");
      return INTERRUPTED;
    }
    if (isExplained(error)) return complain(error.message);
    throw error;
  }
}

function initCommand(): Command {
  const command = new Command("flux-sops init")
    .description(
      "scaffold a Flux repository whose secrets git commit encrypts, or add what is missing to one; answers are remembered",
    )
    .argument("[DIR]", "folder to scaffold into (default: the current folder)")
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(false)
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
  const { confirm, input, select } = await import("./terminal/prompts.ts");
  const ask: Ask = async (question: Question, fallback) => {
    const message = question.message ?? question.flag;
    if (typeof fallback === "boolean") return confirm({ message, default: fallback });
    if (question.choices !== undefined) {
      return select({
        message,
        default: fallback,
        choices: question.choices.map((value) => ({ value, name: value })),
      });
    }
    return input({
      message,
      ...(fallback === "" ? {} : { default: fallback }),
      validate: (answer) => {
        const problem = question.problem(answer);
        return problem === null ? true : `It ${problem}`;
      },
    });
  };
  return {
    ask,
    confirm: (message, diff, fallback) => {
      process.stdout.write(`\n${diff.join("\n")}\n`);
      return confirm({ message, default: fallback });
    },
  };
}

function isInterruption(error: unknown): boolean {
  return error instanceof Error && error.name === "ExitPromptError";
}

/** The tool: beside this very file once it is built, else what `npm run build` made. */
function bundledTool(): string {
  return join(import.meta.dirname, isBundled ? "flux-sops.mjs" : "../dist/flux-sops.mjs");
}

function complain(message: string): number {
  process.stderr.write(`flux-sops init: ${withToolHere(message)}\n`);
  return WRONG_USE;
}
