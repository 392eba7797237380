import { printable } from "../git/escape.ts";
import { shellCommand } from "../git/shell-word.ts";
import { SopsError } from "../sops/errors.ts";
import type { Metadata } from "../sops/metadata/metadata.ts";
import { rewrap } from "../sops/rewrap.ts";
import { complain } from "./terminal/complain.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { encryptedOnly } from "./file/encrypted-only.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { ExitError } from "./exit/error.ts";
import { fileCommand, type Options } from "./file/command.ts";
import { lineOfInput } from "./terminal/line-of-input.ts";
import { ruleOnDisk } from "./file/rule.ts";

/** `flux-sops updatekeys [-y] FILE…` */
export const updatekeys = fileCommand({
  name: "updatekeys",
  summary: "give files the recipients of their creation rules; the data key stays",
  examples: ["updatekeys -y clusters/homelab/secrets/db.sops.yaml", "updatekeys -y ."],
  configure: (command) => command.option("-y, --yes", "do not ask"),
  writes: "always",
  folders: "encrypted",
  standardInput: "no",
  missingExit: () => SOPS_EXIT.generic,
  severalExit: SOPS_EXIT.generic,
  asks,
  run: async (at) => {
    const metadata = encryptedOnly(at, INSTEAD, ["--input-type"]);
    const rule = ruleOnDisk(at.path, at.config);
    if (rule === null) throw new SopsError("bad-config", "there are no creation rules for it");
    if (rule.foreign.length > 0 || metadata.foreign.length > 0) {
      throw new SopsError("unsupported", "it has keys other than age: use sops updatekeys");
    }
    const { recipients } = rule;
    const changes = recipients.length === 0 ? null : changesOf(metadata, recipients);
    if (changes !== null) {
      complain(`${printable(at.path)} gets other recipients`);
      process.stdout.write(changes);
      if (asks(at.options) && !isConfirmed(at.path)) return at.bytes;
    }
    const rewrapped = await rewrap(at.file, metadata, recipients, () => dataKeyOf(metadata));
    if (metadata.age.some(({ recipient }) => !recipients.includes(recipient))) {
      const rotate = shellCommand(["npx", "flux-sops", "rotate", "-i", "--", at.path]);
      complain(
        `${printable(at.path)}: who is taken out knows its data key, and could read what is written with it: ${rotate}`,
      );
    }
    return rewrapped;
  },
});

/** A file that lies decrypted on disk, where the gate asks for its recipients. */
const INSTEAD =
  "; where it lies here decrypted, git add and git commit encrypt it for the recipients of its rule";

function asks(options: Options): boolean {
  return options["yes"] !== true;
}

/** Who can read a file, and who will, in sops's own words; null where they are the same. */
function changesOf({ age }: Metadata, recipients: readonly string[]): string | null {
  const present = age.map(({ recipient }) => recipient);
  const added = recipients.filter((one) => !present.includes(one));
  const removed = present.filter((one) => !recipients.includes(one));
  if (added.length === 0 && removed.length === 0) return null;
  const kept = present.filter((one) => recipients.includes(one));
  return [
    "The following changes will be made to the file's groups:\nGroup 1\n",
    ...kept.map((one) => `    ${printable(one)}\n`),
    ...added.map((one) => `+++ ${printable(one)}\n`),
    ...removed.map((one) => `--- ${printable(one)}\n`),
  ].join("");
}

/** @throws ExitError where there is nobody to answer. */
function isConfirmed(path: string): boolean {
  for (;;) {
    process.stdout.write("Is this okay? (y/n):");
    const answer = lineOfInput()?.trim() ?? "";
    if (answer === "y") return true;
    if (answer === "n") return false;
    if (answer !== "") continue;
    throw new ExitError(
      SOPS_EXIT.generic,
      `${printable(path)}: was left as it is, as nobody has answered: add --yes`,
    );
  }
}
