import { independentOf } from "../../git/history/commits.ts";
import { configValue } from "../../git/repository/config.ts";
import { shellText } from "../../git/shell-word.ts";
import { branchName, type BranchPlace } from "./branch-place.ts";
import type { NewCommits } from "./new-commits.ts";
import type { PushResult } from "./pre-push.ts";
import type { PushedRef } from "./push-lines.ts";
import type { RefMend } from "./ref-mend.ts";

/**
 * The commits of a branch from the first bad one on, made anew as one: on the newest one of its own line that
 * has nothing bad in its history.
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
  const base = commits.lastCleanBefore(ref.localOid);
  const merged = await cleanMerged(repository, ref, commits, base);
  const tip = ref.localOid.slice(0, 12);
  const parents = commits.parentsOf(ref.localOid);
  const isOne = base === null ? parents.length === 0 : parents.length === 1 && parents[0] === base;
  const from = base === null ? tip : `${base.slice(0, 12)}..${tip}`;
  const range = merged.length === 0 ? from : `${from} --not ${merged.join(" ")}`;
  // Nothing may be left to commit: what was bad may have been all there was.
  const unlessEmpty = (commit: string) => `{ git diff --cached --quiet || ${commit}; }`;
  const message = keepsMessages ? "" : ", with a new message";
  const push =
    branchName(ref) === null && ref.localRef !== "HEAD" ? ", and push HEAD in its place" : "";
  const unrelated = base === null ? " --allow-unrelated-histories" : "";
  const merges = merged.length === 0 ? "" : " and a merge of what was merged";
  return {
    ref,
    what: isOne
      ? `make the commit anew${message}${push}; the old one stays in the reflog`
      : `make the commits from the first bad one on anew, as one${merges}${message}${push}; the old ones stay in the reflog, as ${tip}`,
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
      // It is in what was committed already.
      ...(merged.length === 0
        ? []
        : [`git merge -q -s ours --no-ff --no-edit${unrelated} ${merged.join(" ")}`]),
    ]).map((command, index, all) => (index === all.length - 1 ? `${command}${leave}` : command)),
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
 * What merges brought and is clean, the remote's own among it: it stays in the history of what is made anew,
 * as what was merged.
 */
async function cleanMerged(
  repository: PushResult["repository"],
  { localOid }: PushedRef,
  commits: NewCommits,
  base: string | null,
): Promise<string[]> {
  const clean = commits.cleanBelow(localOid);
  if (clean.every((commit) => commit === base)) return [];
  const independent = await independentOf(repository, clean);
  return independent.filter((commit) => commit !== base).map((commit) => commit.slice(0, 12));
}
