import { SopsError } from "./errors.ts";
import { computeMac, openMac } from "./mac.ts";
import { effectiveSelection, type Metadata } from "./metadata.ts";
import { selector } from "./selection.ts";
import type { Leaf, Replacement, StoreFile } from "./store.ts";
import { additionalData, decryptBound, decryptToken, isToken, shownPath } from "./token.ts";
import { normalise, type Value } from "./value.ts";

/** An encrypted file's leaves with their plaintext. */
export interface OpenedLeaf {
  readonly leaf: Leaf;
  /** Whether the selection takes the leaf, so that it is, or should be, encrypted. */
  readonly selected: boolean;
  /** Its plaintext; null for null; for a comment that does not decrypt, the text as it stands. */
  readonly value: Value | null;
  /** The token that `value` came from; null where the leaf is not encrypted. */
  readonly token: string | null;
}

/** What {@link openLeaves} says of a plaintext value where a token belongs. */
export type PlaintextPolicy = "refuse" | "accept";

/**
 * Decrypts every leaf of a file.
 *
 * @param plaintext whether a selected value that is no token is an error (decrypting) or taken as
 *   it is (sealing a file with new values in it).
 * @throws SopsError `tampered` with the line of the first value that does not decrypt.
 */
export function openLeaves(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  plaintext: PlaintextPolicy,
): OpenedLeaf[] {
  const selects = selector(effectiveSelection(metadata), file);
  return file.leaves.map((leaf) => {
    const { value } = leaf;
    const selected = selects(leaf);
    if (!selected || value === null || value.text === "") {
      return { leaf, selected, value, token: null };
    }
    if (leaf.kind === "comment") return openComment(leaf, value, dataKey);
    const encrypted = value.type === "str" && isToken(value.text);
    if (!encrypted) {
      if (plaintext === "accept") return { leaf, selected, value, token: null };
      throw new SopsError(
        "tampered",
        `the value at ${shownPath(leaf.path)} is not encrypted, or has text around its ciphertext`,
        { line: leaf.line },
      );
    }
    const token = value.text.trimEnd();
    try {
      return { leaf, selected, value: decryptToken(token, dataKey, leaf.path), token };
    } catch (error) {
      if (error instanceof SopsError) {
        throw new SopsError(error.code, error.message, { line: leaf.line });
      }
      throw error;
    }
  });
}

/** sops leaves a comment that does not decrypt as it is: files of old versions hold plain ones. */
function openComment(leaf: Leaf, value: Value, dataKey: Uint8Array): OpenedLeaf {
  const text = value.text.trimEnd();
  if (isToken(text)) {
    const plain = decryptBound(text, dataKey, additionalData(leaf.path));
    const opened = plain === null ? null : normalise(plain.type, plain.text);
    if (opened !== null) return { leaf, selected: true, value: opened, token: text };
  }
  return { leaf, selected: true, value, token: null };
}

/** The MAC over opened leaves. */
export function macOf(opened: readonly OpenedLeaf[], metadata: Pick<Metadata, "macOnlyEncrypted">) {
  return computeMac(macValues(opened, metadata.macOnlyEncrypted), metadata.macOnlyEncrypted);
}

function* macValues(opened: readonly OpenedLeaf[], onlyEncrypted: boolean): Generator<Value> {
  for (const { leaf, selected, value } of opened) {
    if (leaf.kind === "comment" || value === null || value.type === "comment") continue;
    if (!onlyEncrypted || selected) yield value;
  }
}

/**
 * Checks the MAC of opened leaves.
 *
 * @throws SopsError `mac-missing`, `mac-mismatch`
 */
export function verifyMac(
  opened: readonly OpenedLeaf[],
  metadata: Metadata,
  dataKey: Uint8Array,
): void {
  if (metadata.mac === null) throw new SopsError("mac-missing", "has no MAC");
  const stored = openMac(metadata.mac, dataKey, metadata.lastModified);
  if (stored !== macOf(opened, metadata)) {
    throw new SopsError(
      "mac-mismatch",
      "the MAC does not match: the file was changed after it was encrypted",
    );
  }
}

/**
 * The plaintext of an encrypted file, its MAC verified first: never a part of it.
 *
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`
 */
export function decryptFile(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: { readonly ignoreMac?: boolean } = {},
): string {
  const opened = openLeaves(file, metadata, dataKey, "refuse");
  if (options.ignoreMac !== true) verifyMac(opened, metadata, dataKey);
  const replacements = new Map<Leaf, Replacement>();
  for (const { leaf, value, token } of opened) {
    if (token !== null && value !== null) replacements.set(leaf, { kind: "plaintext", value });
  }
  return file.splice(replacements, null);
}
