import { isEmpty, type Data } from "./data-tree.ts";
import type { Format } from "../format.ts";
import { trimEnd } from "../ini/space.ts";
import type { DataComment, DataComments } from "./read-comments.ts";

type Root = ReadonlyMap<string, Data>;

/** The comments that a format has a place for, as it reads them. They stay in their mappings. */
export function heldComments(root: Root, format: Format, comments: DataComments): DataComments {
  const readable = ofHolders(comments, (_, own) => own.filter(({ text }) => !UNSEEN.test(text)));
  switch (format) {
    case "yaml":
      // In empty brackets, nobody reads what sops would make of them.
      return ofHolders(readable, (holder, own) => (isEmpty(holder) && holder !== root ? [] : own));
    case "dotenv":
      return ofHolders(readable, (holder, own) => (holder === root ? own : []));
    case "ini":
      return ofHolders(readable, (holder, own) =>
        holder === root ? [] : inSection(holder as Root, own),
      );
    case "json":
    case "binary":
      return new Map();
  }
}

/** Control characters and the like, which go-yaml reads nowhere. */
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

function ofHolders(
  comments: DataComments,
  held: (holder: Data, own: readonly DataComment[]) => readonly DataComment[],
): DataComments {
  return new Map(
    [...comments]
      .map(([holder, own]) => [holder, held(holder, own)] as const)
      .filter(([, own]) => own.length > 0),
  );
}

/**
 * An INI file has comments above its keys only: behind the last one they would be the next section's. sops
 * takes no `#`, `;` or space for the beginning of one, and crashes on an empty one.
 */
function inSection(section: Root, comments: readonly DataComment[]): DataComment[] {
  const last = [...section.keys()].at(-1);
  if (last === undefined) return [];
  return comments
    .map(({ text, above }) => ({
      text: trimEnd(text.replace(/^[#; ]+/, "")),
      above: above ?? last,
    }))
    .filter(({ text }) => text !== "");
}

/** The comments above each entry of a mapping or list, and those behind the last one. */
export function placedComments(comments: readonly DataComment[] = []): {
  readonly above: ReadonlyMap<string | number, readonly string[]>;
  readonly behind: readonly string[];
} {
  const above = new Map<string | number, string[]>();
  const behind: string[] = [];
  for (const one of comments) {
    if (one.above === null) {
      behind.push(one.text);
      continue;
    }
    const own = above.get(one.above);
    if (own === undefined) above.set(one.above, [one.text]);
    else own.push(one.text);
  }
  return { above, behind };
}

/** Each line has its `#`: whatever is in a comment, it never becomes a key or a value. */
export function commentLines(texts: readonly string[], mark: "#" | "; " = "#"): string {
  return texts.map((text) => mark + text).join("\n");
}

/** Whether two trees of the same data have the same comments at the same places. */
export function sameComments(
  [one, ofOne]: readonly [Data, DataComments],
  [other, ofOther]: readonly [Data, DataComments],
): boolean {
  const places = (holder: Data, comments: DataComments) =>
    JSON.stringify((comments.get(holder) ?? []).map(({ text, above }) => [text, above]));
  if (places(one, ofOne) !== places(other, ofOther)) return false;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.every((item, index) =>
      sameComments([item as Data, ofOne], [(other[index] ?? null) as Data, ofOther]),
    );
  }
  if (!(one instanceof Map && other instanceof Map)) return true;
  return [...(one as Root)].every(([key, value]) =>
    sameComments([value, ofOne], [(other as Root).get(key) ?? null, ofOther]),
  );
}
