import { formatOf } from "../objects/object-id.ts";

/** A remote, and which of the branches in the folder of those that track it say nothing of it. */
export interface Remote {
  readonly name: string;
  /** Patterns of them, as `git rev-list --exclude` takes them: without `refs/remotes/`. */
  readonly without: readonly string[];
}

/** A part of the history: what some objects reach and others do not. */
export interface Range {
  /** Full names of commits, tags, trees or blobs that are here. */
  readonly include: readonly string[];
  /** Full names of commits that need not be here. */
  readonly exclude: readonly string[];
  /**
   * Leaves out what this remote's tracking branches reach; `null`: those of every remote; `false`:
   * nothing.
   */
  readonly remote: Remote | null | false;
}

/** For git's stdin. `^OID` leaves out what it reaches (gitrevisions(7)); the remote's branches need no listing. */
export function rangeInput({ include, exclude }: Omit<Range, "remote">): Buffer {
  for (const oid of [...include, ...exclude]) formatOf(oid);
  return Buffer.from([...include, ...exclude.map((oid) => `^${oid}`), ""].join("\n"));
}

/** The last arguments of a `git log` or `git rev-list` that is given {@link rangeInput}. */
export function rangeArguments({ remote }: Range): string[] {
  const start = ["--ignore-missing", "--stdin"];
  if (remote === false) return start;
  return [...start, "--not", ...trackingBranches(remote)];
}

/** Arguments of a `git rev-list` for what a remote, or every one, is known to have. */
export function trackingBranches(remote: Remote | null): string[] {
  if (remote === null) return ["--remotes"];
  const { name, without } = remote;
  return [...without.map((pattern) => `--exclude=${pattern}`), `--remotes=${name}`];
}
