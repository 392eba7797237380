import { Command } from "commander";
import { parseRecipient } from "../../sops/age/recipient.ts";
import { SopsError } from "../../sops/errors.ts";
import { examples } from "../arguments/examples.ts";
import { parseArguments } from "../arguments/parse.ts";
import { identitiesHere } from "../file/data-key.ts";
import { complain } from "../terminal/complain.ts";
import { changeKey } from "./change.ts";
import { placeOf, type RuleOnDisk } from "./on-disk.ts";
import { KeysRefusal } from "./refusal.ts";

/** `flux-sops keys remove KEY`: takes a key out of all rules, and gives the files that it opened a new data key. */
export async function keysRemove(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops keys remove")
    .description(
      "take a public key out of all creation rules and files: what is new it cannot read, and what it could read stays in the history",
    )
    .argument("<key>", "the public key, age1…, as keys list prints it")
    .addHelpText("after", examples("npx flux-sops keys remove age1…theirs…"));
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const [key = ""] = command.args;
  try {
    parseRecipient(key);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    complain(`keys remove: ${error.message}`);
    return 2;
  }
  const status = await changeKey("remove", key, ({ rules }) => rulesNaming(rules, key));
  if (status === 0) {
    complain("whoever has the key can read what git's history holds: change those passwords");
    const { pairs } = await identitiesHere();
    if (pairs.some(({ recipient }) => recipient === key)) {
      complain(
        "its private half is on this machine: if no other is, nothing here can be read now; if it is a cluster's, give that another one (npx flux-sops bootstrap) before you push",
      );
    }
  }
  return status;
}

/** @throws KeysRefusal where nobody would be left who can read what a rule encrypts. */
function rulesNaming(rules: readonly RuleOnDisk[], key: string): RuleOnDisk[] {
  const naming = rules.filter(({ rule }) => rule.recipients.includes(key));
  const alone = naming.filter(({ rule }) => rule.recipients.length + rule.foreign.length === 1);
  if (alone.length === 0) return naming;
  const places = alone.map(placeOf);
  throw new KeysRefusal([
    `${places.join(", ")}: no other key could read what this encrypts; let another one in first: npx flux-sops keys add`,
  ]);
}
