import { escapePiece, pieces } from "./escape.ts";

/**
 * A path as git stores it: relative to the top of the worktree, parts separated by `/`, any bytes
 * but NUL. Held as a string with one char per byte (latin1), so that it compares, sorts and works
 * as a key of a Map without losing bytes that are no UTF-8. Never show it: see displayPath.
 */
export type GitPath = string & { readonly __brand: "GitPath" };

/** Nearly all paths: they are the same as text and as bytes. */
const ASCII = /^[\x00-\x7f]*$/;

/** The path with this name in UTF-8. */
export function pathFromText(text: string): GitPath {
  if (ASCII.test(text)) return text as GitPath;
  return Buffer.from(text, "utf8").toString("latin1") as GitPath;
}

/** The bytes of a path, without NUL. */
export function pathBytes(path: GitPath): Buffer {
  return Buffer.from(path, "latin1");
}

/**
 * The path as text, for matching rules. Bytes that are no UTF-8 become U+FFFD, so two paths may
 * have one text: never go back from it to a path.
 */
export function pathText(path: GitPath): string {
  if (ASCII.test(path)) return path;
  return pathBytes(path).toString("utf8");
}

/** Whether the path's bytes are UTF-8, so that it can be an argument of a process. */
export function isTextPath(path: GitPath): boolean {
  return pathFromText(pathText(path)) === path;
}

/**
 * The path for people, on one line. As it is when that is plain; else between double quotes with
 * the escapes of git's `core.quotePath=false` (git-config(1)): control characters, invalid UTF-8,
 * invisible characters, `"` and `\`.
 */
export function displayPath(path: GitPath): string {
  const parts = pieces(path);
  const isPlain =
    parts.every(({ text }) => text !== null && text !== '"' && text !== "\\") &&
    !/^ | $|^$/.test(path);
  if (isPlain) return pathText(path);
  return `"${parts
    .map(({ bytes, text }) => {
      if (text === null) return escapePiece(bytes);
      return text === '"' || text === "\\" ? `\\${text}` : text;
    })
    .join("")}"`;
}

/** The same, of a path that is known as text. */
export function displayTextPath(text: string): string {
  return displayPath(pathFromText(text));
}

/**
 * The path between double quotes with every unusual byte escaped: what git reads where it takes
 * one name a line (`unquote_c_style` in git's quote.c).
 */
export function quotedPathLine(path: GitPath): string {
  return `"${Array.from(path, (byte) => {
    if (byte === '"' || byte === "\\") return `\\${byte}`;
    return byte >= " " && byte <= "~" ? byte : escapePiece(byte);
  }).join("")}"`;
}
