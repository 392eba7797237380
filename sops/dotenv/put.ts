import { scalarText, type Data } from "../data/data-tree.ts";
import { METADATA_PREFIX, spellDotenv } from "./document.ts";
import { SopsError } from "../errors.ts";
import { nameOf, type AmongComments, type TreePath } from "../data/tree-path.ts";

/**
 * Puts a value at a key: in the place of what is there, or on a line of its own behind the last one
 * that is no metadata. Everything else keeps its bytes.
 *
 * @param text a dotenv file, encrypted or not.
 * @throws SopsError `cannot-hold`, `already-encrypted` for a key that would be metadata.
 */
export function putDotenv(
  text: string,
  path: TreePath,
  value: Data,
  among: AmongComments = null,
): string {
  const key = keyOf(path);
  const spelled = scalarText(value);
  if (path.length > 1 || value === null || spelled === null) {
    throw new SopsError("cannot-hold", `a dotenv file holds single values, no null and no mapping`);
  }
  if (key.startsWith(METADATA_PREFIX)) {
    throw new SopsError(
      "already-encrypted",
      `keys that begin with ${METADATA_PREFIX} are SOPS's own`,
    );
  }
  if (/^#|[=\n]/.test(key)) {
    throw new SopsError(
      "cannot-hold",
      "a key of a dotenv file begins with no #, and holds no = and no line break",
    );
  }
  if (spelled.includes("\\n")) {
    throw new SopsError("cannot-hold", "in a dotenv file, \\n reads as a line break");
  }
  const entry = `${key}=${spellDotenv(spelled)}`;
  const lines = text.split("\n");
  const index = lines.findIndex((line) => line.startsWith(`${key}=`));
  if (index !== -1) return lines.with(index, entry).join("\n");
  const last = lines.findLastIndex(
    (line) =>
      line !== "" &&
      !line.startsWith(METADATA_PREFIX) &&
      !(among === "above" && line.startsWith("#")),
  );
  return lines.toSpliced(last + 1, 0, entry).join("\n");
}

/**
 * Takes the line of a key out.
 *
 * @returns null where there is none.
 */
export function removeDotenv(text: string, path: TreePath): string | null {
  const key = keyOf(path);
  if (path.length > 1 || key.startsWith(METADATA_PREFIX)) return null;
  const lines = text.split("\n");
  const index = lines.findIndex((line) => line.startsWith(`${key}=`));
  return index === -1 || key.startsWith("#") ? null : lines.toSpliced(index, 1).join("\n");
}

function keyOf([first = ""]: TreePath): string {
  return nameOf(first);
}
