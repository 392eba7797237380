import { printable } from "../git/escape.ts";
import { complain } from "./terminal/complain.ts";
import { examples } from "./arguments/examples.ts";
import { withToolHere } from "./terminal/tool-here.ts";

/** `flux-sops keys list|new|add|remove`: who can read what, and who is to. */
export async function keys([name = "", ...rest]: readonly string[]): Promise<number> {
  if (name === "list") return (await import("./keys/list.ts")).keysList(rest);
  if (name === "new") return (await import("./keys/new.ts")).keysNew(rest);
  if (name === "add") return (await import("./keys/add.ts")).keysAdd(rest);
  if (name === "remove") return (await import("./keys/remove.ts")).keysRemove(rest);
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

const HELP = `Usage: flux-sops keys list|new|add|remove [options]

say which public keys can read what, by creation rule and by file (list), make a key (new), let a public key
read what there is (add), or no longer what is new (remove)

${withToolHere("npx flux-sops keys list --help lists the flags.")}
${examples("npx flux-sops keys list", "npx flux-sops keys new", "npx flux-sops keys add age1…", "npx flux-sops keys remove age1…")}
`;
