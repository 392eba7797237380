import type { RuleId } from "../../findings/finding.ts";
import { dangerOf } from "../../findings/rotation.ts";
import { GitError } from "../../git/errors.ts";
import type { HistoryLog } from "../../git/history/log.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { runGit } from "../../git/run.ts";
import { shallowEdge } from "../../git/repository/shallow.ts";
import { inspectHistory } from "../../hooks/history/inspect-history.ts";
import { inspectRange } from "../../hooks/range/inspect-range.ts";
import type { Checked } from "./check-formats.ts";
import { complain } from "../terminal/complain.ts";
import { fluxInRange } from "./flux-in-range.ts";

/** A guess about the past would hide what is certain; `check --all` makes it about the present. */
const GUESSES: ReadonlySet<RuleId> = new Set(["inline-credential"]);

/**
 * `check --history`: what leaked, the most dangerous first.
 *
 * @param log as for inspectHistory
 * @throws GitError, BrokenRulesError
 */
export async function checkHistory(
  repository: OpenedRepository,
  log: HistoryLog,
): Promise<Checked> {
  const { findings, inRuleFiles, files } = await inspectHistory(repository, log, GUESSES);
  if (shallowEdge(repository).size > 0) sayThatItIsShallow();
  return {
    findings: [
      ...findings
        .map((finding) => ({ ...finding, where: "history" as const }))
        .sort((a, b) => dangerOf(a.rule) - dangerOf(b.rule) || compare(a.path, b.path)),
      // It may be committed: then there is nothing to unstage.
      ...inRuleFiles.map(({ file: { path, oid }, finding }) => ({
        ...finding,
        path,
        blob: oid,
        where: "worktree" as const,
      })),
    ],
    files,
    unverified: 0,
  };
}

/**
 * `check --range A..B`: leaks in every content that the commits add, everything else as it is at B, what Flux
 * would apply as ciphertext included.
 *
 * @throws GitError, BrokenRulesError
 */
export async function checkRange(repository: OpenedRepository, text: string): Promise<Checked> {
  const [, from = "", to = ""] = /^(.*?)\.\.(?!\.)(.*)$/s.exec(text) ?? [];
  if (from === "" && to === "") {
    throw new GitError("command-failed", "--range takes two commits: --range main..HEAD");
  }
  const a = await commitOf(repository, from === "" ? "HEAD" : from);
  const b = await commitOf(repository, to === "" ? "HEAD" : to);
  const tip = { localRef: to === "" ? "HEAD" : to, localOid: b, remoteRef: "", remoteOid: null };
  const { findings, files, unverified } = await inspectRange(repository, [tip], {
    include: [b],
    exclude: [a],
    remote: false,
  });
  if (await hasEdge(repository, a, b)) sayThatItIsShallow();
  const inContents = findings.map((finding) => ({
    ...finding,
    where: "history" as const,
    paths: [finding.path],
  }));
  return {
    findings: [...inContents, ...(await fluxInRange(repository, a, b))],
    files,
    unverified,
  };
}

/** Whether commits are missing between two others: the walk ends at the edge of a shallow clone. */
async function hasEdge(repository: OpenedRepository, a: string, b: string): Promise<boolean> {
  const edge = shallowEdge(repository);
  if (edge.size === 0) return false;
  const { stdout } = await runGit(repository, ["rev-list", `${a}..${b}`]);
  return stdout
    .toString("latin1")
    .split("\n")
    .some((commit) => edge.has(commit));
}

function sayThatItIsShallow(): void {
  complain(
    "this clone is shallow: what is before its first commits was not looked at; git fetch --unshallow brings it",
  );
}

async function commitOf(repository: OpenedRepository, name: string): Promise<string> {
  const { status, stdout } = await runGit(
    repository,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`],
    { allowed: [0, 1, 128] },
  );
  // Before 2.38, rev-parse prints the option along.
  const oid = stdout.toString("latin1").trim().split("\n").at(-1) ?? "";
  if (status !== 0 || !/^[0-9a-f]{40,64}$/.test(oid)) {
    throw new GitError("command-failed", `--range: git knows no commit ${JSON.stringify(name)}`);
  }
  return oid;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
