import { below, sameData, type Data } from "../../data/data-tree.ts";
import { SopsError } from "../../errors.ts";
import { readBesideMetadata } from "../../data/read-data.ts";
import { isCommentToken, shownPath } from "../../token.ts";
import { itemAt, nameOf, type TreePath } from "../../data/tree-path.ts";

/**
 * Makes certain that an edit of a text has changed what it was to change, and nothing else: what has slipped
 * would be encrypted and signed. An alias brings a change to another place, too.
 *
 * @param value what was put at the path; undefined where that was taken out.
 * @throws SopsError `unsupported` where something else has changed, or what came of it is no YAML.
 */
export function checkChange(
  before: string,
  after: string,
  path: TreePath,
  value: Data | undefined,
): void {
  const [old, ...oldDocuments] = readBesideMetadata(before);
  const [now, ...nowDocuments] = readEdited(after);
  if (isChangedAt(old, now, path, value) && isSame(oldDocuments, nowDocuments)) return;
  const name = shownPath(path.map(String));
  throw new SopsError(
    "unsupported",
    `${name} cannot be changed where it stands without changing something else: use edit`,
  );
}

/** Nothing where it is no YAML: the line of that is one of a text that nobody has seen. */
function readEdited(text: string): ReturnType<typeof readBesideMetadata> {
  try {
    return readBesideMetadata(text);
  } catch (error) {
    if (error instanceof SopsError && error.code === "syntax") return [];
    throw error;
  }
}

function isChangedAt(
  before: Data | undefined,
  after: Data | undefined,
  path: TreePath,
  value: Data | undefined,
): boolean {
  const [part, ...rest] = path;
  if (part === undefined) return isSame(value, after);
  if (before instanceof Map) {
    const name = nameOf(part);
    const old = before as ReadonlyMap<string, Data>;
    if (!(after instanceof Map)) return false;
    const now = after as ReadonlyMap<string, Data>;
    return [...new Set([...old.keys(), ...now.keys()])].every((key) =>
      key === name
        ? isChangedAt(old.get(key), now.get(key), rest, value)
        : isSame(old.get(key), now.get(key)),
    );
  }
  if (Array.isArray(before)) {
    const old = before as readonly Data[];
    const index = itemAt(old, part, isComment);
    const at = index === -1 ? old.length : index;
    if (!Array.isArray(after)) return false;
    const now = after as readonly Data[];
    if (value === undefined && rest.length === 0) return isSame(old.toSpliced(at, 1), now);
    return (
      isSame(old.toSpliced(at, 1), now.toSpliced(at, 1)) &&
      isChangedAt(old[at], now[at], rest, value)
    );
  }
  // What is no collection gives its place to the new branch.
  return value !== undefined && isSame(below(path, value), after);
}

function isSame(one: Data | undefined, other: Data | undefined): boolean {
  return one === undefined ? other === undefined : sameData(one, other);
}

/** sops makes an item of a comment in a list. */
function isComment(item: Data): boolean {
  return typeof item === "string" && isCommentToken(item);
}
