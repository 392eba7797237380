import { CommanderError, Option, type Command } from "commander";
import { printable } from "../../git/escape.ts";
import { complain } from "../terminal/complain.ts";
import { OWN_EXIT, SOPS_EXIT } from "../exit/codes.ts";
import { asCommanderReads } from "./go-flags.ts";
import { REFUSED_OPTIONS } from "./refused-options.ts";

/**
 * Parses the arguments of a command.
 *
 * @returns null when they are fine, else the exit status, with the complaint printed.
 */
export function parseArguments(command: Command, argv: readonly string[]): number | null {
  const error = refused(command, argv);
  if (error === null) return null;
  return error.exitCode === 0 ? OWN_EXIT.fine : OWN_EXIT.wrongUse;
}

/**
 * {@link parseArguments} for a command with so many flags that its complaints say where they are listed. An option of
 * sops's is one that it does not know: `--user` or `-p` mean something else where a Secret or a Service is made.
 *
 * @param say prints a complaint
 */
export function parseWithHint(
  command: Command,
  argv: readonly string[],
  say: (complaint: string) => void,
): number | null {
  const error = refused(command.showSuggestionAfterError(false), argv, (problem) => {
    const words = printable(complaintOf(problem, command).replace(/\.$/, ""));
    say(`${words}; npx ${command.name()} --help lists what there is`);
  });
  if (error === null) return null;
  return error.exitCode === 0 ? OWN_EXIT.fine : OWN_EXIT.wrongUse;
}

/**
 * {@link parseArguments} for a command that stands in for one of sops's: flags as Go takes them, and an
 * option with an empty value counts as not given, as in `--output "$FILE"`.
 *
 * @param argumentsExit the status where there are too few arguments, or too many.
 */
export function parseAsSops(
  command: Command,
  argv: readonly string[],
  argumentsExit: number = SOPS_EXIT.noFileSpecified,
): number | null {
  command.addOption(new Option("--verbose", "there is nothing more to say").hideHelp());
  const error = refused(command, asCommanderReads(argv, command));
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValue(name) === "") command.setOptionValue(name, option.defaultValue);
  }
  if (error === null) return null;
  return /^commander\.(missing|excess)Arguments?$/.test(error.code)
    ? argumentsExit
    : error.exitCode;
}

/**
 * Why arguments are not taken; `exitCode` is 0 where help was asked for.
 *
 * @param say tells of it, where none was
 */
function refused(
  command: Command,
  argv: readonly string[],
  say = (error: CommanderError) => {
    complain(refusal(error) ?? complaintOf(error, command));
  },
): CommanderError | null {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse(argv, { from: "user" });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) say(error);
    return error;
  }
}

/** Why an option of sops's is not taken; null where it is no such. */
function refusal({ code, message }: CommanderError): string | null {
  const name = /'(--?[\w-]+)/.exec(message)?.[1] ?? "";
  return code === "commander.unknownOption" && Object.hasOwn(REFUSED_OPTIONS, name)
    ? `${name} is not taken here: ${REFUSED_OPTIONS[name] ?? ""}`
    : null;
}

/**
 * What is wrong with arguments. What stands behind an equals sign is not repeated: `--value-stdin='"hunter2"'` has a
 * value there.
 */
function complaintOf({ message }: CommanderError, command: Command): string {
  const [, flag] = /^error: unknown option '([^=']*)=/.exec(message) ?? [];
  if (flag === undefined) return message.replace(/^error: /, "");
  return command.options.some(({ long, short }) => [long, short].includes(flag))
    ? `${flag} takes no value`
    : `unknown option '${flag}'`;
}
