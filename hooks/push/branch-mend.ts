import { isAncestor } from "../../git/history/commits.ts";
import { configValue } from "../../git/repository/config.ts";
import { shellText } from "../../git/shell-word.ts";
import { branchName, type BranchPlace } from "./branch-place.ts";
import type { NewCommits } from "./new-commits.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";
import type { RefMend } from "./ref-mend.ts";

/**
 * The commits of a branch from the first bad one on, made anew as one.
 *
 * @param edits commands that mend what `git commit` does not.
 * @param keepsMessages whether no message is bad.
 */
export async function branchMend(
  { repository, enter, leave }: BranchPlace,
  ref: PushedRef,
  commits: NewCommits,
  { edits, keepsMessages }: { readonly edits: readonly string[]; readonly keepsMessages: boolean },
): Promise<RefMend> {
  const base = await baseOf(repository, ref, commits);
  const tip = ref.localOid.slice(0, 12);
  const parents = commits.parentsOf(ref.localOid);
  const isOne = base === null ? parents.length === 0 : parents.length === 1 && parents[0] === base;
  const range = base === null ? tip : `${base.slice(0, 12)}..${tip}`;
  // Nothing may be left to commit: what was bad may have been all there was.
  const unlessEmpty = (commit: string) => `{ git diff --cached --quiet || ${commit}; }${leave}`;
  const message = keepsMessages ? "" : ", with a new message";
  const push =
    branchName(ref) === null && ref.localRef !== "HEAD" ? ", and push HEAD in its place" : "";
  return {
    ref,
    what: isOne
      ? `make the commit anew${message}${push}; the old one stays in the reflog`
      : `make the commits from the first bad one on anew, as one${message}${push}; the old ones stay in the reflog, as ${tip}`,
    commands: oneAfterAnother([
      ...(enter === null ? [] : [enter]),
      base === null ? "git update-ref -d HEAD" : `git reset -q --soft ${base.slice(0, 12)}`,
      ...edits,
      unlessEmpty(
        !keepsMessages
          ? "git commit"
          : isOne
            ? `git commit -q -C ${tip}`
            : `git log --no-show-signature${await asCommitted(repository)} --reverse --format=%B ${range} | git commit -q -F -`,
      ),
    ]),
    commitsIn: repository,
  };
}

/**
 * The option that has git log write messages in the encoding that git commit reads; empty if it does
 * anyway.
 */
async function asCommitted(repository: PushResult["repository"]): Promise<string> {
  const shown = await configValue(repository, "i18n.logOutputEncoding");
  if (shown === null) return "";
  const stored = await configValue(repository, "i18n.commitEncoding");
  return ` --encoding=${shellText(stored ?? "UTF-8")}`;
}

/**
 * Lines of which each runs only where those before it went well, pasted into a terminal too: where git
 * does not switch to a branch, another one would be made anew.
 */
function oneAfterAnother(commands: readonly string[]): string[] {
  return commands.map((command, index) =>
    index === commands.length - 1 ? command : `${command} &&`,
  );
}

/**
 * The commit to go back to, or null for before the first one: on the first parents' line the newest
 * one with nothing bad in its history. With merges on the way, what the remote has now, so that it
 * stays in the history.
 */
async function baseOf(
  repository: PushResult["repository"],
  { localOid, remoteOid }: PushedRef,
  commits: NewCommits,
): Promise<string | null> {
  let hasMerges = false;
  let base: string | null = localOid;
  while (base !== null && commits.isTainted(base)) {
    const parents = commits.parentsOf(base);
    if (parents.length > 1) hasMerges = true;
    base = parents[0] ?? null;
  }
  if (!hasMerges || remoteOid === null) return base;
  return (await isAncestor(repository, remoteOid, localOid)) ? remoteOid : base;
}
