import { GitError } from "../errors.ts";
import type { GitPath } from "../path.ts";
import type { BringingCommit } from "./commits.ts";

/** A commit with what it brought, read from `git log`. Of most commits only the files are asked for. */
export class LoggedCommit implements BringingCommit {
  /** Contents that it brought, and where; of a merge, what no parent has. */
  readonly files: readonly LoggedFile[];
  /** Where it left no file. */
  readonly removed: readonly GitPath[];
  /** `%H SP %P LF %B`, as LOG asks for. */
  readonly #text: string;

  constructor(text: string, files: readonly LoggedFile[], removed: readonly GitPath[]) {
    if (!/^[0-9a-f]{40,64} [0-9a-f ]*\n/.test(text)) throw unexpected();
    this.#text = text;
    this.files = files;
    this.removed = removed;
  }

  get commit(): string {
    return this.#text.slice(0, this.#text.indexOf(" "));
  }

  get parents(): readonly string[] {
    const [, ...parents] = this.#text.slice(0, this.#text.indexOf("\n")).trimEnd().split(" ");
    return parents;
  }

  get isMerge(): boolean {
    const text = this.#text;
    const second = text.indexOf(" ", text.indexOf(" ") + 1);
    return second !== -1 && second < text.indexOf("\n");
  }

  get subject(): string {
    return this.message.split("\n", 1)[0] ?? "";
  }

  /** The whole message, one char per byte. */
  get message(): string {
    return this.#text.slice(this.#text.indexOf("\n") + 1);
  }
}

/** A blob where a commit has put it. */
export class LoggedFile {
  readonly oid: string;
  readonly path: GitPath;
  /** As {@link addedFile} takes it. */
  readonly #raw: string;

  constructor(oid: string, path: GitPath, raw: string) {
    this.oid = oid;
    this.path = path;
    this.#raw = raw;
  }

  /** A symbolic link: the blob is the path that it leads to. */
  get isLink(): boolean {
    return this.#raw.startsWith("120000 ", newMode(this.#raw));
  }

  /** What file the parent had there; of a merge, what each parent had, and none of them this one. */
  get replaced(): readonly string[] {
    const modes = this.#raw.match(/\b[0-7]{6}\b/g) ?? [];
    const names = this.#raw.match(/\b[0-9a-f]{40,64}\b/g) ?? [];
    // A submodule's name is a commit's.
    return names.slice(0, -1).filter((_, parent) => modes[parent]?.startsWith("100") === true);
  }
}

/**
 * What stands before a path: a `:` for each parent, as many modes and one more, as many object names
 * and one more, and the status (git-diff-tree(1), "Raw output format").
 *
 * @returns the name of the blob; null for a deletion and for a submodule, which name none
 */
export function addedFile(raw: string): string | null {
  if (!/^:+(?:[0-7]{6} )+(?:[0-9a-f]{40,64} )+[A-Z]+$/.test(raw)) throw unexpected();
  const mode = newMode(raw);
  if (raw.startsWith("000000 ", mode) || raw.startsWith("160000 ", mode)) return null;
  const end = raw.lastIndexOf(" ");
  return raw.slice(raw.lastIndexOf(" ", end - 1) + 1, end);
}

/** Where the last of the modes stands: behind a `:` and a mode for each parent. */
function newMode(raw: string): number {
  return 8 * (raw.lastIndexOf(":") + 1);
}

/** What git log has printed is none of its forms. */
export function unexpected(): GitError {
  return new GitError("unexpected-output", "git log printed something unexpected");
}
