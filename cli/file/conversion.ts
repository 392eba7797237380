import { InvalidArgumentError, Option } from "commander";
import {
  readComments,
  readDecryptedComments,
  type DataComments,
} from "../../sops/data/read-comments.ts";
import { readData, readDecrypted } from "../../sops/data/read-data.ts";
import { writeData } from "../../sops/data/write-data.ts";
import { decrypted } from "../../sops/decrypt.ts";
import {
  encryptFile,
  encryptionOf,
  refuseReadableComments,
  type Encrypted,
  type Encryption,
  type Previous,
} from "../../sops/encrypt.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Decrypted } from "../../sops/open.ts";
import { formatOf, inputTypeOf, parseFile, type Format } from "../../sops/format.ts";
import { plaintextBytes, readSopsFile } from "../../sops/sops-file.ts";
import { chosenConfig } from "../arguments/config-option.ts";
import { encryptedOnly } from "./encrypted-only.ts";
import { indentOnDisk } from "./rule.ts";

/** A change of format. */
export interface Conversion {
  readonly from: Format;
  readonly to: Format;
  /** The indentation of what is written anew; null for sops's own. */
  readonly indent: number | null;
}

/** sops's option for the indentation of what is written anew. */
export function indentOption(): Option {
  return new Option("--indent <spaces>", "indent what is written anew by this many").argParser(
    (text) => {
      if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError("It has to be a number.");
      return Number(text);
    },
  );
}

/**
 * What a command is to make of a file. As in sops, each of `--input-type` and `--output-type` stands for
 * what the name says: with the one alone, the result is still of the type of the name.
 */
export function conversionOf(path: string, options: Readonly<Record<string, unknown>>): Conversion {
  const from = inputTypeOf(String(options["inputType"])) ?? formatOf(path);
  const to = inputTypeOf(String(options["outputType"])) ?? formatOf(path);
  const ruled = indentOnDisk(path, chosenConfig(options), to);
  const { indent } = options;
  return { from, to, indent: typeof indent === "number" && indent > 0 ? indent : ruled };
}

/**
 * The bytes of a plaintext in another format, or in the same one as it is.
 */
export function plaintextIn(plaintext: Decrypted, { from, to, indent }: Conversion): Buffer {
  if (from === to) return plaintextBytes(plaintext.file, plaintext.text);
  const documents = readDecrypted(plaintext, from, "refuse");
  const comments = readDecryptedComments(documents, plaintext);
  return Buffer.from(writeData(documents, to, indent, comments), "utf8");
}

/**
 * Refuses what a format has no place for.
 *
 * @throws SopsError `cannot-hold`
 */
export function refuseDropped(documents: ReturnType<typeof readData>, to: Format): void {
  const [first] = documents;
  if (to !== "yaml" && documents.length > 1) {
    throw new SopsError("cannot-hold", `it holds several documents, which ${to} cannot`);
  }
  if (to === "binary" && first !== undefined && first.size > 1) {
    throw new SopsError("cannot-hold", "it holds more than data, which is all of a binary file");
  }
}

/**
 * A plaintext of one format, encrypted as a file of another one.
 *
 * @param text as `decryptFile` gives it.
 * @throws SopsError `cannot-hold` for what would be lost there, or stay readable.
 */
export async function encryptedAs(
  text: string,
  conversion: Conversion,
  rule: Encryption,
): Promise<Encrypted> {
  const { from, to } = conversion;
  const documents = readData(text, from, "refuse");
  const comments = readComments(documents, text, from);
  if (to !== "json" && to !== "binary") refuseReadableComments(parseFile(text, from, null), rule);
  return encryptedData(documents, comments, conversion, rule, null);
}

async function encryptedData(
  documents: ReturnType<typeof readData>,
  comments: DataComments,
  { from, to, indent }: Conversion,
  rule: Encryption,
  previous: Previous | null,
): Promise<Encrypted> {
  // Not every format has a place for a comment, nor the same one: another value might stay readable.
  if (from !== "binary" && rule.selection?.option.endsWith("comment_regex") === true) {
    throw new SopsError(
      "cannot-hold",
      `${rule.selection.option} goes by comments, which another format may have elsewhere or not at all: choose no --output-type, or another option`,
    );
  }
  refuseDropped(documents, to);
  const plain = parseFile(writeData(documents, to, indent, comments), to, indent);
  // As in sops: what a binary file holds is encrypted, whatever its rule says of keys.
  const encryption =
    from === "binary" ? { ...rule, selection: null, macOnlyEncrypted: false } : rule;
  return encryptFile(plain, encryption, { previous });
}

/**
 * An encrypted file in another format, or in the same one as it is, with the same data key.
 *
 * @throws SopsError where the other format cannot hold what is in it.
 */
export async function encryptedIn(
  text: string,
  conversion: Conversion,
  dataKey: Uint8Array,
): Promise<string> {
  const { from, to } = conversion;
  if (from === to) return text;
  const { file, ...rest } = readSopsFile(Buffer.from(text, "utf8"), from);
  const metadata = encryptedOnly({ file, ...rest });
  if (metadata.foreign.length > 0) {
    throw new SopsError(
      "unsupported",
      "it has keys other than age: only sops itself can write them in another format",
    );
  }
  // Its MAC was verified, or was not to be, before it was changed.
  const plaintext = decrypted(file, metadata, dataKey, { ignoreMac: true });
  const documents = readDecrypted(plaintext, from, "refuse");
  const comments = readDecryptedComments(documents, plaintext);
  const previous = { file, metadata, dataKey };
  const encryption = encryptionOf(metadata);
  return (await encryptedData(documents, comments, conversion, encryption, previous)).text;
}
