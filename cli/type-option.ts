import { Option } from "commander";

/** An option that names one of sops's formats. */
export function typeOption(flags: string, description: string): Option {
  return new Option(flags, description).choices(["yaml", "json", "dotenv", "ini", "binary"]);
}
