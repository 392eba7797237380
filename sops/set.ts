import { openLeaves, verifyMac } from "./decrypt.ts";
import { sealFile } from "./encrypt.ts";
import { SopsError } from "./errors.ts";
import { parseFile, type Format } from "./format.ts";
import type { Metadata } from "./metadata.ts";
import type { StoreFile } from "./store.ts";
import type { JsonValue, TreePath } from "./tree-path.ts";
import { isToken } from "./token.ts";
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

/**
 * Sets the value at a path of an encrypted file, without decrypting the others into a text.
 *
 * @returns the new encrypted text; the same text where the value was there already.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`, `unsupported`
 */
export async function setValue(sealed: Sealed, path: TreePath, value: JsonValue): Promise<string> {
  refuseMetadata(path);
  verify(sealed);
  return resealed(sealed, put(sealed, path, value));
}

/**
 * Takes the value at a path out of an encrypted file.
 *
 * @returns null where there is none.
 * @throws SopsError as {@link setValue}
 */
export async function unsetValue(sealed: Sealed, path: TreePath): Promise<string | null> {
  refuseMetadata(path);
  verify(sealed);
  if (sealed.format !== "yaml") throw notYet(sealed.format);
  const text = removeYaml(sealed.text, path);
  return text === null ? null : resealed(sealed, text);
}

function put({ format, text }: Sealed, path: TreePath, value: JsonValue): string {
  if (format !== "yaml") throw notYet(format);
  return putYaml(text, path, value);
}

/** New values are encrypted as in the rest of the file: bare where sops wrote it. */
async function resealed(
  { file: before, format, metadata, dataKey }: Sealed,
  edited: string,
): Promise<string> {
  const bare = before.leaves.every(
    ({ form, value }) => value === null || !isToken(value.text) || form === "bare",
  );
  const file = parseFile(edited, format, null);
  return (await sealFile(file, metadata, dataKey, { bare })).text;
}

function verify({ file, metadata, dataKey, ignoreMac }: Sealed): void {
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", "it has keys other than age: use sops set");
  }
  const opened = openLeaves(file, metadata, dataKey, "refuse");
  if (!ignoreMac) verifyMac(opened, metadata, dataKey);
}

function refuseMetadata([first]: TreePath): void {
  if (first === "sops") throw new SopsError("unsupported", "the sops block cannot be set");
}

function notYet(format: Format): SopsError {
  return new SopsError(
    "unsupported",
    `set and unset do not know ${format} files yet: use sops set`,
  );
}
