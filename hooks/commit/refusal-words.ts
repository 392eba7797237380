import { displayPath } from "../../git/path.ts";
import { withToolCommand } from "../../git/tool-command.ts";
import type { FileFinding } from "./file-finding.ts";
import { isRefused, type Refusal } from "./refuse-plaintext.ts";
import type { NewContent } from "./replace-staged.ts";
import type { Place } from "./staged.ts";
import { toTheTop } from "./to-the-top.ts";
import { indented, NAME } from "../words.ts";
import { filesOf, findingLines, findingWords } from "./commit-words.ts";

/** What is said where a hook can only refuse; see commit-words.ts for what pre-commit says. */

const ACTIONS: Readonly<Record<Exclude<Refusal["during"]["kind"], "no-verify">, string>> = {
  merge: "merge",
  "cherry-pick": "cherry-pick",
  revert: "revert",
  rebase: "rebase",
  "rebase-apply": "rebase",
  am: "am",
  message: "commit",
  amend: "amended commit",
  restaged: "commit",
};

/** Everything there is to say, or nothing. */
export function refusalWords(refusal: Refusal): string {
  if (isRefused(refusal)) return refused(refusal) + heldWarning(refusal);
  return (refusal.during.kind === "no-verify" ? unverified(refusal) : "") + heldWarning(refusal);
}

function refused(refusal: Refusal): string {
  const { repository, during, errors, contents } = refusal;
  const kind = during.kind === "no-verify" ? "message" : during.kind;
  const why =
    kind === "restaged"
      ? "and was staged anew by another hook after pre-commit had encrypted it"
      : "and here git gives no way to encrypt it";
  const paths = [...errors.map(({ path }) => path), ...contents.map(({ entry }) => entry.path)];
  return text([
    `${NAME}: ${ACTIONS[kind]} stopped before it commits ${filesOf(paths)}:`,
    "",
    ...(errors.length === 0 ? [] : toTheTop(repository, during)),
    ...errors.flatMap((finding) => [...findingLines(repository, finding, during), ""]),
    ...contents.flatMap((content) => [...plaintextLines(content, why), ""]),
    errors.length === 0 ? "Go on with:" : "Mend it with the commands above, then go on with:",
    ...indented(goOn(refusal)),
  ]);
}

/** `--no-verify`, or too late: the commit is being made. */
function unverified({ repository, staged, errors, contents, replacesHead }: Refusal): string {
  if (errors.length + contents.length === 0) return "";
  const { head, isAmend } = staged;
  const isRoot = isAmend ? head?.parents.length === 0 : head === null;
  const place: Place = isRoot ? "amended-root" : "amended";
  return text([
    `${NAME}: warning: this commit holds what the pre-commit hook encrypts or refuses:`,
    "",
    ...errors.flatMap((finding) => [...findingLines(repository, { ...finding, place }, null), ""]),
    ...contents.flatMap((content) => [...plaintextLines(content, "and could be encrypted"), ""]),
    "Before you push, mend it with:",
    ...indented([`git commit --amend --no-edit${emptyAllowed(errors)}`]),
    // Of an amended commit it is not known whether pre-commit ran.
    ...(replacesHead
      ? []
      : [
          withToolCommand(
            "If you did not say --no-verify, git runs no pre-commit hook of ours: npx flux-sops doctor says why.",
            repository,
          ),
        ]),
  ]);
}

/** A warning only: what a remote has already cannot be taken back. */
function heldWarning({ repository, warnings, heldContents, during }: Refusal): string {
  if (during.kind === "no-verify" || warnings.length + heldContents.length === 0) return "";
  return text([
    `${NAME}: worth a look:`,
    // No commands: they would stand among those of a merge that goes through.
    ...warnings.flatMap((finding) => findingWords(repository, finding)),
    ...heldContents.flatMap((content) => plaintextLines(content, "and a remote has it already")),
  ]);
}

function plaintextLines({ entry, changed }: NewContent, why: string): string[] {
  return [
    `  ${displayPath(entry.path)}  ${changed === null ? "plaintext-secret" : "plaintext-value"}`,
    `    ${changed === null ? "it is" : `${changed.join(", ")} is`} in plaintext, ${why}`,
  ];
}

/** pre-commit by hand, from wherever the user stands: it encrypts what is staged. */
const ENCRYPT_STAGED = `node "$(git rev-parse --show-cdup).flux-sops/flux-sops.mjs" hook pre-commit`;

/** A file that git keeps during a rebase, as a word of a shell. */
const kept = (name: string) => `"$(git rev-parse --git-path rebase-merge/${name})"`;

/**
 * With the message that git has ready: of a squash one of them all, of a fixup that of the commit it goes
 * into, or its own (`fixup -C`, as `commit --fixup=reword:` has it).
 */
function foldedCommit(folding: "fixup" | "squash"): string {
  const cleanup = folding === "squash" ? " --cleanup=strip" : "";
  return `git commit --amend${cleanup} -F ${kept(`message-${folding}`)}`;
}

/** A commit of the user's own, with the message that was given. */
const OWN_COMMIT = 'git commit -e -F "$(git rev-parse --git-path COMMIT_EDITMSG)"';

/** Where files are left out, nothing may be left for the commit. */
function emptyAllowed(errors: readonly FileFinding[]): string {
  return errors.some(({ mend }) => mend.kind === "leave-out" || mend.kind === "edit")
    ? " --allow-empty"
    : "";
}

/** How to go on after a refusal, as lines for a POSIX shell. */
export function goOn({ during, isUsersCommit, replacesHead, errors }: Refusal): string[] {
  const mayBeEmpty = emptyAllowed(errors);
  const commit = `git commit${replacesHead ? " --amend" : ""} --no-edit${mayBeEmpty}`;
  switch (during.kind) {
    case "merge":
    case "amend":
    case "no-verify":
      return [commit];
    // Not --continue alone: it would go on with the index as it was before pre-commit encrypted.
    case "cherry-pick":
      return during.more ? [commit, "git cherry-pick --continue"] : [commit];
    case "revert":
      return during.more ? [commit, "git revert --continue"] : [commit];
    case "restaged":
      return [`git commit${replacesHead ? " --amend" : ""}${mayBeEmpty}`];
    case "message":
      return [isUsersCommit ? `git commit${mayBeEmpty}` : commit];
    case "rebase":
      if (isUsersCommit && !replacesHead && !during.hasMessage) {
        return [`${OWN_COMMIT}${mayBeEmpty}`, "git rebase --continue"];
      }
      // git takes the failure for its own and keeps the commit first in its list.
      return [
        during.folding === null ? commit : `${foldedCommit(during.folding)}${mayBeEmpty}`,
        ...(during.commit === null
          ? []
          : [
              // Whatever core.abbrev says, and no line left out: rebase.missingCommitsCheck.
              `GIT_SEQUENCE_EDITOR="sed -E -i.bak '1s/^[a-z]+( -[cC])?( ${during.commit.slice(0, 12)})/drop\\2/'" git -c core.abbrev=no rebase --edit-todo`,
            ]),
        // Otherwise the next fixup in git's list takes the message of this one.
        ...(during.folding === null ? [] : [`rm -f -- ${kept("current-fixups")}`]),
        "git rebase --continue",
      ];
    case "rebase-apply":
    case "am": {
      const command = during.kind === "am" ? "git am" : "git rebase";
      return [
        ENCRYPT_STAGED,
        mayBeEmpty === ""
          ? `${command} --continue`
          : `if git diff --cached --quiet; then ${command} --skip; else ${command} --continue; fi`,
      ];
    }
  }
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
