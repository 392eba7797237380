import { parseBinary } from "./binary.ts";
import { dataAt, sameData, scalarText, type Data } from "./data/data-tree.ts";
import { readDecrypted } from "./data/read-data.ts";
import { openLeaves } from "./decrypt.ts";
import { putDotenv, removeDotenv } from "./dotenv/put.ts";
import { encryptFile, encryptionOf, sealFile } from "./encrypt.ts";
import { SopsError } from "./errors.ts";
import { parseFile, type Format } from "./format.ts";
import { putIni, removeIni } from "./ini/put.ts";
import { putJson, removeJson } from "./json/put.ts";
import { effectiveSelection, type Metadata } from "./metadata/metadata.ts";
import { plaintextOf, verifyMac, type OpenedLeaf } from "./open.ts";
import { refuseExposed } from "./refuse-exposed.ts";
import type { Selection } from "./selection/selection-option.ts";
import type { StoreFile } from "./store.ts";
import {
  additionalData,
  decryptBound,
  isSamePath,
  isToken,
  shownPath,
  type KeyPath,
} from "./token.ts";
import type { AmongComments, TreePath } from "./data/tree-path.ts";
import { putYaml } from "./yaml/set/put.ts";
import { emptyYaml, removeYaml } from "./yaml/set/remove.ts";

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
      readonly put: (text: string, path: TreePath, value: Data, among: AmongComments) => string;
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
  const { format, text, metadata } = sealed;
  if (path[0] === "sops") throw new SopsError("already-encrypted", "sops is a reserved key");
  const { opened, plaintext } = open(sealed);
  if (format === "binary") return setContent(sealed, path, value, plaintext());
  if (mayStandAt(opened, path, value)) {
    const present = dataAt(dataOf(sealed, opened, plaintext), path);
    if (present !== undefined && isSame(format, value, present)) return text;
  }
  const among = encryptedSide(effectiveSelection(metadata));
  const change: Change = (at) => STORES[format].put(at, path, value, among);
  return (await changed(sealed, opened, plaintext, change)) ?? text;
}

/** The data of the first document, before it is changed. */
function dataOf(
  { file, format }: Sealed,
  leaves: readonly OpenedLeaf[],
  plaintext: () => string,
): Data {
  const [first = null] = readDecrypted({ file, leaves, text: plaintext() }, format, "first");
  return first;
}

/** Whether a value is the one that is there: dotenv and INI hold nothing but texts. */
function isSame(format: Format, value: Data, present: Data): boolean {
  if (format !== "dotenv" && format !== "ini") return sameData(value, present);
  const text = scalarText(value);
  return text !== null && text === scalarText(present);
}

/** Whether a new value has to stand above or below comments that select, to be encrypted. */
function encryptedSide({ option }: Selection): AmongComments {
  if (option === "encrypted_comment_regex") return "below";
  return option === "unencrypted_comment_regex" ? "above" : null;
}

/** Whether a value may be there already. Cheap: the whole plaintext is read only if it may. */
function mayStandAt(opened: readonly OpenedLeaf[], path: TreePath, value: Data): boolean {
  const text = scalarText(value);
  if (text === null || value === null) return true;
  const keys = path.filter((part) => typeof part === "string");
  return opened.some(
    ({ leaf, value: own }) =>
      (own?.type !== "str" || own.text === text) && isSamePath(leaf.path, keys),
  );
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
  const refuse = () => {
    refuseDeadEnd(dataOf(sealed, opened, plaintext), path);
  };
  try {
    const remove: Change = (at) => STORES[format].remove(at, path);
    const inBrackets: Change = (at) => (format === "yaml" ? emptyYaml(at, path) : null);
    const text = await changed(sealed, opened, plaintext, remove, inBrackets);
    if (text === null) refuse();
    return text;
  } catch (error) {
    if (error instanceof SopsError && error.code === "not-there") refuse();
    throw error;
  }
}

/**
 * Refuses a path that can lead to nothing: below a single value, or into a list by a key. That is a
 * mistake, not a missing value. A path through an alias leads to a value that stands elsewhere.
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
  throw new SopsError(
    "unsupported",
    `${shownPath(path.map(String))} cannot be taken out through an alias: use edit`,
  );
}

/**
 * The plaintext of a file's leaves, and of the file itself where it is asked for; nothing is changed in one
 * that does not verify.
 */
function open({ file, metadata, dataKey, ignoreMac }: Sealed): {
  opened: readonly OpenedLeaf[];
  plaintext: () => string;
} {
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", "it has keys other than age: use sops set");
  }
  const damagedComments = ignoreMac ? "keep" : "refuse";
  const opened = openLeaves(file, metadata, dataKey, "refuse", damagedComments);
  if (!ignoreMac) verifyMac(opened, metadata, dataKey);
  let text: string | null = null;
  const plaintext = () =>
    (text ??= plaintextOf(file, opened, metadata, dataKey, { ignoreMac: true }));
  return { opened, plaintext };
}

/**
 * Makes the change in the encrypted text, where nothing else moves. If a comment would then belong to
 * another mapping than its ciphertext was made for, the change is made in the plaintext instead; in INI
 * always, as the comment lines around a key may become one comment.
 *
 * @param otherwise the change to make in the encrypted text where a comment would come readable; null by it for none.
 */
async function changed(
  sealed: Sealed,
  opened: readonly OpenedLeaf[],
  plaintext: () => string,
  change: Change,
  otherwise: Change = () => null,
): Promise<string | null> {
  const { text, file, format, metadata, dataKey } = sealed;
  if (format !== "ini") {
    const edited = change(text);
    if (edited === null) return null;
    const inPlace = await changedInPlace(sealed, opened, edited);
    if (inPlace !== null) return inPlace;
  }
  const edited = change(plaintext());
  if (edited === null) return null;
  const typed = parseFile(edited, format, null);
  try {
    refuseExposed(typed, effectiveSelection(metadata), opened);
  } catch (error) {
    const other = otherwise(text);
    const inPlace = other === null ? null : await changedInPlace(sealed, opened, other);
    if (inPlace === null) throw error;
    return inPlace;
  }
  const previous = { file, metadata, dataKey };
  return (await encryptFile(typed, encryptionOf(metadata), { previous })).text;
}

/** An edited text encrypted and signed; null where a comment in it has left its mapping or list. */
async function changedInPlace(
  { file, format, metadata, dataKey }: Sealed,
  before: readonly OpenedLeaf[],
  edited: string,
): Promise<string | null> {
  const after = parseFile(edited, format, null);
  if (hasDisplaced(after, before, dataKey)) return null;
  return (await sealFile(after, metadata, dataKey, { bare: isBare(file), before })).text;
}

/** Whether a comment was encrypted for another mapping than it stands in. */
function hasDisplaced(
  { leaves }: StoreFile,
  before: readonly OpenedLeaf[],
  dataKey: Uint8Array,
): boolean {
  const places = new Map<string, KeyPath>();
  for (const { leaf, token, isDisplaced } of before) {
    if (leaf.kind === "comment" && token !== null && isDisplaced !== true) {
      places.set(token, leaf.path);
    }
  }
  return leaves.some(({ kind, value, path }) => {
    if (kind !== "comment") return false;
    const text = value?.text.trimEnd() ?? "";
    const place = places.get(text);
    if (place !== undefined && isSamePath(place, path)) return false;
    return isToken(text) && decryptBound(text, dataKey, additionalData(path)) === null;
  });
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
  before: string,
): Promise<string> {
  if (path.length !== 1 || path[0] !== "data" || typeof value !== "string") {
    throw new SopsError("cannot-hold", `a binary file holds one text, at the path ["data"]`);
  }
  const content = Buffer.from(value, "utf8");
  if (before === content.toString("latin1")) return text;
  const previous = { file, metadata, dataKey };
  return (await encryptFile(parseBinary(content, null), encryptionOf(metadata), { previous })).text;
}
