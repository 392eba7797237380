import { printable } from "../../git/escape.ts";
import { parseRuleFile, type RuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import type { Scaffolded } from "../carry-out.ts";
import { titled } from "./titled.ts";

/** Says who can read by the rules that were added: among older rules that is easily overlooked. */
export function readersPart({ files, identity, answers, destination }: Scaffolded): string[] {
  const rules = files.find(({ path }) => path === ".sops.yaml");
  const readers = [...destination.encryptedTo.values()].flat();
  const isAsBefore = identity.recipients.every((one) => readers.includes(one));
  if (rules?.state === "new" && isAsBefore && answers.recipients.length === 0) {
    return [
      "What the rules in .sops.yaml encrypt, these keys can read, as what is encrypted already:",
      ...identity.recipients.flatMap((one) => [`  ${one}`, `    as ${filesFor(one, destination)}`]),
      ...(identity.recipients.length > 1
        ? ["Take one out of the rules that is for a test alone."]
        : []),
    ];
  }
  if (rules?.state === "unchanged") {
    const unknown = answers.recipients.filter((one) => !rules.content.includes(one));
    return titled(
      "The rules in .sops.yaml take all files already, and name others than these keys: add them there by hand.",
      unknown.map((one) => `  ${one}`),
    );
  }
  if (rules?.state !== "merged") return [];
  const { rules: all } = parseRuleFile(rules.content.toString("utf8"));
  const others = new Set(all?.flatMap(({ foreign }) => foreign));
  return titled(
    others.size === 0
      ? "What the rules added to .sops.yaml encrypt, these keys can read:"
      : `The rules added to .sops.yaml are for age only, not for keys of another kind that rules there name (${[...others].join(", ")}). What they encrypt, these keys can read:`,
    identity.recipients.map((one) => `  ${one}`),
  );
}

/** Keys that anybody may have: of files that are encrypted already, and those that the user asked new rules for. */
export function openKeysPart({ files, identity, destination }: Scaffolded): string[] {
  const rules = newRules(files);
  if (rules === null) return [];
  const readers = new Set([...destination.encryptedTo.values()].flat());
  const isNamed = (one: string) => identity.recipients.includes(one);
  const open = [...destination.keysInTheOpen.keys()];
  const passedOver = open.filter((one) => readers.has(one) && !isNamed(one));
  const taken = takenBy(rules, destination, (all) => all.some((one) => passedOver.includes(one)));
  const lines = (recipients: readonly string[]) =>
    recipients.flatMap((one) => [
      `  ${one}`,
      `    readable in ${printable(destination.keysInTheOpen.get(one) ?? "")}`,
    ]);
  return [
    ...titled(
      "Everybody has these keys who has this repository, and the new rules name them:",
      lines(open.filter(isNamed)),
    ),
    ...titled(
      "Files are encrypted to keys that everybody has who has this repository. The new rules do not name them:",
      lines(passedOver),
    ),
    ...titled(
      "A new rule takes these files of theirs, and git commit refuses it until they have the keys of their rule:",
      listed(taken),
    ),
    ...(taken.length === 0
      ? []
      : [
          "For those of a test, put a rule with their key above the others. For the rest, do what the refusal says, with",
          "SOPS_AGE_KEY_FILE=FILE before updatekeys, for a key file that their key is readable in.",
        ]),
  ];
}

/** New rules take files for PGP or a cloud's keys, too, where those are named or lie as they say. */
export function foreignPart({ files, destination }: Scaffolded): string[] {
  const rules = newRules(files);
  if (rules === null) return [];
  const kindsOf = (all: readonly string[]) => all.filter((one) => !one.startsWith("age1"));
  const theirs = takenBy(rules, destination, (all) => kindsOf(all).length > 0);
  if (theirs.length === 0) return [];
  const kinds = new Set(theirs.flatMap((path) => kindsOf(destination.encryptedTo.get(path) ?? [])));
  return [
    `Encrypted already, to keys of another kind (${[...kinds].join(", ")}), which the new rules in .sops.yaml do not name:`,
    ...listed(theirs),
    "For them to keep their keys, put a rule with these above the others.",
  ];
}

/** The rules of a .sops.yaml that was not there before. */
function newRules(files: Scaffolded["files"]): RuleFile | null {
  const file = files.find(({ path }) => path === ".sops.yaml");
  return file?.state === "new" ? parseRuleFile(file.content.toString("utf8")) : null;
}

/** Paths of files that are encrypted already, to recipients as asked, and that a rule takes. */
function takenBy(
  rules: RuleFile,
  { encryptedTo }: Scaffolded["destination"],
  isAsked: (recipients: readonly string[]) => boolean,
): string[] {
  return [...encryptedTo].flatMap(([path, all]) =>
    isAsked(all) && ruleFor(rules, path) !== null ? [path] : [],
  );
}

function listed(paths: readonly string[]): string[] {
  return [
    ...paths.slice(0, SHOWN).map((path) => `  ${printable(path)}`),
    ...(paths.length > SHOWN ? [`  and ${paths.length - SHOWN} more`] : []),
  ];
}

/** More files than these are only counted. */
const SHOWN = 5;

/**
 * One of the files that a key opens, and how many more there are: the key may be there for a test
 * alone.
 */
function filesFor(recipient: string, { encryptedTo }: Scaffolded["destination"]): string {
  const paths = [...encryptedTo].flatMap(([path, all]) => (all.includes(recipient) ? [path] : []));
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return `${printable(paths[0] ?? "")}${more}`;
}
