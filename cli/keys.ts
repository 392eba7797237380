import { printable } from "../git/escape.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** `flux-sops keys list`: what there is about recipients. */
export async function keys([name = "", ...rest]: readonly string[]): Promise<number> {
  if (name === "list") return (await import("./keys-list.ts")).keysList(rest);
  const isHelp = name === "--help" || name === "-h";
  if (!isHelp) {
    complain(
      name === ""
        ? "keys: say what, for instance keys list"
        : `there is no keys ${printable(name)}`,
    );
  }
  (isHelp ? process.stdout : process.stderr).write(HELP);
  return isHelp ? 0 : 2;
}

const HELP = `Usage: flux-sops keys list [options]

say which public keys can read what: by creation rule, and by file

${withToolHere("npx flux-sops keys list --help lists the flags.")}
${examples("npx flux-sops keys list")}
`;
