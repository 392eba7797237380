import { Command, Option } from "commander";
import { printable } from "../git/escape.ts";
import { openRepository } from "../git/repository/open.ts";
import { isExplained, isInterruption, ScaffoldError } from "../scaffold/errors.ts";
import { FILE_GENERATORS } from "../scaffold/new/file-generators.ts";
import {
  COMMON_OPTIONS,
  type FileGenerator,
  nameFor,
  preparedMessage,
  writePrepared,
} from "../scaffold/new/generator.ts";
import { standardInputOnce } from "../scaffold/standard-input.ts";
import { parseWithHint } from "./arguments/parse.ts";
import { OWN_EXIT } from "./exit/codes.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** `flux-sops new KIND NAME [flags]`: adds something to a repository. */
export async function newFiles(argv: readonly string[]): Promise<number> {
  const [kind = "", ...rest] = argv;
  const generator = FILE_GENERATORS.find((one) => one.kind === kind);
  if (generator === undefined) {
    const isHelp = kind === "--help" || kind === "-h";
    if (!isHelp) {
      complain(
        kind === ""
          ? "new: say what, for instance new secret NAME"
          : `there is no new ${printable(kind)}`,
      );
    }
    (isHelp ? process.stdout : process.stderr).write(usage());
    return isHelp ? OWN_EXIT.fine : OWN_EXIT.wrongUse;
  }
  const command = commandOf(generator);
  const refused = parseWithHint(command, rest, (problem) => complain(`new ${kind}: ${problem}`));
  if (refused !== null) return refused;
  try {
    await run(generator, command);
    return OWN_EXIT.fine;
  } catch (error) {
    if (isInterruption(error)) {
      complain(`new ${kind}: stopped; nothing was written`);
      return OWN_EXIT.interrupted;
    }
    if (!isExplained(error)) throw error;
    complain(`new ${kind}: ${error.message}`);
    return OWN_EXIT.wrongUse;
  }
}

async function run(generator: FileGenerator, command: Command): Promise<void> {
  const given = optionsOf(generator, command);
  const { cwd: directory } = await openRepository({ cwd: process.cwd(), env: process.env });
  const canAsk = !given.has("yes") && process.stdin.isTTY && process.stdout.isTTY;
  const prompter = canAsk ? (await import("./terminal/prompts.ts")).prompter : null;
  const name = await nameFor(generator, command.args[0], prompter);
  const prepared = await generator.prepare({
    ...{ name, directory, prompter, options: given },
    readStandardInput: standardInputOnce(complain),
    environment: process.env,
  });
  const isDryRun = given.has("dry-run");
  if (!isDryRun) await writePrepared(prepared);
  process.stdout.write(await preparedMessage(prepared, isDryRun, process.cwd()));
}

function commandOf(generator: FileGenerator): Command {
  const command = new Command(`flux-sops new ${generator.kind}`)
    .description(`make ${generator.description}`)
    .argument("[NAME]", generator.nameMessage)
    .allowExcessArguments(false)
    .addHelpText("after", examples(...generator.examples.map((line) => `npx flux-sops ${line}`)));
  for (const { flag, value, repeatable, description } of [
    ...generator.options,
    ...COMMON_OPTIONS,
  ]) {
    const option = new Option(
      value === undefined ? `--${flag}` : `--${flag} <${value}>`,
      `${description}${repeatable === true ? "; may be repeated" : ""}`,
    );
    if (value !== undefined) {
      option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
    }
    command.addOption(option);
  }
  return command;
}

function optionsOf(
  generator: FileGenerator,
  command: Command,
): Map<string, readonly string[] | true> {
  const given = new Map<string, readonly string[] | true>();
  const options = command.opts<Record<string, readonly string[] | true | undefined>>();
  for (const { flag } of [...generator.options, ...COMMON_OPTIONS]) {
    const value = options[flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (value === undefined) continue;
    if (value !== true && value.at(-1) === "") {
      throw new ScaffoldError("usage", `--${flag} is empty: give a value or leave it out`);
    }
    given.set(flag, value);
  }
  return given;
}

function usage(): string {
  const lines = FILE_GENERATORS.map(
    ({ kind, description }) => `  flux-sops new ${`${kind} NAME`.padEnd(14)} ${description}`,
  );
  const shown = FILE_GENERATORS.flatMap((generator) => generator.examples.slice(0, 1));
  const more = withToolHere("npx flux-sops new KIND --help lists the flags.");
  return `Usage:\n${lines.join("\n")}\n\n${more}\n${examples(...shown.map((line) => `npx flux-sops ${line}`))}\n`;
}
