import { CommanderError, Option, type Command } from "commander";
import { complain } from "../terminal/complain.ts";
import { SOPS_EXIT } from "../exit/codes.ts";
import { asCommanderReads } from "./go-flags.ts";
import { REFUSED_OPTIONS } from "./refused-options.ts";

/**
 * Parses the arguments of a command.
 *
 * @param argumentsExit the status where there are too few arguments, or too many.
 * @returns null when they are fine, else the exit status, with the complaint printed.
 */
export function parseArguments(
  command: Command,
  argv: readonly string[],
  argumentsExit: number = SOPS_EXIT.noFileSpecified,
): number | null {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse(argv, { from: "user" });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    complain(refusal(error) ?? complaintOf(error, command));
    return /^commander\.(missing|excess)Arguments?$/.test(error.code)
      ? argumentsExit
      : error.exitCode;
  }
}

/**
 * {@link parseArguments} for a command that stands in for one of sops's: flags as Go takes them, and an
 * option with nothing as its value is as good as none, as in `--output "$FILE"`.
 */
export function parseAsSops(
  command: Command,
  argv: readonly string[],
  argumentsExit?: number,
): number | null {
  command.addOption(new Option("--verbose", "there is nothing more to say").hideHelp());
  const refused = parseArguments(command, asCommanderReads(argv, command), argumentsExit);
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValue(name) === "") command.setOptionValue(name, option.defaultValue);
  }
  return refused;
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
export function complaintOf({ message }: CommanderError, command: Command): string {
  const [, flag] = /^error: unknown option '([^=']*)=/.exec(message) ?? [];
  if (flag === undefined) return message.replace(/^error: /, "");
  return command.options.some(({ long, short }) => [long, short].includes(flag))
    ? `${flag} takes no value`
    : `unknown option '${flag}'`;
}
