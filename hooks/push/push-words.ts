import { printable } from "../../git/escape.ts";
import { displayPath } from "../../git/path.ts";
import { GitError } from "../../git/errors.ts";
import { changedEntries } from "../../git/index/entries.ts";
import { mendWords } from "../fix-of.ts";
import { pushMends } from "./mend-push.ts";
import type { PushResult } from "./pre-push.ts";
import type { RangeFinding } from "../range/findings.ts";
import { shownCommit } from "../shown-commit.ts";
import { indented, NAME, ONLY_IF_WRONG } from "../words.ts";

/** What is said before a push. */

/** More findings than this are only counted. */
const SHOWN = 50;
const COMMITS_SHOWN = 3;

/** Whether anything must stay on this machine. */
export function isPushRefused({ findings }: PushResult): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** Everything there is to say, or nothing. Asks git how it can be mended. */
export async function pushWords(push: PushResult): Promise<string> {
  const { findings, repository } = push;
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return warningWords(push);
  const lines = [`${NAME}: push refused, nothing was sent. What is wrong:`, ""];
  for (const finding of errors.slice(0, SHOWN))
    lines.push(...findingLines(repository, finding), "");
  if (errors.length > SHOWN) lines.push(`  and ${errors.length - SHOWN} more`, "");
  const mends = await pushMends(push);
  for (const { ref, what, commands } of mends) {
    const name = printable(ref.localRef);
    const end = commands.length === 0 ? "." : ":";
    lines.push(`To mend ${name}, ${what}${end}`, ...indented(commands), "");
  }
  for (const place of new Set(mends.flatMap(({ commitsIn }) => commitsIn ?? []))) {
    lines.push(...(await wordsOnIndex(place, place === repository)));
  }
  if (push.range.remote === false) {
    lines.push(
      "The other side lacks its main branch, or no remote has its address, so all of the history was looked at.",
    );
  }
  lines.push("Then push again.", `${ONLY_IF_WRONG}, and commit that.`);
  return `${lines.join("\n")}\n`;
}

/** What the user should know of the index, from which the commands make a commit. */
async function wordsOnIndex(place: PushResult["repository"], isHere: boolean): Promise<string[]> {
  const [where, there] = isHere ? ["", ""] : [` in ${printable(place.cwd)}`, " there"];
  try {
    const { changed, deleted } = await changedEntries(place);
    if (changed.length === 0 && deleted.length === 0) return [];
  } catch (error) {
    // Whatever is wrong with the index, the findings are still told.
    if (!(error instanceof GitError)) throw error;
    return [`These commands need the index${where}, and git cannot read it: ${error.message}`];
  }
  return [
    `What is staged${where} would go into the new commit: to keep it apart, git stash${there} before these commands,`,
    `and git stash pop --index${there} after them.`,
  ];
}

/** Of warnings only those of the tips: the past is past. */
function warningWords({ findings, repository }: PushResult): string {
  const lines = findings
    .filter(({ rule, tip }) => tip !== null && rule !== "inline-credential")
    .slice(0, SHOWN)
    .flatMap((finding) => findingLines(repository, finding));
  return lines.length === 0 ? "" : `${NAME}: the remote has this already:\n${lines.join("\n")}\n`;
}

function findingLines(repository: PushResult["repository"], finding: RangeFinding): string[] {
  const { path, blob, line, rule, message, tip, commits } = finding;
  const place = path !== "" ? displayPath(path) : blob === null ? "(no file)" : "(tagged content)";
  return [
    `  ${place}${line === null ? "" : `:${line}`}  ${rule}`,
    `    ${message}`,
    ...(commits.length === 0 ? [] : [`    in ${commitList(commits)}`]),
    ...(tip === null
      ? []
      : mendWords(finding, "index", repository).map((sentence) => `    ${sentence}.`)),
  ];
}

function commitList(commits: RangeFinding["commits"]): string {
  const shown = commits.slice(0, COMMITS_SHOWN).map(shownCommit).join(", ");
  return commits.length > COMMITS_SHOWN
    ? `${shown} and ${commits.length - COMMITS_SHOWN} more`
    : shown;
}
