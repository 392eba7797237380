import { InvalidArgumentError, Option } from "commander";
import { readData } from "../sops/read-data.ts";
import { writeData } from "../sops/write-data.ts";
import { decryptFile } from "../sops/decrypt.ts";
import { encryptFile, encryptionOf } from "../sops/encrypt.ts";
import { formatOf, inputTypeOf, parseFile, type Format } from "../sops/format.ts";
import { plaintextBytes, readSopsFile } from "../sops/sops-file.ts";
import type { StoreFile } from "../sops/store.ts";
import { chosenConfig } from "./config-option.ts";
import { encryptedOnly } from "./encrypted-only.ts";
import { indentOnDisk } from "./rule-on-disk.ts";

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
 *
 * @param text what `decryptFile` gave of `file`.
 */
export function plaintextIn(
  file: StoreFile,
  text: string,
  { from, to, indent }: Conversion,
): Buffer {
  if (from === to) return plaintextBytes(file, text);
  const converted = writeData(readData(text, from), to, indent);
  return Buffer.from(converted, to === "binary" ? "latin1" : "utf8");
}

/**
 * An encrypted file in another format, or in the same one as it is, with the same data key.
 *
 * @throws SopsError where the other format cannot hold what is in it.
 */
export async function encryptedIn(
  text: string,
  { from, to, indent }: Conversion,
  dataKey: Uint8Array,
): Promise<string> {
  if (from === to) return text;
  const { file, ...rest } = readSopsFile(Buffer.from(text, "utf8"), from);
  const metadata = encryptedOnly({ file, ...rest });
  // Its MAC was verified, or was not to be, before it was changed.
  const plaintext = decryptFile(file, metadata, dataKey, { ignoreMac: true });
  const plain = parseFile(writeData(readData(plaintext, from), to, indent), to, indent);
  const previous = { file, metadata, dataKey };
  return (await encryptFile(plain, encryptionOf(metadata), { previous })).text;
}
