import { printable } from "../../git/escape.ts";
import { takesOver, type Operation } from "../../git/repository/operation.ts";
import { displayPath, type GitPath } from "../../git/path.ts";
import type { Repository } from "../../git/repository/open.ts";
import { pathspec, shellPath } from "../../git/shell-word.ts";
import type { FileFinding } from "./file-finding.ts";
import { commandsOnAll, fixOf, mendWords } from "../fix-of.ts";
import { counted, indented, NAME, ONLY_IF_WRONG } from "../words.ts";
import type { Stored } from "./replace-staged.ts";
import { toTheTop } from "./to-the-top.ts";

/** What pre-commit says to the person who commits; see refusal-words.ts for hooks that can only refuse. */

/**
 * The refusal of a commit: every finding with what mends it.
 *
 * @param unstaged sentences about rules and settings that would count if they were staged.
 */
export function refusal(
  repository: Repository,
  findings: readonly FileFinding[],
  operation: Operation | null,
  unstaged: readonly string[],
): string {
  const errors = findings.filter(({ severity }) => severity === "error");
  const lines = [
    `${NAME}: commit refused, nothing was changed. What is wrong with ${filesOf(errors.map(({ path }) => path))}:`,
    "",
    ...toTheTop(repository, operation),
  ];
  for (const some of withOneMend(errors))
    lines.push(...linesOfAll(repository, some, operation), "");
  lines.push(...unstaged.flatMap((sentence) => [sentence, ""]));
  lines.push("Mend it with the commands above, then commit again.");
  lines.push(`${ONLY_IF_WRONG}.`);
  return `${lines.join("\n")}\n`;
}

/** For the first line of a refusal: a graphical client may show that alone, as VS Code does. */
export function filesOf(paths: readonly GitPath[]): string {
  const [first = "", ...others] = new Set(paths.map(displayPath));
  return others.length === 0 ? first : `${first} and ${counted(others.length, "other file")}`;
}

/** Findings that do not refuse the commit. */
export function warnings(repository: Repository, findings: readonly FileFinding[]): string {
  const lines = findings
    .filter(({ severity }) => severity === "warning")
    .flatMap((finding) => [
      ...findingWords(repository, finding),
      // Whoever reads this has committed: nothing is staged any more that could be left out.
      ...indented(
        fixOf(finding, finding.mend.kind === "rename" ? "index" : "worktree", repository),
      ),
    ]);
  return lines.length === 0 ? "" : `${NAME}: worth a look:\n${lines.join("\n")}\n`;
}

/** @param during what git is in the middle of. */
export function findingLines(
  repository: Repository,
  finding: FileFinding,
  during: { readonly kind: string } | null,
): string[] {
  return [
    ...findingWords(repository, finding),
    ...indented(findingCommands(repository, finding, during)),
  ];
}

/** A recipient that is added or removed concerns every file of a rule: the same commands mend them all. */
function withOneMend(findings: readonly FileFinding[]): FileFinding[][] {
  const groups = new Map<string, FileFinding[]>();
  for (const [index, finding] of findings.entries()) {
    const { rule, message, mend } = finding;
    const key = rule === "sops-recipients" ? JSON.stringify([message, mend]) : String(index);
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

/** Findings that one mend is for. */
function linesOfAll(
  repository: Repository,
  findings: readonly FileFinding[],
  operation: Operation | null,
): string[] {
  const [first] = findings;
  if (first === undefined) return [];
  if (findings.length === 1 || first.mend.kind !== "on-file") {
    return findings.flatMap((finding) => findingLines(repository, finding, operation));
  }
  const paths = findings.map(({ path }) => path);
  return [
    ...findings.map(placeLine),
    `    ${first.message}`,
    ...indented(commandsOnAll(first.mend.commands, paths, repository)),
  ];
}

function placeLine({ path, line, rule }: FileFinding): string {
  return `  ${displayPath(path)}${line === null ? "" : `:${line}`}  ${rule}`;
}

/** Without the commands. */
export function findingWords(repository: Repository, finding: FileFinding): string[] {
  return [
    placeLine(finding),
    `    ${finding.message}`,
    ...mendWords(finding, "index", repository).map((sentence) => `    ${sentence}.`),
  ];
}

/** What mends a finding in the index. */
function findingCommands(
  repository: Repository,
  finding: FileFinding,
  during: { readonly kind: string } | null,
): string[] {
  const { mend, place } = finding;
  if (mend.kind === "edit" && takesOver(during)) {
    return [`git add -- ${shellPath(finding.path, repository.prefix)}`];
  }
  if (place !== "staged" && (mend.kind === "leave-out" || mend.kind === "edit")) {
    // Resetting to HEAD would bring back what HEAD is amended for. And zsh may take `^` for a glob.
    const back =
      place === "amended" ? "git reset -q HEAD~1" : "git rm -q -f --cached --ignore-unmatch";
    return [`${back} -- ${pathspec(finding.path, repository.prefix)}`];
  }
  return fixOf(finding, "index", repository);
}

/** One line a file that was encrypted, and a note where its worktree file was left alone. */
export function encrypted(repository: Repository, stored: readonly Stored[]): string {
  return stored.map((one) => `${encryptedLine(one)}${note(repository, one)}\n`).join("");
}

function encryptedLine({ entry, result, changed }: Stored): string {
  const path = displayPath(entry.path);
  if (changed !== null) {
    // None where only the sops block was edited.
    const keys = changed.length === 0 ? "" : ` (${changed.join(", ")})`;
    return `${NAME}: encrypted and signed anew ${path}${keys}`;
  }
  const parts = [
    result.values === 0 ? "" : counted(result.values, "value"),
    result.comments === 0 ? "" : counted(result.comments, "comment"),
    result.unchanged === 0 ? "" : `${result.unchanged} unchanged`,
  ].filter((part) => part !== "");
  return `${NAME}: encrypted ${path} (${parts.join(", ")})`;
}

function note(repository: Repository, { entry, worktree, closedFor }: Stored): string {
  const path = displayPath(entry.path);
  const file = shellPath(entry.path, repository.prefix);
  if (worktree === "edited") {
    return `\n  ${path} has edits that are not staged, so the file on disk was left as it is, in plaintext.\n  Stage and commit them too: git add -- ${file}`;
  }
  if (worktree === "no-file") {
    return `\n  ${path} is no file on the disk any more (a folder, or behind a link), so what is there was left as it is.`;
  }
  if (worktree === "unread") {
    return `\n  ${path} cannot be read on the disk (no permission, or 2 GiB and more), so what is there was left as it is.`;
  }
  if (worktree === "left") {
    return `\n  The file on disk could not be rewritten and is still in plaintext: git checkout -- ${file}`;
  }
  if (closedFor !== null) {
    const problems = closedFor.map(({ place, reason }) => `${printable(place)}: ${reason}`);
    const why = problems.length === 0 ? "" : ` (${problems.join("; ")})`;
    return `\n  No key on this machine opens it${why}. Your text is still here, until git prunes it: git cat-file blob ${entry.oid}`;
  }
  return "";
}

/**
 * If git itself runs `git commit` and goes on with more commits, it still has the index in memory as it
 * was before anything was encrypted, and takes the difference for somebody's changes.
 */
export function staleIndex(operation: Operation | null, stored: readonly Stored[]): string {
  if (operation === null || stored.length === 0) return "";
  const goesOn =
    operation.kind === "rebase" ||
    ((operation.kind === "cherry-pick" || operation.kind === "revert") && operation.more);
  if (!goesOn) return "";
  return `  If git now stops and says that local changes would be overwritten: git ${operation.kind} --continue\n`;
}

/** The refusal of a commit because lint-staged failed. */
export function notFormatted(output: string): string {
  return `${NAME}: commit refused: lint-staged failed. Mend the file it names below and stage it, or name the file in .prettierignore, then commit again.\n${output.trimEnd()}\n`;
}

/** A note that files were left as they are, though lint-staged is there to format them. */
export function leftUnformatted(why: string | null): string {
  return why === null ? "" : `${NAME}: nothing was formatted, as ${why}\n`;
}

/** A failure after files had been encrypted: see {@link broken}. */
export function brokenLater(
  repository: Repository,
  stored: readonly Stored[],
  message: string,
): string {
  return `${encrypted(repository, stored)}${NAME}: commit refused: ${message}\n  What was encrypted is staged as it is: commit again.\n`;
}
