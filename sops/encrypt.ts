import { newDataKey, wrapForAll } from "./data-key.ts";
import { openLeaves } from "./decrypt.ts";
import { SopsError } from "./errors.ts";
import type { Selector } from "./selection/key-selection.ts";
import { KnownTokens } from "./known-tokens.ts";
import { openMac, sealMac } from "./mac.ts";
import { macOf, type OpenedLeaf } from "./open.ts";
import {
  refuseLeaf,
  refuseLocked,
  refuseLost,
  refuseMatchingTokens,
  refuseMisplaced,
  refuseSharedValues,
  refuseStrayComments,
  refuseTooMany,
} from "./refuse-leaf.ts";
import { isSameSelection, type Selection } from "./selection/selection-option.ts";
import { selector } from "./selection/selection.ts";
import { effectiveSelection, FORMAT_VERSION, type Metadata } from "./metadata/metadata.ts";
import type { Leaf, Replacement, StoreFile } from "./store.ts";
import { encryptValue, type KeyPath } from "./token.ts";
import type { Value } from "./value.ts";

/** How a file is to be encrypted: what its creation rule says. */
export interface Encryption {
  readonly recipients: readonly string[];
  readonly selection: Selection | null;
  readonly macOnlyEncrypted: boolean;
}

/**
 * An earlier encrypted version of the file and its data key. What is unchanged since keeps its
 * ciphertext. Pass one only where every recipient of that version is still a recipient:
 * {@link mayReuse}.
 */
export interface Previous {
  readonly file: StoreFile;
  readonly metadata: Metadata;
  readonly dataKey: Uint8Array;
}

export interface Encrypted {
  readonly text: string;
  /** How many values and comments were encrypted now. */
  readonly values: number;
  readonly comments: number;
  /** How many kept the ciphertext that they had. */
  readonly unchanged: number;
}

/** How an encrypted file is encrypted, for encrypting it the same way again. */
export function encryptionOf({ age, selection, macOnlyEncrypted }: Metadata): Encryption {
  return { recipients: age.map(({ recipient }) => recipient), selection, macOnlyEncrypted };
}

/**
 * Whether a version's data key may be used again. Somebody who was removed knows it, so it may not if
 * one of its recipients is none any more, or if keys other than age open it.
 */
export function mayReuse(previous: Metadata, recipients: readonly string[]): boolean {
  return (
    previous.foreign.length === 0 &&
    previous.age.every(({ recipient }) => recipients.includes(recipient))
  );
}

/**
 * Encrypts a plaintext file.
 *
 * @param rule a binary file has no keys to select by: of its rule only the recipients count, as in
 *   sops.
 * @param now the time of `lastmodified`.
 * @throws SopsError `already-encrypted` where the file has a `sops` block, `tampered` where a value
 *   is ciphertext but there is none, `unsupported` where an alias cannot be encrypted in place.
 */
export async function encryptFile(
  file: StoreFile,
  rule: Encryption,
  options: { readonly previous?: Previous | null; readonly now?: Date } = {},
): Promise<Encrypted> {
  if (file.rawMetadata !== null) {
    throw new SopsError("already-encrypted", "is encrypted already: it has a sops block");
  }
  const encryption =
    file.singleValue === true ? { ...rule, selection: null, macOnlyEncrypted: false } : rule;
  refuseStrayComments(file, effectiveSelection(encryption));
  const selects = selector(effectiveSelection(encryption), file);
  const opened = file.leaves.map((leaf): OpenedLeaf => {
    const itemOf = takenByList(leaf, encryption, selects);
    const selected = itemOf !== null || selects(leaf);
    refuseLeaf(leaf, selected, selects, encryption);
    const opened = { leaf, selected, value: valueKept(leaf, selected), token: null };
    return itemOf === null ? opened : { ...opened, itemOf };
  });
  const { previous } = options;
  const known = previous === undefined || previous === null ? [] : openedBefore(previous);
  return seal(file, opened, encryption, { ...options, known });
}

/**
 * Refuses a comment that would stay readable, though sops takes it to be where it is encrypted: for one that
 * goes into another format. {@link encryptFile} does it for its own.
 *
 * @throws SopsError `unsupported`
 */
export function refuseReadableComments(
  file: StoreFile,
  encryption: Pick<Encryption, "selection">,
): void {
  const selects = selector(effectiveSelection(encryption), file);
  for (const leaf of file.leaves) {
    if (leaf.kind !== "comment") continue;
    takenByList(leaf, encryption, selects);
    refuseMisplaced(leaf, selects(leaf), selects);
  }
}

/**
 * Encrypts what is new in a file that is encrypted already, and signs the whole anew.
 *
 * @param metadata the file's own.
 * @param options.before the leaves of the file as it was, whose tokens may serve on.
 * @param options.bare whether new tokens stand bare, as in a file that sops wrote.
 * @throws SopsError `tampered`, `unsupported`
 */
export async function sealFile(
  file: StoreFile,
  metadata: Metadata,
  dataKey: Uint8Array,
  options: {
    readonly now?: Date;
    readonly bare?: boolean;
    readonly before?: readonly OpenedLeaf[];
  } = {},
): Promise<Encrypted> {
  const { before } = options;
  const opened = openLeaves(file, metadata, dataKey, "accept", "refuse", before);
  for (const one of opened) {
    if (one.token === null) refuseLost(one.leaf);
    refuseLocked(one, dataKey);
  }
  const previous = { file, metadata, dataKey };
  return seal(file, opened, encryptionOf(metadata), {
    ...options,
    previous,
    known: before ?? opened,
  });
}

/** Encrypts opened leaves with a new data key, those too that have a ciphertext. */
export async function sealAnew(
  file: StoreFile,
  opened: readonly OpenedLeaf[],
  encryption: Encryption,
): Promise<Encrypted> {
  return seal(
    file,
    opened.map((one) => ({ ...one, token: null })),
    encryption,
    { known: [] },
  );
}

async function seal(
  file: StoreFile,
  opened: readonly OpenedLeaf[],
  encryption: Encryption,
  options: {
    readonly previous?: Previous | null;
    /** The leaves of the previous version, whose tokens may serve on. */
    readonly known: readonly OpenedLeaf[];
    readonly now?: Date;
    /** Whether new tokens stand bare, as in a file that sops wrote. */
    readonly bare?: boolean;
  },
): Promise<Encrypted> {
  const { previous = null, now = new Date() } = options;
  refuseSharedValues(opened);
  refuseTooMany(opened);
  const dataKey = previous?.dataKey ?? newDataKey();
  const known = new KnownTokens(options.known);
  const replacements = new Map<Leaf, Replacement>();
  const count = { values: 0, comments: 0, unchanged: 0 };
  for (const { leaf, selected, value, token: existing, itemOf } of opened) {
    if (!selected || value === null || value.text === "") continue;
    if (existing !== null) {
      if (leaf.recordsSpelling !== true) count.unchanged += 1;
      continue;
    }
    const path = itemOf ?? leaf.path;
    const asItem = itemOf !== undefined;
    const reused = known.take(path, value);
    if (reused !== null) {
      if (leaf.recordsSpelling !== true) count.unchanged += 1;
      // Decrypting put what stood bare into quotes or a block: it goes back to how it stood.
      const bare = options.bare === true || (reused.bare && leaf.form === "forced");
      replacements.set(leaf, { kind: "ciphertext", token: reused.token, bare, asItem });
      continue;
    }
    const token = encryptValue(value, dataKey, path);
    if (leaf.recordsSpelling !== true) count[leaf.kind === "comment" ? "comments" : "values"] += 1;
    replacements.set(leaf, { kind: "ciphertext", token, bare: options.bare === true, asItem });
  }
  refuseMatchingTokens(replacements, effectiveSelection(encryption));
  const mac = macOf(opened, encryption);
  const present = previous?.metadata.age ?? [];
  const age = await wrapForAll(encryption.recipients, present, () => Promise.resolve(dataKey));
  const kept = previous === null ? null : keptSignature(previous, encryption, mac);
  const lastModified = kept?.lastModified ?? `${now.toISOString().slice(0, 19)}Z`;
  const metadata: Metadata = {
    age,
    foreign: [],
    lastModified,
    mac: kept?.mac ?? sealMac(mac, dataKey, lastModified),
    selection: effectiveSelection(encryption),
    macOnlyEncrypted: encryption.macOnlyEncrypted,
    version: kept?.version ?? FORMAT_VERSION,
  };
  return { text: file.splice(replacements, metadata), ...count };
}

/** The time and MAC of the previous version, where nothing that they stand for has changed. */
function keptSignature(
  previous: Previous,
  encryption: Encryption,
  mac: string,
): Pick<Metadata, "lastModified" | "mac" | "version"> | null {
  const { metadata, dataKey } = previous;
  const same =
    metadata.mac !== null &&
    metadata.macOnlyEncrypted === encryption.macOnlyEncrypted &&
    isSameSelection(effectiveSelection(metadata), effectiveSelection(encryption)) &&
    openMac(metadata.mac, dataKey, metadata.lastModified) === mac;
  return same ? metadata : null;
}

/** The leaves of an earlier version; none if it is damaged, so that nothing of it is used again. */
function openedBefore({ file, metadata, dataKey }: Previous): OpenedLeaf[] {
  try {
    return openLeaves(file, metadata, dataKey, "accept");
  } catch (error) {
    if (error instanceof SopsError) return [];
    throw error;
  }
}

/**
 * A leaf's value in the encrypted file: a readable block at the end gains a line break before the sops
 * block.
 */
function valueKept({ value, gainsBreak }: Leaf, selected: boolean): Value | null {
  return gainsBreak === true && !selected && value !== null
    ? { ...value, text: `${value.text}\n` }
    : value;
}

/**
 * Some comments at the end of a file sops takes into a list above, and encrypts them there. This is the
 * path of that list; null for all other comments.
 *
 * @throws SopsError `unsupported` if it cannot be kept there, and would be left readable.
 */
function takenByList(
  leaf: Leaf,
  encryption: Pick<Metadata, "selection">,
  selects: Selector,
): KeyPath | null {
  const { endOfFile } = leaf;
  if (endOfFile === undefined || selects(leaf) || !selects(endOfFile.leaf)) return null;
  const { path } = endOfFile.leaf;
  const byComment = effectiveSelection(encryption).option.endsWith("comment_regex");
  if (endOfFile.asItem && !byComment) return path;
  const [where, mend] =
    path.length === 0
      ? ["the top mapping", "begin its line with it"]
      : ["what is above", "put it in the first column below an empty line"];
  throw new SopsError(
    "unsupported",
    `the comment at the end would stay readable, though sops takes it to ${where} and encrypts it: ${mend}, or write it above the last entry`,
    { line: leaf.line },
  );
}
