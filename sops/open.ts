import { SopsError } from "./errors.ts";
import { computeMac, openMac } from "./mac.ts";
import type { Selector } from "./selection/key-selection.ts";
import type { Metadata } from "./metadata/metadata.ts";
import type { Leaf, Replacement, StoreFile } from "./store.ts";
import {
  additionalData,
  decryptIfMadeFor,
  decryptToken,
  isSamePath,
  isToken,
  readToken,
  shownPath,
  type KeyPath,
} from "./token.ts";
import { TOKEN_START } from "./token-start.ts";
import type { Value } from "./value.ts";

/** An encrypted file's leaves with their plaintext. */
export interface OpenedLeaf {
  readonly leaf: Leaf;
  /** Whether the selection takes the leaf, so that it is, or should be, encrypted. */
  readonly selected: boolean;
  /** Its plaintext; null for null. */
  readonly value: Value | null;
  /** The token that `value` came from; null where the leaf is not encrypted. */
  readonly token: string | null;
  /** Set for a comment whose token was made for another mapping or list than it stands in. */
  readonly isDisplaced?: true;
  /** Set for a comment that is to be encrypted as an item of a list: the list's path. */
  readonly itemOf?: KeyPath;
}

export interface DecryptOptions {
  readonly ignoreMac?: boolean;
}

/** What {@link openSelected} does about a plaintext value where a token belongs. */
export type PlaintextPolicy = "refuse" | "accept";

/** What it does about an encrypted comment that does not decrypt: `keep` leaves it as it stands. */
export type DamagedCommentPolicy = "refuse" | "keep";

/**
 * Decrypts the leaves of a file that a selector takes.
 *
 * @param plaintext whether a selected value that is no token is an error (decrypting) or taken as
 *   it is (sealing a file with new values in it).
 * @param before leaves of the file as it was: what stands there still is not decrypted again.
 * @throws SopsError `tampered` with the line of the first value that does not decrypt.
 */
export function openSelected(
  file: StoreFile,
  selects: Selector,
  dataKey: Uint8Array,
  plaintext: PlaintextPolicy,
  damagedComments: DamagedCommentPolicy,
  before: readonly OpenedLeaf[] = [],
): OpenedLeaf[] {
  const comments = new CommentOpener(file, dataKey, damagedComments);
  const known = before.length === 0 ? null : new Map(before.map((one) => [one.token, one]));
  return file.leaves.map((leaf) => {
    const { value } = leaf;
    const selected = selects(leaf);
    if (!selected || value === null || value.text === "") {
      return { leaf, selected, value, token: null };
    }
    const same = known?.get(value.text.trimEnd());
    if (
      same !== undefined &&
      same.leaf.kind === leaf.kind &&
      isSamePath(same.leaf.path, leaf.path)
    ) {
      return { leaf, selected, value: same.value, token: same.token };
    }
    if (leaf.kind === "comment") return comments.open(leaf, value);
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
    const plain = atLine(leaf, () => decryptToken(token, dataKey, leaf.path));
    return { leaf, selected, value: plain, token };
  });
}

/** Gives an error about a leaf its line. */
function atLine<T>({ line }: Leaf, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SopsError) throw new SopsError(error.code, error.message, { line });
    throw error;
  }
}

/**
 * Decrypts comments. No MAC covers them, and what is no token is a plain comment, as files of old
 * versions of sops hold. sops leaves a comment that does not decrypt as it is; here it is damage.
 */
class CommentOpener {
  private readonly file: StoreFile;
  private readonly dataKey: Uint8Array;
  private readonly damaged: DamagedCommentPolicy;
  private paths: readonly KeyPath[] | null = null;
  /** What tokens were made for, once it was searched for. */
  private readonly displaced = new Map<string, Value | null>();

  constructor(file: StoreFile, dataKey: Uint8Array, damaged: DamagedCommentPolicy) {
    this.file = file;
    this.dataKey = dataKey;
    this.damaged = damaged;
  }

  open(leaf: Leaf, value: Value): OpenedLeaf {
    const token = value.text.trimEnd();
    if (!isToken(token)) return { leaf, selected: true, value, token: null };
    const name = () => nameOf(leaf);
    const own = atLine(leaf, () => this.decrypt(token, leaf.path, name));
    if (own !== null) return { leaf, selected: true, value: own, token };
    const found = atLine(leaf, () => this.searchFor(token, name));
    if (found !== null) return { leaf, selected: true, value: found, token, isDisplaced: true };
    if (this.damaged === "keep") return { leaf, selected: true, value, token: null };
    throw new SopsError("tampered", `${name()} does not decrypt`, { line: leaf.line });
  }

  private decrypt(token: string, path: KeyPath, name: () => string): Value | null {
    return decryptIfMadeFor(token, this.dataKey, path, name);
  }

  /** Rewriting a file, sops puts some comments into another mapping than it encrypted them for. */
  private searchFor(token: string, name: () => string): Value | null {
    let value = this.displaced.get(token);
    if (value !== undefined) return value;
    value = null;
    for (const path of this.allPaths()) {
      value = this.decrypt(token, path, name);
      if (value !== null) break;
    }
    this.displaced.set(token, value);
    return value;
  }

  /** Of every mapping and list of the file. */
  private allPaths(): readonly KeyPath[] {
    if (this.paths === null) {
      const paths = new Map<string, KeyPath>();
      const { leaves } = this.file;
      for (const path of [
        ...leaves.map((leaf) => leaf.path),
        ...(this.file.pathsAroundEmpty?.() ?? []),
      ]) {
        for (let length = path.length; length >= 0; length -= 1) {
          const part = path.slice(0, length);
          const name = additionalData(part);
          if (paths.has(name)) break;
          paths.set(name, part);
        }
      }
      this.paths = [...paths.values()];
    }
    return this.paths;
  }
}

function nameOf({ recordsSpelling, path }: Leaf): string {
  return recordsSpelling === true
    ? `the recorded spelling of the value at ${shownPath(path)}`
    : "an encrypted comment";
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
  if (stored === macOf(opened, metadata)) return;
  const commentedOut = opened.find(isCommentedOut);
  throw commentedOut === undefined
    ? new SopsError(
        "mac-mismatch",
        "the MAC does not match: the file was changed after it was encrypted",
      )
    : new SopsError(
        "mac-mismatch",
        "the MAC does not match: a value that is encrypted was commented out; put it back, and take it out while the file is decrypted",
        { line: commentedOut.leaf.line },
      );
}

/** Whether a comment holds a value's ciphertext, as where somebody put a `#` before the line of one. */
function isCommentedOut({ leaf, value }: OpenedLeaf): boolean {
  if (leaf.kind !== "comment" || value === null) return false;
  const start = value.text.indexOf(TOKEN_START);
  return start !== -1 && (readToken(value.text.slice(start))?.type ?? "comment") !== "comment";
}

/** An encrypted file with its plaintext. */
export interface Decrypted {
  readonly file: StoreFile;
  readonly leaves: readonly OpenedLeaf[];
  readonly text: string;
}

/**
 * Decrypts a file, its MAC verified first: never a part of it.
 *
 * @param selects what its own selection takes.
 * @param options.ignoreMac also leaves comments that do not decrypt as they stand.
 * @throws SopsError `tampered`, `mac-missing`, `mac-mismatch`
 */
export function decryptSelected(
  file: StoreFile,
  metadata: Metadata,
  selects: Selector,
  dataKey: Uint8Array,
  options: DecryptOptions = {},
): Decrypted {
  const damagedComments = options.ignoreMac === true ? "keep" : "refuse";
  const leaves = openSelected(file, selects, dataKey, "refuse", damagedComments);
  return { file, leaves, text: plaintextOf(file, leaves, metadata, dataKey, options) };
}

/**
 * The plaintext of a file whose leaves are decrypted, its MAC verified first.
 *
 * @throws SopsError `mac-missing`, `mac-mismatch`
 */
export function plaintextOf(
  file: StoreFile,
  opened: readonly OpenedLeaf[],
  metadata: Metadata,
  dataKey: Uint8Array,
  options: DecryptOptions,
): string {
  if (options.ignoreMac !== true) verifyMac(opened, metadata, dataKey);
  const replacements = new Map<Leaf, Replacement>();
  for (const { leaf, value, token } of opened) {
    if (token !== null && value !== null) replacements.set(leaf, { kind: "plaintext", value });
  }
  return file.splice(replacements, null);
}
