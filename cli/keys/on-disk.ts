import { readFileSync } from "node:fs";
import { encryptedFile } from "../../findings/sops/encrypted-file.ts";
import { isNamedSops } from "../../findings/sops/sops-name.ts";
import { type IndexEntry, indexEntries, isFile } from "../../git/index/entries.ts";
import { blobOid } from "../../git/objects/object-id.ts";
import { blobsHere } from "../../git/objects/blobs.ts";
import { displayPath, type GitPath, pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { nulFields, runGit } from "../../git/run.ts";
import { type FileSnapshot, takeSnapshot, worktreeLocation } from "../../git/worktree/file.ts";
import { MOST_ENCRYPTED } from "../../flux/repository-files.ts";
import { folderOfRules, isRuleFile } from "../../hooks/rules/gate-files.ts";
import { RulesInForce } from "../../hooks/rules/rules-in-force.ts";
import type { CreationRule } from "../../sops/creation-rules/creation-rules.ts";
import { keyNames } from "../../sops/creation-rules/key-names.ts";
import type { Format } from "../../sops/format.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import { inConflict, pathsInConflict, RESOLVE_FIRST } from "../in-conflict.ts";
import { KeysRefusal } from "./refusal.ts";

/** A file of the worktree, reached without a symlink. */
export interface FileOnDisk {
  readonly path: GitPath;
  readonly bytes: Buffer;
  readonly snapshot: FileSnapshot;
}

/** One that is encrypted. */
export interface EncryptedOnDisk extends FileOnDisk {
  readonly format: Format;
  readonly metadata: Metadata;
  /** The rule that takes it, if any. */
  readonly rule: CreationRule | null;
}

/** A file that is encrypted in the index, and on disk is not, or not there: it keeps its keys. */
export interface LeftInIndex {
  readonly path: GitPath;
  readonly recipients: readonly string[];
  /** The rule that takes it, if any. */
  readonly rule: CreationRule | null;
  readonly isDecrypted: boolean;
}

/** A creation rule, and the file where it stands. */
export interface RuleOnDisk {
  readonly file: FileOnDisk;
  /** Its place among the rules of the file, from 0: several may stand on one line. */
  readonly index: number;
  readonly rule: CreationRule;
  /** Whether the file is in git's index as it is on disk. */
  readonly isStaged: boolean;
}

/** For people: the file, and the line. */
export function placeOf({ file, rule }: RuleOnDisk): string {
  return `${displayPath(file.path)}:${rule.line}`;
}

/** What a worktree says about encryption as it is on disk, which is what `git add` would take. */
export interface EncryptionOnDisk {
  /** Of all rule files, in the order in which git lists these. */
  readonly rules: readonly RuleOnDisk[];
  /** Whose keys are, as the rule files say. */
  readonly names: ReadonlyMap<string, string>;
  readonly encrypted: readonly EncryptedOnDisk[];
  readonly left: readonly LeftInIndex[];
}

/**
 * Reads all files that git knows, or would know after `git add -A`.
 *
 * @throws GitError
 * @throws BrokenRulesError
 * @throws KeysRefusal where something cannot be read that keys may stand in.
 */
export async function encryptionOnDisk(repository: OpenedRepository): Promise<EncryptionOnDisk> {
  const entries = await indexEntries(repository);
  const conflict = inConflict(pathsInConflict(entries));
  if (conflict !== null) throw new KeysRefusal([`${conflict}: ${RESOLVE_FIRST}`]);
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const paths = [...new Set(nulFields((await runGit(repository, args)).stdout) as GitPath[])];
  const isRules = (path: GitPath) => isRuleFile(pathText(path));
  const ruleFiles = paths.filter(isRules).flatMap((path) => fileOnDisk(repository, path) ?? []);
  const rules = new RulesInForce(new Map(ruleFiles.map((file) => [folderOf(file), file.bytes])));
  // One by one: all files together may be more than fits into the memory.
  const readable = new Set<GitPath>();
  const encrypted = paths.flatMap((path) => {
    const file = isRules(path) ? null : fileOnDisk(repository, path);
    const found = file === null ? null : asEncrypted(file, rules);
    if (file !== null && found === null) readable.add(path);
    return found ?? [];
  });
  const staged = new Map(entries.map(({ path, oid }) => [path, oid]));
  const here = new Set(encrypted.map(({ path }) => path));
  const left = await encryptedInIndex(
    repository,
    entries.filter(({ path }) => !here.has(path)),
  );
  return {
    rules: ruleFiles.flatMap((file) => {
      const nearest = rules.nearest(folderOf(file));
      const own = nearest?.folder === folderOf(file) ? nearest.file.rules : null;
      const isStaged = staged.get(file.path) === file.snapshot.rawOid;
      return (own ?? []).map((rule, index) => ({ file, index, rule, isStaged }));
    }),
    names: new Map(ruleFiles.flatMap(({ bytes }) => [...keyNames(bytes.toString("utf8"))])),
    encrypted,
    left: left.map(({ path, metadata }) => ({
      path,
      recipients: metadata?.age.map(({ recipient }) => recipient) ?? [],
      rule: rules.for(pathText(path)).rule,
      isDecrypted: readable.has(path),
    })),
  };
}

/** Null for what is no file, or of no interest. */
function fileOnDisk(repository: OpenedRepository, path: GitPath): FileOnDisk | null {
  const snapshot = takeSnapshot(repository, path, blobOid(repository.objectFormat, Buffer.of()));
  const isWanted = isRuleFile(pathText(path)) || isNamedSops(pathText(path));
  if (snapshot === "unreadable" && isWanted) throw refusal(path, "cannot be read");
  if (typeof snapshot === "string") {
    // sops follows such a link, so its folder has rules that nobody here has seen.
    if (snapshot === "not-a-file" && isRuleFile(pathText(path))) {
      throw refusal(path, "is no regular file: put the file itself in its place");
    }
    return null;
  }
  const bytes = readFileSync(worktreeLocation(repository, path));
  if (blobOid(repository.objectFormat, bytes) !== snapshot.rawOid) {
    throw refusal(path, "was changed meanwhile: run this again");
  }
  return { path, bytes, snapshot };
}

function asEncrypted(file: FileOnDisk, rules: RulesInForce): EncryptedOnDisk | null {
  const name = pathText(file.path);
  const found = encryptedFile(name, file.bytes);
  if (found === null) return null;
  const { format, metadata } = found;
  if (metadata === null) throw refusal(file.path, "has a sops block that cannot be read: mend it");
  return { ...file, format, metadata, rule: rules.for(name).rule };
}

async function encryptedInIndex(
  repository: OpenedRepository,
  entries: readonly IndexEntry[],
): Promise<{ readonly path: GitPath; readonly metadata: Metadata | null }[]> {
  const files = entries.filter(({ mode }) => isFile(mode));
  const blobs = await blobsHere(
    repository,
    files.map(({ oid }) => oid),
    { maxBytes: MOST_ENCRYPTED },
  );
  return files.flatMap(({ path, oid }) => {
    const bytes = blobs.get(oid) ?? null;
    const found = bytes === null ? null : encryptedFile(pathText(path), bytes);
    return found === null ? [] : [{ path, metadata: found.metadata }];
  });
}

function folderOf({ path }: FileOnDisk): string {
  return folderOfRules(pathText(path));
}

function refusal(path: GitPath, why: string): KeysRefusal {
  return new KeysRefusal([`${displayPath(path)} ${why}`]);
}
