import { Option } from "commander";

/** An option that names one of sops's formats. */
export function typeOption(flags: string, description: string): Option {
  const option = new Option(flags, description);
  option.choices(["yaml", "json", "dotenv", "ini", "binary"]);
  const choose = option.parseArg;
  // As with every option of sops's: an empty value is no option.
  return option.argParser((type, before) => (type === "" ? "" : choose?.(type, before)));
}
