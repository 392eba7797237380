import { SopsError } from "./errors.ts";
import type { Selector } from "./selection/key-selection.ts";
import { effectiveSelection, type Metadata } from "./metadata/metadata.ts";
import type { OpenedLeaf } from "./open.ts";
import type { Selection } from "./selection/selection-option.ts";
import { compilePattern, selector } from "./selection/selection.ts";
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
 * A comment that selects what follows it has to stand where sops selects the same by it.
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
 * Whoever decrypts looks for the comments that leave values readable among all, the encrypted ones too: what
 * follows one whose ciphertext matches would stay as it is.
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

/** A comment that looks like a part of what is encrypted, or that sops takes to be elsewhere. */
function refuseMisplaced(leaf: Leaf, selected: boolean, selects: Selector): void {
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
 * A comment that would stay readable with an empty value: sops takes it to be behind that, or before all
 * else, where the comment that keeps the value readable is not about it.
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
 * A ciphertext of the file that it is to be signed with as a readable value: nobody would decrypt it again.
 *
 * @throws SopsError `unsupported`
 */
export function refuseLocked({ leaf, selected, value }: OpenedLeaf, dataKey: Uint8Array): void {
  if (selected || value === null || !isToken(value.text.trimEnd())) return;
  const { path, line } = leaf;
  if (decryptBound(value.text.trimEnd(), dataKey, additionalData(path)) === null) return;
  throw new SopsError(
    "unsupported",
    `${nameOf(leaf)} would stay encrypted for good: ${NOT_ITS_COMMENT}`,
    { line },
  );
}

/**
 * Where comments select, what is taken out may leave its comment to what follows, which was encrypted and
 * would be readable.
 *
 * @param typed the plaintext after a change.
 * @param before the leaves of the encrypted file.
 * @throws SopsError `unsupported`
 */
export function refuseExposed(
  typed: StoreFile,
  selection: Selection,
  before: readonly OpenedLeaf[],
): void {
  if (!selection.option.endsWith("comment_regex")) return;
  const placed = ({ path }: Leaf, value: OpenedLeaf["value"]) =>
    `${additionalData(path)}\0${value?.text ?? ""}`;
  const secrets = new Set<string>();
  // Items of a list share a path: how often what is a secret in one of them was readable in another.
  const readable = new Map<string, number>();
  for (const { leaf, value, token } of before) {
    const place = placed(leaf, value);
    if (token === null) readable.set(place, (readable.get(place) ?? 0) + 1);
    else secrets.add(place);
  }
  const selects = selector(selection, typed);
  const exposed = typed.leaves.find((leaf) => {
    const place = placed(leaf, leaf.value);
    if (!secrets.has(place) || selects(leaf)) return false;
    const left = readable.get(place) ?? 0;
    readable.set(place, left - 1);
    return left <= 0;
  });
  if (exposed === undefined) return;
  throw new SopsError("unsupported", `${nameOf(exposed)} would be readable: ${NOT_ITS_COMMENT}`);
}

/**
 * What is taken out leaves the comments below it, and those of a mapping or list that is empty then: they may have been
 * encrypted, and come to stand where nothing is.
 *
 * @param typed the plaintext after a change.
 * @param before the leaves of the encrypted file.
 * @throws SopsError `unsupported`
 */
export function refuseExposedComment(
  typed: StoreFile,
  selection: Selection,
  before: readonly OpenedLeaf[],
): void {
  const secrets = new Set<string>();
  const readable = new Set<string>();
  for (const { leaf, value, token } of before) {
    if (leaf.kind !== "comment") continue;
    for (const line of commentLines(value)) (token === null ? readable : secrets).add(line);
  }
  const selects = selector(selection, typed);
  const isExposed = (leaf: Leaf): boolean =>
    commentLines(leaf.value).some((line) => secrets.has(line) && !readable.has(line)) &&
    !selects(leaf);
  if (typed.leaves.some((leaf) => leaf.kind === "comment" && isExposed(leaf))) {
    throw new SopsError(
      "unsupported",
      "an encrypted comment would be readable: it is not taken out with what it stands in or above. Take out both with edit",
    );
  }
}

/** In INI several lines are one comment, and those above what is taken out become lines of another. */
function commentLines(value: OpenedLeaf["value"]): string[] {
  const lines = (value?.text ?? "")
    .split("\n")
    .map((line) => line.replace(/^[#; ]+/, "").trimEnd());
  return lines.filter((line) => line !== "");
}

const NOT_ITS_COMMENT =
  "a comment that leaves values readable, and was about something else, is above it now. Take that out, too, with edit";

function nameOf({ kind, path }: Leaf): string {
  return kind === "comment" ? "an encrypted comment" : `the value at ${shownPath(path)}`;
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

/** An empty text is never ciphertext: it must not be another one once the sops block follows. */
function refuseEmptyAtEnd({ gainsBreak, value, path, line }: Leaf, selected: boolean): void {
  if (!selected || gainsBreak !== true || value?.text !== "") return;
  throw new SopsError(
    "unsupported",
    `the value at ${shownPath(path)} is a block with nothing in it, where the file ends: end the file with a line break`,
    { line },
  );
}

/** No text, no ciphertext: then sops and Flux take a comment in an encrypted list for an empty text. */
function refuseEmptyInList({ becomesItem, path, line }: Leaf, selected: boolean): void {
  if (!selected || becomesItem !== true) return;
  throw new SopsError(
    "unsupported",
    `the comment without text in the list at ${shownPath(path)} would be an empty item to sops and Flux: take it out, or write something behind the #`,
    { line },
  );
}

/** What sops and Flux write of such a value is no YAML, be it encrypted in the file or not. */
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
