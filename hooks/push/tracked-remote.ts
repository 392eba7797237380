import type { Range } from "../../git/history/range.ts";
import { peel } from "../../git/objects/tags.ts";
import { runGit, type GitContext } from "../../git/run.ts";
import type { PushedRef } from "./push-lines.ts";

/** A branch of the other side that is pushed to, and what it has there now. */
interface PushedBranch {
  readonly branch: string;
  /** Null when it is new. */
  readonly oid: string | null;
}

/** A ref below `refs/remotes/`. */
interface TrackingRef {
  readonly ref: string;
  readonly oid: string;
  /** Of a symbolic ref, as `HEAD` is one, the ref that it names; or empty. */
  readonly target: string;
}

/**
 * The remote whose tracking branches say what the other side has already. They say nothing where its
 * default branch is not there any more: then it is another repository than the one they were fetched
 * from, made anew, or behind a new address. Nor does one that tracks a branch that is pushed to and has
 * something else there: it was taken back, or this is another address of the remote's. Of an address that is no
 * remote's nothing is known. Two calls to git, one more by an address, and one where there is such a branch.
 *
 * @param args the remote's name and its URL, as git hands them to pre-push: both the URL where it was
 *   pushed to by URL
 * @throws GitError `command-failed`, `unexpected-output`
 */
export async function trackedRemote(
  context: GitContext,
  [remote = "", url = ""]: readonly string[],
  refs: readonly PushedRef[],
): Promise<Range["remote"]> {
  // This very repository: nothing leaves it.
  if (url === ".") return null;
  // No remote's name holds a colon: it is a URL that git has rewritten.
  const isByUrl = remote === "" || remote === url || remote.includes(":");
  const name = isByUrl ? await remoteAt(context, url) : remote;
  if (name === null) return false;
  const pushed = refs.flatMap(({ remoteRef, remoteOid }): PushedBranch[] => {
    const branch = /^refs\/heads\/(.+)$/s.exec(remoteRef)?.[1];
    return branch === undefined ? [] : [{ branch, oid: remoteOid }];
  });
  const tracking = await trackingRefs(context);
  const defaults = defaultBranches(tracking);
  const isGone = pushed.some(
    ({ branch, oid }) => oid === null && defaults.includes(`refs/remotes/${name}/${branch}`),
  );
  if (isGone) return false;
  const nested = await nestedRemotes(context, name);
  const moved = await movedBranches(context, tracking, name, pushed);
  return { name, without: [...nested, ...moved] };
}

/** The remote that is fetched from an address; null where there is none. */
async function remoteAt(context: GitContext, url: string): Promise<string | null> {
  const { stdout } = await runGit(context, ["remote", "-v"]);
  for (const line of stdout.toString("utf8").split("\n")) {
    const [, name = "", address = ""] = /^(.+)\t(.*) \(fetch\)/.exec(line) ?? [];
    if (name !== "" && placeOf(address) === placeOf(url)) return name;
  }
  return null;
}

/**
 * The host and the path of an address: the same by HTTPS, whoever logs in, and by SSH as `git`, as forges have it. On
 * other servers a user has a home of their own, and what a remote helper makes of an address nobody knows.
 */
function placeOf(url: string): string {
  return url
    .replace(/\/$/, "")
    .replace(/\.git$/, "")
    .replace(/^https?:\/\/(?:[^/]*@)?/i, "//")
    .replace(/^ssh:\/\/git@/i, "//")
    .replace(/^git@([^/:]+):/, "//$1/")
    .replace(/^file:\/\//i, "");
}

/** Of a remote `foo` beside `foo/bar`, the folder of tracking branches holds those of the other, too. */
async function nestedRemotes(context: GitContext, name: string): Promise<string[]> {
  const { stdout } = await runGit(context, ["remote"]);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((other) => other.startsWith(`${name}/`))
    .map((other) => `${other}/*`);
}

/**
 * Tracking branches of branches that have moved on the remote. If the commit there is not known here,
 * somebody has pushed since: then what was there before still counts.
 */
async function movedBranches(
  context: GitContext,
  tracking: readonly TrackingRef[],
  name: string,
  pushed: readonly PushedBranch[],
): Promise<string[]> {
  const oids = new Map(pushed.map(({ branch, oid }) => [`refs/remotes/${name}/${branch}`, oid]));
  const others = tracking.filter(({ ref, oid }) => oids.has(ref) && oids.get(ref) !== oid);
  const here = await peel(
    context,
    others.flatMap(({ ref }) => oids.get(ref) ?? []),
  );
  const moved = new Set<string>();
  for (const { ref } of others) {
    const oid = oids.get(ref) ?? null;
    if (oid === null || here.has(oid)) moved.add(ref);
  }
  return tracking
    .filter(({ ref, target }) => moved.has(ref) || moved.has(target))
    .map(({ ref }) => ref.slice("refs/remotes/".length));
}

/** Below `refs/remotes/`: one call to git. */
async function trackingRefs(context: GitContext): Promise<TrackingRef[]> {
  const { stdout } = await runGit(context, [
    "for-each-ref",
    "--format=%(refname) %(objectname) %(symref)",
    "refs/remotes",
  ]);
  return stdout
    .toString("utf8")
    .split("\n")
    .map((line) => {
      const [ref = "", oid = "", target = ""] = line.split(" ");
      return { ref, oid, target };
    });
}

/** Tracking branches of what the remotes check out: where a remote's HEAD is not known, a usual name. */
function defaultBranches(tracking: readonly TrackingRef[]): string[] {
  const heads = new Map<string, string>();
  const usual: { folder: string; ref: string }[] = [];
  for (const { ref, target } of tracking) {
    const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(ref) ?? [];
    if (name === "HEAD" && target !== "") heads.set(folder, target);
    else if (name === "main" || name === "master") usual.push({ folder, ref });
  }
  const others = usual.filter(({ folder }) => !heads.has(folder)).map(({ ref }) => ref);
  return [...heads.values(), ...others];
}
