import type { Option } from "commander";

/** What Go takes for a flag: one dash is as good as two, and a value may follow an equals sign. */
const FLAG = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s;

/**
 * Flags in Go's spellings, which sops takes, in those of commander: `-output-type json`,
 * `--in-place=true`. Whatever is no flag of the command stays, for commander to judge.
 */
export function asCommanderReads(argv: readonly string[], options: readonly Option[]): string[] {
  const read: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (argument === "--") return [...read, ...argv.slice(at)];
    const [, name = "", value] = FLAG.exec(argument) ?? [];
    const option = options.find(({ long, short }) => long === `--${name}` || short === `-${name}`);
    const flag = option?.long ?? option?.short ?? argument;
    if (option === undefined) read.push(argument);
    else if (!option.required) read.push(...switched(flag, value, argument));
    else if (value !== undefined) read.push(flag, value);
    else read.push(flag, ...argv.slice((at += 1), at + 1));
  }
  return read;
}

/** A flag that is on or off. */
function switched(flag: string, value: string | undefined, argument: string): string[] {
  if (value === undefined || /^(1|t|true)$/i.test(value)) return [flag];
  return /^(0|f|false)$/i.test(value) ? [] : [argument];
}
