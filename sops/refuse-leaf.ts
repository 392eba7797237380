import { SopsError } from "./errors.ts";
import type { Selector } from "./selection/key-selection.ts";
import { effectiveSelection, type Metadata } from "./metadata/metadata.ts";
import type { OpenedLeaf } from "./open.ts";
import { leafName, NOT_ITS_COMMENT } from "./refuse-exposed.ts";
import type { Selection } from "./selection/selection-option.ts";
import { compilePattern } from "./selection/selection.ts";
import type { Leaf, Replacement, StoreFile } from "./store.ts";
import { additionalData, decryptBound, isToken, shownPath, type KeyPath } from "./token.ts";

/**
 * Refuses a leaf that sops or Flux would read otherwise once the file is encrypted.
 *
 * @throws SopsError `unsupported`, `tampered`
 */
export function refuseLeaf(
  leaf: Leaf,
  selected: boolean,
  selects: Selector,
  encryption: Pick<Metadata, "selection">,
): void {
  refuseMisplaced(leaf, selected, selects);
  refuseOnNothing(leaf, selected, encryption);
  refuseStrayToken(leaf, selected);
  refuseEmptyAtEnd(leaf, selected);
  refuseEmptyInList(leaf, selected);
  refuseLost(leaf);
}

/**
 * A comment that selects has to stand where sops selects the same values by it.
 *
 * @throws SopsError `unsupported`
 */
export function refuseStrayComments({ leaves }: StoreFile, { option, pattern }: Selection): void {
  if (!option.endsWith("comment_regex") || !leaves.some(({ astray }) => astray === true)) return;
  const matches = compilePattern(pattern);
  const stray = leaves.find(({ astray, value }) => astray === true && matches(value?.text ?? ""));
  if (stray === undefined) return;
  throw new SopsError(
    "unsupported",
    `sops may take a comment here to be about something else, and select that by ${option}: write comments right above what they are about, indented alike`,
    { line: stray.line },
  );
}

/**
 * To decrypt, sops matches `unencrypted_comment_regex` against all comments, the encrypted ones too:
 * the value below one whose ciphertext happens to match would not be decrypted.
 *
 * @throws SopsError `unsupported`
 */
export function refuseMatchingTokens(
  replacements: ReadonlyMap<Leaf, Replacement>,
  { option, pattern }: Selection,
): void {
  if (option !== "unencrypted_comment_regex") return;
  const matches = compilePattern(pattern);
  for (const [{ kind, recordsSpelling, line }, replacement] of replacements) {
    if (kind !== "comment" || recordsSpelling === true) continue;
    if (replacement.kind !== "ciphertext" || !matches(replacement.token)) continue;
    throw new SopsError(
      "unsupported",
      'the comment could not be decrypted again, since unencrypted_comment_regex also matches its ciphertext: let the pattern say how such comments begin, as in "^ keep"',
      { line },
    );
  }
}

/**
 * A comment that looks like a part of what is encrypted, or that sops takes to be elsewhere.
 *
 * @throws SopsError `unsupported`
 */
export function refuseMisplaced(leaf: Leaf, selected: boolean, selects: Selector): void {
  const { indentedIn, takenInto } = leaf;
  const isEncrypted = (path: KeyPath | undefined) =>
    path !== undefined && selects({ ...leaf, path });
  if (!selected && isEncrypted(indentedIn)) {
    throw new SopsError(
      "unsupported",
      "the comment would stay readable, since sops takes it out of what it is indented in: write it above the last entry there",
      { line: leaf.line },
    );
  }
  if (takenInto !== undefined && (selected || isEncrypted(takenInto))) {
    throw new SopsError(
      "unsupported",
      `sops takes the comment into the brackets above and ${selected ? "cannot decrypt it" : "encrypts it there"}: write it above them`,
      { line: leaf.line },
    );
  }
}

/**
 * A readable comment beside an empty value: sops moves it behind that value, or to the top, where the
 * comment that keeps the value readable does not reach.
 */
function refuseOnNothing(
  leaf: Leaf,
  selected: boolean,
  encryption: Pick<Metadata, "selection">,
): void {
  if (selected || leaf.onNothing !== true) return;
  if (effectiveSelection(encryption).option !== "unencrypted_comment_regex") return;
  throw new SopsError(
    "unsupported",
    "the comment would stay readable, since sops takes it away from the empty value that it stands beside: write it on a line above",
    { line: leaf.line },
  );
}

/**
 * A ciphertext of this very file where a readable value belongs: signed so, nobody would decrypt it again.
 *
 * @throws SopsError `unsupported`
 */
export function refuseLocked({ leaf, selected, value }: OpenedLeaf, dataKey: Uint8Array): void {
  if (selected || value === null || !isToken(value.text.trimEnd())) return;
  const { path, line } = leaf;
  if (decryptBound(value.text.trimEnd(), dataKey, additionalData(path)) === null) return;
  throw new SopsError(
    "unsupported",
    `${leafName(leaf)} would stay encrypted for good: ${NOT_ITS_COMMENT}`,
    { line },
  );
}

/** What is wrong with a value that is ciphertext in a file without a sops block. */
export function strayToken({ path, line }: Leaf): { message: string; line: number } {
  return {
    message: `the value at ${shownPath(path)} is ciphertext, but the file has no sops block`,
    line,
  };
}

/** Ciphertext in a file without a sops block: it would be encrypted twice and lost. */
function refuseStrayToken(leaf: Leaf, selected: boolean): void {
  if (!selected || leaf.value === null || leaf.kind === "comment") return;
  if (leaf.value.type === "str" && isToken(leaf.value.text)) {
    const { message, line } = strayToken(leaf);
    throw new SopsError("tampered", message, { line });
  }
}

/**
 * An empty text has no ciphertext that could keep it: it must not change once the sops block follows.
 */
function refuseEmptyAtEnd({ gainsBreak, value, path, line }: Leaf, selected: boolean): void {
  if (!selected || gainsBreak !== true || value?.text !== "") return;
  throw new SopsError(
    "unsupported",
    `the value at ${shownPath(path)} is a block with nothing in it, where the file ends: end the file with a line break`,
    { line },
  );
}

/**
 * A comment without text gets no ciphertext: in an encrypted list, sops and Flux take it for an empty
 * item.
 */
function refuseEmptyInList({ becomesItem, path, line }: Leaf, selected: boolean): void {
  if (!selected || becomesItem !== true) return;
  throw new SopsError(
    "unsupported",
    `the comment without text in the list at ${shownPath(path)} would be an empty item to sops and Flux: take it out, or write something behind the #`,
    { line },
  );
}

/** sops and Flux would write this value as broken YAML, whether it is encrypted in the file or not. */
export function refuseLost({ becomesNull, path, line }: Leaf): void {
  if (becomesNull === undefined) return;
  const what = becomesNull === "key" ? "a key of the value" : "the value";
  throw new SopsError(
    "unsupported",
    `${what} at ${shownPath(path)} has several lines and begins with a tab: sops would decrypt it to null, and Flux not at all. Begin it with something else, or write it as base64 under data`,
    { line },
  );
}

/** How many values and comments are encrypted at once: it takes a second, and sops a minute. */
const MOST_TOKENS = 100_000;

/**
 * A file that would take too long to encrypt.
 *
 * @throws SopsError `unsupported`
 */
export function refuseTooMany(opened: readonly OpenedLeaf[]): void {
  let count = 0;
  for (const { selected, value, token } of opened) {
    if (selected && token === null && value !== null && value.text !== "") count += 1;
  }
  if (count <= MOST_TOKENS) return;
  throw new SopsError(
    "unsupported",
    `has ${count} values and comments to encrypt: divide it into files of ${MOST_TOKENS} at most`,
  );
}

/** An alias ties two places together of which one is encrypted: no ciphertext is right for both. */
export function refuseSharedValues(opened: readonly OpenedLeaf[]): void {
  if (opened.every(({ leaf }) => leaf.alias === null)) return;
  const selected = new Set(opened.filter((one) => one.selected).map(({ leaf }) => leaf));
  for (const { leaf, selected: wanted } of opened) {
    if (leaf.alias === null || leaf.value === null) continue;
    const { of: anchor, whole } = leaf.alias;
    if ((wanted && !whole) || (!wanted && anchor !== null && selected.has(anchor))) {
      throw new SopsError(
        "unsupported",
        `the value at ${shownPath(leaf.path)} is an alias of one that stands elsewhere: write it out`,
        { line: leaf.line },
      );
    }
  }
}
