import { Command } from "commander";
import { recipientsProblem, splitRecipients } from "../../scaffold/answers/recipients.ts";
import { examples } from "../arguments/examples.ts";
import { parseArguments } from "../arguments/parse.ts";
import { complain } from "../terminal/complain.ts";
import { changeKey } from "./change.ts";
import { namedKeys } from "./named-keys.ts";
import { type EncryptionOnDisk, placeOf, type RuleOnDisk } from "./on-disk.ts";
import { KeysRefusal } from "./refusal.ts";

/** `flux-sops keys add KEY [--beside KEY | --all]`: lets a key into creation rules, and into the files that they take. */
export async function keysAdd(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops keys add")
    .description("let a public key read what creation rules encrypt, and what they have encrypted")
    .argument("<key>", "the public key, age1…, as keys new prints it")
    .option("--beside <key>", "only in the rules that name this public key")
    .option("--all", "in all rules, whoever reads what they encrypt")
    .addHelpText(
      "after",
      examples(
        "npx flux-sops keys add age1…theirs…",
        "npx flux-sops keys add age1…new… --beside age1…old…",
      ),
    );
  const refused = parseArguments(command, argv);
  if (refused !== null) return refused;
  const { beside = null, all = false } = command.opts<{ beside?: string; all?: boolean }>();
  const [key = ""] = command.args;
  const problem =
    recipientProblem(key) ?? (all && beside !== null ? "give --beside or --all" : null);
  if (problem !== null) {
    complain(`keys add: ${problem}`);
    return 2;
  }
  return changeKey("add", key, (encryption) => chosen(encryption, { key, beside, all }));
}

function recipientProblem(key: string): string | null {
  const [one, second] = splitRecipients(key);
  if (one !== key || second !== undefined) return "give one public key, age1…";
  const problem = recipientsProblem(key);
  return problem === null ? null : `the key ${problem}`;
}

/** @throws KeysRefusal */
function chosen(
  { rules, names }: EncryptionOnDisk,
  asked: { readonly key: string; readonly beside: string | null; readonly all: boolean },
): readonly RuleOnDisk[] {
  if (rules.length === 0) {
    throw new KeysRefusal(["there is no .sops.yaml with creation rules: npx flux-sops init"]);
  }
  if (asked.all) return rules;
  if (asked.beside !== null) {
    const beside = rules.filter(({ rule }) => rule.recipients.includes(asked.beside ?? ""));
    if (beside.length > 0) return beside;
    throw new KeysRefusal(["no rule names the key of --beside: npx flux-sops keys list"]);
  }
  const groups = new Map<string, string[]>();
  for (const one of rules) {
    const readers = namedKeys(readersOf(one, asked.key), names);
    groups.set(readers, [...(groups.get(readers) ?? []), placeOf(one)]);
  }
  if (groups.size === 1) return rules;
  const lines = [...groups].map(([readers, places]) => `${places.join(", ")}: ${readers}`);
  throw new KeysRefusal([
    "not all rules have the same readers: say which by --beside KEY, or --all",
    ...lines,
  ]);
}

/** All but the key itself: it may have been added to some already. */
function readersOf({ rule }: RuleOnDisk, key: string): string[] {
  const others = rule.recipients.filter((one) => one !== key);
  return [...others, ...rule.foreign].toSorted();
}
