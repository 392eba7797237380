import { fluxCiphertext } from "../../findings/flux/ciphertext.ts";
import { changedEntries, indexEntries, type IndexEntry } from "../../git/index/entries.ts";
import { pathText, type GitPath } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { ongoingOperation, takesOver } from "../../git/repository/operation.ts";
import type { Checked, CheckedFinding } from "./check-formats.ts";
import { filesOnDisk, stagedFiles, type FileToCheck } from "./files-to-check.ts";
import { inspectFiles } from "./inspect-files.ts";

/**
 * Looks at files on disk, or at all that is staged or committed.
 *
 * @param paths files and folders on disk; where there are none, the index
 * @param onlyStaged of the index only what differs from the last commit
 * @throws GitError, BrokenRulesError, and what reading a file throws
 */
export async function checkFiles(
  repository: OpenedRepository,
  paths: readonly string[],
  onlyStaged: boolean,
): Promise<Checked> {
  if (paths.length > 0) {
    const checked = await inspectFiles(repository, filesOnDisk(repository, paths), []);
    return { ...checked, findings: checked.findings.map(mendedOutside) };
  }
  const [changes, entries] = await Promise.all([
    changedEntries(repository),
    onlyStaged ? null : indexEntries(repository),
  ]);
  const changed = changes.changed.filter(({ intentToAdd }) => !intentToAdd);
  const conflicts = new Set(changes.unmerged);
  const isMerged = ({ path }: { readonly path: GitPath }) => !conflicts.has(path);
  const all = await stagedFiles(repository, entries?.filter(isStagedOrOurs) ?? changed);
  const inspected = await inspectFiles(repository, all.filter(isMerged), changed);
  const checked = { ...inspected, conflicts: changes.unmerged };
  const staged = new Set(changed.map(({ path }) => path));
  const isTakingOver = takesOver(ongoingOperation(repository, repository.gitDir));
  const findings = checked.findings.map((finding) => whereItIs(finding, staged, isTakingOver));
  if (onlyStaged) return { ...checked, findings };
  const built = inBuilds(all.filter(({ isLink }) => !isLink)).filter(isMerged);
  return { ...checked, findings: [...findings, ...built] };
}

/**
 * What is staged, and our side of a conflict: without that, whatever names the file would seem to name
 * a missing one.
 */
function isStagedOrOurs({ stage }: IndexEntry): boolean {
  return stage === 0 || stage === OURS;
}

/** The stage of our side (gitrevisions(7)). */
const OURS = 2;

/** Of a file outside the repository: git takes no command for it, and no creation rule is for it. */
function mendedOutside(finding: CheckedFinding): CheckedFinding {
  if (!finding.path.startsWith("../")) return finding;
  const { mend } = finding;
  const what = mend.kind === "edit" ? mend.what : "keep it out of git, or encrypt it";
  return { ...finding, mend: { kind: "edit", what } };
}

/**
 * What the last commit has as well cannot be left out of the next: nothing of it is staged. Nor can a
 * file that is to be edited while a merge or a rebase takes it over.
 */
function whereItIs(
  finding: CheckedFinding,
  staged: ReadonlySet<GitPath>,
  isTakingOver: boolean,
): CheckedFinding {
  const { path, mend } = finding;
  if (mend.kind === "rename") return finding;
  const canBeLeftOut = staged.has(path) && !(mend.kind === "edit" && isTakingOver);
  return canBeLeftOut ? finding : { ...finding, where: "worktree" };
}

/**
 * What Flux would make of all files together. Such a finding is not mended in the file that was staged.
 */
function inBuilds(files: readonly FileToCheck[]): CheckedFinding[] {
  const byName = new Map(files.map((file) => [pathText(file.path), file]));
  const found = fluxCiphertext({
    paths: [...byName.keys()],
    read: (path) => byName.get(path)?.bytes ?? null,
  });
  return found.flatMap(({ about: _about, ...finding }) => {
    const file = byName.get(finding.path);
    if (file === undefined) return [];
    return [{ ...finding, path: file.path, where: "worktree", blob: file.blob }];
  });
}
