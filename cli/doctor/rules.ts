import { existsSync } from "node:fs";
import { join } from "node:path";
import { recipientDrift, recipientsFinding } from "../../findings/sops/sops-recipients.ts";
import { isFilledValue } from "../../findings/sops/verdict.ts";
import { displayTextPath, type GitPath, isTextPath, pathFromText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { commandOnFiles, shellPath } from "../../git/shell-word.ts";
import { foldersAbove } from "../../hooks/rules/folders-above.ts";
import {
  folderOfRules,
  isMisnamedRuleFile,
  isRuleFile,
  MISNAMED,
  rightName,
  RULE_FILE,
} from "../../hooks/rules/gate-files.ts";
import { isDocumented } from "../../sops/age/documented-recipients.ts";
import { literalFolder } from "../../sops/creation-rules/pattern-text.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { isToken } from "../../sops/token.ts";
import { inConflict, RESOLVE_FIRST } from "../in-conflict.ts";
import { type Diagnosis, note, ok, someOf, wrong } from "./diagnosis.ts";
import type { EncryptedEntry, Encryption, RuleEntry } from "./encrypted-files.ts";
import { folderMeant } from "./misspelt-folder.ts";
import { alwaysTakes } from "./shadowing.ts";

/**
 * Do the creation rules say what their author means, and are the files encrypted as they say?
 *
 * @param repository its folder, and where in it the user stands.
 */
export function diagnoseRules(
  encryption: Encryption,
  { cwd: directory, prefix }: Pick<OpenedRepository, "cwd" | "prefix">,
): Diagnosis[] {
  const { broken, conflicts } = encryption;
  const unusable = broken.map(({ file, problem, line, isRecipient }) =>
    wrong(
      `${displayTextPath(file)}${line === null ? "" : `:${String(line)}`}: ${problem}`,
      isRecipient
        ? "correct it (npx flux-sops keys new makes a key), then git add it"
        : "correct it, then git add it",
    ),
  );
  if (unusable.length > 0) return unusable;
  const what = inConflict(conflicts);
  const untold = what === null ? [] : [note(what, RESOLVE_FIRST)];
  const areRulesMerged = !conflicts.some((path) => isRuleFile(path));
  return [...untold, ...(areRulesMerged ? soundness(encryption, directory, prefix) : [])];
}

function soundness(
  encryption: Encryption,
  directory: string,
  prefix: OpenedRepository["prefix"],
): Diagnosis[] {
  const { rules, files, paths, unstagedRules } = encryption;
  if (rules.length === 0 && unstagedRules !== null) {
    // Unless it is forced, git takes no file that it ignores.
    const add = unstagedRules.isIgnored ? ["git", "add", "--force", "--"] : ["git", "add", "--"];
    return [
      wrong(
        ".sops.yaml is not in git yet, so nothing is encrypted",
        commandOnFiles(add, [pathFromText(RULE_FILE)], prefix),
      ),
    ];
  }
  if (rules.length === 0) {
    return [
      ...misnamed(paths, prefix),
      paths.includes(".sops.yaml")
        ? wrong(
            ".sops.yaml has no creation rules, so nothing is encrypted",
            "add some, then git add it",
          )
        : wrong(
            ".sops.yaml is missing, so nothing is encrypted",
            `${commandOnFiles(["git", "checkout", "HEAD", "--"], [pathFromText(RULE_FILE)], prefix)}; where there never was one: npx -p generator-flux-sops flux-sops init`,
          ),
    ];
  }
  const found = [
    ...misnamed(paths, prefix),
    ...rules.flatMap((rule) => wrongRule(rule, encryption)),
    ...files.flatMap((file) => drifted(file, prefix)),
  ];
  const misspelt = rules.flatMap((rule) => takesNothing(rule, paths, directory));
  if (found.length > 0) return [...found, ...misspelt];
  return [...misspelt, ok(`the creation rules are sound${asTheySay(encryption)}`)];
}

/**
 * Files without a rule, with a broken `sops` block, or with keys that are left to sops are not
 * compared.
 */
function asTheySay({ files, conflicts }: Encryption): string {
  if (files.length === 0) return conflicts.length === 0 ? "; nothing is encrypted yet" : "";
  const known = files.filter(({ metadata, rule }) => {
    const drift = metadata === null ? null : recipientDrift(metadata, rule?.rule ?? null);
    return drift?.isForSops === false;
  });
  const all = String(files.length);
  if (known.length === files.length) {
    return `, and every encrypted file has the recipients of its rule (${all})`;
  }
  const have =
    files.length === 1
      ? "file has the recipients of its rule"
      : "files have the recipients of their rules";
  return `, and ${String(known.length)} of ${all} encrypted ${have}; the others have no rule, a broken sops block, or keys that are left to sops (keys list tells which)`;
}

/** sops does not read it, and neither does the gate. */
function misnamed(paths: readonly string[], prefix: GitPath): Diagnosis[] {
  return paths.filter(isMisnamedRuleFile).map((path) => {
    const right = rightName(path);
    const isTaken = paths.includes(right);
    return wrong(
      `${displayTextPath(path)} ${MISNAMED}`,
      isTaken
        ? `what it should say belongs into ${displayTextPath(right)}; then ${commandOnFiles(["git", "rm", "--"], [pathFromText(path)], prefix)}`
        : commandOnFiles(["git", "mv", "--"], [path, right].map(pathFromText), prefix),
    );
  });
}

function wrongRule(entry: RuleEntry, { rules, files }: Encryption): Diagnosis[] {
  const { file, rule } = entry;
  const where = `${displayTextPath(file)}:${String(rule.line)}: the creation rule`;
  const found: Diagnosis[] = [];
  if (rule.recipients.length + rule.foreign.length === 0) {
    found.push(wrong(`${where} names no recipient`, "add one under age:"));
  }
  const placeholders = rule.recipients.filter(isDocumented);
  if (placeholders.length > 0) {
    found.push(
      wrong(
        `${where} encrypts to a key that was copied from a manual, ${someOf(placeholders)}: you cannot read that, others may`,
        "put your own public key in its place, then npx flux-sops updatekeys and npx flux-sops rotate -i on its files",
      ),
    );
  }
  const before = rules.slice(0, rules.indexOf(entry)).filter((one) => one.file === file);
  const shadow = before.find((one) => alwaysTakes(one.rule.pathRegex, rule.pathRegex));
  if (shadow !== undefined) {
    found.push(
      wrong(
        `${where} is never used: the one in line ${String(shadow.rule.line)} takes all its files first`,
        `put it before line ${String(shadow.rule.line)}, or remove it`,
      ),
    );
  }
  const own = files.filter((one) => one.rule === entry);
  if (own.length > 0 && own.every(encryptsNothing)) {
    found.push(
      wrong(
        `${where} encrypts nothing in ${someOf(own.map(({ shown }) => shown))}`,
        "correct its encrypted_regex (or the like), then encrypt them anew",
      ),
    );
  }
  return found;
}

/** `\\.`, as a dot is escaped in double quotes. */
const ESCAPED_BACKSLASH = /(?<!\\)(?:\\\\)+\./;

/** The name of what is piped into sops, which some rules are for alone. */
const STANDARD_INPUT = "/dev/stdin";

/** Rules may be there before their files, so only what looks misspelt is reported. */
function takesNothing(
  { file, rule }: RuleEntry,
  paths: readonly string[],
  directory: string,
): Diagnosis[] {
  const top = folderOfRules(file);
  const below = paths.flatMap((path) => (path.startsWith(top) ? [path.slice(top.length)] : []));
  if (below.some(rule.matches)) return [];
  const where = `${displayTextPath(file)}:${String(rule.line)}: the creation rule takes no file`;
  if (ESCAPED_BACKSLASH.test(rule.pathRegex)) {
    return [
      note(
        `${where}: \\\\ in its path_regex stands for a backslash in a name`,
        "write one backslash before a dot, as only in double quotes it takes two, and / between folders; then git add it",
      ),
    ];
  }
  const folder = literalFolder(rule.pathRegex);
  const isThere = folder.startsWith("/")
    ? rule.matches(STANDARD_INPUT)
    : existsSync(join(directory, top, folder));
  if (folder === "" || isThere) return [];
  const meant = folderMeant(folder, new Set(below.flatMap(foldersAbove)));
  if (meant === null) return [];
  return [
    note(
      `${where}: there is no folder ${displayTextPath(top + folder)}, but there is ${displayTextPath(top + meant)}`,
      "correct its path_regex if that is the one you mean, then git add it",
    ),
  ];
}

/** It has a `sops` block, and all is readable. */
function encryptsNothing({ bytes, format, metadata }: EncryptedEntry): boolean {
  if (metadata === null) return false;
  try {
    const { file } = readSopsFile(bytes, format);
    const values = file.leaves.filter(isFilledValue);
    return values.length > 0 && !values.some(({ value }) => value !== null && isToken(value.text));
  } catch {
    return false;
  }
}

function drifted({ path, shown, metadata, rule }: EncryptedEntry, prefix: GitPath): Diagnosis[] {
  if (metadata === null) return [];
  const drift = recipientDrift(metadata, rule?.rule ?? null);
  const finding = recipientsFinding(metadata, rule?.rule ?? null);
  if (drift === null || finding === null) return [];
  const name = shellPath(path, prefix);
  // An argument of a process on node is UTF-8, or damaged.
  if (!isTextPath(path)) {
    const remedy = `git mv -- ${name} NEW_NAME.sops.yaml, since its name is no UTF-8; then run doctor again`;
    return [wrong(`${shown}: ${finding.message}`, remedy)];
  }
  // Who could read it has its data key.
  const rotation = drift.extra.length > 0 ? [["rotate", "-i"]] : [];
  const commands = [["updatekeys", "-y"], ...rotation];
  const [tell, tool] = drift.isForSops ? [note, "sops"] : [wrong, "npx flux-sops"];
  return [
    tell(
      `${shown}: ${finding.message}`,
      commands.map((words) => `${tool} ${words.join(" ")} -- ${name}`).join(" && "),
    ),
  ];
}
