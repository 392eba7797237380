import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "../../git/escape.ts";
import { shellCommand, shellText } from "../../git/shell-word.ts";
import { rememberedKeyFile } from "../../scaffold/commit/commit.ts";
import { isExplained } from "../../scaffold/errors.ts";
import { gitComplaint, topOfRepository } from "../../scaffold/git-in-folder.ts";
import { planIdentity } from "../../scaffold/recipients/identity.ts";
import { writeIdentity } from "../../scaffold/recipients/write-identity.ts";
import { KEY_FILE_SETTING, keyFiles } from "../../sops/age/key-locations.ts";
import { examples } from "../arguments/examples.ts";
import { parseArguments } from "../arguments/parse.ts";
import { complain } from "../terminal/complain.ts";

/**
 * `flux-sops keys new [--age-key-file FILE]`: makes an age key, for a person or in the place of an old one. The
 * private half goes where the keys of this clone are; on standard output is the public half and nothing else.
 */
export async function keysNew(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops keys new")
    .description(
      "make an age key: the private half is added to the key file, the public half is printed",
    )
    .option("--age-key-file <file>", "the key file (default: this clone's, or else sops's own)")
    .addHelpText(
      "after",
      examples("npx flux-sops keys new", "npx flux-sops keys new --age-key-file ~/keys/lab.txt"),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const { ageKeyFile = "" } = command.opts<{ ageKeyFile?: string }>();
  try {
    const directory = await repositoryHere();
    const remembered = directory === null ? "" : await rememberedKeyFile(directory);
    const plan = await planIdentity({
      directory,
      recipients: [],
      ageKeyFile: ageKeyFile === "" ? remembered : ageKeyFile,
      rememberedKeyFile: "",
      present: null,
      ownKey: true,
    });
    if (plan.kind !== "new") throw new TypeError("a key of one's own is always a new one");
    writeIdentity(plan, null, null);
    process.stdout.write(`${plan.pair.recipient}\n`);
    complain(`the private key is in ${printable(plan.file)}: back it up, and show it to nobody`);
    if (plan.beside.length > 0) {
      const had =
        plan.beside.length === 1 ? "a key already, which stays" : "keys already, which stay";
      complain(`that file had ${had}: ${plan.beside.join(", ")}`);
    }
    complain(
      "the public key is in that file, too: whoever can decrypt the files lets it in with npx flux-sops keys add",
    );
    if (!keyFiles(remembered).some((file) => resolve(file) === plan.file)) {
      complain(
        directory !== null && remembered === ""
          ? `to have this clone look there: ${shellCommand(["git", "config", KEY_FILE_SETTING, plan.file])}`
          : `no key is looked for there: set SOPS_AGE_KEY_FILE=${shellText(plan.file)} before a command`,
      );
    }
    return 0;
  } catch (error) {
    if (!isExplained(error)) throw error;
    complain(`keys new: ${error.message}`);
    return 2;
  }
}

/**
 * The top of the repository that the command is run in; null where there is none.
 *
 * @throws GitError where git cannot say: a private key might come to lie in a repository unseen.
 */
async function repositoryHere(): Promise<string | null> {
  try {
    return await topOfRepository(process.cwd());
  } catch (error) {
    if (
      /^not a git repository|^this operation must be run in a work tree/.test(gitComplaint(error))
    ) {
      return null;
    }
    throw error;
  }
}
