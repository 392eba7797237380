import { existsSync, readFileSync } from "node:fs";
import { fixCommands, onFiles, type FixPlace } from "../findings/fix.ts";
import type { Finding, Mend, UnderARule } from "../findings/finding.ts";
import { mentionsMetadata } from "../findings/sops/sops-traces.ts";
import { shownFile } from "../findings/wording.ts";
import { pathFromText, pathText, type GitPath } from "../git/path.ts";
import type { Repository } from "../git/repository/open.ts";
import { pathspec, shellPath } from "../git/shell-word.ts";
import { withToolCommand } from "../git/tool-command.ts";
import { worktreeLocation } from "../git/worktree/file.ts";

/** How to mend a finding where no command does: sentences, without their full stops. */
export function mendWords(
  finding: Pick<Finding, "mend" | "listedIn"> & { readonly path: GitPath },
  where: FixPlace["where"],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  if (where === "history") return [];
  return [...ownWords(finding, where, repository), ...listingWords(finding)];
}

function ownWords(
  { path, mend }: { readonly path: GitPath; readonly mend: Mend },
  where: FixPlace["where"],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  if (mend.kind !== "edit" && mend.kind !== "leave-out") return [];
  if (mend.orUnderARule) {
    const move = { path, mend: { kind: "rename", to: mend.orUnderARule.to } } as const;
    const isFree = mendOnDisk(move, repository).kind === "rename";
    return underARule(
      mend.orUnderARule,
      isFree ? fixOf(move, where, repository).join(" && ") : null,
    );
  }
  if (mend.kind === "edit") return [`To mend it, ${withToolCommand(mend.what, repository)}`];
  return mend.orUnderARule === null
    ? ["To have it encrypted, add a creation rule for it to .sops.yaml, and stage that too"]
    : [];
}

/** A renamed file has to be listed under its new name. */
function listingWords({ mend, listedIn = [] }: Pick<Finding, "mend" | "listedIn">): string[] {
  return listedIn.map((list) => {
    const folder = list.slice(0, list.lastIndexOf("/") + 1);
    return mend.kind === "rename" && mend.to.startsWith(folder)
      ? `${shownFile(list)} lists it: write ${shownFile(mend.to.slice(folder.length))} there, and stage that too`
      : `${shownFile(list)} lists it: change that too, and stage it`;
  });
}

function underARule({ rules, line, pathRegex, name }: UnderARule, move: string | null): string[] {
  const copy =
    `copy the rule in line ${line} of ${shownFile(rules)}, with path_regex: ${shownFile(pathRegex)}, ` +
    (name === null ? "and stage that too" : `name the file ${shownFile(name)}, and stage both`);
  return move === null
    ? [`To have it encrypted, ${copy}`]
    : [`To have it encrypted, move it to where a creation rule takes it (${move})`, `Or ${copy}`];
}

/**
 * The mend of an error in a file that should be on disk. git moves no file that is not there, nor to
 * where another one is already; and a file whose encrypted form stands beside it should not be
 * encrypted once more.
 */
export function mendOnDisk(
  { path, mend }: { readonly path: GitPath; readonly mend: Mend },
  repository: Pick<Repository, "cwd">,
): Mend {
  if (mend.kind !== "rename") return mend;
  const isThere = (one: GitPath) => existsSync(worktreeLocation(repository, one));
  const canMove = isThere(path) && !isThere(pathFromText(mend.to));
  return canMove && !hasEncryptedForm(path, repository) ? mend : { kind: "leave-out" };
}

/** Findings whose errors are mended as what is on disk allows. */
export function withMendsOnDisk<F extends Finding & { readonly path: GitPath }>(
  findings: readonly F[],
  repository: Pick<Repository, "cwd">,
): F[] {
  return findings.map((one) =>
    one.severity === "error" ? { ...one, mend: mendOnDisk(one, repository) } : one,
  );
}

/**
 * Whether its encrypted form stands beside it: written by hand (`sops -e db.yaml > db.enc.yaml`), or
 * what it was decrypted from (`sops -d db.sops.yaml > db.dec.yaml`).
 */
function hasEncryptedForm(path: GitPath, repository: Pick<Repository, "cwd">): boolean {
  const text = pathText(path);
  const decryptedFrom = text.replace(/[.-](?:dec|decrypted)(?=\.[^./]*$)/, "");
  const marks = decryptedFrom === text ? ENCRYPTED_NAMES : ["", ".sops", ...ENCRYPTED_NAMES];
  return marks.some((mark) => {
    const name = decryptedFrom.replace(/(\.[^./]*)?$/, (ending) => `${mark}${ending}`);
    try {
      return mentionsMetadata(readFileSync(worktreeLocation(repository, pathFromText(name))));
    } catch {
      return false;
    }
  });
}

const ENCRYPTED_NAMES = [".enc", "-enc", ".encrypted", "-encrypted"];

/**
 * What mends a finding, as lines to paste into a shell.
 *
 * @param where where the file was found.
 * @param repository where the user stands.
 */
export function fixOf(
  { path, mend }: { readonly path: GitPath; readonly mend: Mend },
  where: FixPlace["where"],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  const { prefix } = repository;
  // The finding's own path keeps its bytes; another, made from its text, has text only.
  const own = (text: string) => (text === pathText(path) ? path : pathFromText(text));
  return fixCommands(mend, {
    path: pathText(path),
    where,
    shellPath: (text) => shellPath(own(text), prefix),
    pathspec: (text) => pathspec(own(text), prefix),
    withTool: (command) => withToolCommand(command, repository),
  });
}

/** Commands with FILE in them, each for several files at once. */
export function commandsOnAll(
  commands: readonly string[],
  paths: readonly GitPath[],
  repository: Pick<Repository, "cwd" | "prefix">,
): string[] {
  const files = paths.map((path) => shellPath(path, repository.prefix)).join(" ");
  return onFiles(commands, files, {
    withTool: (command) => withToolCommand(command, repository),
  });
}
