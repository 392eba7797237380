import { printable } from "../../git/escape.ts";
import { GitError } from "../../git/errors.ts";
import { displayPath, type GitPath, pathText } from "../../git/path.ts";
import { openRepository, type OpenedRepository } from "../../git/repository/open.ts";
import { commandOnFiles } from "../../git/shell-word.ts";
import { WorktreeError } from "../../git/worktree/error.ts";
import { type PreparedReplacement, prepareReplacement } from "../../git/worktree/replacement.ts";
import { folderOfRules } from "../../hooks/rules/gate-files.ts";
import { BrokenRulesError, RulesInForce } from "../../hooks/rules/rules-in-force.ts";
import { counted } from "../../hooks/words.ts";
import { editRecipients } from "../../sops/creation-rules/edit-recipients.ts";
import { parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { SopsError } from "../../sops/errors.ts";
import { rewrap } from "../../sops/rewrap.ts";
import { rotateFile } from "../../sops/rotate.ts";
import { readSopsFile } from "../../sops/sops-file.ts";
import { dataKeyOf } from "../file/data-key.ts";
import { ENDING_SIGNALS } from "../exit/ended.ts";
import { complain } from "../terminal/complain.ts";
import { namedKeys } from "./named-keys.ts";
import {
  type EncryptedOnDisk,
  encryptionOnDisk,
  type EncryptionOnDisk,
  type FileOnDisk,
  type LeftInIndex,
  placeOf,
  type RuleOnDisk,
} from "./on-disk.ts";
import { KeysRefusal } from "./refusal.ts";

/** A key that is to be added to some rules, or taken out of them. */
export interface KeyChange {
  readonly recipient: string;
  readonly kind: "add" | "remove";
  readonly rules: readonly RuleOnDisk[];
}

interface NewContent {
  readonly file: FileOnDisk;
  readonly content: Buffer;
  /** Who could read it, is not what this is about, and is not named by its rule. */
  readonly leftOut?: readonly string[];
}

/**
 * Adds a key to creation rules and to the files that they take, or takes it out of both. All is worked out before
 * anything is written; where something cannot be done, everything stays as it is.
 *
 * @param choose the rules that it is about, of all that there are.
 * @returns the exit status, with what was done, or why not, printed.
 */
export async function changeKey(
  kind: KeyChange["kind"],
  recipient: string,
  choose: (encryption: EncryptionOnDisk) => readonly RuleOnDisk[],
): Promise<number> {
  try {
    const repository = await openRepository({ cwd: process.cwd(), env: process.env });
    const encryption = await encryptionOnDisk(repository);
    const change: KeyChange = { kind, recipient, rules: choose(encryption) };
    const rules = newRuleFiles(change);
    const files = await newFiles(encryption, rules, change);
    if (change.rules.length === 0 && files.length === 0) {
      throw new KeysRefusal(["no rule and no file names this key: npx flux-sops keys list"]);
    }
    const contents = [...rules, ...files];
    const changed = await written(repository, contents);
    const isDone = ({ file }: { readonly file: FileOnDisk }) => !changed.includes(file.path);
    if (contents.length === 0 || contents.some(isDone)) {
      tell(
        repository,
        { ...change, rules: change.rules.filter(isDone) },
        { rules: rules.filter(isDone), files: files.filter(isDone), encryption },
      );
    }
    for (const path of changed)
      complain(`${displayPath(path)} was changed meanwhile: run this again`);
    return changed.length === 0 ? 0 : 2;
  } catch (error) {
    for (const reason of reasonsOf(error)) complain(`keys ${kind}: ${reason}`);
    return 2;
  }
}

/** The rule files with the change; none of those that have it already. */
function newRuleFiles({ kind, recipient, rules }: KeyChange): NewContent[] {
  const files = new Set(rules.map(({ file }) => file));
  const [byHand, foreign]: [string[], string[]] = [[], []];
  const changed = [...files].flatMap((file): NewContent[] => {
    const own = rules.filter((one) => one.file === file);
    for (const one of own.filter(({ rule }) => rule.foreign.length > 0)) {
      foreign.push(`${placeOf(one)} has keys of other kinds (${one.rule.foreign.join(", ")})`);
    }
    const indexes = new Set(own.map(({ index }) => index));
    const text = file.bytes.toString("utf8");
    const after = editRecipients(text, { kind, recipient, rules: indexes });
    if (after === null) {
      const alone = (index: number) =>
        editRecipients(text, { kind, recipient, rules: new Set([index]) });
      const stubborn = own.filter(({ index }) => alone(index) === null);
      byHand.push(...(stubborn.length === 0 ? own : stubborn).map(placeOf));
    }
    return after === null || after === text ? [] : [{ file, content: Buffer.from(after) }];
  });
  if (foreign.length > 0) {
    throw new KeysRefusal([
      ...foreign,
      "edit such rules by hand, and run sops updatekeys -y on each of their files",
    ]);
  }
  if (byHand.length > 0) {
    const edit = kind === "add" ? "put this key in" : "take this key out";
    throw new KeysRefusal([
      `${byHand.join(", ")}: written so that it is not plain what to change: ${edit} there by hand, and run this again for all else`,
    ]);
  }
  return changed;
}

/** The encrypted files that are to have other recipients. */
async function newFiles(
  { encrypted }: EncryptionOnDisk,
  ruleFiles: readonly NewContent[],
  change: KeyChange,
): Promise<NewContent[]> {
  const after = new RulesInForce(
    new Map(
      change.rules.map(({ file }) => [
        folderOfRules(pathText(file.path)),
        ruleFiles.find((one) => one.file === file)?.content ?? file.bytes,
      ]),
    ),
  );
  const chosen = new Set(change.rules.map(({ rule }) => rule));
  const changed: NewContent[] = [];
  const problems: string[] = [];
  for (const file of encrypted) {
    const isRuled = file.rule !== null && chosen.has(file.rule);
    const holdsKey = file.metadata.age.some((one) => one.recipient === change.recipient);
    if (!isRuled && !(change.kind === "remove" && holdsKey)) continue;
    const wanted = isRuled
      ? (after.for(pathText(file.path)).rule?.recipients ?? [])
      : (file.rule?.recipients ?? namedWithout(file, change.recipient));
    try {
      const text = await withRecipients(file, wanted);
      const content = Buffer.from(text, "utf8");
      const leftOut = namedWithout(file, change.recipient).filter((one) => !wanted.includes(one));
      if (!content.equals(file.bytes)) changed.push({ file, content, leftOut });
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      problems.push(`${error.placeIn(displayPath(file.path))}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new KeysRefusal(problems);
  return changed;
}

function namedWithout({ metadata }: EncryptedOnDisk, removed: string): string[] {
  return metadata.age.map(({ recipient }) => recipient).filter((one) => one !== removed);
}

/** Whoever is left out knows the data key, so there is a new one where somebody is. */
async function withRecipients(
  { bytes, format, metadata }: EncryptedOnDisk,
  wanted: readonly string[],
): Promise<string> {
  if (metadata.foreign.length > 0) {
    throw new SopsError("unsupported", "it has keys other than age: use sops updatekeys");
  }
  const { file } = readSopsFile(bytes, format);
  const isLeftOut = metadata.age.some(({ recipient }) => !wanted.includes(recipient));
  if (!isLeftOut) return rewrap(file, metadata, wanted, () => dataKeyOf(metadata));
  return (await rotateFile(file, metadata, await dataKeyOf(metadata), wanted)).text;
}

/**
 * Puts all in place, once all waits beside its files. The rules first: `updatekeys` goes by them. It takes a moment, in
 * which Ctrl-C does nothing: else it would leave files half done, and those that wait.
 *
 * @returns the files that somebody has changed meanwhile: they stay.
 * @throws WorktreeError, GitError
 */
async function written(
  repository: OpenedRepository,
  contents: readonly NewContent[],
): Promise<GitPath[]> {
  const prepared: [GitPath, PreparedReplacement][] = [];
  const ignore = () => {};
  for (const signal of ENDING_SIGNALS) process.on(signal, ignore);
  try {
    for (const { file, content } of contents) {
      const asRead = { ...file, state: "as-staged", isVerbatim: true } as const;
      prepared.push([file.path, await prepareReplacement(repository, asRead, content)]);
    }
    // In batches: each is an open file.
    for (let done = 0; done < prepared.length; done += SYNCED_AT_ONCE) {
      const batch = prepared.slice(done, done + SYNCED_AT_ONCE);
      await Promise.all(batch.map(([, replacement]) => replacement.sync()));
    }
    return prepared.flatMap(([path, replacement]) =>
      replacement.commit() === "replaced" ? [] : [path],
    );
  } finally {
    for (const [, replacement] of prepared) replacement.discard();
    for (const signal of ENDING_SIGNALS) process.removeListener(signal, ignore);
  }
}

const SYNCED_AT_ONCE = 100;

interface Done {
  readonly rules: readonly NewContent[];
  readonly files: readonly NewContent[];
  readonly encryption: EncryptionOnDisk;
}

function tell(
  repository: OpenedRepository,
  change: KeyChange,
  { rules, files, encryption }: Done,
): void {
  const isAdded = change.kind === "add";
  // Lines may have come or gone above a rule.
  const now = new Map(
    rules.map(({ file, content }) => [file, parseRuleFile(content.toString("utf8")).rules]),
  );
  for (const one of change.rules) {
    const { rule } = one;
    if (isAdded && rule.recipients.includes(change.recipient)) continue;
    const says = isAdded ? "names it now" : "names it no more";
    const pattern = rule.pathRegex === "" ? "every file" : rule.pathRegex;
    const place = placeOf({ ...one, rule: now.get(one.file)?.[one.index] ?? rule });
    process.stdout.write(`${place}  (${printable(pattern)}) ${says}\n`);
  }
  for (const { file, leftOut = [] } of files) {
    const others =
      leftOut.length === 0
        ? ""
        : `  (its rule does not name ${namedKeys(leftOut, encryption.names)}: left out)`;
    process.stdout.write(`${displayPath(file.path)}${others}\n`);
  }
  const paths = [...rules, ...files].map(({ file }) => file.path);
  const what = isAdded ? "can be read with this key now" : "got a new data key, without this key";
  process.stdout.write(
    paths.length === 0
      ? "nothing to do: rules and files name it already\n"
      : `${counted(files.length, "file")} ${what}\n`,
  );
  for (const file of encryption.left.filter((one) => isMissed(one, change))) {
    const why = file.isDecrypted
      ? "is decrypted on disk, and keeps its keys until git add and git commit encrypt it anew"
      : "is encrypted in git, and not on disk, so it keeps its keys: check it out, and run this again";
    complain(`${displayPath(file.path)} ${why}`);
  }
  if (paths.length > 0) {
    const all = [...new Set([...unstagedRules(files, encryption), ...paths])];
    complain(`next: ${commandOnFiles(["git", "add", "--"], all, repository.prefix)}`);
  }
}

/** Rules that were changed before, by hand or by a run that was killed: at a commit those that are staged count. */
function unstagedRules(
  files: readonly NewContent[],
  { encrypted, rules }: EncryptionOnDisk,
): GitPath[] {
  const changed = new Set(files.map(({ file }) => file));
  const ruling = new Set(encrypted.filter((one) => changed.has(one)).map(({ rule }) => rule));
  return rules.filter((one) => !one.isStaged && ruling.has(one.rule)).map(({ file }) => file.path);
}

/** Whether the change would have been about it. */
function isMissed(
  { recipients, rule }: LeftInIndex,
  { kind, recipient, rules }: KeyChange,
): boolean {
  const holdsKey = recipients.includes(recipient);
  return kind === "remove" ? holdsKey : !holdsKey && rules.some((one) => one.rule === rule);
}

/** @throws what is no message for the user. */
function reasonsOf(error: unknown): readonly string[] {
  if (error instanceof KeysRefusal) return [...error.reasons, "nothing was changed"];
  if (error instanceof BrokenRulesError) {
    const place = error.line === null ? error.path : `${error.path}:${error.line}`;
    return [`${place}: ${error.reason}`];
  }
  if (error instanceof GitError || error instanceof WorktreeError) return [error.message];
  throw error;
}
