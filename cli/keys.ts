import { printable } from "../git/escape.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** `flux-sops keys list|new`: who can read what, and a key for somebody who cannot yet. */
export async function keys([name = "", ...rest]: readonly string[]): Promise<number> {
  if (name === "list") return (await import("./keys/list.ts")).keysList(rest);
  if (name === "new") return (await import("./keys/new.ts")).keysNew(rest);
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

const HELP = `Usage: flux-sops keys list|new [options]

say which public keys can read what, by creation rule and by file (list), or make a key (new)

${withToolHere("npx flux-sops keys list --help lists the flags.")}
${examples("npx flux-sops keys list", "npx flux-sops keys new")}
`;
