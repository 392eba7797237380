import { parseBinary } from "./binary.ts";
import { dataAt, readData, sameData, scalarText, type Data } from "./data-tree.ts";
import { openLeaves } from "./decrypt.ts";
import { putDotenv, removeDotenv } from "./dotenv-put.ts";
import { encryptFile, encryptionOf, sealFile } from "./encrypt.ts";
import { SopsError } from "./errors.ts";
import { parseFile, type Format } from "./format.ts";
import { putIni, removeIni } from "./ini/put.ts";
import { putJson, removeJson } from "./json/put.ts";
import type { Metadata } from "./metadata.ts";
import { plaintextOf, type OpenedLeaf } from "./open.ts";
import type { Leaf, StoreFile } from "./store.ts";
import { additionalData, decryptBound, isToken } from "./token.ts";
import type { TreePath } from "./tree-path.ts";
import { putYaml, removeYaml } from "./yaml/put.ts";

/** An encrypted file that is to be changed at one place. */
export interface Sealed {
  readonly text: string;
  /** The text, parsed. */
  readonly file: StoreFile;
  readonly format: Format;
  readonly metadata: Metadata;
  readonly dataKey: Uint8Array;
  readonly ignoreMac: boolean;
}

/** Changes a text in one place; null where there is nothing to change. */
type Change = (text: string) => string | null;

/** How each format takes a value in, and gives one up. */
const STORES: Readonly<
  Record<
    Exclude<Format, "binary">,
    {
      readonly put: (text: string, path: TreePath, value: Data) => string;
      readonly remove: (text: string, path: TreePath) => string | null;
    }
  >
> = {
  yaml: { put: putYaml, remove: removeYaml },
  json: { put: putJson, remove: removeJson },
  dotenv: { put: putDotenv, remove: removeDotenv },
  ini: { put: putIni, remove: removeIni },
};

/**
 * Sets the value at a path of an encrypted file.
 *
 * @returns the new encrypted text; the same text where the value was there already.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`, `unsupported`, `not-there`,
 *   `cannot-hold`, `already-encrypted` for a path to SOPS's own metadata.
 */
export async function setValue(sealed: Sealed, path: TreePath, value: Data): Promise<string> {
  const { format, text } = sealed;
  if (path[0] === "sops") throw new SopsError("already-encrypted", "sops is a reserved key");
  const { opened, plaintext } = open(sealed);
  const [before = null] = readData(plaintext, format);
  if (format === "binary") return setContent(sealed, path, value, before);
  const present = dataAt(before, path);
  const isText = format === "dotenv" || format === "ini";
  if (present !== undefined && sameData(isText ? scalarText(value) : value, present)) return text;
  const change: Change = (at) => STORES[format].put(at, path, value);
  return (await changed(sealed, opened, plaintext, format, change)) ?? text;
}

/**
 * Takes the value at a path out of an encrypted file.
 *
 * @returns null where there is none.
 * @throws SopsError as {@link setValue}; `unsupported` also for a path that can lead to nothing.
 */
export async function unsetValue(sealed: Sealed, path: TreePath): Promise<string | null> {
  const { format } = sealed;
  if (path[0] === "sops") return null;
  const { opened, plaintext } = open(sealed);
  if (format === "binary") {
    throw new SopsError("cannot-hold", "a binary file is one value: nothing can be taken out");
  }
  const [before = null] = readData(plaintext, format);
  refuseDeadEnd(before, path);
  return changed(sealed, opened, plaintext, format, (at) => STORES[format].remove(at, path));
}

/**
 * A path that goes on below a single value, or by a key into a list, is no value that is missing but
 * a mistake.
 */
function refuseDeadEnd(root: Data, path: TreePath): void {
  let current: Data | undefined = root;
  for (const part of path) {
    if (current instanceof Map) {
      current = typeof part === "string" ? (current.get(part) as Data | undefined) : undefined;
    } else if (Array.isArray(current)) {
      if (typeof part === "string") {
        throw new SopsError("unsupported", "the path has a key where the file has a list");
      }
      current = current[part] as Data | undefined;
    } else throw new SopsError("unsupported", "the path goes on below a single value");
    if (current === undefined) return;
  }
}

/** The plaintext of a file and of its leaves; nothing is changed in one that does not verify. */
function open({ file, metadata, dataKey, ignoreMac }: Sealed): {
  opened: readonly OpenedLeaf[];
  plaintext: string;
} {
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", "it has keys other than age: use sops set");
  }
  const damagedComments = ignoreMac ? "keep" : "refuse";
  const opened = openLeaves(file, metadata, dataKey, "refuse", damagedComments);
  return { opened, plaintext: plaintextOf(file, opened, metadata, dataKey, { ignoreMac }) };
}

/**
 * The change is made in the encrypted text, where nothing else moves. Where a comment would come to
 * belong to another mapping, which its ciphertext is not for, it is made in the plaintext; in INI
 * always, as the comment lines around a key may become one.
 */
async function changed(
  { text, file, format, metadata, dataKey }: Sealed,
  opened: readonly OpenedLeaf[],
  plaintext: string,
  as: Format,
  change: Change,
): Promise<string | null> {
  if (format !== "ini") {
    const edited = change(text);
    if (edited === null) return null;
    const after = parseFile(edited, as, null);
    if (!after.leaves.some((leaf) => isDisplaced(leaf, dataKey))) {
      return (await sealFile(after, metadata, dataKey, { bare: isBare(file), before: opened }))
        .text;
    }
  }
  const edited = change(plaintext);
  if (edited === null) return null;
  const previous = { file, metadata, dataKey };
  return (await encryptFile(parseFile(edited, as, null), encryptionOf(metadata), { previous }))
    .text;
}

/** Whether a leaf is a comment that was encrypted for another mapping than it stands in. */
function isDisplaced({ kind, value, path }: Leaf, dataKey: Uint8Array): boolean {
  const text = value?.text.trimEnd() ?? "";
  return (
    kind === "comment" &&
    isToken(text) &&
    decryptBound(text, dataKey, additionalData(path)) === null
  );
}

/** New values are encrypted as in the rest of the file: bare where sops wrote it. */
function isBare({ leaves }: StoreFile): boolean {
  return leaves.every(
    ({ form, value }) => value === null || !isToken(value.text) || form === "bare",
  );
}

/** A binary file is one value under the key `data`. */
async function setContent(
  { text, file, metadata, dataKey }: Sealed,
  path: TreePath,
  value: Data,
  before: Data,
): Promise<string> {
  if (path.length !== 1 || path[0] !== "data" || typeof value !== "string") {
    throw new SopsError("cannot-hold", `a binary file holds one text, at the path ["data"]`);
  }
  const content = Buffer.from(value, "utf8");
  if (dataAt(before, path) === content.toString("latin1")) return text;
  const previous = { file, metadata, dataKey };
  return (await encryptFile(parseBinary(content, null), encryptionOf(metadata), { previous })).text;
}
