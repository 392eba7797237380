import { SopsError } from "./errors.ts";
import type { OpenedLeaf } from "./open.ts";
import type { Selector } from "./selection/key-selection.ts";
import type { Selection } from "./selection/selection-option.ts";
import { selector } from "./selection/selection.ts";
import type { Leaf, StoreFile } from "./store.ts";
import { additionalData, shownPath } from "./token.ts";

/** Why a value is not encrypted, or not decrypted, any more. */
export const NOT_ITS_COMMENT =
  "a comment that leaves values readable, and was about something else, is above it now. Take that out, too, with edit";

/** What an error calls a leaf. */
export function leafName({ kind, path }: Leaf): string {
  return kind === "comment" ? "an encrypted comment" : `the value at ${shownPath(path)}`;
}

/**
 * Refuses a change of one value after which something else could be read that was encrypted before.
 *
 * @param typed the plaintext after the change.
 * @param before the leaves of the encrypted file.
 * @throws SopsError `unsupported`
 */
export function refuseExposed(
  typed: StoreFile,
  selection: Selection,
  before: readonly OpenedLeaf[],
): void {
  const selects = selector(selection, typed);
  if (selection.option.endsWith("comment_regex")) refuseExposedValue(typed, selects, before);
  refuseExposedComment(typed, selects, before);
}

/** An entry that is taken out may leave its comment to the next one, which that comment makes readable. */
function refuseExposedValue(
  { leaves }: StoreFile,
  selects: Selector,
  before: readonly OpenedLeaf[],
): void {
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
  const exposed = leaves.find((leaf) => {
    const place = placed(leaf, leaf.value);
    if (!secrets.has(place) || selects(leaf)) return false;
    const left = readable.get(place) ?? 0;
    readable.set(place, left - 1);
    return left <= 0;
  });
  if (exposed === undefined) return;
  throw new SopsError("unsupported", `${leafName(exposed)} would be readable: ${NOT_ITS_COMMENT}`);
}

/**
 * An entry that is taken out leaves the comments below it, and those of a mapping or list that is empty
 * then. They may have been encrypted, and now stand where nothing is.
 */
function refuseExposedComment(
  { leaves }: StoreFile,
  selects: Selector,
  before: readonly OpenedLeaf[],
): void {
  const secrets = new Set<string>();
  const readable = new Set<string>();
  for (const { leaf, value, token } of before) {
    if (leaf.kind !== "comment") continue;
    for (const line of commentLines(value)) (token === null ? readable : secrets).add(line);
  }
  const isExposed = (leaf: Leaf): boolean =>
    commentLines(leaf.value).some((line) => secrets.has(line) && !readable.has(line)) &&
    !selects(leaf);
  if (leaves.some((leaf) => leaf.kind === "comment" && isExposed(leaf))) {
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
