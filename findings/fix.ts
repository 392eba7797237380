import type { Mend } from "./finding.ts";

/** Where the file was found, and how its name is written in a command. */
export interface FixPlace {
  /** The file's repository path. */
  readonly path: string;
  readonly where: "index" | "worktree" | "history";
  /**
   * A repository path as one word of a POSIX shell, quoted, right from where the user stands. Given
   * the path as the finding has it.
   */
  readonly shellPath: (path: string) => string;
  /** A repository path as one quoted, literal pathspec. */
  readonly pathspec: (path: string) => string;
  /** A command with `npx flux-sops` in it, made to work where the user stands. */
  readonly withTool: (command: string) => string;
}

/**
 * A mend as lines for a POSIX shell. After those for the index, a plain `git commit` goes on: they
 * work on an unborn branch, for new and changed files, and after further edits, which stay.
 *
 * For an edit by hand they take the file out of the commit; what is to be edited is said by
 * `mend.what`. In history nothing helps but rewriting it, which is the caller's to explain: none.
 */
export function fixCommands(mend: Mend, place: FixPlace): string[] {
  if (mend.kind === "run") return mend.commands.map(place.withTool);
  if (place.where === "history") return [];
  if (mend.kind === "on-file") return onFiles(mend.commands, place.shellPath(place.path), place);
  if (mend.kind === "rename") return rename(mend.to, place);
  return place.where === "index" ? leaveOut(place) : mend.kind === "edit" ? [] : untrack(place);
}

/** Commands with FILE in them, each for one file or several: `files`, as words of a shell. */
export function onFiles(
  commands: readonly string[],
  files: string,
  { withTool }: Pick<FixPlace, "withTool">,
): string[] {
  // A function, as a name may hold `$&`.
  return commands.map((command) => withTool(command).replaceAll("FILE", () => files));
}

function leaveOut({ path, pathspec }: FixPlace): string[] {
  return [`git reset -q -- ${pathspec(path)}`];
}

/** Out of git, not off the disk. Does nothing where git does not know the file. */
function untrack({ path, pathspec }: FixPlace): string[] {
  return [`git rm -q -f --cached --ignore-unmatch -- ${pathspec(path)}`];
}

function rename(to: string, { path, where, shellPath }: FixPlace): string[] {
  const source = shellPath(path);
  const target = shellPath(to);
  const folder = to.slice(0, Math.max(0, to.lastIndexOf("/")));
  const commands: string[] = [];
  if (folder !== "" && folder !== path.slice(0, Math.max(0, path.lastIndexOf("/")))) {
    commands.push(`mkdir -p -- ${shellPath(folder)}`);
  }
  // git moves the index entry, with what is staged, and the worktree file, with what is not. A file
  // that git does not know yet is moved alone.
  const move = `git mv -- ${source} ${target}`;
  commands.push(where === "index" ? move : `${move} 2>/dev/null || mv -n -- ${source} ${target}`);
  return commands;
}
