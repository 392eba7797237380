import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from "node:fs";
import { blobOid, formatOf } from "../objects/object-id.ts";
import { pathBytes, quotedPathLine, type GitPath } from "../path.ts";
import type { Repository } from "../repository/open.ts";
import { runGit, type GitContext } from "../run.ts";
import { errorCode } from "./error.ts";

/** A regular file in the worktree, reached without a symlink, as it was at one moment. */
export interface FileSnapshot {
  /** The object name its very bytes would have, unfiltered: the mark of its content. */
  readonly rawOid: string;
  readonly stats: Stats;
  /** The folder it lies in. */
  readonly folder: Stats;
}

/** How a worktree file stands to its index entry. */
export type WorktreeFile =
  | {
      readonly state: "as-staged";
      readonly path: GitPath;
      readonly snapshot: FileSnapshot;
      /**
       * Its bytes are the blob's. Else attributes make git store it otherwise (line ends,
       * encoding, filters), and git says that it would store what is staged.
       */
      readonly isVerbatim: boolean;
    }
  | {
      /**
       * `edited`: holds something else than was staged; `missing`: not there; `not-a-file`: a
       * folder, a symlink or behind one; `unreadable`: no permission to read it, or too large.
       */
      readonly state: "edited" | "missing" | "not-a-file" | "unreadable";
      readonly path: GitPath;
    };

/** Where a path is on disk, as bytes. */
export function worktreeLocation({ cwd }: Pick<GitContext, "cwd">, path: GitPath): Buffer {
  return Buffer.concat([Buffer.from(`${cwd}/`), pathBytes(path)]);
}

/** node reads no larger file at once, and git has read none that is to be replaced. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Looks at a worktree file without following any symlink below the top folder.
 *
 * @param oid any object name of the repository, for its format
 * @returns the snapshot, or why there is none
 */
export function takeSnapshot(
  context: GitContext,
  path: GitPath,
  oid: string,
): FileSnapshot | "missing" | "not-a-file" | "unreadable" {
  try {
    const parts = path.split("/");
    let folder = lstatSync(context.cwd);
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join("/") as GitPath;
      folder = lstatSync(worktreeLocation(context, parent));
      if (!folder.isDirectory()) return "not-a-file";
    }
    const location = worktreeLocation(context, path);
    // Devices, sockets and pipes are not even opened.
    if (!lstatSync(location).isFile()) return "not-a-file";
    const file = openSync(
      location,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const stats = fstatSync(file);
      if (!stats.isFile()) return "not-a-file";
      if (stats.size > MOST_BYTES) return "unreadable";
      return { rawOid: blobOid(formatOf(oid), readFileSync(file)), stats, folder };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT") return "missing";
    if (code === "ENOTDIR" || code === "ELOOP") return "not-a-file";
    if (code === "EACCES" || code === "EPERM") return "unreadable";
    throw error;
  }
}

/**
 * Which worktree files still hold exactly what was staged. Reads each; those whose bytes differ
 * from the blob's are then given to one `git hash-object`, which applies their attributes.
 *
 * @param entries the path and blob of each
 * @throws GitError `command-failed` when a file vanishes meanwhile or a filter fails
 */
export async function compareWithStaged(
  repository: Repository,
  entries: readonly { readonly path: GitPath; readonly oid: string }[],
): Promise<Map<GitPath, WorktreeFile>> {
  const files = new Map<GitPath, WorktreeFile>();
  const others: { path: GitPath; oid: string; snapshot: FileSnapshot }[] = [];
  for (const { path, oid } of entries) {
    const snapshot = takeSnapshot(repository, path, oid);
    if (typeof snapshot === "string") files.set(path, { state: snapshot, path });
    else if (snapshot.rawOid !== oid) others.push({ path, oid, snapshot });
    else files.set(path, { state: "as-staged", path, snapshot, isVerbatim: true });
  }
  const stored = await storedForms(
    repository,
    others.map(({ path }) => path),
  );
  others.forEach(({ path, oid, snapshot }, i) => {
    files.set(
      path,
      stored[i] === oid
        ? { state: "as-staged", path, snapshot, isVerbatim: false }
        : { state: "edited", path },
    );
  });
  return files;
}

/** The blobs `git add` would make of these files now. */
async function storedForms(context: GitContext, paths: readonly GitPath[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const names = paths.map((path) => `${quotedPathLine(path)}\n`).join("");
  const { stdout } = await runGit(context, ["hash-object", "--stdin-paths"], {
    input: [Buffer.from(names, "latin1")],
    filters: true,
  });
  return stdout.toString("latin1").trimEnd().split("\n");
}
