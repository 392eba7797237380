import { printable } from "../../git/escape.ts";
import { type GitPath, pathBytes, pathFromText, pathText } from "../../git/path.ts";
import { nulFields } from "../../git/run.ts";
import { KEY_FILE_SETTING } from "../../sops/age/key-locations.ts";
import { commitSubject, firstSubject, type Subject } from "./subject.ts";
import { ScaffoldError } from "../errors.ts";
import { gitComplaint, gitInFolder, gitLine } from "../git-in-folder.ts";
import { shellCommand } from "../../git/shell-word.ts";
import { wholeFolders } from "./whole-folders.ts";

/**
 * Makes a git repository of a folder, be it inside another repository's or not. Objects are named by SHA-1, whatever
 * git's default is (SHA-256 from 3.0 on): Flux does not read the other yet (fluxcd/source-controller#2085).
 *
 * @throws ScaffoldError `environment`
 */
export async function initRepository(directory: string, branch: string): Promise<void> {
  try {
    const init = ["init", "--quiet", "--object-format=sha1", "-b", branch];
    await gitInFolder(directory, init);
  } catch (error) {
    throw new ScaffoldError(
      "environment",
      `git init failed in ${printable(directory)}: ${gitComplaint(error)}; mend that and run this again`,
    );
  }
}

/** The key file that an earlier `--age-key-file` named; empty where there was none. */
export async function rememberedKeyFile(directory: string): Promise<string> {
  return gitLine(directory, ["config", "--local", "--get", KEY_FILE_SETTING]);
}

/**
 * Remembers a key file for this clone only: the path has no meaning on another machine.
 *
 * @throws GitError
 */
export async function rememberKeyFile(directory: string, file: string): Promise<void> {
  await gitInFolder(directory, ["config", "--local", KEY_FILE_SETTING, file]);
}

export type CommitState =
  | { readonly kind: "committed"; readonly subject: string }
  /** New and not committed: `reason` is a clause, `command` stages and commits. */
  | { readonly kind: "pending"; readonly reason: string; readonly command: string }
  /** An existing repository is its owner's: nothing was staged either. */
  | { readonly kind: "left"; readonly command: string }
  /** An existing repository that holds all of it already. */
  | { readonly kind: "clean" };

/**
 * Stages the scaffold's files in a new repository, and commits them if an author is configured; not if
 * git would guess one from the machine's name. The commit runs the hooks like any other.
 *
 * @param paths relative to the repository, with `/`.
 * @param ignored folders that git is told to ignore, and that are committed all the same
 */
export async function firstCommit(
  directory: string,
  paths: readonly string[],
  ignored: readonly string[],
  about: Subject,
): Promise<CommitState> {
  const subject = firstSubject(about);
  const pending = (reason: string): CommitState => ({
    kind: "pending",
    reason,
    command: shellCommand(["git", "-C", directory, "commit", "-m", subject]),
  });
  // Asked while git works.
  const authorKnown = knowsAuthor(directory);
  authorKnown.catch(() => undefined);
  try {
    await gitInFolder(
      directory,
      [
        // The tool is large, and git will pack it later anyway.
        ...["-c", "core.looseCompression=0"],
        // By force: a user's global ignore file must not keep a part of the scaffold out.
        ...["add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"],
      ],
      {
        input: [...paths, ...ignored].map((path) =>
          Buffer.concat([pathBytes(pathFromText(path)), Buffer.of(0)]),
        ),
        filters: true,
      },
    );
    if (ignored.length > 0) {
      await gitInFolder(directory, ["add", ...executable(ignored)]);
    }
  } catch (error) {
    return {
      kind: "pending",
      reason: `git add failed: ${gitComplaint(error)}`,
      command: await commandFor(directory, paths, ignored, subject),
    };
  }
  if (!(await authorKnown)) {
    return pending("git knows no author: set user.name and user.email first");
  }
  try {
    await gitInFolder(directory, ["commit", "--quiet", "-m", subject], { filters: true });
  } catch (error) {
    return pending(`git commit failed: ${gitComplaint(error)}`);
  }
  return { kind: "committed", subject };
}

/**
 * What commits a scaffold that was written into an existing repository; it is not done for its
 * owner.
 *
 * @param paths those that the scaffold wrote now or in an earlier run.
 * @param ignored as in firstCommit
 */
export async function leftToOwner(
  directory: string,
  paths: readonly string[],
  ignored: readonly string[],
  about: Subject,
): Promise<CommitState> {
  const { names, hidden } = await toAdd(directory, paths);
  const open: string[] = [];
  for (const folder of ignored) {
    if ((await notCommitted(directory, "matching", folder)).length > 0) open.push(folder);
  }
  if (names.length + hidden.length + open.length === 0) return { kind: "clean" };
  const subject = await commitSubject(directory, about);
  return { kind: "left", command: await commandFor(directory, names, open, subject, hidden) };
}

/** What stages files that were written. */
export interface NamesToAdd {
  /** Folders in place of their files, where nothing else in them has changed. */
  readonly names: readonly string[];
  /** Files that git ignores by some pattern, and adds by force only. */
  readonly hidden: readonly string[];
}

/**
 * The names that stage what was written.
 *
 * @param paths those that were written.
 * @throws GitError
 */
export async function toAdd(directory: string, paths: readonly string[]): Promise<NamesToAdd> {
  const changed = await notCommitted(directory, "no");
  const names = wholeFolders(
    paths.filter((path) => changed.includes(path)),
    changed,
  );
  if (paths.length === 0) return { names, hidden: [] };
  const input = paths.map((path) => `${pathFromText(path)}\0`).join("");
  const { stdout } = await gitInFolder(directory, ["check-ignore", "-z", "--stdin"], {
    input: [Buffer.from(input, "latin1")],
    allowed: [0, 1],
  });
  return { names, hidden: nulFields(stdout).map((path) => pathText(path as GitPath)) };
}

/** Files that HEAD does not have as they are on disk, in all of the repository or a folder. */
async function notCommitted(
  directory: string,
  ignored: "no" | "matching",
  folder = ".",
): Promise<string[]> {
  const { stdout } = await gitInFolder(directory, [
    ...["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"],
    ...[`--ignored=${ignored}`, "--", folder],
  ]);
  // A file may be there twice: removed from the index, and untracked.
  return [...new Set(nulFields(stdout).map((entry) => pathText(entry.slice(3) as GitPath)))];
}

/**
 * The words for `git add` that make committed hooks executable, for where git does not look at modes on
 * disk (core.fileMode): in other clones git would skip hooks that are not. Hooks, and no other files
 * there, have a hyphen in their names.
 */
function executable(folders: readonly string[]): string[] {
  return ["--chmod=+x", "--", ...folders.map((folder) => `${folder}/*-*`)];
}

async function commandFor(
  directory: string,
  paths: readonly string[],
  ignored: readonly string[],
  subject: string,
  hidden: readonly string[] = [],
): Promise<string> {
  const config = ["config", "--type=bool", "--get", "core.fileMode"];
  const seesNoModes = (await gitLine(directory, config)) === "false";
  const add = (...args: readonly string[]) =>
    shellCommand(["git", "-C", directory, "add", ...args]);
  return [
    ...(paths.length > 0 ? [add("--", ...paths)] : []),
    ...(hidden.length + ignored.length > 0 ? [add("--force", "--", ...hidden, ...ignored)] : []),
    ...(ignored.length > 0 && seesNoModes ? [add(...executable(ignored))] : []),
    shellCommand(["git", "-C", directory, "commit", "-m", subject]),
  ].join(" && ");
}

/** @see user.useConfigOnly in git-config(1) */
async function knowsAuthor(directory: string): Promise<boolean> {
  const asked = await Promise.all(
    ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"].map(async (ident) =>
      gitInFolder(directory, ["-c", "user.useConfigOnly=true", "var", ident], {
        allowed: [0, 1, 128],
      }),
    ),
  );
  return asked.every(({ status }) => status === 0);
}
