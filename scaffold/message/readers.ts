import { printable } from "../../git/escape.ts";
import { parseRuleFile, ruleFor } from "../../sops/creation-rules/creation-rules.ts";
import type { Scaffolded } from "../carry-out.ts";

/** Whom rules that are added let read is easily overlooked among those that were there. */
export function readersPart({ files, identity, answers, target }: Scaffolded): string[] {
  const rules = files.find(({ path }) => path === ".sops.yaml");
  const readers = [...target.encryptedTo.values()].flat();
  const isAsBefore = identity.recipients.every((one) => readers.includes(one));
  if (rules?.state === "new" && isAsBefore && answers.recipients.length === 0) {
    return [
      `What the rules in .sops.yaml encrypt, these keys can read, as what is encrypted already:`,
      ...identity.recipients.flatMap((one) => [`  ${one}`, `    as ${filesFor(one, target)}`]),
      ...(identity.recipients.length > 1
        ? ["Take one out of the rules that is for a test alone."]
        : []),
    ];
  }
  if (rules?.state === "unchanged") {
    const unknown = answers.recipients.filter((one) => !rules.content.includes(one));
    return unknown.length === 0
      ? []
      : [
          `The rules in .sops.yaml take all files already, and name others than these keys: add them there by hand.`,
          ...unknown.map((one) => `  ${one}`),
        ];
  }
  if (rules?.state !== "merged" || identity.recipients.length === 0) return [];
  return [
    `What the rules added to .sops.yaml encrypt, these keys can read:`,
    ...identity.recipients.map((one) => `  ${one}`),
  ];
}

/** Keys that anybody may have: of files that are encrypted already, and those that the user asked new rules for. */
export function openKeysPart({ files, identity, target }: Scaffolded): string[] {
  if (files.find(({ path }) => path === ".sops.yaml")?.state !== "new") return [];
  const readers = new Set([...target.encryptedTo.values()].flat());
  const open = [...target.keysInTheOpen].map(([recipient, path]) => ({
    lines: [`  ${recipient}`, `    readable in ${printable(path)}`],
    isNamed: identity.recipients.includes(recipient),
    isReader: readers.has(recipient),
  }));
  const named = open.filter(({ isNamed }) => isNamed);
  const passedOver = open.filter(({ isNamed, isReader }) => isReader && !isNamed);
  return [
    ...titled(
      "Everybody has these keys who has this repository, and the new rules name them:",
      named.flatMap(({ lines }) => lines),
    ),
    ...titled(
      "Files are encrypted to keys that everybody has who has this repository. The new rules do not name them:",
      passedOver.flatMap(({ lines }) => lines),
    ),
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** New rules take files for PGP or a cloud's keys, too, where those are named or lie as they say. */
export function foreignPart({ files, target }: Scaffolded): string[] {
  const file = files.find(({ path }) => path === ".sops.yaml");
  if (file?.state !== "new") return [];
  const rules = parseRuleFile(file.content.toString("utf8"));
  const kindsOf = (all: readonly string[]) => all.filter((one) => !one.startsWith("age1"));
  const theirs = [...target.encryptedTo].filter(
    ([path, all]) => kindsOf(all).length > 0 && ruleFor(rules, path) !== null,
  );
  if (theirs.length === 0) return [];
  const kinds = new Set(theirs.flatMap(([, all]) => kindsOf(all)));
  return [
    `Encrypted already, to keys of another kind (${[...kinds].join(", ")}), which the new rules in .sops.yaml do not name:`,
    ...theirs.slice(0, SHOWN).map(([path]) => `  ${printable(path)}`),
    ...(theirs.length > SHOWN ? [`  and ${theirs.length - SHOWN} more`] : []),
    "For them to keep their keys, put a rule with these above the others.",
  ];
}

/** More files than these are only counted. */
const SHOWN = 5;

/** One of the files that a key opens, and how many more there are: it may be there for a test alone. */
function filesFor(recipient: string, { encryptedTo }: Scaffolded["target"]): string {
  const paths = [...encryptedTo].flatMap(([path, all]) => (all.includes(recipient) ? [path] : []));
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : "";
  return `${printable(paths[0] ?? "")}${more}`;
}
