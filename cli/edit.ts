import { accessSync, constants, existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Command, Option } from "commander";
import { isNamedSops } from "../findings/sops/sops-name.ts";
import { printable } from "../git/escape.ts";
import { shellText } from "../git/shell-word.ts";
import { decryptFile } from "../sops/decrypt.ts";
import { encryptFile, encryptionOf } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import { plaintextBytes, readSopsFile } from "../sops/sops-file.ts";
import { blockIndent } from "../sops/yaml/metadata-edits.ts";
import { parseAsSops } from "./arguments/parse.ts";
import { complain } from "./terminal/complain.ts";
import { chosenConfig, configOption } from "./arguments/config-option.ts";
import { conversionOf, encryptedAs, encryptedIn, indentOption } from "./file/conversion.ts";
import { dataKeyOf } from "./file/data-key.ts";
import { decryptionOrderOption } from "./arguments/decryption-order.ts";
import { notEncrypted } from "./file/encrypted-only.ts";
import { encryptionFor, encryptionOptions } from "./file/encryption.ts";
import { enter } from "./terminal/enter.ts";
import { examples } from "./arguments/examples.ts";
import { SOPS_EXIT } from "./exit/codes.ts";
import { ExitError } from "./exit/error.ts";
import type { Options } from "./file/command.ts";
import { sayNothingEncrypted } from "./file/nothing-encrypted.ts";
import { sayWhatIsNotValid } from "./file/not-valid.ts";
import { replaceFile, writeNewFile } from "./file/replace.ts";
import { fileProblem, noFolder } from "./exit/file-problem.ts";
import { edited } from "./file/in-editor.ts";
import { reported } from "./exit/reported.ts";
import { typeOption } from "./arguments/type-option.ts";

/**
 * `flux-sops edit FILE`: the plaintext in an editor, encrypted again when it closes. A file that is not
 * there begins empty, and is encrypted by its creation rule.
 */
export async function edit(argv: readonly string[]): Promise<number> {
  const command = new Command("flux-sops edit")
    .description("edit an encrypted file in $SOPS_EDITOR or $EDITOR; a new one begins empty")
    .argument("<file>", "the encrypted file")
    .option("--ignore-mac", "go on where the MAC does not match")
    .addOption(typeOption("--input-type <type>", "what the file is, whatever its name says"))
    .addOption(typeOption("--output-type <type>", "what the file is to become, in its place"))
    .addOption(decryptionOrderOption())
    .addOption(indentOption())
    // In sops's older form, where it changes nothing either.
    .addOption(new Option("-i, --in-place").hideHelp())
    .addOption(configOption())
    .addHelpText("after", examples("npx flux-sops edit clusters/homelab/secrets/db.sops.yaml"));
  encryptionOptions(command);
  const refused = parseAsSops(command, argv);
  if (refused !== null) return refused;
  const [path = ""] = command.args;
  return reported(path, () =>
    existsSync(path) ? editFile(path, command.opts()) : editNewFile(path, command.opts()),
  );
}

async function editFile(path: string, options: Options): Promise<void> {
  const conversion = conversionOf(path, options);
  const ignoreMac = options["ignoreMac"] === true;
  const bytes = readFileSync(path);
  const { file, metadata } = readSopsFile(bytes, conversion.from);
  if (metadata === null) {
    throw notEncrypted(file, `edit it as it is, ${toEncrypt(path)}`);
  }
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", "it has keys other than age: use sops edit");
  }
  const isLink = lstatSync(path).isSymbolicLink();
  for (const place of [path, dirname(isLink ? realpathSync(path) : path)]) refuseUnwritable(place);
  const dataKey = await dataKeyOf(metadata);
  const plaintext = plaintextBytes(file, decryptFile(file, metadata, dataKey, { ignoreMac }));
  const indent = blockIndent(bytes.toString("utf8"));
  const text = { plaintext, name: basename(path), format: conversion.from, indent };
  const { now, result } = await edited(text, async (typed) => {
    const previous = { file, metadata, dataKey };
    const encrypted = await encryptFile(typed, encryptionOf(metadata), { previous });
    return {
      now: typed.splice(new Map(), "keep"),
      result: await encryptedIn(encrypted.text, conversion, dataKey),
    };
  });
  await saved(path, () => {
    // Somebody else may have changed the file meanwhile: nothing of theirs is lost.
    if (isStill(bytes, path)) return replaceFile(path, result, null);
    throw overtaken("was changed while it was edited", path, result);
  });
  sayWhatIsNotValid(path, now, conversion.from);
}

/** How a readable file is encrypted: where a rule takes a whole tree, a commit leaves much of that readable. */
function toEncrypt(path: string): string {
  if (isNamedSops(path)) return "git commit encrypts it";
  const file = shellText(path.startsWith("-") ? `./${path}` : path);
  return `then npx flux-sops encrypt -i ${file} if it is to be encrypted`;
}

async function editNewFile(path: string, options: Options): Promise<void> {
  // What is wrong with the rule or the folder is said before somebody types.
  const encryption = encryptionFor(path, options, chosenConfig(options));
  const conversion = conversionOf(path, options);
  const { from, to, indent } = conversion;
  refuseUnwritable(dirname(path));
  const text = { plaintext: Buffer.alloc(0), name: basename(path), format: from, indent };
  const { now, result } = await edited(text, async (typed) => {
    const now = typed.splice(new Map(), "keep");
    const result = await (from === to
      ? encryptFile(typed, encryption)
      : encryptedAs(now, conversion, encryption));
    return { now, result };
  });
  await saved(path, () => {
    try {
      writeNewFile(path, result.text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw overtaken("was made meanwhile", path, result.text);
    }
  });
  sayNothingEncrypted(path, result);
  sayWhatIsNotValid(path, now, conversion.from);
}

/** Whether a file is there and holds what it did. */
function isStill(bytes: Buffer, path: string): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch (error) {
    // Removed, renamed, or a folder by now.
    if (["ENOENT", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Somebody else's file stays, and what was typed is kept beside it. */
function overtaken(what: string, path: string, content: string | Uint8Array): SopsError {
  const kept = printable(keptBeside(path, content));
  return new SopsError(
    "unsupported",
    `${what}: it was left as it is now; what you typed is in ${kept}, encrypted`,
  );
}

/** `db.edited.sops.yaml` beside `db.sops.yaml`: encrypted, and of a name that says so. */
function keptBeside(path: string, content: string | Uint8Array): string {
  const [, stem = "", ending = ""] = /^(.*?)((?:\.sops)?(?:\.[^.]*)?)$/s.exec(basename(path)) ?? [];
  for (let number = 1; ; number += 1) {
    const again = number === 1 ? "" : String(number);
    const kept = join(dirname(path), `${stem}.edited${again}${ending}`);
    try {
      writeNewFile(kept, content);
      return kept;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

/**
 * Saves what was typed, and does not give up: it is in no file any more. On a full disk its author can
 * make room and go on.
 */
async function saved(path: string, write: () => void | Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof SopsError || code === undefined) throw error;
      complain(fileProblem(path, code));
      if (!(await enter("Press Enter to save it again, or Ctrl-C to give up the edit. ")))
        throw error;
    }
  }
}

/** Refuses beforehand what could otherwise be said only after somebody has typed. */
function refuseUnwritable(place: string): void {
  try {
    accessSync(place, constants.W_OK);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new ExitError(
      SOPS_EXIT.couldNotWriteOutputFile,
      code === "ENOENT" ? noFolder(place) : fileProblem(place, code),
    );
  }
}
