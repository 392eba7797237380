import { existsSync } from "node:fs";
import { join } from "node:path";
import { MOST_ENCRYPTED } from "../../flux/repository-files.ts";
import { encryptedFile } from "../../findings/sops/encrypted-file.ts";
import { blobsHere, readBlobs } from "../../git/objects/blobs.ts";
import { type IndexEntry, indexEntries, isFile } from "../../git/index/entries.ts";
import { displayPath, type GitPath, pathText } from "../../git/path.ts";
import type { OpenedRepository } from "../../git/repository/open.ts";
import { runGit } from "../../git/run.ts";
import { folderOfRules, isRuleFile, RULE_FILE } from "../../hooks/rules/gate-files.ts";
import { type CreationRule, parseRuleFile } from "../../sops/creation-rules/creation-rules.ts";
import { keyNames } from "../../sops/creation-rules/key-names.ts";
import { SopsError } from "../../sops/errors.ts";
import type { Format } from "../../sops/format.ts";
import type { Metadata } from "../../sops/metadata/metadata.ts";
import { TOKEN_START } from "../../sops/token-start.ts";
import { pathsInConflict } from "../in-conflict.ts";

/** A creation rule, and where it stands. */
export interface RuleEntry {
  /** The path of its `.sops.yaml`, from the top. */
  readonly file: string;
  readonly rule: CreationRule;
}

/** A `.sops.yaml` that cannot be used. */
export interface BrokenRules {
  readonly file: string;
  readonly problem: string;
  readonly line: number | null;
  /** It names a recipient that is none. */
  readonly isRecipient: boolean;
}

/** An encrypted file of the index. */
export interface EncryptedEntry {
  readonly path: GitPath;
  /** For people. */
  readonly shown: string;
  readonly bytes: Buffer;
  readonly format: Format;
  /** Null where its `sops` block cannot be used. */
  readonly metadata: Metadata | null;
  /** The rule of the nearest `.sops.yaml` that takes it; null where none does. */
  readonly rule: RuleEntry | null;
}

/** What the index says about encryption. */
export interface Encryption {
  readonly rules: readonly RuleEntry[];
  /** Whose keys are, as the rule files say. */
  readonly names: ReadonlyMap<string, string>;
  readonly broken: readonly BrokenRules[];
  readonly files: readonly EncryptedEntry[];
  /** The paths of all files, as text. */
  readonly paths: readonly string[];
  /** Of a `.sops.yaml` at the top that is on disk only, whether git ignores it; else null. */
  readonly unstagedRules: { readonly isIgnored: boolean } | null;
  /** Files in conflict, which are not among the others. */
  readonly conflicts: readonly GitPath[];
}

/**
 * Reads the creation rules and the encrypted files of the index.
 *
 * @throws GitError
 */
export async function readEncryption(repository: OpenedRepository): Promise<Encryption> {
  const all = await indexEntries(repository);
  const entries = all.filter(({ mode, stage }) => isFile(mode) && stage === 0);
  const contents = new Map<string, Buffer>();
  const oids = entries.map(({ oid }) => oid);
  for await (const { oid, bytes } of readBlobs(repository, oids, { maxBytes: MOST_ENCRYPTED })) {
    // Most files are of no interest, and there may be many of them.
    if (bytes?.includes(TOKEN_START) === true) contents.set(oid, bytes);
  }
  const ruleFiles = await readRuleFiles(repository, entries);
  const rules = ruleFiles.flatMap(({ rules }) => rules);
  const files = entries.flatMap(({ path, oid }): EncryptedEntry[] => {
    const bytes = contents.get(oid);
    const name = pathText(path);
    const found = bytes === undefined ? null : encryptedFile(name, bytes);
    if (bytes === undefined || found === null) return [];
    const rule = ruleThatTakes(ruleFiles, name);
    return [{ path, shown: displayPath(path), bytes, ...found, rule }];
  });
  const paths = entries.map(({ path }) => pathText(path));
  return {
    rules,
    names: new Map(ruleFiles.flatMap(({ names }) => [...names])),
    broken: ruleFiles.flatMap(({ broken }) => (broken === null ? [] : [broken])),
    files,
    paths,
    unstagedRules: paths.includes(RULE_FILE) ? null : await unstagedRules(repository),
    conflicts: pathsInConflict(all),
  };
}

async function unstagedRules(repository: OpenedRepository): Promise<Encryption["unstagedRules"]> {
  if (!existsSync(join(repository.cwd, RULE_FILE))) return null;
  const asked = ["check-ignore", "--quiet", "--", RULE_FILE];
  const { status } = await runGit(repository, asked, { allowed: [0, 1] });
  return { isIgnored: status === 0 };
}

interface RuleFileEntry {
  /** With a `/` at its end, or empty. */
  readonly folder: string;
  readonly rules: readonly RuleEntry[];
  readonly names: ReadonlyMap<string, string>;
  readonly broken: BrokenRules | null;
}

/** The nearest folder first. */
async function readRuleFiles(
  repository: OpenedRepository,
  entries: readonly IndexEntry[],
): Promise<RuleFileEntry[]> {
  const found = entries.filter(({ path }) => isRuleFile(path));
  const texts = await blobsHere(
    repository,
    found.map(({ oid }) => oid),
  );
  return found
    .map(({ path, oid }): RuleFileEntry => {
      const file = pathText(path);
      const folder = folderOfRules(file);
      try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(texts.get(oid));
        const rules = (parseRuleFile(text).rules ?? []).map((rule) => ({ file, rule }));
        return { folder, rules, names: keyNames(text), broken: null };
      } catch (error) {
        return { folder, rules: [], names: new Map(), broken: brokenRules(file, error) };
      }
    })
    .sort((a, b) => b.folder.length - a.folder.length);
}

function brokenRules(file: string, error: unknown): BrokenRules {
  if (!(error instanceof SopsError)) {
    return { file, problem: "is no valid UTF-8", line: null, isRecipient: false };
  }
  const { message, line, cause } = error;
  const isRecipient = cause instanceof SopsError && cause.code === "bad-key";
  return { file, problem: message, line, isRecipient };
}

function ruleThatTakes(files: readonly RuleFileEntry[], path: string): RuleEntry | null {
  const nearest = files.find(({ folder, rules }) => path.startsWith(folder) && rules.length > 0);
  return nearest?.rules.find(({ rule }) => rule.matches(path.slice(nearest.folder.length))) ?? null;
}
