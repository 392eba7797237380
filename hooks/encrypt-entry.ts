import type { CreationRule } from "../sops/creation-rules/creation-rules.ts";
import { misnamedKey, unwrapDataKey } from "../sops/data-key.ts";
import { openLeaves } from "../sops/decrypt.ts";
import { verifyMac, type OpenedLeaf } from "../sops/open.ts";
import { encryptFile, mayReuse, sealFile, type Encrypted, type Previous } from "../sops/encrypt.ts";
import { SopsError } from "../sops/errors.ts";
import type { Format } from "../sops/format.ts";
import type { KeyPair } from "../sops/age/identity.ts";
import type { Metadata } from "../sops/metadata/metadata.ts";
import { readSopsFile } from "../sops/sops-file.ts";
import type { StoreFile } from "../sops/store.ts";
import { shownPath } from "../sops/token.ts";

/** What the last commit has at a file's path. */
export interface Version {
  readonly bytes: Uint8Array;
  readonly format: Format;
}

/** The private keys at hand. */
export type Identities = readonly KeyPair[];

/**
 * Encrypts a plaintext file by its rule, keeping what is unchanged since the last commit.
 *
 * @param before the last commit's content at this path, or null.
 */
export async function encryptPlaintext(
  file: StoreFile,
  rule: CreationRule,
  before: Version | null,
  identities: Identities,
): Promise<Encrypted> {
  return encryptFile(file, rule, {
    previous: before === null ? null : await reusable(before, rule.recipients, identities),
  });
}

/** The last commit's version, if its data key can be read and may be used again. */
async function reusable(
  before: Version,
  recipients: readonly string[],
  identities: Identities,
): Promise<Previous | null> {
  const version = await openVersion(before, identities);
  return version !== null && mayReuse(version.metadata, recipients) ? version : null;
}

/** An encrypted version of a file, opened; null where it is none, or no identity opens it. */
async function openVersion(
  { bytes, format }: Version,
  identities: Identities,
): Promise<Previous | null> {
  try {
    const { file, metadata } = readSopsFile(bytes, format);
    if (metadata === null) return null;
    const dataKey = await unwrapDataKey(metadata, identities);
    return dataKey === null ? null : { file, metadata, dataKey };
  } catch (error) {
    if (error instanceof SopsError) return null;
    throw error;
  }
}

/** What came of looking into an encrypted file with the identities at hand. */
export type Inspection =
  /** It decrypts and its MAC holds. */
  | { readonly kind: "verified" }
  /** No identity here opens it. */
  | { readonly kind: "unverified" }
  /** It held new plaintext or an edited readable part: encrypted and signed anew. */
  | { readonly kind: "sealed"; readonly result: Encrypted; readonly changed: readonly string[] }
  | {
      readonly kind: "broken";
      readonly line: number | null;
      readonly message: string;
      /** Whether each value by itself is whole. */
      readonly decrypts: boolean;
    };

/**
 * Looks into an encrypted file. What was added in plaintext is encrypted; a readable part that was
 * edited by hand is signed anew, where the last commit's version shows that nothing else happened.
 *
 * @param added whether the file holds values or comments in plaintext that its selection takes.
 */
export async function inspectEncrypted(
  file: StoreFile,
  metadata: Metadata,
  added: boolean,
  before: Version | null,
  identities: Identities,
): Promise<Inspection> {
  try {
    const misnamed = await misnamedKey(metadata, identities);
    if (misnamed !== null) {
      const key = `${misnamed.recipient.slice(0, 12)}…`;
      const what = misnamed.isNamed
        ? `it names ${key} and is encrypted for another key in that place`
        : `${key} reads it, and it does not name that key`;
      const message = `${what}: a recipient in it was changed by hand`;
      return { kind: "broken", line: null, message, decrypts: true };
    }
    const dataKey = await unwrapDataKey(metadata, identities);
    if (dataKey === null) return { kind: "unverified" };
    const opened = openLeaves(file, metadata, dataKey, "accept");
    const isNew = ({ leaf, selected, value, token }: OpenedLeaf) =>
      leaf.kind === "value" && selected && token === null && value !== null && value.text !== "";
    // If values were only added, the MAC still holds for the others.
    const problem = macProblem(
      opened.filter((one) => !isNew(one)),
      metadata,
      dataKey,
    );
    if (!added && problem === null) return { kind: "verified" };

    const edited = await editedKeys(opened, before, identities);
    if (problem !== null && edited === null) {
      return { kind: "broken", line: null, message: problem.message, decrypts: true };
    }
    const changed = new Set(edited ?? []);
    for (const { leaf, selected, value, token } of opened) {
      if (selected && token === null && value !== null && value.text !== "") {
        changed.add(shownPath(leaf.path));
      }
    }
    const result = await sealFile(file, metadata, dataKey);
    return { kind: "sealed", result, changed: [...changed] };
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return { kind: "broken", line: error.line, message: error.message, decrypts: false };
  }
}

function macProblem(
  opened: readonly OpenedLeaf[],
  metadata: Metadata,
  dataKey: Uint8Array,
): SopsError | null {
  try {
    verifyMac(opened, metadata, dataKey);
    return null;
  } catch (error) {
    if (error instanceof SopsError) return error;
    throw error;
  }
}

/**
 * The names of the keys that differ from the last commit's version, where that version verifies and
 * every ciphertext now in the file stood in it already. Else null: ciphertext that moved here from
 * elsewhere must not be signed as if its author had put it here.
 */
async function editedKeys(
  opened: readonly OpenedLeaf[],
  before: Version | null,
  identities: Identities,
): Promise<string[] | null> {
  const version = before === null ? null : await openVersion(before, identities);
  if (version === null) return null;
  const { file, metadata, dataKey } = version;
  const old = openLeaves(file, metadata, dataKey, "accept");
  if (macProblem(old, metadata, dataKey) !== null) return null;
  const known = new Set(old.map(({ token }) => token));
  if (opened.some(({ token }) => token !== null && !known.has(token))) return null;
  const key = ({ leaf, value }: OpenedLeaf) => `${leaf.path.join("\0")}\0\0${value?.text ?? ""}`;
  const oldKeys = new Set(old.map(key));
  const newKeys = new Set(opened.map(key));
  const names = [
    ...opened.filter((one) => !oldKeys.has(key(one))),
    ...old.filter((one) => !newKeys.has(key(one))),
  ].map(({ leaf }) => shownPath(leaf.path));
  return [...new Set(names)];
}
