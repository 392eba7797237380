import type { Command, Option } from "commander";

/** What Go takes for a flag: one dash is as good as two, and a value may follow an equals sign. */
const FLAG = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s;

/**
 * Arguments as sops takes them, for commander: flags in Go's spellings (`-output-type json`,
 * `--in-place=true`), and behind the first argument that is no flag whatever begins with a dash without being
 * one. That may be a value, which an error must not repeat; where any number of files may be named it
 * is a mistyped flag, for commander to name.
 */
export function asCommanderReads(argv: readonly string[], command: Command): string[] {
  const takesAnyNumber = command.registeredArguments.some(({ variadic }) => variadic);
  const flags: string[] = [];
  const others: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--") {
      others.push(...argv.slice(at + 1));
      break;
    }
    const [, name = "", value] = FLAG.exec(argument) ?? [];
    const option = optionOf(command.options, name);
    if (option !== undefined) {
      const flag = option.long ?? option.short ?? argument;
      if (!option.required) flags.push(...switched(flag, value));
      else if (value !== undefined) flags.push(flag, value);
      else if (at + 1 < argv.length) flags.push(flag, argv[(at += 1)] ?? "");
      // The value of this flag is missing: the `--` put before the files would be taken for it.
      else return [...flags, flag];
    } else if (isDashed(argument) && (takesAnyNumber || others.length === 0)) {
      flags.push(argument);
    } else {
      others.push(argument);
    }
  }
  return others.length === 0 ? flags : [...flags, "--", ...others];
}

const isDashed = (argument: string): boolean => argument.length > 1 && argument.startsWith("-");

function optionOf(options: readonly Option[], name: string): Option | undefined {
  return options.find(({ long, short }) => long === `--${name}` || short === `-${name}`);
}

/** A flag that is on or off. */
function switched(flag: string, value: string | undefined): string[] {
  if (value === undefined || /^(1|t|true)$/i.test(value)) return [flag];
  return /^(0|f|false)$/i.test(value) ? [] : [`${flag}=${value}`];
}
