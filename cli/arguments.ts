import { CommanderError, type Command } from "commander";
import { complain } from "./complain.ts";
import { SOPS_EXIT } from "./exit-codes.ts";
import { REFUSED_OPTIONS } from "./refused-options.ts";

/**
 * Parses the arguments of a command that stands in for one of sops's.
 *
 * @returns null when they are fine, else the exit status, with the complaint printed.
 */
export function parseArguments(command: Command, argv: readonly string[]): number | null {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    command.parse(argv, { from: "user" });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    complain(refusal(error) ?? error.message.replace(/^error: /, ""));
    return /^commander\.(missing|excess)Arguments?$/.test(error.code)
      ? SOPS_EXIT.noFileSpecified
      : error.exitCode;
  }
}

/** Why an option of sops's is not taken; null where it is no such. */
function refusal({ code, message }: CommanderError): string | null {
  const name = /'(--?[\w-]+)/.exec(message)?.[1] ?? "";
  return code === "commander.unknownOption" && Object.hasOwn(REFUSED_OPTIONS, name)
    ? `${name} is not taken here: ${REFUSED_OPTIONS[name] ?? ""}`
    : null;
}
