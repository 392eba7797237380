import { realpathSync } from "node:fs";
import { configValue } from "../../git/repository/config.ts";
import { GitError } from "../../git/errors.ts";
import { commitsIn, isAncestor, type GraphCommit } from "../../git/range/commits.ts";
import { peel } from "../../git/objects/tags.ts";
import { checkedOutBranch } from "../../git/repository/head.ts";
import { ongoingOperation } from "../../git/repository/operation.ts";
import { openRepository } from "../../git/repository/open.ts";
import { withoutRepository } from "../../git/environment.ts";
import { shellText } from "../../git/shell-word.ts";
import { worktreesOf, type Worktree } from "../../git/repository/worktrees.ts";
import { fixOf, mendOnDisk } from "../fix-of.ts";
import type { PushResult } from "./pre-push.ts";
import type { RangeFinding } from "../range/findings.ts";
import type { PushedRef } from "./push-lines.ts";

/** How to make a ref fit to be pushed. */
export interface RefMend {
  readonly ref: PushedRef;
  /** What the commands do, in words. */
  readonly what: string;
  /** Lines for a POSIX shell. */
  readonly commands: readonly string[];
  /** The worktree in which they make a commit of what is in the index; null where they make none. */
  readonly commitsIn: PushResult["repository"] | null;
}

/** More refs than this at once get their mends when the first ones are mended. */
const MENDED_AT_ONCE = 5;

/**
 * How to mend what a push was refused for: the commits from the first bad one on are made anew as
 * one, by a `git commit` that encrypts. That takes the plaintext out of however many commits it
 * stands in, and cannot end in a conflict, as a rebase would where a later commit encrypted the file.
 *
 * @throws GitError
 */
export async function pushMends({
  repository,
  refs,
  range,
  findings,
}: PushResult): Promise<RefMend[]> {
  const errors = findings.filter(({ severity }) => severity === "error");
  const graph = new Graph(await commitsIn(repository, range), errors);
  const peeled = await peel(repository, range.include);
  const mends: RefMend[] = [];
  const checkedOut = await checkedOutBranch(repository);
  const isHere = (ref: PushedRef) =>
    ref.localOid === repository.head && (branchName(ref) === null || ref.localRef === checkedOut);
  const worktrees = await worktreesOf(repository);
  // What is checked out goes first: the commands for others check them out.
  for (const ref of [...refs.filter(isHere), ...refs.filter((one) => !isHere(one))]) {
    if (mends.length === MENDED_AT_ONCE) break;
    const target = peeled.get(ref.localOid) ?? ref.localOid;
    const isBad =
      graph.isTainted(target) ||
      errors.some(({ tip, blob }) => tip?.localOid === ref.localOid || blob === target);
    if (!isBad) continue;
    const tag = /^refs\/tags\/(.+)$/s.exec(ref.localRef)?.[1];
    if (tag !== undefined) mends.push(tagMend(ref, tag));
    // Or no commit at all: a file by its name.
    else if (isOfNoBranch(ref) || !graph.has(target)) mends.push(noBranchMend(ref));
    else if (graph.isTainted(target)) {
      // Pushed by the name of HEAD beside that of its branch, or to two branches there.
      if (isHere(ref) && mends.some(({ commitsIn }) => commitsIn !== null)) continue;
      const place = isHere(ref)
        ? { repository, enter: null, isCheckedOut: true, leave: "" }
        : await placeElsewhere(repository, ref, worktrees);
      const isUnderWay = whatIsUnderWay(place.repository);
      if (isUnderWay !== null) {
        mends.push(laterMend(ref, isUnderWay));
        continue;
      }
      mends.push(
        await branchMend(place, ref, graph, {
          edits: byHand(place, ref, errors),
          keepsMessages: !errors.some(({ blob, commits }) => blob === null && commits.length > 0),
        }),
      );
    }
  }
  return mends;
}

/** The new commits, and which have something bad in them or before them. */
class Graph {
  readonly #parents = new Map<string, readonly string[]>();
  readonly #tainted = new Set<string>();

  constructor(commits: readonly GraphCommit[], errors: readonly RangeFinding[]) {
    const bad = new Set(errors.flatMap((error) => error.commits.map(({ commit }) => commit)));
    for (const { commit, parents } of [...commits].reverse()) {
      this.#parents.set(commit, parents);
      if (bad.has(commit) || parents.some((parent) => this.#tainted.has(parent))) {
        this.#tainted.add(commit);
      }
    }
  }

  has(commit: string): boolean {
    return this.#parents.has(commit);
  }

  isTainted(commit: string): boolean {
    return this.#tainted.has(commit);
  }

  parentsOf(commit: string): readonly string[] {
    return this.#parents.get(commit) ?? [];
  }
}

function tagMend(ref: PushedRef, name: string): RefMend {
  return {
    ref,
    what: "remove the tag, mend what it names, and tag it again",
    commands: [`git tag -d -- ${shellText(name)}`],
    commitsIn: null,
  };
}

/** Notes, a stash, replacements: nothing that anybody works on, or could make anew with git commit. */
function isOfNoBranch({ localRef }: PushedRef): boolean {
  return /^(?:refs\/(?!heads\/|remotes\/)|stash@\{)/.test(localRef);
}

function noBranchMend(ref: PushedRef): RefMend {
  return {
    ref,
    what: "which is no branch, leave it out of what you push, or take the secret out of it",
    commands: [],
    commitsIn: null,
  };
}

/**
 * The git command that is in the middle of something in a worktree, as one types it: git switches to no other branch
 * then, goes back to no commit, or makes part of it what is committed.
 */
function whatIsUnderWay(place: PushResult["repository"]): string | null {
  const kind = ongoingOperation(place, place.gitDir)?.kind ?? "message";
  if (kind === "message") return null;
  return kind === "rebase-apply" ? "rebase" : kind;
}

/** What it ends with may be another commit: what mends that is told then. */
function laterMend(ref: PushedRef, command: string): RefMend {
  return {
    ref,
    what: `conclude the ${command} first (git ${command} --continue, or --abort) and push again: then its commands are printed`,
    commands: [],
    commitsIn: null,
  };
}

/** Where a branch is made anew. */
interface Place {
  readonly repository: PushResult["repository"];
  /** What leads there from where the user stands; null for what is at hand. */
  readonly enter: string | null;
  /** It is checked out there before that: what is on disk is known. */
  readonly isCheckedOut: boolean;
  /** What stands behind the last command. */
  readonly leave: string;
}

/** The worktree that has a branch, as git switches to none that another one has; or else here, by checking it out. */
async function placeElsewhere(
  repository: PushResult["repository"],
  ref: PushedRef,
  worktrees: readonly Worktree[],
): Promise<Place> {
  const name = branchName(ref);
  const here = { repository, isCheckedOut: false, leave: "" };
  // Not quietly: git tells of commits that no branch has, and that are left behind.
  if (name === null) return { ...here, enter: `git switch --detach ${ref.localOid.slice(0, 12)}` };
  const worktree = worktrees.find(({ branch }) => branch === ref.localRef);
  const other = worktree === undefined ? null : await opened(worktree, repository);
  if (other !== null && other.cwd !== repository.cwd) {
    // In a shell of its own: afterwards the user stands where he stood.
    const enter = `(cd ${shellText(other.cwd)}`;
    return { repository: other, enter, isCheckedOut: true, leave: ")" };
  }
  const flags = worktree !== undefined && other === null ? "--ignore-other-worktrees " : "";
  return { ...here, enter: `git switch ${flags}${shellText(name)}` };
}

/** A worktree, where it can be used: its folder may be gone, be damaged, or hold another repository by now. */
async function opened(
  { folder, isThere }: Worktree,
  { env, commonDir }: PushResult["repository"],
): Promise<PushResult["repository"] | null> {
  if (!isThere) return null;
  try {
    const other = await openRepository({ cwd: folder, env: withoutRepository(env) });
    return realpathSync(other.commonDir) === realpathSync(commonDir) ? other : null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

async function branchMend(
  { repository, enter, leave }: Place,
  ref: PushedRef,
  graph: Graph,
  { edits, keepsMessages }: { readonly edits: readonly string[]; readonly keepsMessages: boolean },
): Promise<RefMend> {
  const base = await baseOf(repository, ref, graph);
  const tip = ref.localOid.slice(0, 12);
  const parents = graph.parentsOf(ref.localOid);
  const isOne = base === null ? parents.length === 0 : parents.length === 1 && parents[0] === base;
  const range = base === null ? tip : `${base.slice(0, 12)}..${tip}`;
  // What is bad may have been all there was, and be undone or left out by now.
  const unlessEmpty = (commit: string) => `{ git diff --cached --quiet || ${commit}; }${leave}`;
  const message = keepsMessages ? "" : ", with a new message";
  return {
    ref,
    what: isOne
      ? `make the commit anew${message}; the old one stays in the reflog`
      : `make the commits from the first bad one on anew, as one${message}; the old ones stay in the reflog, as ${tip}`,
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

/** What has git log write messages as git commit reads them: it does, unless it is set to show others. */
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

function branchName({ localRef }: PushedRef): string | null {
  return /^refs\/heads\/(.+)$/.exec(localRef)?.[1] ?? null;
}

/**
 * The commit to go back to, or null for before the first one: on the first parents' line the newest
 * one with nothing bad in its history. With merges on the way, what the remote has now, so that it
 * stays in the history.
 */
async function baseOf(
  repository: PushResult["repository"],
  { localOid, remoteOid }: PushedRef,
  graph: Graph,
): Promise<string | null> {
  let hasMerges = false;
  let base: string | null = localOid;
  while (base !== null && graph.isTainted(base)) {
    const parents = graph.parentsOf(base);
    if (parents.length > 1) hasMerges = true;
    base = parents[0] ?? null;
  }
  if (!hasMerges || remoteOid === null) return base;
  return (await isAncestor(repository, remoteOid, localOid)) ? remoteOid : base;
}

/** What git commit does not mend by itself, for what still stands at the tip. */
function byHand(
  { repository, isCheckedOut }: Place,
  ref: PushedRef,
  errors: readonly RangeFinding[],
): string[] {
  const commands = errors
    .filter(({ tip, commitMends }) => !commitMends && tip?.localOid === ref.localOid)
    .flatMap((finding) => {
      // What is on disk by then is known where it is checked out.
      const mend = isCheckedOut ? mendOnDisk(finding, repository) : finding.mend;
      return fixOf({ path: finding.path, mend }, "index", repository);
    });
  return [...new Set(commands)];
}
