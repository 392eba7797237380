import type { Range } from "../git/history.ts";
import { runGit, type GitContext } from "../git/run.ts";
import type { PushedRef } from "./push-lines.ts";

/**
 * The remote whose tracking branches say what the other side has already. They say nothing where its
 * default branch is not there any more: then it is another repository than the one they were fetched
 * from, made anew, or behind a new address. One call to git, and a second where a branch is new to it.
 *
 * @param args the remote's name and its URL, as git hands them to pre-push: both the URL where it was
 *   pushed to by URL
 * @throws GitError `command-failed`
 */
export async function trackedRemote(
  context: GitContext,
  [remote = "", url = ""]: readonly string[],
  refs: readonly PushedRef[],
): Promise<Range["remote"]> {
  // Pushed to by URL there are no branches that track it: what any remote has is known.
  const name = remote === "" || remote === url ? null : remote;
  const newBranches = refs
    .filter(({ remoteOid }) => remoteOid === null)
    .flatMap(({ remoteRef }) => /^refs\/heads\/(.+)$/s.exec(remoteRef)?.[1] ?? []);
  const tracked = name === null ? null : { name, nested: await nestedRemotes(context, name) };
  if (newBranches.length === 0) return tracked;
  const defaults = await defaultBranches(context);
  const isGone = newBranches.some((branch) =>
    name === null
      ? defaults.some((ref) => ref.endsWith(`/${branch}`))
      : defaults.includes(`refs/remotes/${name}/${branch}`),
  );
  return isGone ? false : tracked;
}

/** Of a remote `foo` beside `foo/bar`, the folder of tracking branches holds those of the other, too. */
async function nestedRemotes(context: GitContext, name: string): Promise<string[]> {
  const { stdout } = await runGit(context, ["remote"]);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((other) => other.startsWith(`${name}/`));
}

/** Tracking branches of what the remotes check out: where a remote's HEAD is not known, a usual name. */
async function defaultBranches(context: GitContext): Promise<string[]> {
  const { stdout } = await runGit(context, [
    "for-each-ref",
    "--format=%(refname) %(symref)",
    "refs/remotes",
  ]);
  const heads = new Map<string, string>();
  const usual: { folder: string; ref: string }[] = [];
  for (const line of stdout.toString("utf8").split("\n")) {
    const [ref = "", target = ""] = line.split(" ");
    const [, folder = "", name = ""] = /^(.*)\/([^/]*)$/.exec(ref) ?? [];
    if (name === "HEAD" && target !== "") heads.set(folder, target);
    else if (name === "main" || name === "master") usual.push({ folder, ref });
  }
  const others = usual.filter(({ folder }) => !heads.has(folder)).map(({ ref }) => ref);
  return [...heads.values(), ...others];
}
