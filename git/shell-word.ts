import { octal, pieces } from "./escape.ts";
import type { GitPath } from "./path.ts";

/** Nothing here means anything to dash, bash or zsh, wherever it stands in a word. */
const bareWord = /^(?:[A-Za-z0-9._/+,-][A-Za-z0-9._/+,:@-]*|--[a-z-]+=[A-Za-z0-9._/+,:@-]*)$/;

/** What can stand as it is in the format of a `printf '…'` inside double quotes. */
const printfLiteral = /^[A-Za-z0-9._/+,:@=() -]$/;

/**
 * One word of POSIX shell that expands to exactly these bytes, in dash, bash and zsh, scripts and
 * interactive shells alike, and that holds no control characters.
 *
 * The one exception is a newline at the very end, which command substitution would drop and for
 * which `sh` has no escape: it stands between single quotes as itself.
 *
 * @param bytes one char per byte, no NUL
 */
function shellWord(bytes: string): string {
  if (bareWord.test(bytes)) return bytes;
  const parts = pieces(bytes);
  if (parts.every((piece) => piece.text !== null)) {
    const text = parts.map((piece) => piece.text).join("");
    return `'${text.replaceAll("'", "'\\''")}'`;
  }
  const trailing = /\n*$/.exec(bytes)?.[0] ?? "";
  const format = pieces(bytes.slice(0, bytes.length - trailing.length))
    .map((piece) =>
      piece.text !== null && (piece.bytes.length > 1 || printfLiteral.test(piece.text))
        ? piece.text
        : octal(piece.bytes),
    )
    .join("");
  return `"$(printf '${format}')"${trailing === "" ? "" : `'${trailing}'`}`;
}

/** The path as seen from a folder: both from the top, the folder empty or ending in `/`. */
function relativeTo(prefix: GitPath, path: GitPath): string {
  const from = prefix.split("/").slice(0, -1);
  const to = path.split("/");
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  return "../".repeat(from.length - common) + to.slice(common).join("/");
}

/**
 * The path as a word to paste into a shell that stands in the folder `prefix`. A name that begins
 * with a dash gets `./` before it, since `-` alone means stdin to many commands even after `--`.
 *
 * @param prefix GIT_PREFIX: from the top of the worktree, empty or ending in `/`
 */
export function shellPath(path: GitPath, prefix: GitPath): string {
  const relative = relativeTo(prefix, path);
  return shellWord(relative.startsWith("-") ? `./${relative}` : relative);
}

/**
 * The path as a pathspec to paste into a git command after `--`, naming that file alone: where
 * git would take a character of it for a glob or for magic it says so (gitglossary(7),
 * "pathspec"), and then starts from the top.
 *
 * @param prefix GIT_PREFIX: from the top of the worktree, empty or ending in `/`
 */
export function pathspec(path: GitPath, prefix: GitPath): string {
  return /[*?[\]\\:]/.test(path) ? shellWord(`:(top,literal)${path}`) : shellPath(path, prefix);
}

/** A text as one word of a POSIX shell, ready to paste: see shellPath for what that takes. */
export function shellText(text: string): string {
  return shellWord(Buffer.from(text, "utf8").toString("latin1"));
}

/** A whole command, ready to paste. */
export function shellCommand(words: readonly string[]): string {
  return words.map(shellText).join(" ");
}

/**
 * A whole command that ends in names of files, ready to paste into a shell that stands in the folder
 * `prefix`.
 *
 * @param prefix GIT_PREFIX: from the top of the worktree, empty or ending in `/`
 */
export function commandOnFiles(
  words: readonly string[],
  paths: readonly GitPath[],
  prefix: GitPath,
): string {
  return [...words.map(shellText), ...paths.map((path) => shellPath(path, prefix))].join(" ");
}
